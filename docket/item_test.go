package docket

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

func TestTheLifeOfAnItem(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		i := w.docketed(c)
		for _, step := range []struct {
			by    staff.Officer
			code  string
			files bool
			want  ItemState
			event string
		}{
			{w.officer, "issue", false, Issued, "issued"},
			{w.lead, "dispute", false, Disputed, "disputed"},
			{w.boss, "return", false, Returned, "returned"},
			{w.assist, "note", false, InProgress, "progress_noted"},
			{w.lead, "report", true, Reported, "reported"},
			{w.officer, "return", false, Returned, "returned"},
			{w.lead, "report", false, Reported, "reported"},
			{w.officer, "accept_report", false, Reviewed, "report_accepted"},
		} {
			var key []byte
			if step.files {
				key = w.staged()
			}
			if err := w.do(step.by, &i, step.code, key...); err != nil {
				t.Fatalf("%s: %v", step.code, err)
			}
			got := w.kinds(ledger.OfItem, i.ID)
			if i.State != step.want || got[len(got)-1] != step.event {
				t.Errorf("%s: %s %v, want %s %s", step.code, i.State, got, step.want, step.event)
			}
		}
		v, err := w.Item(bg, w.officer, i.ID)
		w.must(err)
		if !slices.Equal(v.Missing, []string{"answer"}) || slices.Contains(v.Actions, "strike_off") {
			t.Errorf("missing %v, offered %v", v.Missing, v.Actions)
		}
		if err := w.do(w.officer, &i, "strike_off"); !errors.Is(err, step.ErrState) {
			t.Errorf("struck off before the answer: %v", err)
		}
		w.answer(c)
		w.solved(c)
		if err := w.Triage.Close(bg, w.officer, c.ID, w.again(c).Version); !errors.Is(err, step.ErrState) {
			t.Errorf("closed before its item: %v", err)
		}
		w.must(w.do(w.officer, &i, "strike_off"))
		if open, _ := w.Clocks.Running(w.Store.Read(bg), i.ID); i.ClosedAt == nil || len(open) > 0 {
			t.Errorf("closed %v, clocks %v", i.ClosedAt, open)
		}
		w.must(w.Triage.Close(bg, w.officer, c.ID, w.again(c).Version))
		got := w.kinds(ledger.OfComplaint, c.ID)
		for _, kind := range []string{"converted", "item_issued", "item_struck_off"} {
			if !slices.Contains(got, kind) {
				t.Errorf("the case's record lacks %s: %v", kind, got)
			}
		}
	})
}

func TestIssuingGivesNumberAndDays(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		for urgency, days := range map[string]int{"urgent": 5, "normal": 15, "complex": 30} {
			n := w.newItem()
			n.Urgency = urgency
			id, err := w.Convert(bg, w.officer, c.ID, w.again(c).Version, n)
			w.must(err)
			i := w.item(id)
			w.must(w.do(w.officer, &i, "issue"))
			want := w.Clocks.Calendar().Limit(w.today(), days, workday.CalendarDays).On
			if i.DueOn == nil || *i.DueOn != want || i.Number == "" || i.IssuedAt == nil {
				t.Errorf("%s: %+v, want due %s", urgency, i, want)
			}
			open, err := w.Clocks.Running(w.Store.Read(bg), id)
			w.must(err)
			sign := clockOf(open, ruleAcknowledge)
			if sign == nil || sign.DueOn != w.Clocks.Calendar().Limit(w.today(), 1, workday.WorkingDays).On {
				t.Errorf("time to acknowledge: %+v", sign)
			}
			w.must(w.do(w.lead, &i, "acknowledge"))
			if open, _ = w.Clocks.Running(w.Store.Read(bg), id); clockOf(open, ruleAcknowledge) != nil || len(open) != 1 {
				t.Error("acknowledged, and the clock runs on")
			}
		}
	})
}

// Every step × who takes it: what is another office's is forbidden, what is not
// one's to see is not there. Which state lets it happen, life_test.go knows.
func TestItemStepsAreForTheirOffice(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.docketed(w.verified())
		steps := slices.DeleteFunc(slices.Clone(life), func(w way) bool { return w.Event == "" })
		for _, way := range steps {
			for name, by := range map[string]staff.Officer{"lead": w.lead, "assist": w.assist, "stranger": w.stranger, "foreign": w.foreign, "custodian": w.custodian} {
				if err := w.Step(bg, by, i.ID, i.Version, way.Code, Entry{Body: enough}); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("draft, %s by %s: %v, want ErrNotFound", way.Code, name, err)
				}
			}
		}
		w.must(w.do(w.officer, &i, "issue"))
		theirs := "acknowledge note report dispute"
		for _, way := range steps {
			for name, by := range map[string]staff.Officer{"issuer": w.officer, "above": w.above, "lead": w.lead, "assist": w.assist} {
				units := strings.Contains(theirs, way.Code)
				may := units && (name == "lead" || name == "assist" && way.Code == "note") || !units && (name == "issuer" || name == "above")
				err := w.Step(bg, by, i.ID, i.Version-1, way.Code, Entry{Body: enough})
				if may && !errors.Is(err, step.ErrStale) || !may && !errors.Is(err, staff.ErrForbidden) {
					t.Errorf("%s by %s: %v", way.Code, name, err)
				}
			}
		}
		for code, by := range map[string]staff.Officer{"dispute": w.lead, "press": w.officer, "cancel": w.officer} {
			if err := w.Step(bg, by, i.ID, i.Version, code, Entry{}); problem(err, "body") == "" {
				t.Errorf("%s without a word: %v", code, err)
			}
		}
		for _, code := range []string{"delete", "extend", "suspend_rule"} {
			if err := w.Step(bg, w.officer, i.ID, i.Version, code, Entry{Body: enough}); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s, which is no step: %v", code, err)
			}
		}
	})
}

func TestHandlersSeeItemsAndNeverComplaints(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		i := w.docketed(c)
		lists := func(by staff.Officer) (n int) {
			page, err := w.Items(bg, by, Filter{}, "")
			w.must(err)
			return len(page.Rows)
		}
		if lists(w.lead) != 0 || lists(w.officer) != 1 || lists(w.above) != 1 || lists(w.foreign) != 0 {
			t.Error("a draft is seen by its issuer and above, and nobody else")
		}
		w.must(w.do(w.officer, &i, "issue"))
		more := w.accepted()
		w.must(w.AlsoServes(bg, w.officer, i.ID, more.ID))
		i = w.item(i.ID)
		for _, by := range []staff.Officer{w.lead, w.assist} {
			if lists(by) != 1 {
				t.Error("an issued item is not listed")
			}
			v, err := w.Item(bg, by, i.ID)
			w.must(err)
			if len(v.Complaints) > 0 || len(v.Missing) > 0 {
				t.Errorf("a handler reads %v %v", v.Complaints, v.Missing)
			}
			for _, e := range v.Events {
				for _, id := range []string{c.ID.String(), more.ID.String(), c.ReportID.String(), c.Number()} {
					if strings.Contains(strings.Join(valuesOf(e.Body), " "), id) {
						t.Errorf("event %s names a complaint: %v", e.Kind, e.Body)
					}
				}
			}
			if _, err := w.Triage.Case(bg, by, c.ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a handler opens the case: %v", err)
			}
		}
		v, err := w.Item(bg, w.officer, i.ID)
		w.must(err)
		if len(v.Complaints) != 2 || v.AssistNames[0] != w.town.Name || v.LeadName != panshanPoor {
			t.Errorf("the issuer reads %+v", v)
		}
		if _, err := w.Item(bg, w.stranger, i.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a stranger: %v", err)
		}
		w.must(w.Triage.Recuse(bg, w.second, c.ID, "是亲戚"))
		if _, err := w.Item(bg, w.second, i.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("who stepped back from the case: %v", err)
		}
	})
}

func TestAFileWithAReportIsOpenedByBothSides(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		i, other := w.issued(c), w.issued(c)
		w.must(w.do(w.lead, &i, "acknowledge"))
		w.must(w.do(w.lead, &i, "report", w.staged()...))
		v, err := w.Item(bg, w.officer, i.ID)
		w.must(err)
		report := v.Notes[len(v.Notes)-1]
		if report.Kind != "report" || len(report.Files) != 1 {
			t.Fatalf("report %+v", report)
		}
		file := report.Files[0].ID
		for _, by := range []staff.Officer{w.officer, w.lead} {
			_, content, _, err := w.OpenFile(bg, by, i.ID, file)
			if err != nil {
				t.Error(err)
				continue
			}
			content.Close()
		}
		for name, try := range map[string]struct {
			by   staff.Officer
			item uuid.UUID
		}{"a stranger": {w.stranger, i.ID}, "who keeps names": {w.custodian, i.ID}, "under another item": {w.officer, other.ID}} {
			if _, _, _, err := w.OpenFile(bg, try.by, try.item, file); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		looks := 0
		for _, kind := range w.kinds(ledger.OfItem, i.ID) {
			if kind == "evidence_opened" {
				looks++
			}
		}
		if looks != 2 {
			t.Errorf("%d looks recorded of 2", looks)
		}
	})
}

func TestACaseShowsItsItemsToThoseWhoMayReadThem(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		i := w.issued(c)
		for name, test := range map[string]struct {
			by    staff.Officer
			items int
		}{"issuer": {w.officer, 1}, "above": {w.above, 1}, "who keeps names": {w.custodian, 0}, "foreign": {w.foreign, 0}} {
			got, err := w.OfCase(bg, test.by, c.ID)
			if err != nil || len(got) != test.items || len(got) > 0 && got[0].ID != i.ID {
				t.Errorf("%s sees %v, %v", name, got, err)
			}
		}
	})
}

func TestATextThatGivesTheReporterAwayIsRefused(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c, receipt := w.handIn()
		w.must(w.Triage.Accept(bg, w.officer, c.ID, c.Version))
		page, err := w.Intake.Track(bg, receipt)
		w.must(err)
		w.must(w.Intake.Say(bg, page.Token, page.Form.Token, "那天下着大雪会计在小卖部门口亲口说的"))
		w.must(w.Triage.Verify(bg, w.officer, c.ID, w.again(c).Version, w.check("李核验")))
		for _, test := range []struct {
			name   string
			change func(*NewItem)
			want   triage.Finding
		}{
			{"own phrase", func(n *NewItem) { n.Summary += "到我折子上,就一万二。" }, finding("summary", "phrase", "到我折子上,就一万二")},
			{"later words", func(n *NewItem) { n.Requirement = "核实在小卖部门口亲口说的话" }, finding("requirement", "phrase", "在小卖部门口亲口说的")},
			{"name", func(n *NewItem) { n.Title = "关于张试样家危房改造" }, finding("title", "name", "张试样")},
			{"own phone", func(n *NewItem) { n.Requirement += "联系 138-0000-0001" }, finding("requirement", "phone", "138-0000-0001")},
			{"anybody's phone", func(n *NewItem) { n.Requirement += "联系13900000000" }, finding("requirement", "phone", "13900000000")},
			{"ID number", func(n *NewItem) { n.Summary += "11010519491231002X" }, finding("summary", "id_number", "11010519491231002X")},
			{"verifier", func(n *NewItem) { n.Summary += "李核验已去过。" }, finding("summary", "name", "李核验")},
		} {
			n := w.newItem()
			test.change(&n)
			_, err := w.Convert(bg, w.officer, c.ID, w.again(c).Version, n)
			var leak *triage.Leak
			if !errors.As(err, &leak) || !slices.Contains(leak.Findings, test.want) {
				t.Errorf("%s: %v %+v, want %+v", test.name, err, leak, test.want)
			}
		}
		n := w.newItem()
		n.Summary = "请核查甜水镇双柳村危房改造补助发放情况。" // the place's name may be said
		id, err := w.Convert(bg, w.officer, c.ID, w.again(c).Version, n)
		w.must(err)
		page, err = w.Intake.Track(bg, receipt)
		w.must(err)
		w.must(w.Intake.Say(bg, page.Token, page.Form.Token, "请你们逐户核对发放表与存折才行"))
		var leak *triage.Leak
		if err := w.Step(bg, w.officer, id, 1, "issue", Entry{}); !errors.As(err, &leak) || w.item(id).State != Docketed {
			t.Errorf("what the reporter wrote since: %v", err)
		}
		n.Requirement = "按户比对台账。"
		w.must(w.Edit(bg, w.officer, id, 1, n))
		if err := w.Edit(bg, w.officer, id, 1, n); !errors.Is(err, step.ErrStale) {
			t.Errorf("editing a stale version: %v", err)
		}
		w.must(w.Step(bg, w.officer, id, 2, "issue", Entry{}))
		if err := w.Edit(bg, w.officer, id, 3, n); !errors.Is(err, step.ErrState) {
			t.Errorf("editing what is issued: %v", err)
		}
	})
}

func TestAnItemNeverGoesToTheAccused(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		village := w.village()
		may := func(by staff.Officer, c intake.Complaint) (names []string) {
			list, err := w.Issuable(bg, by, c.ID)
			w.must(err)
			for _, u := range list {
				names = append(names, u.Name)
			}
			return names
		}
		c := w.verified()
		got := may(w.officer, c)
		if slices.Contains(got, village.Name) || !slices.Contains(got, "甜水镇人民政府") || !slices.Contains(got, panshanPoor) ||
			slices.Contains(got, panshan) || slices.Contains(got, dawa) {
			t.Errorf("offered %v", got)
		}
		town, _ := w.handIn(func(s *intake.Submission) { s.AccusedLevel = "town" })
		if got := may(w.officer, town); slices.Contains(got, "甜水镇人民政府") || slices.Contains(got, village.Name) {
			t.Errorf("a town is accused, offered %v", got)
		}
		county, _ := w.handIn(func(s *intake.Submission) { s.AccusedLevel = "county" })
		if got := may(w.above, county); slices.Contains(got, panshan) || slices.Contains(got, panshanPoor) || !slices.Contains(got, dawa) {
			t.Errorf("a county is accused, offered %v", got)
		}
		n := w.newItem()
		n.Lead = village.ID
		if _, err := w.Convert(bg, w.officer, c.ID, c.Version, n); problem(err, "lead") == "" {
			t.Errorf("to the village: %v", err)
		}
		n = w.newItem()
		n.Assist = []uuid.UUID{village.ID}
		if _, err := w.Convert(bg, w.officer, c.ID, c.Version, n); problem(err, "assist") == "" {
			t.Errorf("with the village's help: %v", err)
		}
		i := w.docketed(c)
		w.must(w.Triage.NameSubject(bg, w.officer, c.ID, w.again(c).Version, []uuid.UUID{w.town.ID}))
		if err := w.do(w.officer, &i, "issue"); problem(err, "lead") != "item_accused" {
			t.Errorf("named after it was docketed: %v", err)
		}
	})
}

func TestWhatTheOfficeWritesToUnitsIsCheckedToo(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.docketed(w.verified())
		w.must(w.do(w.officer, &i, "issue"))
		w.must(w.do(w.lead, &i, "acknowledge"))
		// A unit writes to the office what it likes.
		w.must(w.Step(bg, w.lead, i.ID, i.Version, "report", Entry{Body: "已入户问过,电话13800000009"}))
		i = w.item(i.ID)
		var leak *triage.Leak
		err := w.Step(bg, w.officer, i.ID, i.Version, "return", Entry{Body: "请再去问张试样本人"})
		if !errors.As(err, &leak) || !slices.Contains(leak.Findings, finding("body", "name", "张试样")) {
			t.Errorf("a return that names the reporter: %v", err)
		}
	})
}

func TestObjectingHasItsTime(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.docketed(w.verified())
		w.must(w.do(w.officer, &i, "issue"))
		w.must(w.Store.Read(bg).Table("deadline").Where("subject_id = ? AND rule = ?", i.ID, ruleDispute).Update("due_on", w.today().Add(-1)).Error)
		before := w.everything()
		if err := w.do(w.lead, &i, "dispute"); !errors.Is(err, step.ErrState) {
			t.Errorf("too late: %v, want step.ErrState", err)
		}
		if w.everything() != before {
			t.Error("the late objection left something")
		}
	})
}

func TestItemsAreListedMostPressingFirstAndWhole(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		var ids []uuid.UUID
		for n := range pageSize + 7 {
			item := Item{
				ID: uuid.Must(uuid.NewV7()), IssuerID: w.units[panshan].ID, Year: 2026, Title: "核查", Urgency: "normal", State: Docketed, Origin: PublicComplaint,
				PlaceCode: shuangliu, LeadUnitID: w.units[panshanPoor].ID, CreatedBy: w.officer.ID, CreatedAt: w.Store.Now(), Version: 1,
			}
			if n%3 > 0 {
				day, at := w.today().Add(n%5-2), w.Store.Now()
				item.DueOn, item.IssuedAt, item.State = &day, &at, Issued
			}
			w.must(w.Store.Read(bg).Create(&item).Error)
			w.must(tie(w.Store.Read(bg), item.ID, c.ID))
			ids = append(ids, item.ID)
		}
		var seen []uuid.UUID
		last, cursor := "", ""
		for {
			page, err := w.Items(bg, w.officer, Filter{}, cursor)
			w.must(err)
			for _, v := range page.Rows {
				due := noDue
				if v.DueOn != nil {
					due = string(*v.DueOn)
				}
				if due < last {
					t.Errorf("%s after %s", due, last)
				}
				if v.DueOn != nil && (v.Late > 0) != (w.Clocks.Late(v.DueOn, w.today()) > 0) {
					t.Errorf("due %s, late %d", due, v.Late)
				}
				last, seen = due, append(seen, v.ID)
			}
			if cursor = page.Next; cursor == "" {
				break
			}
		}
		if !sameSet(seen, ids) {
			t.Errorf("%d of %d listed", len(seen), len(ids))
		}
	})
}

// TestAPaperKeepsTheNameOfItsDay: offices are renamed, papers are not.
func TestAPaperKeepsTheNameOfItsDay(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.docketed(w.verified())
		w.must(w.do(w.officer, &i, "issue"))
		w.must(w.Store.Read(bg).Exec("UPDATE supervision_item SET issued_at = ? WHERE id = ?", w.Store.Now().AddDate(-1, 0, 0), i.ID).Error)
		w.must(w.Atlas.Rename(bg, ledger.System(), i.IssuerID, "盘山县督查考核办", workday.On(w.Store.Now())))
		v, err := w.Item(bg, w.officer, i.ID)
		if err != nil || v.IssuerName != panshan {
			t.Errorf("the paper says %s, %v; want %s", v.IssuerName, err, panshan)
		}
		list, err := w.Items(bg, w.officer, Filter{}, "")
		if err != nil || len(list.Rows) != 1 || list.Rows[0].IssuerName != "盘山县督查考核办" {
			t.Errorf("the list says %+v, %v", list, err)
		}
	})
}

// Whoever writes down all names of a village learns from a refusal which one is
// the reporter's. It cannot be helped; it can be seen.
func TestGuessingTheReportersNameLeavesATrace(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		item := w.docketed(c)
		guess := w.newItem()
		guess.Summary += "李大样、王小样、张试样"
		for name, try := range map[string]func() error{
			"convert": func() error { _, err := w.Convert(bg, w.officer, c.ID, w.again(c).Version, guess); return err },
			"edit":    func() error { return w.Edit(bg, w.officer, item.ID, item.Version, guess) },
			"cancel": func() error {
				return w.Step(bg, w.officer, item.ID, item.Version, "cancel", Entry{Body: "电话13800000001"})
			},
		} {
			before := len(w.kinds(ledger.OfComplaint, c.ID))
			var leak *triage.Leak
			if err := try(); !errors.As(err, &leak) {
				t.Errorf("%s: %v, want *Leak", name, err)
			}
			if got := w.kinds(ledger.OfComplaint, c.ID)[before:]; !slices.Equal(got, []string{"name_stopped"}) {
				t.Errorf("%s: events %v", name, got)
			}
		}
		before := len(w.kinds(ledger.OfComplaint, c.ID))
		guess.Summary = reporterWords
		_, err := w.Convert(bg, w.officer, c.ID, w.again(c).Version, guess)
		if leak := (*triage.Leak)(nil); !errors.As(err, &leak) || len(w.kinds(ledger.OfComplaint, c.ID)) != before {
			t.Errorf("the reporter's phrases are no name: %v", err)
		}
	})
}

func TestAnOfficeLosesTheItemsOfACaseAboutItself(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		c := w.verified()
		item := w.docketed(c)
		w.must(w.do(w.officer, &item, "issue"))
		w.must(w.Triage.NameSubject(bg, w.officer, c.ID, w.again(c).Version, []uuid.UUID{w.units[panshan].ID}))
		_, read := w.Item(bg, w.boss, item.ID)
		for name, err := range map[string]error{"read": read, "cancel": w.do(w.boss, &item, "cancel")} {
			if !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s by the accused office: %v, want ErrNotFound", name, err)
			}
		}
		w.must(w.do(w.above, &item, "cancel"))
	})
}
