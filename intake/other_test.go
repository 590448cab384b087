package intake_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// matter is what another room would keep: it counts how often it was asked.
type matter struct {
	mu    sync.Mutex
	asked int
	err   error
}

func (m *matter) keep(tx *gorm.DB, _ intake.Report, _ region.Division) (intake.Placed, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.asked++
	var desk region.Unit
	err := store.One(tx.Where("name = '盘山县督查室'"), &desk)
	return intake.Placed{Desk: desk.ID, Against: desk.ID, AnswerBy: "2026-03-03"}, errors.Join(m.err, err)
}

// problemOf is what is wrong with a field.
func problemOf(err error, field string) string {
	var bad *intake.Invalid
	if !errors.As(err, &bad) {
		return ""
	}
	return bad.Problems[field]
}

// stage hands in a small PDF with a form.
func (o *office) stage(token string) {
	o.t.Helper()
	form, err := o.OpenForm(token)
	o.must(err)
	content := "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + strings.Repeat(" ", 200) + "\n%%EOF\n"
	_, err = o.shelf.Stage(ctx, form.Key, "账本.pdf", strings.NewReader(content))
	o.must(err)
}

func TestAMatterOfAnotherRoomHasAReceiptLikeAReport(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s, m := o.filled(), &matter{}
		s.Mode, s.Name, s.Phone, s.Who = intake.Confidential, "李某", "138 0000 0000", "王家"
		o.stage(s.Token)
		r, err := o.SubmitOther(ctx, s, false, m.keep)
		o.must(err)
		if len(r.Digits) != 20 || r.AcceptBy != "2026-03-03" || !r.Other || r.Replay || !strings.HasSuffix(r.PlaceName, "双柳村") || m.asked != 1 {
			t.Errorf("receipt %+v, kept %d times", r, m.asked)
		}
		for table, want := range map[string]int{"report": 1, "complaint": 0, "sealed_blob": 2, "report_other": 1} {
			if got := o.count(table, ""); got != want {
				t.Errorf("%d rows in %s, want %d", got, table, want)
			}
		}
		tracked := o.track(r)
		if !tracked.Open || !tracked.Other || len(tracked.Matters) != 0 || tracked.Files != 1 {
			t.Errorf("tracked %+v", tracked)
		}
		told, err := o.Narratives(ctx, staff.Officer{}, tracked.ReportID)
		if err != nil || told[tracked.ReportID] != (intake.Narrative{Text: words, Who: "王家"}) {
			t.Errorf("narrative %+v, %v", told, err)
		}
		events, err := ledger.Of(ctx, o.store, ledger.OfReport, tracked.ReportID)
		if err != nil || len(events) != 1 || events[0].Kind != "received" {
			t.Errorf("events %+v, %v", events, err)
		}
	})
}

func TestAMatterOfAnotherRoomIsKeptOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.filled()
		const clients = 30
		receipts, errs := make([]intake.Receipt, clients), make([]error, clients)
		var all sync.WaitGroup
		for i := range clients {
			all.Go(func() { receipts[i], errs[i] = o.SubmitOther(ctx, s, false, (&matter{}).keep) })
		}
		all.Wait()
		first := 0
		for i, r := range receipts {
			o.must(errs[i])
			if !r.Replay {
				first++
			}
			if r.Digits != receipts[0].Digits || r.AcceptBy != receipts[0].AcceptBy || !r.Other {
				t.Fatalf("receipts differ: %+v, %+v", r, receipts[0])
			}
		}
		if first != 1 || o.count("report", "") != 1 || o.count("report_other", "") != 1 {
			t.Errorf("%d firsts, %d reports", first, o.count("report", ""))
		}
		again, err := o.Arrived(ctx, s.Token)
		if err != nil || again.Digits != receipts[0].Digits || !again.Replay {
			t.Errorf("Arrived: %+v, %v", again, err)
		}
		// The form of a matter never becomes a complaint as well, and the other
		// way round.
		if as, err := o.Submit(ctx, s); err != nil || as.Digits != again.Digits || !as.Other || o.count("complaint", "") != 0 {
			t.Errorf("as a report: %+v, %v", as, err)
		}
		s.Text = ""
		if as, err := o.SubmitOther(ctx, s, false, (&matter{}).keep); err != nil || !as.Replay {
			t.Errorf("emptied: %+v, %v", as, err)
		}
		c, m := o.filled(), &matter{}
		o.submit(c)
		if as, err := o.SubmitOther(ctx, c, false, m.keep); err != nil || !as.Replay || as.Other || m.asked != 0 || as.AcceptBy != "2026-03-17" {
			t.Errorf("a report as a matter: %+v, %v, kept %d times", as, err, m.asked)
		}
	})
}

func TestWhatAMatterRefusesLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		m := &matter{err: errors.New("no")}
		if _, err := o.SubmitOther(ctx, o.filled(), false, m.keep); !errors.Is(err, m.err) {
			t.Errorf("got %v", err)
		}
		m.err = nil
		s := o.filled()
		s.Text = "太短"
		if _, err := o.SubmitOther(ctx, s, false, m.keep); problemOf(err, "text") != "text_short" {
			t.Errorf("short: %v", err)
		}
		if n := o.count("report", "") + o.count("sealed_blob", "") + o.count("report_other", ""); n != 0 {
			t.Errorf("%d rows were left", n)
		}
		s.Text, s.PlaceCode = "", "211122000000" // a county, without words
		if _, err := o.SubmitOther(ctx, s, true, m.keep); err != nil {
			t.Errorf("wordless: %v", err)
		}
		s = o.filled()
		o.pass(25 * time.Hour)
		if _, err := o.SubmitOther(ctx, s, false, m.keep); !errors.Is(err, intake.ErrStaleForm) {
			t.Errorf("stale: %v", err)
		}
		if _, err := o.Arrived(ctx, s.Token); !errors.Is(err, intake.ErrStaleForm) {
			t.Errorf("Arrived, stale: %v", err)
		}
		if _, err := o.Arrived(ctx, o.filled().Token); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Arrived, new: %v", err)
		}
	})
}

func TestWhoseMatterIsOpenCanWriteUntilItEnds(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		r, err := o.SubmitOther(ctx, o.filled(), false, (&matter{}).keep)
		o.must(err)
		page := o.track(r)
		o.must(o.Say(ctx, page.Token, page.Form.Token, "再补充一句"))
		o.must(o.Withdraw(ctx, page.Token, "")) // the other room ends it, not intake
		page = o.track(r)
		if len(page.Messages) != 1 || !page.Open {
			t.Errorf("after writing: %+v", page)
		}
		o.must(o.store.Transact(ctx, func(tx *gorm.DB) error { return o.EndOther(tx, page.ReportID) }))
		page = o.track(r)
		if page.Open || !page.Other {
			t.Errorf("ended: %+v", page)
		}
		if err := o.Say(ctx, page.Token, page.Form.Token, "还有一句"); !errors.Is(err, intake.ErrClosed) {
			t.Errorf("Say after the end: %v", err)
		}
		o.must(o.Withdraw(ctx, page.Token, ""))
	})
}

func TestAComplaintRemembersWhatItIsAbout(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ref := func(kind string, row int) intake.About {
			return intake.About{Kind: kind, RefID: uuid.Must(uuid.NewV7()), RowKey: row}
		}
		s := o.filled()
		s.About = []intake.About{
			ref("notice", 9), ref("row", 7), ref("row", 0), ref("nonsense", 0), {Kind: "fund"},
			ref("fund", 0), ref("project", 0), ref("payment", 0), ref("notice", 0),
		}
		s.About = append(s.About[:1], append([]intake.About{s.About[0]}, s.About[1:]...)...)
		c := o.complaint(o.track(o.submit(s)).ReportID)
		about, err := o.AboutOf(ctx, c.ID)
		o.must(err)
		var kinds []string
		for i, a := range about {
			kinds = append(kinds, a.Kind)
			if a.N != i+1 || a.ComplaintID != c.ID || (a.RowKey == 7) != (a.Kind == "row") {
				t.Errorf("%d: %+v", i, a)
			}
		}
		if !slices.Equal(kinds, []string{"notice", "row", "fund", "project", "payment"}) {
			t.Errorf("kept %v", kinds)
		}
		if n := o.count("complaint_about", "1 = 1"); n != 5 {
			t.Errorf("stored %d references", n)
		}
		other := o.complaint(o.track(o.submit(o.filled())).ReportID)
		o.must(o.store.Transact(ctx, func(tx *gorm.DB) error { return o.ShareAbout(tx, c.ID, other.ID) }))
		if shared, err := o.AboutOf(ctx, other.ID); err != nil || len(shared) != 5 || shared[1].RowKey != 7 {
			t.Errorf("shared %+v, %v", shared, err)
		}
	})
}

func TestAnObjectionThatCameTooLateIsAComplaint(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.filled()
		s.Kind, s.PlaceCode, s.Text = "HH_INELIGIBLE", "211122000000", ""
		r, err := o.SubmitLate(ctx, s, true, map[string]string{"why": "period"})
		if err != nil || r.Other || r.AcceptBy != "2026-03-17" {
			t.Fatalf("%+v, %v", r, err)
		}
		c := o.complaint(o.track(r).ReportID)
		events, err := ledger.Of(ctx, o.store, ledger.OfComplaint, c.ID)
		if err != nil || len(events) != 2 || events[1].Kind != "late_objection" || events[1].Body["why"] != "period" {
			t.Errorf("events %+v, %v", events, err)
		}
		if again, err := o.SubmitLate(ctx, s, true, map[string]string{"why": "stage"}); err != nil || !again.Replay || o.count("complaint", "") != 1 {
			t.Errorf("again %+v, %v", again, err)
		}
	})
}

func TestWhatTheOfficeFoundGoesToItsDesk(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.officer()
		hit := intake.About{Kind: "hit", RefID: uuid.Must(uuid.NewV7())}
		found := func(place string) (id uuid.UUID, err error) {
			err = o.store.Transact(ctx, func(tx *gorm.DB) error {
				id, err = o.Found(tx, by, place, "比对发现：同一账户收了五户的钱。", "FUND_FRAUD_CLAIM", []intake.About{hit})
				return err
			})
			return id, err
		}
		id, err := found(village)
		o.must(err)
		var c intake.Complaint
		o.must(store.One(o.store.Read(ctx).Where("id = ?", id), &c))
		desk, err := o.atlas.Unit(c.DeskUnitID)
		if err != nil || desk.Name != "盘山县督查室" || c.Channel != intake.Check || c.Mode != intake.Anonymous || c.AccusedLevel != "village" || c.DueOn == nil || c.Severity != 2 {
			t.Errorf("at %s: %+v, %v", desk.Name, c, err)
		}
		if about, err := o.AboutOf(ctx, id); err != nil || len(about) != 1 || about[0].Kind != "hit" {
			t.Errorf("about %+v, %v", about, err)
		}
		told, err := o.Narratives(ctx, staff.Officer{}, c.ReportID)
		if err != nil || !strings.HasPrefix(told[c.ReportID].Text, "比对发现") {
			t.Errorf("told %+v, %v", told, err)
		}
		events, err := ledger.Of(ctx, o.store, ledger.OfComplaint, id)
		if err != nil || len(events) != 1 || events[0].ActorID == nil || *events[0].ActorID != by.ID {
			t.Errorf("events %+v, %v", events, err)
		}
		county, err := found("211122000000")
		o.must(err)
		var above intake.Complaint
		o.must(store.One(o.store.Read(ctx).Where("id = ?", county), &above))
		if desk, err := o.atlas.Unit(above.DeskUnitID); err != nil || desk.Level != region.City {
			t.Errorf("a county's at %+v, %v", desk, err)
		}
		if _, err := found("211122111999"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown place: %v", err)
		}
	})
}
