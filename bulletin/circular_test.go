package bulletin

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/paper"
	"minsheng/staff"
	"minsheng/triage"
)

func TestACircularGoesFromDraftToAnswer(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.drafted(o.criticism())
		_, err := o.Open(bg, o.handler, c.ID)
		o.fails("a draft read by who it is for", err, store.ErrNotFound)
		o.fails("issued by its author", o.Issue(bg, o.author, c.ID, c.Version), staff.ErrForbidden)
		o.must(o.Edit(bg, o.boss, c.ID, c.Version, o.criticism()))
		o.fails("issued by who wrote it last", o.Issue(bg, o.boss, c.ID, c.Version+1), step.ErrSamePerson)
		o.must(o.Edit(bg, o.mate, c.ID, c.Version+1, o.criticism()))
		o.fails("issued as it stood before", o.Issue(bg, o.boss, c.ID, c.Version), step.ErrStale)
		o.must(o.Issue(bg, o.boss, c.ID, c.Version+2))
		o.fails("issued twice", o.Issue(bg, o.boss, c.ID, c.Version+3), step.ErrState)
		o.fails("changed when issued", o.Edit(bg, o.mate, c.ID, c.Version+3, o.criticism()), step.ErrState)

		c = o.read(o.author, c.ID)
		if c.Number != "盘县督通〔2026〕1号" || len(c.To) != 1 || c.To[0].DueOn == nil || *c.To[0].DueOn != "2026-03-30" {
			t.Errorf("%q %+v", c.Number, c.To)
		}
		owners, err := o.Owners(o.Store.Read(bg), []uuid.UUID{c.To[0].ID})
		o.must(err)
		if own := owners[c.To[0].ID]; own.Unit != o.handler.UnitID || own.By == nil || *own.By != o.author.UnitID || own.Name != c.Number {
			t.Errorf("owner %+v", own)
		}
		waiting, err := o.Unread(bg, o.handler)
		o.must(err)
		if len(waiting) != 1 {
			t.Fatalf("%d wait", len(waiting))
		}
		o.fails("read elsewhere", o.Read(bg, o.foreign, c.ID), store.ErrNotFound)
		o.fails("read by who issued it", o.Read(bg, o.author, c.ID), store.ErrNotFound)
		o.must(o.Read(bg, o.handler, c.ID))
		o.fails("read twice", o.Read(bg, o.handler, c.ID), step.ErrState)
		if p := problem(o.Answer(bg, o.handler, c.ID, "已改"), "answer"); p != "circular_answer" {
			t.Errorf("a short answer: %q", p)
		}
		o.must(o.Answer(bg, o.handler, c.ID, "已经查清原因，材料已补齐上报。"))
		o.fails("answered twice", o.Answer(bg, o.handler, c.ID, "已经查清原因，材料已补齐上报。"), step.ErrState)
		if open, err := o.Clocks.Running(o.Store.Read(bg), c.To[0].ID); err != nil || len(open) != 0 {
			t.Errorf("%v, %v still run", err, open)
		}
		if owners, err := o.Owners(o.Store.Read(bg), []uuid.UUID{c.To[0].ID}); err != nil || len(owners) != 0 {
			t.Errorf("%v, %v still owe", err, owners)
		}
		if waiting, err := o.Unread(bg, o.handler); err != nil || len(waiting) != 0 {
			t.Errorf("%v, %v still wait", err, waiting)
		}
		if got := o.kinds(c.ID); got != "circular_drafted circular_edited circular_edited paper_drafted paper_issued circular_issued circular_read circular_answered" &&
			got != "circular_drafted circular_edited circular_edited paper_issued circular_issued circular_read circular_answered" {
			t.Error(got)
		}
	})
}

func TestThePaperSaysWhatTheCircularSays(t *testing.T) {
	o := build(t, store.Config{Dir: sqlite(t)})
	c := o.issued(o.criticism())
	papers, err := o.Papers.Of(bg, o.boss, ledger.OfBulletin, c.ID)
	o.must(err)
	if len(papers) != 1 || papers[0].Kind != paper.Circular || papers[0].Number != c.Number || papers[0].DraftedBy != o.author.ID || *papers[0].IssuedBy != o.boss.ID {
		t.Fatalf("%+v", papers)
	}
	for _, by := range []staff.Officer{o.author, o.city, o.handler} {
		_, content, err := o.Papers.Open(bg, by, papers[0].ID)
		o.must(err)
		if content.Fields["情况"] != c.Body || content.Fields["整改期限"] != "2026年3月30日" || content.Lists["单位"][0]["单位"] != panshanPoor {
			t.Errorf("%+v", content)
		}
	}
	_, _, err = o.Papers.Open(bg, o.other, papers[0].ID)
	o.fails("read where it does not go", err, store.ErrNotFound)
}

func TestWhatACircularMustBe(t *testing.T) {
	o := build(t, store.Config{Dir: sqlite(t)})
	for name, tc := range map[string]struct {
		with  func(n *NewCircular)
		field string
		want  string
	}{
		"tone":              {func(n *NewCircular) { n.Tone = "" }, "tone", "circular_tone"},
		"scope":             {func(n *NewCircular) { n.Scope = "" }, "scope", "circular_scope"},
		"title":             {func(n *NewCircular) { n.Title = "短" }, "title", "circular_title"},
		"body":              {func(n *NewCircular) { n.Body = "短" }, "body", "circular_body"},
		"body of a notice":  {func(n *NewCircular) { n.Scope, n.Body = Public, strings.Repeat("长", 1001) }, "body", "circular_body_public"},
		"nothing demanded":  {func(n *NewCircular) { n.Demand = "" }, "demand", "circular_demand"},
		"a day of the past": {func(n *NewCircular) { n.UntilOn = "2026-03-02" }, "until_on", "circular_until"},
		"nobody":            {func(n *NewCircular) { n.Named = nil }, "named", "circular_named"},
		"beside":            {func(n *NewCircular) { n.Named = []uuid.UUID{o.units[dawa].ID} }, "units", "circular_units"},
		"above":             {func(n *NewCircular) { n.Named = []uuid.UUID{o.units[cityDesk].ID} }, "units", "circular_units"},
		"oneself":           {func(n *NewCircular) { n.Named = []uuid.UUID{o.units[panshan].ID} }, "units", "circular_units"},
		"no such item":      {func(n *NewCircular) { n.Grounds = []string{"盘县督交〔2026〕99号"} }, "grounds", "circular_grounds"},
		"an identity":       {func(n *NewCircular) { n.Body += "13800000000" }, "body", "circular_personal"},
		"a person, public":  {func(n *NewCircular) { n.Scope, n.Body = Public, n.Body+"经办人祝试样。" }, "body", "circular_person"},
		"a hidden person":   {func(n *NewCircular) { n.Scope, n.Title = Public, "关于祝 试样的通报" }, "title", "circular_person"},
	} {
		n := o.criticism()
		tc.with(&n)
		if _, err := o.Draft(bg, o.author, n); problem(err, tc.field) != tc.want {
			t.Errorf("%s: %v %q", name, err, problem(err, tc.field))
		}
	}
	inside := o.criticism()
	inside.Body += "经办人祝试样。"
	if _, err := o.Draft(bg, o.author, inside); err != nil {
		t.Errorf("a person in an internal one: %v", err)
	}
	_, err := o.Draft(bg, o.handler, o.criticism())
	o.fails("written by a handling unit", err, staff.ErrForbidden)
}

func TestACircularBetraysNobody(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		b := o.item()
		n := o.criticism()
		n.Grounds = []string{b.Number}
		n.Body = "有人反映" + told + "，现予通报。"
		var leak *triage.Leak
		if _, err := o.Draft(bg, o.author, n); !errors.As(err, &leak) {
			t.Errorf("the reporter's words went through: %v", err)
		}
		n.Body = "张试样反映补助没有发到位，现予通报。"
		if _, err := o.Draft(bg, o.author, n); !errors.As(err, &leak) {
			t.Errorf("the reporter's name went through: %v", err)
		}
		n.Body = "核查补助发放一事进展迟缓，现予通报。"
		c := o.issued(n)
		if len(c.Items) != 1 || c.Items[0].Number != b.Number {
			t.Errorf("%+v", c.Items)
		}
		events, err := ledger.Of(bg, o.Store, ledger.OfItem, b.ID, "circular_about")
		o.must(err)
		if len(events) != 1 || events[0].Body["number"] != c.Number {
			t.Errorf("%+v", events)
		}
	})
}

// Orders and inspections are linked like items: for who may know them, checked for
// who could be given away, and never shown to whom a circular goes.
func TestACircularRestsOnOrdersAndInspections(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		order, visit := o.order(), o.visit()
		n := o.criticism()
		n.Grounds, n.Scope = []string{order, visit, visit}, Public
		for by, person := range map[string]staff.Officer{"beside": o.foreign, "of another office": o.handler} {
			found, err := o.numbered(bg, person, order)
			if seen, failed := o.numbered(bg, person, visit); err != nil || failed != nil || found != (ground{}) || seen != (ground{}) {
				t.Errorf("%s finds %v %v, %v %v", by, found, seen, err, failed)
			}
		}
		n.Body = "张试样反映补助没有发到位，现予通报。"
		var leak *triage.Leak
		if _, err := o.Draft(bg, o.author, n); !errors.As(err, &leak) {
			t.Errorf("who reported behind an order: %v", err)
		}
		if n := o.happened("name_stopped"); n != 1 {
			t.Errorf("%d attempts recorded", n)
		}
		n.Body = "甄试样说补助没有到折上，现予通报。"
		if _, err := o.Draft(bg, o.author, n); problem(err, "body") != "inspection_witness" {
			t.Errorf("whom the team spoke to: %v", err)
		}
		of, err := o.visits.Numbered(bg, o.author, visit)
		o.must(err)
		n.Grounds = []string{visit}
		n.Body = "有人说" + told + "，现予通报。"
		_, err = o.Draft(bg, o.author, n) // nobody reported this to the team
		o.must(err)
		o.must(o.visits.LookInto(bg, o.author, of, o.lastCase().Number()))
		if _, err := o.Draft(bg, o.author, n); !errors.As(err, &leak) {
			t.Errorf("who reported what the team looked into: %v", err)
		}
		n.Grounds, n.Body = []string{order, visit, visit}, "核查补助发放一事进展迟缓，现予通报。"
		c := o.issued(n)
		if len(c.Grounds) != 2 || c.Grounds[0].Number != visit || c.Grounds[0].Office != "甜水镇人民政府" || c.Grounds[1].Number != order || c.Grounds[1].Office != panshanPoor || c.Items != nil {
			t.Errorf("rests on %+v, %+v", c.Grounds, c.Items)
		}
		if n := o.happened("circular_about"); n != 2 {
			t.Errorf("told to %d", n)
		}
		if w := o.read(o.handler, c.ID); w.Grounds != nil {
			t.Errorf("the addressed office reads %v", w.Grounds)
		}
		pub, err := o.Publish(bg, o.publisher, c.ID)
		o.must(err)
		if said := fmt.Sprintf("%+v", pub); strings.Contains(said, order) || strings.Contains(said, visit) {
			t.Errorf("the public reads %s", said)
		}
		again := o.drafted(n)
		n.Grounds = []string{order}
		o.must(o.Edit(bg, o.author, again.ID, again.Version, n))
		if w := o.read(o.author, again.ID); len(w.Grounds) != 1 || w.Grounds[0].Number != order {
			t.Errorf("after an edit: %+v", w.Grounds)
		}
	})
}

// happened counts events of a kind.
func (o *office) happened(kind string) (n int64) {
	o.t.Helper()
	o.must(o.Store.Read(bg).Table("event").Where("kind = ?", kind).Count(&n).Error)
	return n
}

func TestPraiseOwesNothing(t *testing.T) {
	o := build(t, store.Config{Dir: sqlite(t)})
	n := o.criticism()
	n.Tone, n.Demand, n.UntilOn = Praise, "", "2026-04-01"
	c := o.issued(n)
	if c.To[0].DueOn != nil || len(c.Clocks) != 0 || slices.Contains(o.read(o.handler, c.ID).Actions, ToAnswer) {
		t.Errorf("%+v", c.To)
	}
	o.fails("an answer to praise", o.Answer(bg, o.handler, c.ID, "谢谢，我们会继续努力工作。"), step.ErrState)
}

func TestACriticisedOfficeHasUntilTheDayThatWasSaid(t *testing.T) {
	o := build(t, store.Config{Dir: sqlite(t)})
	n := o.criticism()
	n.UntilOn = "2026-03-10"
	c := o.issued(n)
	if *c.To[0].DueOn != "2026-03-10" || len(c.Clocks) != 1 || c.Clocks[0].DueOn != "2026-03-10" {
		t.Errorf("%+v", c.Clocks)
	}
	o.on("2026-03-12")
	if w := o.read(o.handler, c.ID); w.Mine.Late != 2 {
		t.Errorf("late by %d", w.Mine.Late)
	}
}

func TestWhoReadsACircular(t *testing.T) {
	o := build(t, store.Config{Dir: sqlite(t)})
	n := o.criticism()
	n.Units = []uuid.UUID{o.units["甜水镇人民政府"].ID}
	c := o.issued(n)
	for name, tc := range map[string]struct {
		by   staff.Officer
		sees bool
		to   int
	}{
		"author": {o.author, true, 2}, "above": {o.city, true, 2}, "addressed": {o.handler, true, 1},
		"beside": {o.foreign, false, 0}, "not addressed": {o.other, false, 0}, "publisher": {o.publisher, false, 0},
	} {
		w, err := o.Open(bg, tc.by, c.ID)
		if (err == nil) != tc.sees || len(w.To) != tc.to || (o.MaySee(bg, tc.by, c.ID) == nil) != tc.sees {
			t.Errorf("%s: %v, %d addressees", name, err, len(w.To))
		}
	}
	papers, err := o.Papers.Of(bg, o.boss, ledger.OfBulletin, c.ID)
	o.must(err)
	if len(papers[0].To) != 2 {
		t.Errorf("the paper is addressed to %v", papers[0].To)
	}
	town := o.person("甜水镇人民政府", "林试样", staff.UnitHandler)
	for name, by := range map[string]staff.Officer{"named": o.handler, "merely told": town} {
		_, said, err := o.Papers.Open(bg, by, papers[0].ID)
		if err != nil || !strings.Contains(said.Fields["主送单位"], panshanPoor) || !strings.Contains(said.Fields["主送单位"], "甜水镇人民政府") {
			t.Errorf("%s reads %v, %v", name, said.Fields, err)
		}
		if got, _, err := o.Papers.List(bg, by, paper.Filter{Box: paper.Received}); err != nil || len(got) != 1 {
			t.Errorf("%s received %v, %v", name, got, err)
		}
	}
	if _, _, err := o.Papers.Open(bg, o.other, papers[0].ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("not addressed: %v", err)
	}
	if w := o.read(o.handler, c.ID); len(w.Events) != 0 || w.Items != nil || w.Grounds != nil {
		t.Errorf("the addressed office reads %v, %v", w.Events, w.Items)
	}
}

func TestOfTwoWhoIssueOneDoes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		second := o.person(panshan, "邵试样", staff.Supervisor)
		c := o.drafted(o.criticism())
		errs := make([]error, 2)
		var both sync.WaitGroup
		for i, by := range []staff.Officer{o.boss, second} {
			both.Go(func() { errs[i] = o.Issue(bg, by, c.ID, c.Version) })
		}
		both.Wait()
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else if !errors.Is(err, step.ErrStale) && !errors.Is(err, step.ErrState) {
				t.Error(err)
			}
		}
		if got := o.read(o.author, c.ID); won != 1 || got.Number != "盘县督通〔2026〕1号" || len(got.Clocks) != 1 {
			t.Errorf("%d won: %q, %v", won, got.Number, got.Clocks)
		}
	})
}

func TestAPublicCircularGoesThroughThePublishingDesk(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := o.criticism()
		inner := o.issued(n)
		n.Scope = Public
		c := o.issued(n)
		_, err := o.Publish(bg, o.publisher, inner.ID)
		o.fails("an internal one", err, store.ErrNotFound)
		_, err = o.Publish(bg, o.author, c.ID)
		o.fails("by who may not publish", err, staff.ErrForbidden)
		abroad := o.person(dawa, "房试样", staff.Publisher)
		_, err = o.Publish(bg, abroad, c.ID)
		o.fails("by another office", err, store.ErrNotFound)
		waiting, err := o.ToPublish(bg, o.publisher)
		o.must(err)
		if len(waiting) != 1 || waiting[0].ID != c.ID {
			t.Fatalf("%+v", waiting)
		}
		put, err := o.Publish(bg, o.publisher, c.ID)
		o.must(err)
		if put.Kind != "CIRCULAR_PUB" || put.DocNumber != c.Number || put.Body != c.Body || put.Fields["verdict"] != "criticism" || put.PublishedAt != nil {
			t.Errorf("%+v", put)
		}
		_, err = o.Publish(bg, o.publisher, c.ID)
		o.fails("twice", err, store.ErrNotFound)
		if w := o.read(o.author, c.ID); w.NoticeID == nil || *w.NoticeID != put.ID || w.Standing {
			t.Errorf("%v, stands %v", w.NoticeID, w.Standing)
		}
		// What somebody put past our own check meets the gate of the desk.
		bad := o.issued(n)
		o.must(o.Store.Read(bg).Model(&Circular{}).Where("id = ?", bad.ID).Update("body", n.Body+"身份证号：211122199003077713").Error)
		var exposed *notice.Exposed
		if _, err := o.Publish(bg, o.publisher, bad.ID); !errors.As(err, &exposed) {
			t.Errorf("the gate let it through: %v", err)
		}
	})
}
