package console_test

import (
	"math/rand/v2"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"minsheng/appeal"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/rectification"
	"minsheng/staff"
	"minsheng/triage"
)

const figuresPath = "/console/figures"

// past is a house with a year behind it, in which the test sets the time.
type past struct {
	*matrix
	now    *atomic.Int64 // nanoseconds
	random *rand.Rand
	cases  []uuid.UUID
}

func (p *past) at(day workday.Date, hour int) {
	p.now.Store(day.Time().Add(time.Duration(hour) * time.Hour).UnixNano())
}

// newPast lets a year pass until 2 March 2026: cases come, are answered, late or
// not, closed or left, become items, name offices, lie at other desks.
func newPast(t *testing.T) *past {
	t.Helper()
	p := &past{now: new(atomic.Int64), random: rand.New(rand.NewPCG(7, 11))}
	p.at("2025-02-10", 9)
	s, err := store.Open(bg, store.Config{Dir: storetest.SQLiteDir(t), Now: func() time.Time { return time.Unix(0, p.now.Load()) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	p.matrix = newMatrix(t, s)
	for day := workday.Date("2025-03-03"); day < "2026-03-02"; day = day.Add(9) {
		p.at(day, 10)
		p.turn()
		if n := day.Sub("2025-03-03"); n%45 == 0 {
			p.order(n/45%2 == 0)
		}
	}
	p.at("2026-03-02", 9)
	p.scatter()
	p.must(p.figures.Rebuild(bg))
	return p
}

// turn is what happens on a day.
func (p *past) turn() {
	p.t.Helper()
	for _, id := range p.cases {
		if p.random.IntN(3) > 0 {
			p.on(p.again(id))
		}
	}
	switch p.random.IntN(8) {
	case 0:
		f := p.makeItem(row{stage: []string{"issued", "acknowledged", "reported", "answered"}[p.random.IntN(4)]}, standpoint{desk: []string{panshan, cityDesk}[p.random.IntN(2)]})
		p.exec("UPDATE supervision_item SET title = ? WHERE id = ?", "=核查"+strconv.Itoa(p.random.IntN(100)), f.id)
	case 1:
		p.strike()
	default:
		p.cases = append(p.cases, p.complaint([]string{"", "accepted", "accepted"}[p.random.IntN(3)], "").ID)
	}
}

// on moves a case one step on.
func (p *past) on(c intake.Complaint) {
	p.t.Helper()
	switch c.State {
	case intake.Submitted:
		p.must(p.triage.Describe(bg, p.city, c.ID, c.Version, triage.Description{Summary: "反映危房改造补助没有发全", Kind: c.Kind, Severity: 2, Demands: []string{"补发三千元"}}))
		p.must(p.triage.Accept(bg, p.city, c.ID, p.again(c.ID).Version))
	case intake.Accepted, intake.Verifying:
		if p.random.IntN(4) > 0 {
			p.answer(c, "interview")
		}
	case intake.Decided:
		p.must(p.appeals.Deliver(bg, p.city, c.ID, c.Version, appeal.Handing{To: c.ID, How: intake.ByHand, OnDay: workday.On(p.store.Now()), Words: "当面交给本人"}))
	case intake.Delivered:
		p.must(p.appeals.Rate(bg, c.ReportID, c.Part, appeal.Say{Code: intake.Solved}))
		p.must(p.triage.Close(bg, p.city, c.ID, p.again(c.ID).Version))
	}
}

// order has money of an item recovered under an order, of which the plan came in
// time, or never did.
func (p *past) order(planned bool) {
	p.t.Helper()
	f := p.makeItem(row{stage: "acknowledged"}, standpoint{desk: panshan})
	mate, checker, clerk := p.other(panshan, staff.TriageOfficer), p.other(panshan, staff.Supervisor), p.other(poor, staff.UnitHandler)
	id, err := p.orders.FromItem(bg, p.worker, f.id, []rectification.Wanted{{Problem: "部分补助没有足额发放。", Basis: "资金管理办法第五条", Requirement: "逐户核对补发。"}},
		rectification.Wording{Exchange: "已与单位主要负责人交换意见", Contact: "书面报送"})
	p.must(err)
	p.must(p.orders.Issue(bg, mate, id, 1))
	w, err := p.orders.Open(bg, p.boss, id)
	p.must(err)
	point := w.Points[0].ID
	for kind, fen := range map[string]int64{rectification.Recovered: 520_000} {
		p.must(p.orders.Enter(bg, clerk, id, rectification.Amount{Point: point, Kind: kind, Fen: fen, On: p.today(), Words: "凭证一号"}))
	}
	if w, err = p.orders.Open(bg, p.boss, id); err == nil {
		p.must(p.orders.Confirm(bg, checker, id, w.Recoveries[0].ID))
	}
	if planned {
		p.must(p.orders.HandInPlan(bg, clerk, id, w.Version, rectification.Plan{Points: []rectification.PointPlan{{Point: point, Measures: "逐户补发", Responsible: "副主任", By: p.today().Add(9)}}}))
	}
}

// strike strikes an item off; somebody was there before, or asked by telephone.
func (p *past) strike() {
	p.t.Helper()
	f := p.makeItem(row{stage: "reported"}, standpoint{desk: panshan})
	var tie struct{ ComplaintID uuid.UUID }
	p.must(store.One(p.store.Read(bg).Table("item_complaint").Where("item_id = ?", f.id), &tie))
	p.now.Add(int64(time.Hour))
	p.answer(p.again(tie.ComplaintID), []string{"household_visit", "interview"}[p.random.IntN(2)])
	p.must(p.docket.Step(bg, p.worker, f.id, f.version, "accept_report", docket.Entry{}))
	p.now.Add(int64(time.Hour))
	p.must(p.docket.Step(bg, p.boss, f.id, f.version+1, "strike_off", docket.Entry{}))
}

// answer has a case looked into and answered.
func (p *past) answer(c intake.Complaint, method string) {
	p.t.Helper()
	outcome := []intake.Outcome{intake.Substantiated, intake.Partly, intake.Unsubstantiated}[p.random.IntN(3)]
	p.must(p.triage.Verify(bg, p.city, c.ID, c.Version, triage.NewVerification{VisitedOn: workday.On(p.store.Now()), Place: "村部", Method: method, Verifiers: []string{"李核", "王查"}, Found: "走访三户,都说少发。"}))
	p.must(p.triage.ProposeAnswer(bg, p.city, c.ID, p.again(c.ID).Version, triage.Answer{Outcome: outcome, Findings: []triage.AnswerPart{{N: 1, Result: outcome, Facts: "查过了。", Basis: "应足额发放。", Done: "已处理。"}}}))
	p.must(p.triage.Rule(bg, p.boss, c.ID, p.proposal(c.ID), true, ""))
}

// scatter lays some cases at other desks and hides some from people.
func (p *past) scatter() {
	p.t.Helper()
	for n, id := range p.cases {
		switch n % 9 {
		case 0:
			p.put(id, standpoint{desk: cityDesk})
		case 1:
			p.put(id, standpoint{desk: dawa})
			p.exec("UPDATE complaint SET town_code = '211104112000', county_code = '211104000000', place_code = '211104112000' WHERE id = ?", id)
		case 2:
			p.put(id, standpoint{about: panshan})
		case 3:
			p.put(id, standpoint{recused: true})
		}
	}
}

// listed counts the lines of a list, page by page.
func (p *past) listed(b *browser, path string) (n int) {
	p.t.Helper()
	for path != "" {
		list := b.get(path).want(200)
		n += list.Find("a[data-row], table.register tbody").Length()
		path, _ = list.Find("a[rel=next]").Attr("href")
	}
	return n
}

// A number on the dashboard and the list that it leads to are two ways to ask
// the same: for whoever looks, of whatever they look at.
func TestEveryNumberLeadsToAsManyLines(t *testing.T) {
	t.Parallel()
	p := newPast(t)
	for _, at := range []struct {
		unit, query string
		least       int // numbers that lead somewhere
	}{
		{cityDesk, "", 120},
		{cityDesk, "?period=2025", 100},
		{cityDesk, "?office=" + p.units[panshan].ID.String() + "&map=missed", 90},
		{cityDesk, "?place=211122111000&period=2025Q4", 30},
		{panshan, "?place=211104000000", 0},
		{panshan, "?map=true", 80},
		{dawa, "", 8},
	} {
		t.Run(at.unit+at.query, func(t *testing.T) {
			p.t, p.house.t = t, t
			p.become(staff.TriageOfficer, at.unit)
			b := p.signedIn("everybody")
			seen := map[string]bool{}
			numbers, total := b.get(figuresPath+at.query).want(200), 0
			if numbers.Find(".wrong, .empty[role=status]").Length() != 0 {
				t.Fatal(numbers.text("main"))
			}
			numbers.Find("table td.figure, .heads li").Each(func(_ int, cell *goquery.Selection) {
				link := cell.Find("a[href]")
				says := strings.ReplaceAll(strings.TrimSpace(strings.Join(strings.Fields(cell.Text()), " ")), ",", "")
				if cell.Is("li") {
					says = cell.Find("b").Text()
				}
				n, err := strconv.Atoi(says)
				if link.Length() == 0 {
					if says != "0" && says != "–" {
						t.Errorf("%q leads nowhere", says)
					}
					return
				}
				href := link.AttrOr("href", "")
				if err != nil || strings.Contains(says, ".") { // a share, a mean, an amount: of something
					if p.listed(b, href) == 0 {
						t.Errorf("%s of nothing at %s", says, href)
					}
					return
				}
				total++
				if got := p.listed(b, href); got != n {
					t.Errorf("%d leads to %d lines at %s", n, got, href)
				}
				seen[href] = true
			})
			// What is drawn leads where the tables lead.
			numbers.Find("svg a[href]").Each(func(_ int, drawn *goquery.Selection) {
				if href := drawn.AttrOr("href", ""); !seen[href] && !strings.Contains(href, "stage=reply") {
					t.Errorf("a picture leads to %s, no table does", href)
				}
			})
			if at.unit == cityDesk && at.query == "" { // everything that can be counted is
				numbers.Find(".heads b, .picture .says").Each(func(_ int, says *goquery.Selection) {
					if strings.Contains(says.Closest("li").Text(), "退还") { // where orders are tried
						return
					}
					if says.Text() == "0" || says.Text() == "" || says.Is(".says") && says.Closest("figure").Find("svg").Length() == 0 {
						t.Errorf("nothing to show: %s", says.Closest("li, figure").Text())
					}
				})
			}
			if total < at.least {
				t.Errorf("%d numbers lead somewhere, want %d", total, at.least)
			}
			t.Logf("%d numbers", total)
		})
	}
}

// Whoever is looked at from above has no figures of what lies with others, and
// an office that is not below does not exist.
func TestFiguresAreLookedAtFromAbove(t *testing.T) {
	m := newMatrix(t, still(t))
	m.become(staff.TriageOfficer, panshan)
	b := m.b
	for query, want := range map[string]int{
		"?office=" + m.units[poor].ID.String(): 200, "?office=" + m.units[panshan].ID.String(): 200, "?office=" + m.units[cityDesk].ID.String(): 404,
		"?office=" + m.units[dawa].ID.String(): 404, "?office=" + uuid.NewString(): 404, "?office=x": 404,
		"?period=1999": 200, "?period=' OR 1=1": 200, "?place=nowhere": 404, "?map=x": 200,
	} {
		if got := b.get(figuresPath + strings.ReplaceAll(query, " ", "%20")); got.Status != want {
			t.Errorf("%s: %d, want %d", query, got.Status, want)
		}
	}
	p := b.get(figuresPath+"?office="+m.units[poor].ID.String()+"&period=2025").want(200, panshan, poor)
	if got := p.Find(".way a").First().AttrOr("href", ""); got != figuresPath+"?period=2025" {
		t.Errorf("the way back is %s", got)
	}
	if p.Find(".lenses a[aria-current]").First().Text() != "2025年" {
		t.Error(p.text(".lenses"))
	}
}

// An office where nothing happened reads what will stand there, and how.
func TestFiguresOfNothingSayWhatWillStandThere(t *testing.T) {
	m := newMatrix(t, still(t))
	m.become(staff.Supervisor, dawa)
	m.exec("UPDATE figures_state SET held_until = ?", m.store.Now().Add(time.Minute))
	if p := m.b.get(figuresPath).want(200, "正在统计"); p.Find("svg, .heads").Length() != 0 {
		t.Error("numbers stand there before anything was counted")
	}
	m.must(m.figures.Rebuild(bg))
	p := m.b.get(figuresPath).want(200, "收到第一件以后", "没有红灯的督查事项")
	if p.Find(".picture svg:not(.tiles)").Length() != 0 || p.Find(".picture").Length() < 10 {
		t.Errorf("%d pictures are drawn of nothing", p.Find(".picture svg:not(.tiles)").Length())
	}
	if en := m.b.get(figuresPath+"?lang=en").want(200, "Figures"); en.Find(".says:empty").Length() != 0 {
		t.Error("a picture says nothing")
	}
	// Counting that stopped is told, not hidden.
	m.exec("UPDATE figures_state SET counted_at = ?, held_until = ?", m.store.Now().Add(-time.Hour), m.store.Now().Add(time.Minute))
	if p := m.b.get(figuresPath).want(200); !strings.Contains(p.text("[role=alert]"), "数字停在") {
		t.Error("an hour old, and nobody is told")
	}
}

// The months of the queue's filter, and stretches of them, stand in words.
func TestListsBehindFiguresSayWhatTheyAre(t *testing.T) {
	m := newMatrix(t, still(t))
	c := m.complaint("accepted", "")
	m.become(staff.TriageOfficer, panshan)
	month := string(workday.On(m.store.Now()))[:7]
	p := m.b.get("/console/cases?received="+month+"&taken=1&first=1").want(200, c.Number())
	for _, chip := range []string{"收到：", "已受理"} {
		if !strings.Contains(p.text(".chips"), chip) {
			t.Errorf("chips: %s", p.text(".chips"))
		}
	}
	if got := p.Find("select[name=received] option[selected]").AttrOr("value", ""); got != month {
		t.Errorf("the month chosen is %q", got)
	}
	for _, none := range []string{"received=2020-01", "received=2020-01..2020-12", "closed=" + month, "answered=" + month, "dated=" + month + "&stage=accept&result=missed", "received=" + month + "&again=1", "received=" + month + "&desk=" + uuid.NewString()} {
		if got := m.b.get("/console/cases?" + none).want(200).Find("a[data-row]").Length(); got != 0 {
			t.Errorf("%s lists %d", none, got)
		}
	}
	// What is no stretch of days narrows nothing, and breaks nothing.
	for _, odd := range []string{"received=x", "received=2026-13", "received=" + url.QueryEscape("2026-05..2026-04"), "dated=" + month + "&stage=x"} {
		m.b.get("/console/cases?" + odd).want(200)
	}
}
