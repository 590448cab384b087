package docket

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/triage"
)

// instruction is an item of a leader's instruction, for the poverty office of
// 盘山县.
func (w *office) instruction() NewItem {
	n := w.newItem()
	n.Origin, n.OriginNote, n.OriginOn = LeaderInstruction, "市委主要领导2月27日批示：请县里逐户核清，三月中旬报结果。", day("2026-02-27")
	n.Kind, n.Programme, n.PlaceCode, n.AmountFen, n.Households = "FUND_WITHHOLD", "housing", "211122000000", 4_500_000, 15
	return n
}

func (w *office) opened(n NewItem) Item {
	w.t.Helper()
	id, err := w.Open(bg, w.officer, n)
	w.must(err)
	return w.item(id)
}

// ordered is an item of an instruction that was issued.
func (w *office) ordered() Item {
	w.t.Helper()
	n := w.instruction()
	n.Assist = []uuid.UUID{w.town.ID}
	i := w.opened(n)
	w.must(w.do(w.officer, &i, "issue"))
	return i
}

func TestItemsComeFromAnywhere(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		for _, origin := range FromPaper() {
			n := w.instruction()
			n.Origin = origin
			i := w.opened(n)
			if i.Origin != origin || i.OriginNote != n.OriginNote || *i.OriginOn != *n.OriginOn || i.Kind != n.Kind || i.Programme != n.Programme ||
				i.PlaceCode != n.PlaceCode || i.AmountFen != n.AmountFen || i.Households != n.Households || i.State != Docketed || i.IssuerID != w.officer.UnitID {
				t.Errorf("%s: %+v", origin, i)
			}
			events, err := ledger.Of(bg, w.Store, ledger.OfItem, i.ID)
			w.must(err)
			if len(events) != 1 || events[0].Kind != "docketed" || events[0].Body["origin"] != string(origin) || len(events[0].Body) != 1 {
				t.Errorf("%s: record %+v", origin, events)
			}
			w.must(w.do(w.officer, &i, "issue"))
			v, err := w.Item(bg, w.lead, i.ID)
			if err != nil || v.OriginNote != n.OriginNote || i.Number == "" {
				t.Errorf("%s: the unit reads %q, %v", origin, v.OriginNote, err)
			}
		}
		c := w.verified()
		i := w.docketed(c)
		if i.Origin != PublicComplaint || i.OriginNote != "" || *i.OriginOn != w.today() || i.Kind != "FUND_WITHHOLD" || i.Programme != "housing" || i.PlaceCode != shuangliu {
			t.Errorf("of a case: %+v", i)
		}
	})
}

func TestAnItemSaysWhereItComesFrom(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		ref := uuid.New()
		for name, test := range map[string]struct {
			change func(*NewItem)
			field  string
		}{
			"no origin":                {func(n *NewItem) { n.Origin = "" }, "origin"},
			"an unknown one":           {func(n *NewItem) { n.Origin = "rumour" }, "origin"},
			"a case's, without a case": {func(n *NewItem) { n.Origin, n.OriginNote = PublicComplaint, "" }, "origin"},
			"a finding of none":        {func(n *NewItem) { n.Origin = InspectionFinding }, "origin"},
			"an objection of none":     {func(n *NewItem) { n.Origin = PublicObjection }, "origin"},
			"an objection without its report": {func(n *NewItem) {
				n.Origin, n.OriginRef = PublicObjection, &ref
			}, "origin"},
			"an instruction that refers": {func(n *NewItem) { n.OriginRef = &ref }, "origin"},
			"no words":                   {func(n *NewItem) { n.OriginNote = " " }, "origin_note"},
			"too many words":             {func(n *NewItem) { n.OriginNote = strings.Repeat("批", 1001) }, "origin_note"},
			"no day":                     {func(n *NewItem) { n.OriginOn = nil }, "origin_on"},
			"a day that is none":         {func(n *NewItem) { n.OriginOn = day("2026-02-30") }, "origin_on"},
			"a day to come":              {func(n *NewItem) { n.OriginOn = day("2026-03-03") }, "origin_on"},
			"an unknown kind":            {func(n *NewItem) { n.Kind = "GOSSIP" }, "kind"},
			"an unknown programme":       {func(n *NewItem) { n.Programme = "moon" }, "programme"},
			"an unknown place":           {func(n *NewItem) { n.PlaceCode = "211122999999" }, "place"},
			"less than nothing":          {func(n *NewItem) { n.AmountFen = -1 }, "amount"},
			"more than there is":         {func(n *NewItem) { n.AmountFen = maxFen + 1 }, "amount"},
			"fewer than no households":   {func(n *NewItem) { n.Households = -1 }, "households"},
			"to be done by today":        {func(n *NewItem) { n.Until = day("2026-03-02") }, "until"},
			"by a Sunday":                {func(n *NewItem) { n.Until = day("2026-03-08") }, "until"},
			"by a day that is none":      {func(n *NewItem) { n.Until = day("2026-13-01") }, "until"},
			"by a day in three years":    {func(n *NewItem) { n.Until = day("2029-03-02") }, "until"},
			"to an office beside":        {func(n *NewItem) { n.Lead = w.units[dawa].ID }, "lead"},
			"to the own office":          {func(n *NewItem) { n.Lead = w.officer.UnitID }, "lead"},
			"to who it is about":         {func(n *NewItem) { n.Against = []uuid.UUID{w.units[panshanPoor].ID} }, "lead"},
			"to who is below that":       {func(n *NewItem) { n.Against = []uuid.UUID{w.units[panshan].ID} }, "lead"},
			"with the help of it":        {func(n *NewItem) { n.Assist, n.Against = []uuid.UUID{w.town.ID}, []uuid.UUID{w.town.ID} }, "assist"},
			"without a summary":          {func(n *NewItem) { n.Summary = "短" }, "summary"},
			"with an urgency of its own": {func(n *NewItem) { n.Urgency = "yesterday" }, "urgency"},
		} {
			n := w.instruction()
			test.change(&n)
			if _, err := w.Open(bg, w.officer, n); problem(err, test.field) == "" {
				t.Errorf("%s: %v, want a problem of %s", name, err, test.field)
			}
		}
		var items int64
		w.must(w.Store.Read(bg).Table("supervision_item").Count(&items).Error)
		if items > 0 {
			t.Errorf("%d items were docketed all the same", items)
		}
		if _, err := w.Open(bg, w.lead, w.instruction()); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a handler: %v", err)
		}
		marked := w.person(w.town.Name, staff.TriageOfficer)
		if _, err := w.Open(bg, marked, w.instruction()); problem(err, "issuer") == "" {
			t.Errorf("an office that cannot number papers: %v", err)
		}
	})
}

// objector files something against a list and returns the report that holds it.
func (w *office) objector(words string) uuid.UUID {
	w.t.Helper()
	var report uuid.UUID
	_, err := w.Intake.SubmitOther(bg, intake.Submission{Token: w.Intake.NewForm().Token, PlaceCode: shuangliu, Text: words, Who: "赵漏样",
		Mode: intake.Named, Name: "钱异样", Phone: "13800000007", Channel: intake.Web, Lang: "zh-CN"}, false,
		func(_ *gorm.DB, r intake.Report, _ region.Division) (intake.Placed, error) {
			report = r.ID
			return intake.Placed{Desk: w.officer.UnitID, Against: w.town.ID, AnswerBy: w.today().Add(10)}, nil
		})
	w.must(err)
	return report
}

func TestAnObjectorsWordsDoNotLeave(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		ref, report := uuid.New(), w.objector("他家在县城有门市房还开着小轿车却评上了低保户")
		base := w.instruction()
		base.Origin, base.OriginRef, base.OriginReport, base.OriginNote = PublicObjection, &ref, &report, "双柳村名单公示期间收到的异议"
		base.Against = []uuid.UUID{w.town.ID}
		for name, test := range map[string]struct {
			change func(*NewItem)
			want   triage.Finding
		}{
			"phrase":       {func(n *NewItem) { n.Summary = "请核实：在县城有门市房还开着小轿车。" }, finding("summary", "phrase", "在县城有门市房还开着小轿车")},
			"in the title": {func(n *NewItem) { n.Title = "钱异样反映的情况" }, finding("title", "name", "钱异样")},
			"in the origin": {func(n *NewItem) { n.OriginNote = "来电13800000007" },
				finding("origin_note", "phone", "13800000007")},
			"who is missing": {func(n *NewItem) { n.Requirement = "把赵漏样补进名单" }, finding("requirement", "name", "赵漏样")},
		} {
			n := base
			test.change(&n)
			var leak *triage.Leak
			if _, err := w.Open(bg, w.officer, n); !errors.As(err, &leak) || !slices.Contains(leak.Findings, test.want) {
				t.Errorf("%s: %v %+v, want %+v", name, err, leak, test.want)
			}
		}
		// Guessing at names is written down, as with complaints.
		if got := w.kinds(ledger.OfReport, report); !slices.Equal(got, []string{"received", "name_stopped", "name_stopped", "name_stopped"}) {
			t.Errorf("the report's record %v", got)
		}
		if _, err := w.openedIn(base); problem(err, "origin") == "" {
			t.Errorf("inside another room's transaction: %v", err)
		}
		i := w.opened(base)
		// All that is written later is compared too.
		var leak *triage.Leak
		n := base
		n.Summary = "请核实其在县城有门市房还开着小轿车。"
		if err := w.Edit(bg, w.officer, i.ID, i.Version, n); !errors.As(err, &leak) {
			t.Errorf("edited: %v", err)
		}
		n = base
		n.Lead = w.town.ID
		if err := w.Edit(bg, w.officer, i.ID, i.Version, n); problem(err, "lead") == "" {
			t.Errorf("edited towards who it is about: %v", err)
		}
		w.must(w.do(w.officer, &i, "issue"))
		for _, code := range []string{"press", "cancel"} {
			if err := w.Step(bg, w.officer, i.ID, i.Version, code, Entry{Body: "请找钱异样核对"}); !errors.As(err, &leak) {
				t.Errorf("%s: %v", code, err)
			}
		}
	})
}

func (w *office) openedIn(n NewItem) (id uuid.UUID, err error) {
	return id, w.Store.Transact(bg, func(tx *gorm.DB) error {
		id, err = w.OpenIn(tx, w.officer, n)
		return err
	})
}

func TestAnotherRoomDocketsInItsOwnTransaction(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		n, ref := w.instruction(), uuid.New()
		n.Origin, n.OriginRef, n.OriginNote = InspectionFinding, &ref, "盘督查〔2026〕1号督查发现第2条"
		id, err := w.openedIn(n)
		w.must(err)
		if i := w.item(id); *i.OriginRef != ref || i.State != Docketed {
			t.Errorf("%+v", i)
		}
		broken := errors.New("broken")
		err = w.Store.Transact(bg, func(tx *gorm.DB) error {
			if id, err = w.OpenIn(tx, w.officer, n); err != nil {
				return err
			}
			return broken
		})
		var kept Item
		if !errors.Is(err, broken) || !errors.Is(store.One(w.Store.Read(bg).Where("id = ?", id), &kept), store.ErrNotFound) {
			t.Errorf("%v, and the item is kept", err)
		}
		if _, err := w.openedIn(w.newItem()); problem(err, "origin") == "" {
			t.Errorf("of nothing: %v", err)
		}
	})
}

// A fixed day stands instead of the rule's, and is what the clock runs to.
func TestAnAgreedDayStandsInsteadOfTheRules(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		n := w.instruction()
		n.Until = day("2026-03-20")
		i := w.opened(n)
		w.must(w.do(w.officer, &i, "issue"))
		if *i.DueOn != "2026-03-20" || *i.FirstDueOn != "2026-03-20" {
			t.Errorf("due %s", *i.DueOn)
		}
		v, err := w.Item(bg, w.officer, i.ID)
		w.must(err)
		for _, d := range v.Deadlines {
			if d.Rule == "supervision_item.normal" && (!d.Extends || d.DueOn != "2026-03-20" || d.SubjectOf != "leader_instruction") {
				t.Errorf("clock %+v", d)
			}
		}
		late := w.opened(n)
		w.on("2026-03-20")
		if err := w.do(w.officer, &late, "issue"); problem(err, "until") == "" {
			t.Errorf("issued on the day itself: %v", err)
		}
		n.Until = day("2026-03-31")
		w.must(w.Edit(bg, w.officer, late.ID, late.Version, n))
		late = w.item(late.ID)
		w.must(w.do(w.officer, &late, "issue"))
		if *late.DueOn != "2026-03-31" {
			t.Errorf("due %s", *late.DueOn)
		}
	})
}

// A rule of its own for a kind of origin counts for those items.
func TestARuleOfItsOwnCountsForItsOrigin(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		w.must(w.Store.Read(bg).Exec(`INSERT INTO time_rule (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, set_why)
			VALUES ('supervision_item.normal', 'leader_instruction', 3, 'wd', 'issued', 'internal', 'suspension', '批示件三个工作日', '2026-01-01', '')`).Error)
		order, of := w.ordered(), w.issued(w.verified())
		if *order.DueOn != "2026-03-05" || *of.DueOn != "2026-03-17" {
			t.Errorf("the instruction is due %s, what came of a case %s", *order.DueOn, *of.DueOn)
		}
	})
}

// What a leader instructed may serve a case too; then its words count.
func TestAnInstructionThatServesACaseIsCompared(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		n := w.instruction()
		n.OriginNote = "领导批示:会计说那三千是手续费,请查。"
		i, c := w.opened(n), w.verified()
		var leak *triage.Leak
		if err := w.AlsoServes(bg, w.officer, i.ID, c.ID); !errors.As(err, &leak) || leak.Findings[0].Field != "origin_note" {
			t.Errorf("%v %+v", err, leak)
		}
		i = w.opened(w.instruction())
		w.must(w.AlsoServes(bg, w.officer, i.ID, c.ID))
		w.must(w.AlsoServes(bg, w.officer, i.ID, c.ID))
		if now := w.item(i.ID); now.Version != i.Version+1 {
			t.Errorf("served twice, version %d", now.Version)
		}
		// The office that the case is about loses it, wherever it came from.
		w.must(w.Triage.NameSubject(bg, w.officer, c.ID, w.again(c).Version, []uuid.UUID{w.units[panshan].ID}))
		if _, err := w.Item(bg, w.boss, i.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the accused office: %v", err)
		}
	})
}

func TestAnItemServesSoManyAndNoMore(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i, c := w.opened(w.instruction()), w.verified()
		w.must(w.Store.Transact(bg, func(tx *gorm.DB) error {
			for part := range mostBehind {
				other := c
				other.ID, other.Seq, other.Part = uuid.Must(uuid.NewV7()), 0, part+2
				if err := tx.Create(&other).Error; err != nil {
					return err
				}
				if err := tie(tx, i.ID, other.ID); err != nil {
					return err
				}
			}
			return nil
		}))
		if err := w.AlsoServes(bg, w.officer, i.ID, c.ID); !errors.Is(err, step.ErrState) {
			t.Errorf("one more than it is compared with: %v", err)
		}
	})
}
