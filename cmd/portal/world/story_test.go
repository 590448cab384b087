package world_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"minsheng/cmd/portal/world"
	"minsheng/crosscheck"
	"minsheng/intake"
	"minsheng/internal/privacy"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/paper"
	"minsheng/retention"
	"minsheng/roll"
	"minsheng/staff"
	"minsheng/triage"
	"minsheng/watch"
)

// story asks the rooms what the demo world is meant to show.
type story struct {
	t      *testing.T
	r      world.Rooms
	people map[string]staff.Officer
}

func (s *story) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// titled finds a notice, whatever its state.
func (s *story) titled(title string) notice.Notice {
	s.t.Helper()
	var n notice.Notice
	if err := store.One(s.r.Store.Read(ctx).Where("title = ? AND kind <> 'CORRECTION'", title).Order("created_at"), &n); err != nil {
		s.t.Fatalf("%s: %v", title, err)
	}
	return n
}

// shown is a notice as the public sees it.
func (s *story) shown(title string) notice.Published {
	s.t.Helper()
	p, err := s.r.Notices.Published(ctx, s.titled(title).ID)
	if err != nil {
		s.t.Fatalf("%s is not shown: %v", title, err)
	}
	return p
}

func (s *story) lists() {
	first := s.shown("双柳村贫困户初选名单公示（第一次）")
	holds, err := s.r.Rolls.Holds(ctx, first.Roll.ID)
	s.must(err)
	if first.State != "published" || first.Roll.Size < 12 || len(holds) != 1 || holds[7] != 1 {
		s.t.Errorf("first list: %s, %d rows, holds %v", first.State, first.Roll.Size, holds)
	}
	rows, _, err := s.r.Rolls.Page(ctx, first.Roll.ID, roll.Ask{Limit: 100})
	s.must(err)
	for n, want := range map[int]string{1: "甄*", 2: "穆*山", 3: "欧阳*河", 12: "斯*·*格"} {
		if rows[n-1].Shown != want {
			s.t.Errorf("row %d shows %s, want %s", n, rows[n-1].Shown, want)
		}
	}
	second := s.shown("大榆树村贫困户初选名单公示（第一次）")
	before, err := s.r.Rolls.Row(ctx, second.Roll.ID, 1)
	s.must(err)
	added, err := s.r.Rolls.Compare(ctx, second.Roll.ID, second.RollSince, 0)
	s.must(err)
	if second.State != "published" || len(added) != 1 || added[0].What != "added" || second.PublicLine == "" {
		s.t.Errorf("second list: %s, changes %+v, %q", second.State, added, second.PublicLine)
	} else if row := *added[0].After; row.Label != "石有田" || row.StandsUntil <= before.StandsUntil || row.StandsUntil != *second.EndsOn {
		s.t.Errorf("the added row: %+v, the notice ends on %s", row, *second.EndsOn)
	}
	for title, stage := range map[string]roll.Stage{"望苇村贫困户审核名单公示（第二次）": roll.Town, "鹤栖村贫困户名单公告": roll.County, "双柳村拟脱贫户名单公示": roll.Village} {
		if p := s.shown(title); p.State != "published" || p.Roll.Stage != stage {
			s.t.Errorf("%s: %s, %s", title, p.State, p.Roll.Stage)
		}
	}
}

func ofList(l retention.Line) bool { return l.Of == ledger.OfObjection }

func (s *story) objections() {
	lines, err := s.r.Objections.List(ctx, s.people["dw.shouli2"], objection.Filter{State: "all"})
	s.must(err)
	var states []objection.State
	for _, l := range lines {
		states = append(states, l.State)
	}
	if !slices.Contains(states, objection.UpheldAdd) || !slices.Contains(states, objection.Submitted) {
		s.t.Errorf("大洼区 has %v", states)
	}
	due, err := s.r.Retention.Due(ctx, s.people["shi.baoguan"], retention.Names, "")
	for err == nil && due.Next != "" && !slices.ContainsFunc(due.Lines, ofList) {
		due, err = s.r.Retention.Due(ctx, s.people["shi.baoguan"], retention.Names, due.Next)
	}
	if err != nil || !slices.ContainsFunc(due.Lines, ofList) {
		s.t.Errorf("no objection is due: %v", err)
	}
	if pulled := s.shown("大榆树村拟脱贫户名单公示"); !pulled.Pulled {
		s.t.Error("the list that shows numbers is not pulled")
	}
	waiting, err := s.r.Desk.List(ctx, s.people["tangjia.shenhe"], notice.Filter{Stand: "pulled"})
	s.must(err)
	if len(waiting) != 1 {
		s.t.Errorf("the approver has %d pulled notices", len(waiting))
	}
}

func (s *story) money() {
	alloc := s.shown("盘山县省级财政专项扶贫资金分配结果公告（第二批）")
	fund, err := s.r.Notices.Fund(ctx, *alloc.FundID, uuid.Nil)
	s.must(err)
	states := map[string]int{}
	for _, p := range fund.Projects {
		states[p.State]++
	}
	if fund.Sums.Differs || fund.Sums.AllocatedFen != fund.TotalFen || states["accepted"] != 1 || states["under_way"] != 2 || states["planned"] != 1 {
		s.t.Errorf("fund: %+v, projects %v", fund.Sums, states)
	}
	roster := s.shown("双柳村危房改造补助发放公示（第一批）")
	if roster.ProjectID == nil || len(roster.Revisions) != 1 || len(roster.Correction) != 1 || roster.Roll.TotalFen != 5_800_000 {
		s.t.Errorf("roster: %d revisions, %d corrections, %+v", len(roster.Revisions), len(roster.Correction), *roster.Roll)
	}
	off := s.titled("大洼区财政专项扶贫资金分配结果公告（第一批）")
	paper, err := s.r.Desk.Paper(ctx, s.people["dw.shenhe"], off.ID)
	s.must(err)
	if off.HandedInAt == nil || !paper.Sums.Differs || paper.Sums.TotalFen-paper.Sums.AllocatedFen != 5_000_000 {
		s.t.Errorf("the allocation that does not add up: %+v", paper.Sums)
	}
	if w := s.shown("鹤栖村饮水工程竣工公告"); !w.Withdrawn || w.WithdrawnWhy == "" {
		s.t.Error("nothing is withdrawn")
	}
	if back := s.titled("唐家镇机井维修工程竣工公告"); back.Returned == "" || back.State != "draft" {
		s.t.Error("nothing was returned")
	}
	s.shown("望苇村田间路建设项目实施前公示")
	s.shown("盘山县扶贫项目库入库公示")
}

func (s *story) duties() {
	board, err := s.r.Desk.Duties(ctx, s.people["ps.gongshi"])
	s.must(err)
	late, soon := 0, 0
	for _, d := range board.Open {
		switch {
		case d.Late > 0:
			late++
		case d.Late >= -8:
			soon++
		}
	}
	if late == 0 || soon == 0 || len(board.Met) == 0 {
		s.t.Errorf("duties: %d late, %d soon, %d met", late, soon, len(board.Met))
	}
}

func (s *story) payments() {
	for _, home := range world.LookUps() {
		lines, err := s.r.Purse.Look(ctx, home.Village, home.Name, home.LastSix)
		if err != nil || len(lines) != 2 {
			s.t.Errorf("%s finds %d payments, %v", home.Name, len(lines), err)
		}
	}
	if n := count(s.t, s.r, "SELECT COUNT(*) FROM complaint_about WHERE kind = 'payment'"); n < 2 {
		s.t.Errorf("%d cases come from payments", n)
	}
	states, rules := map[string]int{}, map[string]int{}
	for _, state := range []string{"open", "dismissed", "case"} {
		hits, err := s.r.Checks.Hits(ctx, s.people["shi.shouli"], crosscheck.Filter{State: state})
		s.must(err)
		states[state] = len(hits)
		for _, h := range hits {
			rules[h.Rule]++
		}
	}
	if states["open"] == 0 || states["dismissed"] != 1 || states["case"] != 1 || len(rules) < 4 {
		s.t.Errorf("hits: %v of %v", states, rules)
	}
}

func (s *story) papers() {
	boss, poor := s.people["ps.shenpi"], s.people["ps.fupin"]
	kinds, states := map[paper.Kind]int{}, map[paper.State]int{}
	for _, box := range []string{paper.Drafts, paper.Issued} {
		found, _, err := s.r.Papers.List(ctx, boss, paper.Filter{Box: box})
		s.must(err)
		for _, p := range found {
			kinds[p.Kind]++
			states[p.State]++
			if p.Drafter == p.Signer {
				s.t.Errorf("%s was drafted and signed by %s", p.Title, p.Drafter)
			}
		}
	}
	if kinds[paper.Acceptance] < 4 || kinds[paper.Assignment] < 5 || kinds[paper.RectificationOrder] != 2 || kinds[paper.Reminder] != 2 || kinds[paper.SupervisionOrder] != 1 || states[paper.Drafted] != 1 || states[paper.Void] != 1 {
		s.t.Errorf("papers of the county: %v, %v", kinds, states)
	}
	received, _, err := s.r.Papers.List(ctx, poor, paper.Filter{Box: paper.Received, Kind: paper.Reminder})
	s.must(err)
	if len(received) != 1 || received[0].FormID == nil {
		s.t.Errorf("the poverty office received %+v", received)
	}
}

// locked: a recording that came with what accuses the county, which a colleague of
// the city who holds no key sees and cannot play.
func (s *story) locked() {
	by := s.people["shi.fucha"]
	found, err := s.r.Triage.Find(ctx, by, triage.Filter{Text: "县镇之间来回推"}, "")
	s.must(err)
	if len(found.Rows) != 1 {
		s.t.Fatalf("%d cases about the county", len(found.Rows))
	}
	c, err := s.r.Triage.Case(ctx, by, found.Rows[0].ID)
	s.must(err)
	if len(c.Files) != 1 || c.Files[0].Media != "audio" || !c.Locked[c.Files[0].ID] || c.Narrative.Kept != intake.Locked {
		s.t.Errorf("without the key: %+v, locked %v, words %q", c.Files, c.Locked, c.Narrative.Kept)
	}
}

// alarms: the city hears of what went up and of desks without people, the zone of
// a town where nobody comes in. What else is late depends on the day.
func (s *story) alarms() {
	for login, want := range map[string][]watch.Stage{"shi.shenpi": {watch.Escalated, watch.Ownerless}, "lhk.shenpi": {watch.Absent}} {
		alarms, _, err := s.r.Watch.Alarms(ctx, s.people[login], watch.AlarmPlace{})
		s.must(err)
		for _, stage := range want {
			if !slices.ContainsFunc(alarms, func(a watch.Alarm) bool { return a.Stage == stage }) {
				s.t.Errorf("%s hears of nothing that is %s", login, stage)
			}
		}
	}
	heard, err := s.r.Watch.Heard(ctx, s.people["dw.shouli"])
	s.must(err)
	if len(heard) != 1 || heard[0].HeardBy == "" {
		s.t.Errorf("大洼区 acknowledged %+v", heard)
	}
}

// nothingPersonal: what the web shows holds no number of anybody, and no name of
// a household in full.
func (s *story) nothingPersonal() {
	all, err := s.r.Notices.Find(ctx, notice.Wanted{})
	s.must(err)
	if len(all) < 14 {
		s.t.Errorf("%d notices are shown", len(all))
	}
	for _, n := range all {
		k, _ := notice.KindOf(n.Kind)
		texts := map[string]string{"title": n.Title, "body": n.Body, "number": n.DocNumber}
		for _, f := range k.Fields {
			if f.Required && n.Fields[f.Code] == "" {
				s.t.Errorf("%s lacks %s", n.Title, f.Code)
			}
			if f.Type != "phone" {
				texts[f.Code] = n.Fields[f.Code]
			}
		}
		if n.RollID != nil {
			s.must(s.r.Rolls.Each(ctx, *n.RollID, 0, func(row roll.Row) error {
				texts["row "+row.Label] = row.Shown
				if k.Personal && row.Shown != privacy.MaskName(row.Label) {
					s.t.Errorf("%s shows %s as %s", n.Title, row.Label, row.Shown)
				}
				return nil
			}))
		}
		for where, text := range texts {
			if found := privacy.Find(text); len(found) > 0 {
				s.t.Errorf("%s, %s: %v", n.Title, where, found)
			}
		}
	}
}
