package objection

import (
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

func TestAnObjectionFreezesItsRow(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := o.list()
		f := o.filling(n, key(2), WrongIn)
		r, late, err := o.File(bg, f)
		if err != nil || late || len(r.Digits) != 20 || r.AcceptBy != "2026-03-03" || !strings.HasSuffix(r.PlaceName, "双柳村") {
			t.Fatalf("%+v, late %v, %v", r, late, err)
		}
		got := o.of(r)
		if got.Number() != "异2026-000001" || got.State != Submitted || got.DeskUnitID != o.units[panshan].ID || got.PublisherID != o.town.ID ||
			*got.RollID != *n.RollID || *got.RowKey != 2 || *got.DueOn != "2026-03-03" || got.DueRule != ruleAcknowledge || got.PlaceCode != shuangliu {
			t.Errorf("stored %+v", got)
		}
		if h := o.holds(n); !maps.Equal(h, map[int]int{2: 1}) {
			t.Errorf("holds %v", h)
		}
		page, err := o.Intake.Track(bg, r.Digits)
		if err != nil || !page.Open || !page.Other {
			t.Errorf("tracked %+v, %v", page, err)
		}
		v := o.view(got)
		if v.Kind != WrongIn || v.Title != n.Title || v.Row == "" || strings.Contains(v.Row, "李乙二") || v.Stage != intake.Received || !v.Open || v.NextOn != "2026-03-03" || v.NextWhat != ruleAcknowledge {
			t.Errorf("view %+v", v)
		}
		if none, err := o.Of(bg, uuid.New()); none != nil || err != nil {
			t.Errorf("of nothing: %+v, %v", none, err)
		}
		events, err := ledger.Of(bg, o.Store, ledger.OfObjection, got.ID)
		if err != nil || len(events) != 1 || events[0].Kind != "objected" || events[0].ActorKind != "reporter" {
			t.Errorf("events %+v, %v", events, err)
		}
		if o.count("complaint", "1 = 1") != 0 {
			t.Error("it is a complaint too")
		}
	})
}

func TestTheSameFormIsOneObjection(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := o.list()
		f := o.filling(n, key(1), WrongIn)
		const clients = 20
		receipts, errs := make([]intake.Receipt, clients), make([]error, clients)
		replica := New(o.Config)
		var all sync.WaitGroup
		for i := range clients {
			desk := []*Desk{o.Desk, replica}[i%2]
			all.Go(func() { receipts[i], _, errs[i] = desk.File(bg, f) })
		}
		all.Wait()
		for i := range receipts {
			if errs[i] != nil || receipts[i].Digits != receipts[0].Digits || receipts[i].AcceptBy != "2026-03-03" {
				t.Fatalf("%+v, %v", receipts[i], errs[i])
			}
		}
		if o.count("objection", "1 = 1") != 1 || o.count("roll_hold", "1 = 1") != 1 || o.count("report", "1 = 1") != 1 {
			t.Error("more than one was stored")
		}
		// Sent again after the days are over, with something else typed in it.
		n.State = "ended"
		_, err := o.board.Put(bg, n)
		o.must(err)
		f.Text, f.RowKey = "", key(99)
		r, late, err := o.File(bg, f)
		if err != nil || late || r.Digits != receipts[0].Digits || !r.Replay {
			t.Errorf("again: %+v, late %v, %v", r, late, err)
		}
	})
}

func TestWhatAnObjectionNeeds(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := o.list()
		for name, c := range map[string]struct {
			row    *int
			kind   Kind
			change func(*Filing)
			want   map[string]string
		}{
			"no kind":              {key(1), "", func(*Filing) {}, map[string]string{"kind": "objection_kind"}},
			"odd kind":             {key(1), "X", func(*Filing) {}, map[string]string{"kind": "objection_kind"}},
			"nobody missing":       {nil, Missed, func(f *Filing) { f.Text = " " }, map[string]string{"household": "objection_household"}},
			"few words, no row":    {nil, WrongIn, func(f *Filing) { f.Text = "他家不行" }, map[string]string{"text": "text_short"}},
			"few words on nobody":  {nil, Missed, func(f *Filing) { f.Text = "漏了" }, map[string]string{"text": "text_short"}},
			"no mode":              {key(1), WrongIn, func(f *Filing) { f.Mode = "" }, map[string]string{"mode": "mode_missing"}},
			"too long a household": {nil, Missed, func(f *Filing) { f.Household = strings.Repeat("王", 201) }, map[string]string{"household": "who_long"}},
		} {
			f := o.filling(n, c.row, c.kind)
			c.change(&f)
			var bad *intake.Invalid
			if _, _, err := o.File(bg, f); !errors.As(err, &bad) || !maps.Equal(bad.Problems, c.want) {
				t.Errorf("%s: %v %+v, want %v", name, err, bad, c.want)
			}
		}
		for name, change := range map[string]func(*Filing){
			"no such notice": func(f *Filing) { f.NoticeID = uuid.New() },
			"no such row":    func(f *Filing) { f.RowKey = key(9) },
		} {
			f := o.filling(n, key(1), WrongIn)
			change(&f)
			if _, _, err := o.File(bg, f); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s: %v", name, err)
			}
		}
		f := o.filling(n, key(1), WrongIn)
		f.Token = "x"
		if _, _, err := o.File(bg, f); !errors.Is(err, intake.ErrStaleForm) {
			t.Errorf("odd form: %v", err)
		}
		if o.count("report", "1 = 1") != 0 || o.count("roll_hold", "1 = 1") != 0 {
			t.Error("what was refused left something")
		}
		for name, f := range map[string]Filing{
			"a row says enough":       o.filling(n, key(1), WrongIn),
			"a household says enough": o.filling(n, nil, Missed),
			"a leak needs no words":   o.filling(n, nil, Privacy),
		} {
			f.Text = ""
			if f.Kind == Missed {
				f.Household = "孙丁四家"
			}
			got := o.send(f)
			told, err := o.Intake.Narratives(bg, staff.Officer{}, got.ReportID)
			if err != nil || f.Kind == Missed && told[got.ReportID].Who != "孙丁四家" {
				t.Errorf("%s: %+v, %v", name, told, err)
			}
		}
	})
}

func TestALateObjectionIsAComplaint(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for name, c := range map[string]struct {
			kind Kind
			row  *int
			n    func(*notice.Notice)
			days int
			as   intake.Kind
			why  string
		}{
			"after the last day":  {WrongIn, key(2), func(*notice.Notice) {}, 7, "HH_INELIGIBLE", "period"},
			"ended":               {BadInfo, key(2), func(n *notice.Notice) { n.State = "ended" }, 0, "HH_INFO_BAD", "period"},
			"taken down":          {Missed, nil, func(n *notice.Notice) { n.State = "withdrawn" }, 0, "HH_INELIGIBLE", "period"},
			"an announcement":     {BadProcedure, nil, func(n *notice.Notice) { n.Kind = "EXIT_ANN" }, 0, "PROC_NO_PUBLICITY", "period"},
			"without days":        {WrongOut, nil, func(n *notice.Notice) { n.EndsOn = nil }, 0, "HH_INELIGIBLE", "period"},
			"without a list":      {ForgedConsent, nil, func(n *notice.Notice) { n.Kind, n.RollID, n.EndsOn = "FUND_ALLOC", nil, nil }, 0, "PROC_NO_PUBLICITY", "period"},
			"of another round":    {WrongIn, key(1), func(n *notice.Notice) { n.Kind = "LIST_TOWN" }, 0, "HH_INELIGIBLE", "stage"},
			"a leak taken down":   {Privacy, nil, func(n *notice.Notice) { n.State = "withdrawn" }, 0, "PRIVACY_LEAK", "period"},
			"of a whole county":   {WrongIn, nil, func(n *notice.Notice) { n.PlaceCode, n.State = panshanCo, "archived" }, 0, "HH_INELIGIBLE", "period"},
			"nobody stands above": {WrongIn, key(1), func(n *notice.Notice) { n.UnitID = o.units[cityDesk].ID }, 0, "HH_INELIGIBLE", "desk"},
		} {
			n := o.list(c.n)
			o.days(c.days)
			f := o.filling(n, c.row, c.kind)
			r, late, err := o.File(bg, f)
			if err != nil || !late || r.Other {
				t.Errorf("%s: %+v, late %v, %v", name, r, late, err)
				continue
			}
			page, err := o.Intake.Track(bg, r.Digits)
			o.must(err)
			var made intake.Complaint
			o.must(store.One(o.Store.Read(bg).Where("report_id = ?", page.ReportID), &made))
			about, err := o.Intake.AboutOf(bg, made.ID)
			o.must(err)
			if made.Kind != c.as || about[0].Kind != "notice" || about[0].RefID != n.ID || (c.row != nil) != (len(about) == 2) {
				t.Errorf("%s: %+v about %+v", name, made, about)
			}
			events, err := ledger.Of(bg, o.Store, ledger.OfComplaint, made.ID, "late_objection")
			if err != nil || len(events) != 1 || events[0].Body["why"] != c.why || events[0].Body["notice"] != n.ID.String() {
				t.Errorf("%s: events %+v, %v", name, events, err)
			}
			again, late, err := o.File(bg, f)
			if err != nil || !late || again.Digits != r.Digits || !again.Replay {
				t.Errorf("%s again: %+v, late %v, %v", name, again, late, err)
			}
		}
		if o.count("objection", "1 = 1") != 0 || o.count("roll_hold", "1 = 1") != 0 {
			t.Error("a late one froze something")
		}
		draft := o.list(func(n *notice.Notice) { n.State, n.PublishedAt = "draft", nil })
		if _, _, err := o.File(bg, o.filling(draft, key(1), WrongIn)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("against a draft: %v", err)
		}
	})
}

func TestAnObjectionToARowThatWentIsAComplaint(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := o.list()
		list := o.roll(n)
		o.in(func(tx *gorm.DB) error {
			_, err := o.Rolls.Amend(tx, list.ID, list.Version, []roll.Edit{{Key: 3, Gone: true, Reason: "duplicate"}}, *n.EndsOn, uuid.Nil)
			return err
		})
		if _, late, err := o.File(bg, o.filling(n, key(3), WrongIn)); err != nil || !late {
			t.Errorf("late %v, %v", late, err)
		}
	})
}

func TestWhoseDataIsShownTakesTheNoticeDown(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for name, n := range map[string]notice.Notice{
			"a list": o.list(), "after its days": o.list(func(n *notice.Notice) { n.State = "ended" }),
			"no list": o.list(func(n *notice.Notice) { n.Kind, n.RollID, n.EndsOn = "FUND_ALLOC", nil, nil }),
		} {
			f := o.filling(n, nil, Privacy)
			f.Text = ""
			got := o.send(f)
			if o.noticeNow(n.ID).PulledAt == nil {
				t.Errorf("%s is still on the web", name)
			}
			o.must(o.Withdraw(bg, got.ReportID))
			if o.noticeNow(n.ID).PulledAt == nil {
				t.Errorf("%s is back on the web without anybody having looked", name)
			}
			again := o.send(o.filling(n, nil, Privacy)) // somebody whose page was open
			if again.ID == got.ID {
				t.Errorf("%s: %+v", name, again)
			}
		}
	})
}

// Where rows have stood their days and the notice stands longer, an objection
// and the next round are both possible: one of them comes first.
func TestNoListGoesOnPastAnObjection(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		var froze, moved int
		for i := range 12 {
			n := o.list()
			o.must(o.Store.Read(bg).Model(&roll.Row{}).Where("roll_id = ?", *n.RollID).Updates(map[string]any{"stands_until": "2026-03-01"}).Error)
			today := workday.On(o.Store.Now())
			f, replica := o.filling(n, key(1), WrongIn), New(o.Config)
			var filed, advanced error
			var late bool
			var both sync.WaitGroup
			both.Go(func() { _, late, filed = replica.File(bg, f) })
			both.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond) // filing takes longer than moving on
				advanced = o.Store.Transact(bg, func(tx *gorm.DB) error { return o.Rolls.Advance(tx, *n.RollID, roll.Town, today, "") })
			})
			both.Wait()
			o.must(filed)
			stage, held := o.roll(n).Stage, o.holds(n)[1]
			switch {
			case errors.Is(advanced, roll.ErrHeld) && !late && stage == roll.Village && held == 1:
				froze++
			case advanced == nil && late && stage == roll.Town && held == 0:
				moved++
			default:
				t.Fatalf("advanced %v to %s, late %v, %d holds", advanced, stage, late, held)
			}
		}
		if o.count("report", "1 = 1") != 12 {
			t.Error("words were lost")
		}
		t.Logf("objections first %d times, the round %d times", froze, moved)
	})
}

func TestACountyListIsJudgedByTheCity(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n := o.list(func(n *notice.Notice) { n.UnitID = o.units[poor].ID })
		got := o.filed(n, key(1), WrongIn)
		if got.DeskUnitID != o.units[cityDesk].ID {
			t.Errorf("lies on %s", got.DeskUnitID)
		}
		if _, err := o.Open(bg, o.officer(panshan, staff.Supervisor), got.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the county reads it: %v", err)
		}
	})
}
