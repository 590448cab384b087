package world

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/selfreport"
)

// selfReports are what offices report of themselves: to the city each month, where
// the zone is late, and to a county each quarter, where a town is.
func (p *play) selfReports() {
	p.toTheCity()
	p.toTheCounty()
}

// schedule asks for self-reports so many days ago, from the period of that day on.
func (p *play) schedule(who string, daysAgo int, r selfreport.Request, units ...string) *uuid.UUID {
	for _, unit := range units {
		r.Units = append(r.Units, p.offices[unit].ID)
	}
	id := new(uuid.UUID)
	p.last = time.Time{} // each schedule is a story of its own
	p.at(daysAgo, 9)
	p.do("ask for self-reports", func() error {
		r.First = r.Every.Of(workday.On(p.Store.Now()))
		var err error
		*id, err = p.SelfReports.Ask(p.ctx, p.people[who], r)
		return err
	})
	return id
}

// on lets something happen so many days after the end of a period, or on the
// working day after, unless that is still to come.
func (p *play) on(period selfreport.Period, after, hour int, act func()) {
	ago := p.today.Sub(period.Last().Add(after))
	for works, _ := p.Clocks.Calendar().IsWorkday(p.today.Add(-ago)); !works && ago > 0; works, _ = p.Clocks.Calendar().IsWorkday(p.today.Add(-ago)) {
		ago--
	}
	if ago > 0 {
		p.follow(p.when(ago, hour))
		act()
	}
}

// reports hands in what an office owes for a period.
func (p *play) reports(who string, period selfreport.Period, a selfreport.Answers) {
	p.do("hand in a self-report", func() error {
		by := p.people[who]
		lines, err := p.SelfReports.Waiting(p.ctx, by)
		if err != nil {
			return err
		}
		for _, l := range lines {
			if l.Period == period {
				key := []byte(fmt.Sprintf("demo:selfreport:%s:%d", l.ID, l.Version))
				if err := p.stage(key, "工作台账.jpg"); err != nil {
					return err
				}
				return p.SelfReports.HandIn(p.ctx, by, l.ID, l.Version, a, key)
			}
		}
		return fmt.Errorf("%s owes nothing for %s", who, period)
	})
}

// receives takes what an office handed in for a period, or returns it with a
// reason.
func (p *play) receives(who, unit string, schedule *uuid.UUID, period selfreport.Period, why string) {
	p.do("receive a self-report", func() error {
		by := p.people[who]
		t, err := p.SelfReports.Compare(p.ctx, by, *schedule, period)
		if err != nil {
			return err
		}
		for _, r := range t.Rows {
			if r.Unit != unit {
				continue
			}
			w, err := p.SelfReports.Open(p.ctx, by, r.ID)
			if err != nil {
				return err
			}
			if why != "" {
				return p.SelfReports.Return(p.ctx, by, w.ID, w.Version, why)
			}
			return p.SelfReports.Take(p.ctx, by, w.ID, w.Version)
		}
		return fmt.Errorf("%s reported nothing for %s", unit, period)
	})
}

func month(visited, yuan int64, published bool, words string) selfreport.Answers {
	yes := map[bool]int64{true: 1}[published]
	return selfreport.Answers{1: {Figure: visited}, 2: {Figure: yuan * 100}, 3: {Figure: visited / 12}, 4: {Figure: yes}, 5: {Words: words}}
}

var monthly = selfreport.Request{Title: "精准扶贫工作月度自查", Every: selfreport.Month, Questions: []selfreport.Question{
	{Words: "本月入户走访户数", Kind: selfreport.Number, Required: true}, {Words: "本月拨付专项扶贫资金", Kind: selfreport.Amount, Required: true},
	{Words: "本月召开会议研究扶贫工作次数", Kind: selfreport.Number, Required: true}, {Words: "名单和资金是否按期公示公告", Kind: selfreport.YesNo, Required: true},
	{Words: "存在的问题和下一步打算", Kind: selfreport.Text},
}}

// toTheCity: two counties report each month, one of them was sent back once; the
// zone stopped after the first.
func (p *play) toTheCity() {
	schedule := p.schedule("shi.ducha", 125, monthly, panshan, dawa, zone)
	n := int64(0)
	for period := selfreport.Month.Of(p.today.Add(-125)); period.Last() < p.today; period = period.Next() {
		n++
		p.on(period, 2, 10, func() {
			p.reports("ps.shouli", period, month(380+7*n, 1_260_000+35_000*n, true, "三个村公示栏年久失修，本月换新。"))
		})
		p.on(period, 3, 9, func() {
			p.reports("dw.shouli", period, month(240+5*n, 820_000-20_000*n, n != 2, "驻村工作队个别队员在岗天数不足，已约谈。"))
		})
		if n == 1 {
			p.on(period, 3, 15, func() { p.reports("lhk.shouli", period, month(96, 310_000, true, "")) })
		}
		p.on(period, 4, 9, func() { p.receives("shi.ducha", panshan, schedule, period, "") })
		if n == 1 {
			p.on(period, 4, 10, func() {
				p.receives("shi.ducha", dawa, schedule, period, "拨付资金数与上月报财政的数不一致，请核对。")
			})
			p.on(period, 6, 10, func() {
				p.reports("dw.shouli", period, month(245, 795_000, true, "拨付资金数已和财政核对。"))
			})
			p.on(period, 7, 9, func() { p.receives("shi.ducha", dawa, schedule, period, "") })
			p.on(period, 7, 10, func() { p.receives("shi.ducha", zone, schedule, period, "") })
		}
	}
}

// toTheCounty: of two towns one reports.
func (p *play) toTheCounty() {
	p.schedule("ps.shouli", 120, selfreport.Request{Title: "驻村工作队在岗情况季度自查", Every: selfreport.Quarter, Questions: []selfreport.Question{
		{Words: "应驻村队员人数", Kind: selfreport.Number, Required: true}, {Words: "在岗天数不足二十天的人数", Kind: selfreport.Number, Required: true}, {Words: "不在岗的原因", Kind: selfreport.Text},
	}}, tianshui, baqiangzi)
	period := selfreport.Quarter.Of(p.today.Add(-120))
	p.on(period, 3, 11, func() {
		p.reports("tianshui", period, selfreport.Answers{1: {Figure: 18}, 2: {Figure: 1}, 3: {Words: "一人因病住院，已安排替换。"}})
	})
}
