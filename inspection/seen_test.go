package inspection

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

func asDraft(err error, other **DraftConflict) bool { return errors.As(err, other) }

func TestWhatIsAskedForComesIsRefusedOrStaysOut(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.arranged()
		o.fails("before the office knows", o.AskFor(bg, o.lead, id, "上年度补助发放表", ""), step.ErrState)
		o.must(o.Announce(bg, o.lead, id, o.version(id)))
		o.fails("told twice", o.Announce(bg, o.lead, id, o.version(id)), step.ErrState)
		if err := o.AskFor(bg, o.lead, id, "身份证号 11010519491231002X 的发放记录", ""); problem(err, "what") == "" {
			t.Errorf("asked for by somebody's number: %v", err)
		}
		if err := o.AskFor(bg, o.lead, id, "账", "2026-03-01"); problem(err, "what") == "" || problem(err, "until") == "" {
			t.Errorf("asked for nothing until yesterday: %v", err)
		}
		for _, what := range []string{"上年度补助发放表", "公示照片", "会议记录", "驻村工作队考勤"} {
			o.must(o.AskFor(bg, o.lead, id, what, ""))
		}
		o.must(o.AskFor(bg, o.lead, id, "项目验收单", "2026-03-05"))
		ask := func(n int) Material { return o.whole(id).Materials[n-1] }
		if ask(1).DueOn != "2026-03-09" || ask(5).DueOn != "2026-03-05" || o.clocks(ask(1).ID)[ruleMaterial] != "2026-03-09" {
			t.Errorf("due %s and %s", ask(1).DueOn, ask(5).DueOn)
		}
		m := ask(1)
		if err := o.HandIn(bg, o.town, id, m.ID, m.Version, " ", nil); problem(err, "files") == "" {
			t.Errorf("with empty hands: %v", err)
		}
		key := []byte("the books")
		o.stage(key)
		o.must(o.HandIn(bg, o.town, id, m.ID, m.Version, "", key))
		if m := ask(1); m.State != MaterialGiven || len(m.Answers) != 1 || len(m.Answers[0].Files) != 1 || m.Answers[0].Unit != tianshui || len(o.clocks(m.ID)) != 0 {
			t.Errorf("handed in: %+v", m)
		}
		o.fails("handed in from a stale page", o.HandIn(bg, o.town, id, m.ID, m.Version, "再交一次", nil), step.ErrStale)
		o.must(o.ReturnMaterial(bg, o.lead, id, m.ID, ask(1).Version, "缺第二季度的两页"))
		if m := ask(1); m.State != MaterialAsked || len(o.clocks(m.ID)) != 1 {
			t.Errorf("returned: %+v", m)
		}
		m = ask(2)
		if err := o.RefuseMaterial(bg, o.town, id, m.ID, m.Version, "不"); problem(err, "words") == "" {
			t.Errorf("refused without a reason: %v", err)
		}
		o.must(o.RefuseMaterial(bg, o.town, id, m.ID, m.Version, "照片在原工作人员手机里，已删除"))
		if r := ask(2).Refusal(); r == nil || r.Kind != "refused" || r.By != o.town.Name || !strings.Contains(r.Words, "已删除") {
			t.Errorf("refusal %+v", r)
		}
		m = ask(3)
		o.fails("silence before the day is over", o.RecordSilence(bg, o.lead, id, m.ID, m.Version, ""), step.ErrState)
		o.on("2026-03-10")
		if !ask(3).Late {
			t.Error("it is not late")
		}
		o.oneWins(race(
			func() error { return o.RecordSilence(bg, o.lead, id, m.ID, m.Version, "") },
			func() error { return o.HandIn(bg, o.town, id, m.ID, m.Version, "今天才找到", nil) },
		), step.ErrStale, step.ErrState)
		m = ask(4)
		o.must(o.RecordSilence(bg, o.lead, id, m.ID, m.Version, "两次电话催要"))
		if r := ask(4).Refusal(); r == nil || r.Kind != "silent" || r.Unit != panshan {
			t.Errorf("silence %+v", r)
		}
		m = ask(4)
		o.must(o.HandIn(bg, o.town, id, m.ID, m.Version, "晚交，见谅", nil)) // late is better than not
		// Whose step it is.
		m = ask(5)
		o.fails("by who only reads", o.HandIn(bg, o.clerk, id, m.ID, m.Version, "替交", nil), staff.ErrForbidden)
		o.fails("by the inspecting office", o.HandIn(bg, o.lead, id, m.ID, m.Version, "替交", nil), store.ErrNotFound)
		o.fails("by another office", o.HandIn(bg, o.person(panshanPoor, staff.UnitHandler), id, m.ID, m.Version, "替交", nil), store.ErrNotFound)
		o.fails("another inspection's", o.HandIn(bg, o.town, o.announced(), m.ID, m.Version, "交错了", nil), store.ErrNotFound)
		o.must(o.CallOff(bg, o.boss, id, o.version(id), "合并到下月进行"))
		if len(o.clocks(m.ID)) != 0 {
			t.Error("a clock runs on after the end")
		}
	})
}

func (o *office) announced() uuid.UUID {
	o.t.Helper()
	id := o.arranged()
	o.must(o.Announce(bg, o.lead, id, o.version(id)))
	return id
}

func TestTheChecklistIsAnsweredByTheTeam(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.arranged()
		q := o.whole(id).Questions
		first, second := q[0], q[1]
		if err := o.Answer(bg, o.lead, id, []Answered{{first.ID, 1, "perhaps", strings.Repeat("长", 1001)}}); problem(err, "answer") == "" || problem(err, "note") == "" {
			t.Errorf("%v", err)
		}
		o.must(o.Answer(bg, o.lead, id, []Answered{{first.ID, 1, Partly, "三户到了，两户没到"}, {second.ID, 1, No, ""}}))
		w := o.whole(id)
		if w.State != UnderWay || w.Questions[0].Answer != Partly || w.Questions[0].Note != "三户到了，两户没到" || w.Questions[0].By != o.lead.Name || w.Questions[0].Version != 2 {
			t.Errorf("%+v", w.Questions[0])
		}
		if len(o.clocks(id)) != 0 {
			t.Error("the day of the visit still runs")
		}
		// Of several, none counts when one is stale.
		err := o.Answer(bg, o.mate, id, []Answered{{w.Questions[2].ID, 1, Yes, ""}, {first.ID, 1, Yes, "都到了"}})
		var conflict *Conflict
		if !errors.As(err, &conflict) || len(conflict.Now) != 1 || conflict.Now[0].Note != "三户到了，两户没到" || !errors.Is(err, step.ErrStale) {
			t.Errorf("%v", err)
		}
		if o.whole(id).Questions[2].Answer != "" {
			t.Error("half of it was kept")
		}
		o.oneWins(race(
			func() error { return o.Answer(bg, o.lead, id, []Answered{{second.ID, 2, Yes, "甲"}}) },
			func() error { return o.Answer(bg, o.mate, id, []Answered{{second.ID, 2, No, "乙"}}) },
		), step.ErrStale)
		o.fails("another inspection's question", o.Answer(bg, o.lead, o.arranged(), []Answered{{second.ID, 3, No, ""}}), store.ErrNotFound)
		o.must(o.AskAlso(bg, o.lead, id, []string{"9.6", "8.1"}, "公示牌是否在村部门口"))
		if q := o.whole(id).Questions; len(q) != 5 || q[3].Clause != "8.1" || q[4].N != 5 {
			t.Errorf("%+v", q)
		}
		if err := o.AskAlso(bg, o.lead, id, nil, ""); problem(err, "clauses") == "" {
			t.Errorf("nothing was added: %v", err)
		}
	})
}

// What people said and who they are lies sealed, bound to its row.
func TestWordsAboutPeopleLieSealed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.visited()
		f := o.found(id)
		q := o.whole(id).Questions[0]
		o.must(o.Answer(bg, o.lead, id, []Answered{{q.ID, 1, No, "会计代领"}}))
		talk := o.talk(id)
		talk.Whole.Words, talk.Of[f.ID] = "保留意见一条", Opinion{false, "款项在途中"}
		o.must(o.KeepDraft(bg, o.lead, id, 0, talk))
		secrets := []string{"甄大有", "穆青山", "存折在会计手里", "会计代领", "款项在途中", "保留意见一条", "两户补助资金没有到户"}
		for _, table := range []string{"inspection_activity", "inspection_question", "inspection_finding", "inspection_draft"} {
			o.holdsNone(table, id, secrets)
		}
		o.must(o.ExchangeViews(bg, o.lead, id, o.version(id), talk))
		for _, table := range []string{"inspection_exchange", "inspection_remark", "inspection_finding"} {
			o.holdsNone(table, id, secrets)
		}
		a := o.whole(id).Activities[0]
		if !slices.Equal(a.People, []string{"甄大有（三组）", "穆青山"}) || a.Found != o.done().Found || a.From != "09:30" {
			t.Errorf("%+v", a)
		}
		other := o.visited()
		o.must(o.exec("UPDATE inspection_activity SET found_sealed = (SELECT found_sealed FROM inspection_activity WHERE inspection_id = ?) WHERE inspection_id = ?", id, other))
		if _, err := o.Open(bg, o.lead, other); err == nil {
			t.Error("words that were moved to another row open")
		}
	})
}

// holdsNone fails when a table has one of the words in clear.
func (o *office) holdsNone(table string, id uuid.UUID, words []string) {
	o.t.Helper()
	var rows []map[string]any
	o.must(o.Store.Read(bg).Table(table).Where("inspection_id = ?", id).Find(&rows).Error)
	if len(rows) == 0 {
		o.t.Errorf("%s has no rows: the test sees nothing", table)
	}
	for _, row := range rows {
		for column, value := range row {
			raw, isBytes := value.([]byte)
			text := fmt.Sprint(value)
			for _, word := range words {
				if isBytes && bytes.Contains(raw, []byte(word)) || strings.Contains(text, word) {
					o.t.Errorf("%s.%s holds %q", table, column, word)
				}
			}
		}
	}
}

func TestAFindingSaysWhatIsWrongAndNamesNobody(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id := o.visited()
		for what, c := range map[string]struct {
			change func(*Words)
			field  string
		}{
			"no clause":          {func(w *Words) { w.Clause = "20.1" }, "clause"},
			"no facts":           {func(w *Words) { w.Facts = "没到户" }, "facts"},
			"no basis":           {func(w *Words) { w.Basis = "" }, "basis"},
			"no severity":        {func(w *Words) { w.Severity = "bad" }, "severity"},
			"less than nobody":   {func(w *Words) { w.Households = -1 }, "households"},
			"less than nothing":  {func(w *Words) { w.AmountFen = -1 }, "amount"},
			"no requirement":     {func(w *Words) { w.Requirement = "" }, "requirement"},
			"no proof":           {func(w *Words) { w.Activities = nil }, "proofs"},
			"a strange proof":    {func(w *Words) { w.Activities = many(1) }, "proofs"},
			"a household's name": {func(w *Words) { w.Facts = "甄大有家的两千元没有到折上，存折在会计手里。" }, "facts"},
			"a name to be paid":  {func(w *Words) { w.Requirement = "三日内把钱还给穆青山" }, "requirement"},
			"a phone":            {func(w *Words) { w.Facts += "联系电话13812345678" }, "facts"},
			"an identity number": {func(w *Words) { w.Basis = "户主11010519491231002X的发放表" }, "basis"},
		} {
			w := o.words(id)
			c.change(&w)
			if err := o.Write(bg, o.lead, id, nil, 0, w); problem(err, c.field) == "" {
				t.Errorf("%s: %v", what, err)
			}
		}
		f := o.found(id)
		better := o.words(id)
		better.Requirement = "十日内发放到户并公示"
		o.fails("by who was not there", o.Write(bg, o.idle, id, &f.ID, f.Version, better), staff.ErrForbidden)
		o.must(o.Write(bg, o.mate, id, &f.ID, f.Version, better))
		o.fails("from a stale page", o.Write(bg, o.lead, id, &f.ID, f.Version, better), step.ErrStale)
		if now := o.whole(id).Findings[0]; now.Requirement != better.Requirement || len(now.Activities) != 1 || now.WrittenBy != o.mate.Name {
			t.Errorf("%+v", now)
		}
		o.fails("dropped from a stale page", o.Drop(bg, o.lead, id, f.ID, f.Version), step.ErrStale)
		o.must(o.Drop(bg, o.lead, id, f.ID, f.Version+1))
		if len(o.whole(id).Findings) != 0 {
			t.Error("it is still there")
		}
		want := []string{"inspection_planned", "inspection_begun", "activity_recorded", "finding_written", "finding_changed", "finding_dropped"}
		if got := o.kinds(ledger.OfInspection, id); !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
	})
}
