package world

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"

	"minsheng/bulletin"
	"minsheng/internal/workday"
	"minsheng/notice"
)

// bulletins: the county criticises an office, which has read it and has not
// answered; praises a town in public; has reported of the last month to the city,
// which writes its own.
func (p *play) bulletins() {
	p.chapter()
	var criticised, praised uuid.UUID
	p.at(9, 9)
	p.circular("ps.shouli", &criticised, bulletin.NewCircular{
		Tone: bulletin.Criticism, Scope: bulletin.Internal, Title: "关于督查事项逾期未报情况的通报",
		Body:   "近期核查发现，个别单位对交办的督查事项重视不够，逾期未报，催办后仍没有说明原因。\n\n现对盘山县扶贫开发办公室予以通报批评。",
		Demand: "查清逾期原因，明确专人负责，逾期事项逐件报送进展。", Named: p.ids(panPoor), Units: p.ids(tianshui, baqiangzi),
	})
	p.at(8, 15)
	p.signsCircular("ps.shenpi", &criticised)
	p.at(7, 10)
	p.do("read a circular", func() error { return p.Bulletins.Read(p.ctx, p.people["ps.fupin"], criticised) })
	p.at(6, 9)
	p.circular("shi.ducha", &praised, bulletin.NewCircular{
		Tone: bulletin.Praise, Scope: bulletin.Public, Title: "关于表扬按期办结群众反映事项单位的通报",
		Body: "甜水镇人民政府对交办事项件件现场核实，按期报送，群众认可。\n\n现予以通报表扬，望各单位学习。", Named: p.ids(tianshui), Units: p.ids(baqiangzi),
	})
	p.at(5, 15)
	p.signsCircular("shi.shenpi", &praised)
	p.at(4, 9)
	p.do("publish a circular", func() error { return p.putUp(praised) })
}

func (p *play) ids(names ...string) (all []uuid.UUID) {
	for _, n := range names {
		all = append(all, p.offices[n].ID)
	}
	return all
}

func (p *play) circular(who string, id *uuid.UUID, n bulletin.NewCircular) {
	p.do("draft a circular", func() (err error) {
		*id, err = p.Bulletins.Draft(p.ctx, p.people[who], n)
		return err
	})
}

func (p *play) signsCircular(who string, id *uuid.UUID) {
	p.do("issue a circular", func() error { return p.Bulletins.Issue(p.ctx, p.people[who], *id, 1) })
}

// putUp takes a public circular through the publishing desk.
func (p *play) putUp(circular uuid.UUID) error {
	n, err := p.Bulletins.Publish(p.ctx, p.people["shi.gongshi"], circular)
	if err != nil {
		return err
	}
	in := notice.Draft{Kind: n.Kind, Title: n.Title, DocNumber: n.DocNumber, PlaceCode: n.PlaceCode, Year: n.Year, Body: n.Body, Fields: n.Fields, StartsOn: workday.On(p.Store.Now())}
	for code, text := range map[string]string{"contact_unit": cityDesk, "contact_phone": "0427-0000000", "contact_address": "盘锦市兴隆台区", "report_phone": "0427-0000000"} {
		in.Fields[code] = text
	}
	if err := p.Desk.Save(p.ctx, p.people["shi.gongshi"], n.ID, n.Version, in); err != nil {
		return err
	}
	if err := p.Desk.HandIn(p.ctx, p.people["shi.gongshi"], n.ID, n.Version+1); err != nil {
		return err
	}
	return p.Desk.Approve(p.ctx, p.people["shi.shenhe"], n.ID, n.Version+2, notice.Approval{})
}

// workReports: the county's of the last month has been received; the city's is a
// draft.
func (p *play) workReports() {
	last := bulletin.Month.Of(p.today).Before()
	p.set(last.First().Time().Add(34 * time.Hour))
	p.do("schedule monthly reports", func() error {
		return errors.Join(p.Bulletins.SetSchedule(p.ctx, p.people["ps.shenpi"], bulletin.Month), p.Bulletins.SetSchedule(p.ctx, p.people["shi.shenpi"], bulletin.Month))
	})
	at := p.Clocks.Calendar().Limit(last.Last(), 2, workday.WorkingDays).On.Time().Add(10 * time.Hour)
	if at.After(p.now) {
		at = p.now.Add(-10 * time.Minute)
	}
	p.set(at)
	var county uuid.UUID
	p.compose("ps.shouli", last, &county, "一是抓好危房改造补助核查，逐户核对；二是对逾期事项每周调度一次。")
	p.do("sign the monthly report", func() error {
		r, err := p.Bulletins.Report(p.ctx, p.people["ps.shenpi"], county)
		if err != nil {
			return err
		}
		return p.Bulletins.Sign(p.ctx, p.people["ps.shenpi"], county, r.Version)
	})
	p.do("receive the monthly report", func() error { return p.Bulletins.Receive(p.ctx, p.people["shi.ducha"], county) })
	var city uuid.UUID
	p.compose("shi.ducha", last, &city, "")
}

// compose composes a report and writes what comes next.
func (p *play) compose(who string, period bulletin.Period, id *uuid.UUID, plans string) {
	p.do("compose a report", func() error {
		by := p.people[who]
		var err error
		if *id, err = p.Bulletins.Compose(p.ctx, by, period.Every(), period); err != nil {
			return fmt.Errorf("%s: %w", period, err)
		}
		if plans == "" {
			return nil
		}
		r, err := p.Bulletins.Report(p.ctx, by, *id)
		if err != nil {
			return err
		}
		r.Words[bulletin.Plans] = plans
		if strings.TrimSpace(r.Words[bulletin.Problems]) == "" {
			r.Words[bulletin.Problems] = "没有突出问题。"
		}
		return p.Bulletins.Write(p.ctx, by, *id, r.Version, r.Words)
	})
}
