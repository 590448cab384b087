package docket

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// An invented village (block code 9xx) and the standard offices over it.
const (
	cityDesk    = "盘锦市委市政府督查室"
	panshan     = "盘山县督查室"
	dawa        = "大洼区督查室"
	panshanPoor = "盘山县扶贫开发办公室"
	shuangliu   = "211122111901" // 盘山县甜水镇双柳村

	villagesCSV = "code12,parent12,name,level,urban_rural_code\n211122111901,211122111000,双柳村,village,220\n"
)

var bg = context.Background()

// office is a docket on a real database with the standard offices, the people
// whom most stories need, and a time that the test sets.
type office struct {
	*Desk
	t      *testing.T
	Intake *intake.Desk
	units  map[string]region.Unit
	town   region.Unit  // 吴家镇, which no case here is about
	now    atomic.Int64 // nanoseconds; each look at the clock takes a millisecond

	officer, second, boss, custodian staff.Officer // at the desk of 盘山县
	above                            staff.Officer // at the city's desk
	foreign                          staff.Officer // at the desk of 大洼区
	lead, assist, stranger           staff.Officer // handlers of three offices
}

// each runs a test on SQLite and on PostgreSQL; it is Monday, 2 March 2026.
func each(t *testing.T, test func(t *testing.T, w *office)) {
	t.Run("sqlite", func(t *testing.T) { test(t, furnish(t, store.Config{Dir: storetest.SQLiteDir(t)})) })
	t.Run("postgres", func(t *testing.T) { test(t, furnish(t, store.Config{URL: storetest.PostgresURL(t)})) })
}

func furnish(t *testing.T, c store.Config) *office {
	t.Helper()
	w := &office{t: t, units: map[string]region.Unit{}}
	w.on("2026-03-02")
	c.Now = func() time.Time { return time.Unix(0, w.now.Add(1e6)) }
	s, err := store.Open(bg, c)
	w.must(err)
	t.Cleanup(func() { s.Close() })
	w.must(region.Seed(bg, s))
	atlas, err := region.NewAtlas(bg, s)
	w.must(err)
	_, err = atlas.Import(bg, strings.NewReader(villagesCSV), false, nil)
	w.must(err)
	units, err := atlas.StandardUnits(bg)
	w.must(err)
	for _, u := range units {
		w.units[u.Name] = u
	}
	w.town, err = atlas.AddTownOffice(bg, "211122112000")
	w.must(err)
	w.units[w.town.Name] = w.town
	keys, err := seal.Create(t.TempDir())
	w.must(err)
	blobs, err := evidence.Folder(t.TempDir())
	w.must(err)
	clocks := clock.New(s, workday.BuiltIn())
	shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: blobs})
	desk := staff.New(staff.Config{Store: s, Keys: keys, Atlas: atlas})
	w.Intake = intake.New(intake.Config{Store: s, Keys: keys, Atlas: atlas, Shelf: shelf, Clocks: clocks})
	cases := triage.New(triage.Config{Store: s, Keys: keys, Atlas: atlas, Staff: desk, Intake: w.Intake, Shelf: shelf, Clocks: clocks,
		Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})
	press := paper.New(paper.Config{Store: s, Keys: keys, Atlas: atlas, Staff: desk, Shelf: shelf, Intake: w.Intake, Guards: map[ledger.Subject]paper.Guard{
		ledger.OfItem: func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return w.MaySee(ctx, by, id) }}})
	w.Desk = New(Config{Store: s, Keys: keys, Atlas: atlas, Staff: desk, Triage: cases, Shelf: shelf, Clocks: clocks, Papers: press})
	w.officer, w.second = w.person(panshan, staff.TriageOfficer), w.person(panshan, staff.TriageOfficer)
	w.boss, w.custodian = w.person(panshan, staff.Supervisor), w.person(panshan, staff.IdentityCustodian)
	w.above, w.foreign = w.person(cityDesk, staff.Supervisor), w.person(dawa, staff.Supervisor)
	w.lead, w.assist, w.stranger = w.person(panshanPoor, staff.UnitHandler), w.person(w.town.Name, staff.UnitHandler), w.person(dawa, staff.UnitHandler)
	return w
}

// on sets the clock to nine in the morning of a day in Shanghai.
func (w *office) on(day workday.Date) { w.now.Store(day.Time().Add(9 * time.Hour).UnixNano()) }

func (w *office) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// person adds an account to an office.
func (w *office) person(unit string, role staff.Role) staff.Officer {
	w.t.Helper()
	u, ok := w.units[unit]
	if !ok {
		w.t.Fatalf("no office %s", unit)
	}
	id, now := uuid.Must(uuid.NewV7()), w.Store.Now()
	p := staff.Officer{ID: id, Login: id.String(), Name: "员" + id.String()[30:], UnitID: u.ID, UnitName: u.Name, Roles: []staff.Role{role}}
	w.must(w.Store.Transact(bg, func(tx *gorm.DB) error {
		err := tx.Table("account").Create(map[string]any{
			"id": id, "login": p.Login, "name": p.Name, "unit_id": u.ID, "state": "active",
			"password_salt": []byte{1}, "password_check": []byte{1}, "must_change": false,
			"totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
		}).Error
		if err != nil {
			return err
		}
		return tx.Table("account_role").Create(map[string]any{"account_id": id, "role": string(role), "granted_at": now}).Error
	}))
	return p
}

// village adds the committee of 双柳村.
func (w *office) village() region.Unit {
	w.t.Helper()
	u, err := w.Atlas.AddVillageCommittee(bg, shuangliu)
	w.must(err)
	w.units[u.Name] = u
	return u
}

const reporterWords = "去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二,会计说那三千是手续费。"

// handIn hands in a report under a name and returns its complaint and receipt.
func (w *office) handIn(with ...func(*intake.Submission)) (intake.Complaint, string) {
	w.t.Helper()
	s := intake.Submission{
		Token: w.Intake.NewForm().Token, PlaceCode: shuangliu, Text: reporterWords, Mode: intake.Named,
		Name: "张试样", Phone: "13800000001", Channel: intake.Web, Lang: "zh-CN",
	}
	for _, change := range with {
		change(&s)
	}
	r, err := w.Intake.Submit(bg, s)
	w.must(err)
	var c intake.Complaint
	w.must(w.Store.Read(bg).Order("seq DESC").Take(&c).Error)
	return c, r.Digits
}

func (w *office) again(c intake.Complaint) intake.Complaint {
	w.t.Helper()
	var now intake.Complaint
	w.must(store.One(w.Store.Read(bg).Where("id = ?", c.ID), &now))
	return now
}

// accepted is a case that was taken up.
func (w *office) accepted() intake.Complaint {
	w.t.Helper()
	c, _ := w.handIn()
	w.must(w.Triage.Describe(bg, w.officer, c.ID, c.Version, goodDescription))
	w.must(w.Triage.Accept(bg, w.officer, c.ID, w.again(c).Version))
	return w.again(c)
}

// verified is a case whose facts were looked at.
func (w *office) verified() intake.Complaint {
	w.t.Helper()
	c := w.accepted()
	w.must(w.Triage.Verify(bg, w.officer, c.ID, c.Version, w.check("李核", "王查")))
	return w.again(c)
}

func (w *office) check(verifiers ...string) triage.NewVerification {
	return triage.NewVerification{
		VisitedOn: w.today(), Place: "双柳村村部", Method: "review_files", Verifiers: verifiers,
		Found: "发放表与存折相差三千元", FormKey: w.staged(),
	}
}

var (
	goodDescription = triage.Description{
		Summary: "反映甜水镇双柳村危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Programme: "housing", Severity: 2,
		Demands: []string{"查清补助去向", "把少发的补上"},
	}
	goodAnswer = triage.Answer{Outcome: intake.Substantiated, Findings: []triage.AnswerPart{
		{N: 1, Result: intake.Substantiated, Facts: "村会计扣下三千元", Basis: "资金管理办法第五条", Done: "已责令退还"},
		{N: 2, Result: intake.Partly, Facts: "补发正在办理", Basis: "资金管理办法第六条"},
	}}
)

// answer has the reporter of a case answered.
func (w *office) answer(c intake.Complaint) {
	w.t.Helper()
	w.must(w.Triage.ProposeAnswer(bg, w.officer, c.ID, w.again(c).Version, goodAnswer))
	w.approve(c)
}

// approve has the boss agree with what was proposed.
func (w *office) approve(c intake.Complaint) {
	w.t.Helper()
	var p struct{ ID uuid.UUID }
	w.must(store.One(w.Store.Read(bg).Table("proposal").Where("complaint_id = ? AND state = 'open'", c.ID), &p))
	w.must(w.Triage.Rule(bg, w.boss, c.ID, p.ID, true, ""))
}

// staged is a form with one file in it.
func (w *office) staged() []byte {
	w.t.Helper()
	key := []byte(uuid.NewString())
	content := "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + strings.Repeat(" ", 200) + "\n%%EOF\n"
	_, err := w.Shelf.Stage(bg, key, "发放表.pdf", strings.NewReader(content))
	w.must(err)
	return key
}

// newItem is an item that may leave the office, for the poverty office of
// 盘山县.
func (w *office) newItem() NewItem {
	return NewItem{
		Title: "核查危房改造补助发放", Summary: "请核查甜水镇危房改造补助是否足额发到农户。",
		Requirement: "逐户核对发放表与存折。", Urgency: "normal", Lead: w.units[panshanPoor].ID,
	}
}

// docketed makes an item of a case, for a lead unit and one that assists.
// solved lets the answer reach the reporter, who says that all is solved.
func (w *office) solved(c intake.Complaint) {
	w.t.Helper()
	letters, err := w.Intake.Letters(w.Store.Read(bg), staff.Officer{}, c.ID)
	w.must(err)
	w.must(w.Store.Transact(bg, func(tx *gorm.DB) error {
		n := intake.Delivery{LetterID: letters[0].ID, ComplaintID: c.ID, How: intake.Read, OnDay: w.today()}
		if _, err := w.Intake.Deliver(tx, ledger.Reporter(), n); err != nil {
			return err
		}
		return tx.Exec("UPDATE complaint SET rating = ? WHERE id = ?", intake.Solved, c.ID).Error
	}))
}

func (w *office) docketed(c intake.Complaint) Item {
	w.t.Helper()
	n := w.newItem()
	n.Assist = []uuid.UUID{w.town.ID}
	id, err := w.Convert(bg, w.officer, c.ID, w.again(c).Version, n)
	w.must(err)
	return w.item(id)
}

// issued is an item of a case that was issued.
func (w *office) issued(c intake.Complaint) Item {
	w.t.Helper()
	i := w.docketed(c)
	w.must(w.do(w.officer, &i, "issue"))
	return i
}

func (w *office) item(id uuid.UUID) Item {
	w.t.Helper()
	var i Item
	w.must(store.One(w.Store.Read(bg).Where("id = ?", id), &i))
	return i
}

// do takes a step with words that are long enough for every step.
func (w *office) do(by staff.Officer, i *Item, code string, key ...byte) error {
	err := w.Step(bg, by, i.ID, i.Version, code, Entry{Body: enough, FormKey: key})
	*i = w.item(i.ID)
	return err
}

const enough = "情况写在这里,一共十个字以上"

func (w *office) kinds(of ledger.Subject, id uuid.UUID) []string {
	w.t.Helper()
	events, err := ledger.Of(bg, w.Store, of, id)
	w.must(err)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// everything is a digest of all that steps can change.
func (w *office) everything() string {
	w.t.Helper()
	var b strings.Builder
	for _, table := range []string{"complaint", "supervision_item", "item_unit", "item_complaint", "item_note", "item_extension", "item_suspension", "doc_number", "deadline", "message", "evidence_file", "event"} {
		var rows []map[string]any
		w.must(w.Store.Read(bg).Table(table).Find(&rows).Error)
		var lines []string
		for _, r := range rows {
			lines = append(lines, fmt.Sprint(r))
		}
		slices.Sort(lines)
		fmt.Fprintln(&b, table, len(rows), lines)
	}
	return b.String()
}

// sealRecord makes every event fail until it is undone.
func (w *office) sealRecord() func() {
	w.t.Helper()
	undo := quietly()
	accept := storetest.RefuseInserts(w.t, w.Store, "event")
	return func() { accept(); undo() }
}

// quietly keeps failures that are meant out of the log until it is undone.
func quietly() func() {
	log := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler))
	return func() { slog.SetDefault(log) }
}

// problem is what a form says of one field, "" when it says nothing.
func problem(err error, field string) string {
	var wrong *step.Invalid
	if !errors.As(err, &wrong) {
		return ""
	}
	return wrong.Problems[field]
}

func finding(field, reason, words string) triage.Finding {
	return triage.Finding{Field: field, Reason: reason, Words: words}
}

func valuesOf(m map[string]string) (all []string) {
	for _, v := range m {
		all = append(all, v)
	}
	return all
}

func sameSet(a, b []uuid.UUID) bool {
	order := func(ids []uuid.UUID) []uuid.UUID {
		return slices.SortedFunc(slices.Values(ids), func(x, y uuid.UUID) int { return bytes.Compare(x[:], y[:]) })
	}
	return slices.Equal(order(a), order(b))
}

// clockOf returns the unmet deadline of a rule, nil when that clock does not
// run.
func clockOf(open []clock.Deadline, rule string) *clock.Deadline {
	for i := range open {
		if open[i].Rule == rule {
			return &open[i]
		}
	}
	return nil
}
