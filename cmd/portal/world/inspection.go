package world

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/internal/workday"
	"minsheng/staff"
)

const supervises = "《盘锦市精准扶贫督查追责办法（试行）》第三条、第十四条"

// inspections are what the offices look for themselves: a plan of the year, one
// inspection that is going on, one that is over, its follow-up, and one for today
// that can be taken along.
func (p *play) inspections() {
	p.last = time.Time{} // each of these stories stands for itself
	p.poverty(p.plan())
	p.last = time.Time{}
	p.tangjia()
	p.last = time.Time{}
	p.townToday()
}

// mandate fills in what is the same everywhere.
func (p *play) mandate(target, leader string, from, days int, members ...string) inspection.Mandate {
	m := inspection.Mandate{
		Target: p.offices[target].ID, Form: inspection.Onsite, Basis: supervises, Contact: "督查组 0427-0000000", Leader: p.people[leader].ID,
		StartsOn: p.today.Add(-from), EndsOn: p.today.Add(-from + days),
	}
	for _, member := range members {
		m.Members = append(m.Members, p.people[member].ID)
	}
	return m
}

// arrange plans an inspection so many days ago and returns its id.
func (p *play) arrange(who string, daysAgo int, m inspection.Mandate) *uuid.UUID {
	id := new(uuid.UUID)
	p.at(daysAgo, 9)
	p.do("arrange an inspection", func() error {
		today := workday.On(p.Store.Now())
		m.StartsOn, m.EndsOn = max(m.StartsOn, today), max(m.EndsOn, today)
		var err error
		*id, err = p.Inspections.Arrange(p.ctx, p.people[who], m)
		return err
	})
	return id
}

// look lets somebody of the inspecting side do something with an inspection as
// they see it now.
func (p *play) look(what, who string, id *uuid.UUID, act func(by staff.Officer, w inspection.Whole) error) {
	p.do(what+" an inspection", func() error {
		by := p.people[who]
		w, err := p.Inspections.Open(p.ctx, by, *id)
		if err != nil {
			return err
		}
		return act(by, w)
	})
}

func (p *play) announce(who string, id *uuid.UUID) {
	p.look("announce", who, id, func(by staff.Officer, w inspection.Whole) error {
		return p.Inspections.Announce(p.ctx, by, w.ID, w.Version)
	})
}

func (p *play) ask(who string, id *uuid.UUID, materials ...string) {
	for _, what := range materials {
		p.look("ask for materials in", who, id, func(by staff.Officer, w inspection.Whole) error {
			return p.Inspections.AskFor(p.ctx, by, w.ID, what, "")
		})
	}
}

// provide lets the inspected office answer the nth request; without files it
// refuses.
func (p *play) provide(who string, id *uuid.UUID, n int, words string, files bool) {
	p.do("answer a request", func() error {
		by := p.people[who]
		a, err := p.Inspections.Asked(p.ctx, by, *id)
		if err != nil {
			return err
		}
		m := a.Materials[n-1]
		if !files {
			return p.Inspections.RefuseMaterial(p.ctx, by, *id, m.ID, m.Version, words)
		}
		key := []byte(fmt.Sprintf("demo:material:%s:%d", *id, n))
		if err := p.stage(key, "发放表扫描件.jpg"); err != nil {
			return err
		}
		return p.Inspections.HandIn(p.ctx, by, *id, m.ID, m.Version, words, key)
	})
}

// activity is recorded on the day that the clock shows.
func (p *play) activity(who string, id *uuid.UUID, a inspection.Done, photo bool) {
	p.look("record an activity of", who, id, func(by staff.Officer, w inspection.Whole) error {
		a.On = workday.On(p.Store.Now())
		if photo {
			a.Form = []byte(fmt.Sprintf("demo:activity:%s:%d", w.ID, len(w.Activities)))
			if err := p.stage(a.Form, "现场照片.jpg"); err != nil {
				return err
			}
		}
		return p.Inspections.Record(p.ctx, by, w.ID, a)
	})
}

// finding is proved by everything that was done so far.
func (p *play) finding(who string, id *uuid.UUID, words inspection.Words) {
	p.look("write a finding of", who, id, func(by staff.Officer, w inspection.Whole) error {
		for _, a := range w.Activities {
			words.Activities = append(words.Activities, a.ID)
		}
		return p.Inspections.Write(p.ctx, by, w.ID, nil, 0, words)
	})
}

// tick answers questions of the checklist in their order.
func (p *play) tick(who string, id *uuid.UUID, answers ...[2]string) {
	p.look("answer the checklist of", who, id, func(by staff.Officer, w inspection.Whole) error {
		var all []inspection.Answered
		for n, a := range answers {
			q := w.Questions[n]
			all = append(all, inspection.Answered{Question: q.ID, Version: q.Version, Answer: a[0], Note: a[1]})
		}
		return p.Inspections.Answer(p.ctx, by, w.ID, all)
	})
}

// plan is the city's plan of the year, approved; it returns the entry of this
// month's inspection of 盘山县.
func (p *play) plan() *uuid.UUID {
	id, entry := new(uuid.UUID), new(uuid.UUID)
	step := func(what, who string, act func(by staff.Officer, s inspection.PlanSheet) error) {
		p.do(what, func() error {
			by := p.people[who]
			s, err := p.Inspections.ShowPlan(p.ctx, by, *id)
			if err != nil {
				return err
			}
			return act(by, s)
		})
	}
	p.at(60, 9)
	p.do("begin a plan", func() (err error) {
		*id, err = p.Inspections.BeginPlan(p.ctx, p.people["shi.shouli"], p.today.Year(), "")
		return err
	})
	step("set priorities", "shi.shouli", func(by staff.Officer, s inspection.PlanSheet) error {
		return p.Inspections.SetPriorities(p.ctx, by, s.ID, s.Version, "一、财政专项扶贫资金到村到户；二、名单和资金公示公告；三、驻村工作队到岗履职；四、群众反映强烈问题的整改。")
	})
	now := int(p.today.Time().Month())
	for _, e := range []struct {
		office, place string
		kind          inspection.Kind
		month         int
		focus         string
	}{
		{panPoor, "", inspection.AnnualPlan, now, "财政专项扶贫资金管理使用，发放表与到户凭证核对"},
		{zone, "", inspection.Regular, now, "低保对象动态管理，公示公告制度落实"},
		{dawa, "", inspection.Special, min(now+1, 12), "扶贫项目实施与验收"},
		{"", "任选三个有驻村工作队的村", inspection.Irregular, max(now-2, 1), "驻村工作队到岗履职"},
	} {
		step("set an entry", "shi.shouli", func(by staff.Officer, s inspection.PlanSheet) error {
			entry := inspection.Entry{Kind: e.kind, Form: inspection.Onsite, Place: e.place, Month: e.month, Focus: e.focus}
			if e.office != "" {
				unit := p.offices[e.office].ID
				entry.UnitID = &unit
			}
			return p.Inspections.SetEntry(p.ctx, by, s.ID, s.Version, entry)
		})
	}
	step("propose the plan", "shi.shouli", func(by staff.Officer, s inspection.PlanSheet) error {
		return p.Inspections.ProposePlan(p.ctx, by, s.ID, s.Version)
	})
	p.at(58, 15)
	step("approve the plan", "shi.shenpi", func(by staff.Officer, s inspection.PlanSheet) error {
		return p.Inspections.RulePlan(p.ctx, by, s.ID, s.Version, true, "")
	})
	step("find an entry", "shi.shouli", func(_ staff.Officer, s inspection.PlanSheet) error {
		for _, e := range s.Entries {
			if e.UnitID != nil && *e.UnitID == p.offices[panPoor].ID {
				*entry = e.Key
			}
		}
		return nil
	})
	return entry
}

// poverty is the city's inspection of 盘山县's poverty office, going on: of five
// materials one was refused and one is awaited.
func (p *play) poverty(entry *uuid.UUID) {
	m := p.mandate(panPoor, "shi.shouli", 9, 20, "shi.ducha")
	m.Kind, m.PlanKey, m.Focus = inspection.AnnualPlan, entry, "财政专项扶贫资金管理使用，发放表与到户凭证核对；名单、资金公示公告"
	m.Clauses = []string{"6.2", "7.1", "7.3", "9.2", "9.3", "9.6"}
	id := p.arrange("shi.shouli", 14, m)
	p.announce("shi.shouli", id)
	p.ask("shi.shouli", id, "上年度财政专项扶贫资金分配文件", "双柳村危房改造补助发放表和到户凭证", "名单公示现场照片（各村）")
	p.at(11, 10)
	p.provide("ps.fupin", id, 1, "文件三份，扫描件附后。", true)
	p.provide("ps.fupin", id, 3, "部分村的照片保存在原经办人手机上，人已调离，手机已更换，无法提供。", false)
	p.at(9, 9)
	p.activity("shi.shouli", id, inspection.Done{Method: inspection.HearReport, From: "09:00", To: "10:30", Place: "盘山县扶贫开发办公室会议室",
		People: []string{"主任 单某", "副主任 计某"}, Found: "听取资金管理和公示公告情况汇报。介绍上年度资金全部按计划拨付，未说明双柳村补助发放差额。"}, false)
	p.at(9, 14)
	p.activity("shi.ducha", id, inspection.Done{Method: inspection.ReviewFiles, From: "14:00", To: "17:20", Place: "盘山县扶贫开发办公室",
		Found: "查阅分配文件三份、发放表六册。两册发放表领取人签名笔迹相近，到户凭证缺九张。"}, true)
	p.at(8, 9)
	p.activity("shi.shouli", id, inspection.Done{Method: inspection.HouseholdVisit, From: "09:20", To: "11:40", Place: "甜水镇双柳村",
		People: []string{"户主 甄某", "户主 穆某", "户主 欧某"}, Found: "走访三户。两户说补助少到账两千五百元，发放表上按全额签收；一户不知道自家在名单上。"}, true)
	p.tick("shi.shouli", id, [2]string{inspection.Yes, "已纳入年度考核"}, [2]string{inspection.Partly, "抽查十户，一户户本缺失"}, [2]string{inspection.Partly, ""}, [2]string{inspection.No, "三户中两户没有足额到账"})
	p.at(6, 10)
	p.finding("shi.shouli", id, inspection.Words{Clause: "9.2", Facts: "抽查双柳村危房改造补助三户，两户实际到账比发放表少，合计五千元；九张到户凭证缺失。", Basis: "《督查追责办法》第九条第二项",
		Severity: inspection.Grave, Households: 2, AmountFen: 500_000, Requirement: "十五日内逐户核对全部发放表与到账凭证，差额发放到户，报送凭证。"})
	p.at(5, 10)
	p.ask("shi.shouli", id, "双柳村补助银行代发回单", "公示照片保管制度文件")
}

// tangjia is 大洼区's inspection of a town, over: the town disagreed on one
// finding. Its follow-up is planned.
func (p *play) tangjia() {
	m := p.mandate(tangjia, "dw.shouli", 44, 2, "dw.shouli2")
	m.Kind, m.Focus, m.Clauses = inspection.Irregular, "驻村工作队到岗履职，名单公示公告", []string{"8.1", "8.2", "9.6"}
	id := p.arrange("dw.shouli", 46, m)
	p.look("tie a case to", "dw.shouli", id, func(by staff.Officer, w inspection.Whole) error {
		c, err := p.Triage.Case(p.ctx, by, p.cases["unfair"])
		if err != nil {
			return err
		}
		return p.Inspections.LookInto(p.ctx, by, w.ID, c.Number())
	})
	p.at(44, 9)
	p.activity("dw.shouli", id, inspection.Done{Method: inspection.SiteVisit, From: "09:10", To: "10:00", Place: "唐家镇南泡子村村部",
		Found: "公示栏内无上一轮名单公示；村部无工作队人员，签到簿当月十一天空白。"}, true)
	p.at(44, 13)
	p.activity("dw.shouli2", id, inspection.Done{Method: inspection.Symposium, From: "13:30", To: "15:00", Place: "南泡子村村部", People: []string{"村民代表 八人"}, Found: "八人中六人没有见过名单公示，七人叫不出工作队队员名字。"}, false)
	p.tick("dw.shouli", id, [2]string{inspection.Yes, "有派驻文件"}, [2]string{inspection.No, "当月十一天无人在岗"}, [2]string{inspection.No, "公示栏无名单"})
	p.at(43, 10)
	p.finding("dw.shouli", id, inspection.Words{Clause: "19.6", Facts: "南泡子村驻村工作队当月签到簿十一天空白，督查当日无人在岗。", Basis: "《督查追责办法》第八条、第十九条第六项", Severity: inspection.Serious, Requirement: "五日内查明缺勤原因，报送整改措施和当月在岗记录。"})
	p.finding("dw.shouli2", id, inspection.Words{Clause: "9.6", Facts: "上一轮名单公示未在村公示栏张贴，多数村民代表不知情。", Basis: "《督查追责办法》第九条第六项", Severity: inspection.Serious, Requirement: "重新公示，公示首日和末日拍照存档。"})
	p.at(42, 15)
	p.look("exchange views on", "dw.shouli", id, func(by staff.Officer, w inspection.Whole) error {
		talk := inspection.Talk{HeldOn: workday.On(p.Store.Now()), Leaders: []string{"镇长 荣某", "副镇长 洪某"}, Whole: inspection.Opinion{Agreed: false, Words: "对公示问题认可；对工作队缺勤有不同意见。"}, Signed: true,
			Of: map[uuid.UUID]inspection.Opinion{w.Findings[0].ID: {Words: "缺勤的十一天里有六天是到区里参加培训，有通知为证，不能算不在岗。"}, w.Findings[1].ID: {Agreed: true}}}
		talk.Form = []byte("demo:exchange:" + w.ID.String())
		if err := p.stage(talk.Form, "交换意见签字页.jpg"); err != nil {
			return err
		}
		return p.Inspections.ExchangeViews(p.ctx, by, w.ID, w.Version, talk)
	})
	p.at(41, 10)
	p.look("correct", "dw.shouli", id, func(by staff.Officer, w inspection.Whole) error {
		return p.Inspections.Correct(p.ctx, by, w.ID, w.Findings[0].ID, "经核对培训通知，十一天中三天为培训，其余八天仍无在岗记录。")
	})
	p.look("submit", "dw.shouli", id, func(by staff.Officer, w inspection.Whole) error {
		return p.Inspections.SubmitFindings(p.ctx, by, w.ID, w.Version)
	})
	p.at(40, 9)
	p.look("issue", "dw.shenpi", id, func(by staff.Officer, w inspection.Whole) error {
		return p.Inspections.IssueFindings(p.ctx, by, w.ID, w.Version)
	})
	p.at(38, 11)
	p.do("comment", func() error {
		by := p.people["tangjia"]
		a, err := p.Inspections.Asked(p.ctx, by, *id)
		if err != nil {
			return err
		}
		return p.Inspections.Comment(p.ctx, by, a.ID, &a.Findings[0].ID, "同意更正后的天数。镇里已约谈工作队队长，并恢复每日签到。")
	})
	again := p.mandate(tangjia, "dw.shouli", -10, 0, "dw.shouli2")
	again.Kind, again.Focus = inspection.FollowUp, "上次督查发现问题的整改情况"
	p.at(6, 9)
	p.do("arrange a follow-up", func() error {
		again.Follows = id
		_, err := p.Inspections.Arrange(p.ctx, p.people["dw.shouli"], again)
		return err
	})
}

// townToday is the city's visit to a town today, to be taken along on a phone.
func (p *play) townToday() {
	m := p.mandate(tianshui, "shi.shouli", 0, 1, "shi.ducha")
	m.Kind, m.Focus = inspection.Irregular, "驻村工作队到岗履职，补助资金到户，名单公示公告"
	m.Clauses, m.Own = []string{"8.1", "8.2", "9.2", "9.6"}, []string{"一卡通是否由本人保管"}
	p.announce("shi.shouli", p.arrange("shi.shouli", 3, m))
}
