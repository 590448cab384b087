package intake_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"minsheng/intake"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

func TestSubmitStoresEverythingOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.filled()
		s.Mode, s.Name, s.Phone, s.Kind, s.Who, s.When, s.Amount = intake.Confidential, "李某", "138 0000 0000", "FUND_WITHHOLD", "村会计", "去年腊月", "三千"
		r := o.submit(s)
		if len(r.Digits) != 20 || len(r.Groups) != 5 || r.Replay || r.AcceptBy != "2026-03-17" || !strings.HasSuffix(r.PlaceName, "双柳村") {
			t.Errorf("receipt %+v", r)
		}
		for table, want := range map[string]int{"report": 1, "complaint": 1, "sealed_blob": 2, "deadline": 2, "complaint_search": 1} {
			if got := o.count(table, ""); got != want {
				t.Errorf("%d rows in %s, want %d", got, table, want)
			}
		}
		tracked := o.track(r)
		c := o.complaint(tracked.ReportID)
		if c.State != intake.Submitted || c.Part != 1 || c.Severity != 2 || c.TownCode != "211122111000" || c.CountyCode != "211122000000" ||
			c.DueOn == nil || *c.DueOn != "2026-03-04" || c.DueRule != intake.RuleTriage || c.Version != 1 || c.Number() != "访2026-000001" {
			t.Errorf("complaint %+v", c)
		}
		told, err := o.Narratives(ctx, staff.Officer{}, tracked.ReportID)
		o.must(err)
		if told[tracked.ReportID] != (intake.Narrative{Text: words, Who: "村会计", When: "去年腊月", Amount: "三千"}) {
			t.Errorf("narrative %+v", told)
		}
		who, err := o.Identity(ctx, tracked.ReportID)
		if err != nil || who != (intake.Identity{Name: "李某", Phone: "13800000000"}) {
			t.Errorf("identity %+v, %v", who, err)
		}
		events, err := ledger.Of(ctx, o.store, ledger.OfComplaint, c.ID)
		if err != nil || len(events) != 1 || events[0].Kind != "submitted" || events[0].ActorKind != "reporter" {
			t.Errorf("events %+v, %v", events, err)
		}
	})
}

func TestTheSameFormIsOneReport(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.filled()
		const clients = 50
		receipts := make([]intake.Receipt, clients)
		errs := make([]error, clients)
		var all sync.WaitGroup
		for i := range clients {
			all.Go(func() { receipts[i], errs[i] = o.Submit(ctx, s) })
		}
		all.Wait()
		first := 0
		for i, r := range receipts {
			o.must(errs[i])
			if !r.Replay {
				first++
			}
			r.Replay = receipts[0].Replay
			if r.Digits != receipts[0].Digits || r.AcceptBy != receipts[0].AcceptBy || r.PlaceName != receipts[0].PlaceName {
				t.Fatalf("receipts differ: %+v, %+v", r, receipts[0])
			}
		}
		if first != 1 || o.count("report", "") != 1 || o.count("complaint", "") != 1 || o.count("complaint_search", "") != 1 {
			t.Errorf("%d firsts, %d reports", first, o.count("report", ""))
		}
	})
}

func TestOfTwoVersionsTheFirstIsKept(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.filled()
		first := o.submit(s)
		o.pass(72 * time.Hour / 4)
		s.Text, s.PlaceCode = "改了主意，换一个村说另外一件事。", "211122108902"
		again := o.submit(s)
		s.Text = ""
		empty := o.submit(s)
		if !again.Replay || !empty.Replay || again.Digits != first.Digits || again.PlaceName != first.PlaceName || again.AcceptBy != first.AcceptBy {
			t.Errorf("first %+v, again %+v, empty %+v", first, again, empty)
		}
		report := o.track(first).ReportID
		told, err := o.Narratives(ctx, staff.Officer{}, report)
		if err != nil || told[report].Text != words {
			t.Errorf("kept %+v, %v", told, err)
		}
	})
}

func TestWhatIsRefusedLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for name, c := range map[string]struct {
			change func(*intake.Submission)
			want   map[string]string
		}{
			"short text":     {func(s *intake.Submission) { s.Text = "  太少了  " }, map[string]string{"text": "text_short"}},
			"nine":           {func(s *intake.Submission) { s.Text = "一二三四五六七八九" }, map[string]string{"text": "text_short"}},
			"unknown place":  {func(s *intake.Submission) { s.PlaceCode = "211122111999" }, map[string]string{"place": "place_unknown"}},
			"no code":        {func(s *intake.Submission) { s.PlaceCode = "x' OR 1=1" }, map[string]string{"place": "place_unknown"}},
			"a whole county": {func(s *intake.Submission) { s.PlaceCode = "211122000000" }, map[string]string{"place": "place_unknown"}},
			"everything": {func(s *intake.Submission) { s.PlaceCode, s.Text, s.Mode = "", "", "" },
				map[string]string{"place": "place_missing", "text": "text_short", "mode": "mode_missing"}},
		} {
			s := o.filled()
			c.change(&s)
			_, err := o.Submit(ctx, s)
			var bad *intake.Invalid
			if !errors.As(err, &bad) || !maps.Equal(bad.Problems, c.want) {
				t.Errorf("%s: %v (%+v), want %v", name, err, bad, c.want)
			}
		}
		if n := o.count("report", "") + o.count("complaint", "") + o.count("sealed_blob", ""); n != 0 {
			t.Errorf("%d rows were left", n)
		}
		s := o.filled()
		s.PlaceCode = "211122111000" // the town, when the village is not listed
		o.submit(s)
	})
}

func TestForms(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		form := o.NewForm()
		same, err := o.OpenForm(form.Token)
		if err != nil || string(same.Key) != string(form.Key) || len(form.Key) != 32 {
			t.Fatalf("OpenForm: %+v, %v", same, err)
		}
		if other := o.NewForm(); string(other.Key) == string(form.Key) {
			t.Error("two forms share a key")
		}
		s := o.filled()
		o.pass(24*time.Hour - time.Second)
		if _, err := o.OpenForm(s.Token); err != nil {
			t.Errorf("after a day less a second: %v", err)
		}
		o.pass(time.Second)
		for name, token := range map[string]string{"a day old": s.Token, "none": "", "odd": "x", "cut": form.Token[:20], "of a page": o.track(o.submit(o.filled())).Token} {
			s.Token = token
			if _, err := o.Submit(ctx, s); !errors.Is(err, intake.ErrStaleForm) {
				t.Errorf("%s: %v, want ErrStaleForm", name, err)
			}
		}
		s = o.filled()
		o.pass(-time.Hour)
		if _, err := o.OpenForm(s.Token); !errors.Is(err, intake.ErrStaleForm) {
			t.Errorf("a form from the future: %v", err)
		}
	})
}

func TestDesks(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, c := range []struct {
			kind    intake.Kind
			accused string
			want    region.Level
		}{
			{"", "village", region.County}, {"", "", region.County}, {"", "town", region.County}, {"", "county", region.City},
			{"", "office", region.City}, {"RETALIATION", "village", region.City}, {"RETALIATION", "", region.City}, {"RETALIATION", "office", region.City},
		} {
			s := o.filled()
			s.Kind, s.AccusedLevel = c.kind, c.accused
			got := o.complaint(o.track(o.submit(s)).ReportID)
			desk, err := o.atlas.Unit(got.DeskUnitID)
			if err != nil || desk.Level != c.want {
				t.Errorf("%s %s lies with %s, %v", c.kind, c.accused, desk.Name, err)
			}
			if c.kind == "RETALIATION" && (got.Severity != 1 || c.accused == "village" && got.AccusedLevel != "village") {
				t.Errorf("retaliation has severity %d, accused %s", got.Severity, got.AccusedLevel)
			}
		}
	})
}

func TestFilesComeWithTheReport(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.filled()
		s.Text = ""
		form, err := o.OpenForm(s.Token)
		o.must(err)
		_, err = o.shelf.Stage(ctx, form.Key, "张三家.pdf", strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"))
		o.must(err)
		r := o.submit(s)
		tracked := o.track(r)
		files, err := o.shelf.Of(ctx, "report", tracked.ReportID)
		if err != nil || len(files) != 1 || tracked.Files != 1 {
			t.Fatalf("files %+v, %v; told %d", files, err, tracked.Files)
		}
		if again := o.submit(s); !again.Replay || again.Digits != r.Digits {
			t.Errorf("without its file the same form is %+v", again)
		}
		if _, err := o.shelf.Stage(ctx, form.Key, "晚了.pdf", strings.NewReader("%PDF-1.4\n1 0 obj\n<</A 1>>\nendobj\ntrailer\n<<>>\n%%EOF\n")); err != nil {
			t.Fatal(err)
		}
		o.submit(s)
		if files, _ := o.shelf.Of(ctx, "report", tracked.ReportID); len(files) != 2 {
			t.Errorf("a file that was slower than its form is lost: %d files", len(files))
		}
		// Who presses twice sends the same file twice.
		_, err = o.shelf.Stage(ctx, form.Key, "张三家.pdf", strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"))
		o.must(err)
		o.submit(s)
		if files, _ := o.shelf.Of(ctx, "report", tracked.ReportID); len(files) != 2 {
			t.Errorf("one file stands there twice: %d files", len(files))
		}
	})
}

func TestEnteredByTheOffice(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.officer(staff.Registrar)
		s := o.filled()
		s.Channel, s.ReadBack = intake.Phone, true
		r, err := o.Enter(ctx, by, s)
		o.must(err)
		report := o.track(r).ReportID
		var stored intake.Report
		o.must(o.store.Read(ctx).Where("id = ?", report).Take(&stored).Error)
		if stored.Channel != intake.Phone || stored.EnteredBy == nil || *stored.EnteredBy != by.ID {
			t.Errorf("stored %+v", stored)
		}
		events, err := ledger.Of(ctx, o.store, ledger.OfReport, report)
		if err != nil || len(events) != 1 || events[0].ActorKind != "staff" || *events[0].ActorID != by.ID || events[0].ActorUnit != by.UnitName {
			t.Errorf("events %+v, %v", events, err)
		}
		for name, c := range map[string]struct {
			channel intake.Channel
			read    bool
			want    map[string]string
		}{
			"not read back":   {intake.Phone, false, map[string]string{"read_back": "read_back_missing"}},
			"visitor neither": {intake.Visit, false, map[string]string{"read_back": "read_back_missing"}},
			"a letter is not": {intake.Letter, false, nil},
			"no channel":      {"", true, map[string]string{"channel": "channel_missing"}},
			"not by web":      {intake.Web, true, map[string]string{"channel": "channel_missing"}},
		} {
			s := o.filled()
			s.Channel, s.ReadBack = c.channel, c.read
			_, err := o.Enter(ctx, by, s)
			bad := &intake.Invalid{}
			if errors.As(err, &bad); !maps.Equal(bad.Problems, c.want) {
				t.Errorf("%s: %v %v", name, err, bad.Problems)
			}
		}
		if _, err := o.Enter(ctx, o.officer(staff.Auditor), s); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("an auditor entered a report: %v", err)
		}
	})
}

func TestVillagersCannotPassForTheOffice(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.filled()
		s.Channel = intake.Phone
		c := o.complaint(o.track(o.submit(s)).ReportID)
		s = o.filled()
		s.Channel = intake.Poster
		p := o.complaint(o.track(o.submit(s)).ReportID)
		if c.Channel != intake.Web || p.Channel != intake.Poster {
			t.Errorf("channels %s, %s", c.Channel, p.Channel)
		}
	})
}

func TestCancelledSubmitIsNoReceipt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		gone, cancel := context.WithCancel(ctx)
		s := o.filled()
		cancel()
		if r, err := o.Submit(gone, s); err == nil {
			t.Fatalf("acknowledged %+v", r)
		}
		if r := o.submit(s); r.Replay {
			t.Error("a submission that failed was stored")
		}
	})
}

func TestClosedVillageLeadsToItsSuccessor(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.must(o.store.Read(ctx).Exec("UPDATE division SET valid_to = '2026-01-01', successor_code = '211122108902' WHERE code = ?", village).Error)
		r := o.submit(o.filled())
		if c := o.complaint(o.track(r).ReportID); c.PlaceCode != "211122108902" {
			t.Errorf("place %s", c.PlaceCode)
		}
	})
}
