package world

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"minsheng/accountability"
	"minsheng/docket"
	"minsheng/inspection"
	"minsheng/internal/workday"
	"minsheng/staff"
	"minsheng/triage"
)

// measures are what offices and people were held to account with: a circular that
// was carried out and what it links, a recommendation that was adopted, one to a
// county's committee that nobody answered, and one that waits for approval.
func (p *play) measures() {
	p.criticised()
	p.notAwarded()
	p.toCommittee()
	p.toExplain()
	p.referred()
	p.asksForAName()
}

// charge lets somebody propose a measure on a ground and returns its id.
func (p *play) charge(who, target string, daysAgo int, ground *string, m accountability.Proposal) *uuid.UUID {
	id := new(uuid.UUID)
	p.at(daysAgo, 9)
	p.do("propose a measure", func() (err error) {
		m.Target, m.Grounds = p.offices[target].ID, []string{*ground}
		*id, err = p.Measures.Propose(p.ctx, p.people[who], m)
		return err
	})
	return id
}

// held lets somebody do something with a measure as they see it now.
func (p *play) held(what, who string, id *uuid.UUID, act func(by staff.Officer, version int) error) {
	p.do(what+" a measure", func() error {
		by := p.people[who]
		w, err := p.Measures.Open(p.ctx, by, *id)
		if err != nil {
			return err
		}
		return act(by, w.Version)
	})
}

func (p *play) ruled(who string, id *uuid.UUID) {
	p.held("approve", who, id, func(by staff.Officer, version int) error {
		return p.Measures.Rule(p.ctx, by, *id, version, true, false, "")
	})
}

func (p *play) served(who string, id *uuid.UUID, how string) {
	p.held("serve", who, id, func(by staff.Officer, version int) error {
		return p.Measures.Serve(p.ctx, by, *id, version, workday.On(p.Store.Now()), how)
	})
}

func (p *play) answered(who string, id *uuid.UUID, adopted bool, words, file string) {
	p.held("answer", who, id, func(by staff.Officer, version int) error {
		key := []byte("demo:measure:" + id.String())
		if err := p.stage(key, file); err != nil {
			return err
		}
		return p.Measures.Answer(p.ctx, by, *id, version, accountability.Feedback{Adopted: adopted, On: workday.On(p.Store.Now()), Words: words, FormKey: key})
	})
}

// inspected finds the number of 大洼区's inspection of a town that issued findings.
func (p *play) inspected(who, target string) *string {
	number := new(string)
	p.do("find an inspection", func() error {
		lines, err := p.Inspections.List(p.ctx, p.people[who], inspection.Filter{State: inspection.FindingsIssued, Target: p.offices[target].ID})
		if err != nil || len(lines) == 0 {
			return fmt.Errorf("no findings about %s: %w", target, err)
		}
		*number = lines[0].Number
		return nil
	})
	return number
}

// itemOf finds the number of an item by its title.
func (p *play) itemOf(who, title string, f docket.Filter) *string {
	number := new(string)
	p.do("find an item", func() error {
		page, err := p.Docket.Items(p.ctx, p.people[who], f, "")
		if err != nil {
			return err
		}
		for _, i := range page.Rows {
			if i.Title == title {
				*number = i.Number
				return nil
			}
		}
		return fmt.Errorf("no item is called %s", title)
	})
	return number
}

// criticised is a town in a circular: carried out; its head is to criticise
// himself, which waits to be served; its deputy is still offered.
func (p *play) criticised() {
	p.last = time.Time{}
	ground := p.inspected("dw.shouli", tangjia)
	facts := accountability.Words{Facts: "南泡子村驻村工作队当月签到簿八天无在岗记录；上一轮名单公示没有在村公示栏张贴。督查后镇里仍未按期报送整改措施。",
		Requirement: "收到之日起五日内书面报告整改情况。"}
	town := p.charge("dw.shouli", tangjia, 34, ground, accountability.Proposal{Code: accountability.Criticise, Clauses: []string{"19.4", "19.6"}, Words: facts})
	p.at(33, 15)
	p.ruled("dw.shenpi", town)
	p.at(32, 10)
	p.served("dw.shouli", town, "office")
	p.at(24, 10)
	p.answered("dw.shouli", town, true, "区里已在扶贫工作例会上通报，镇党委会作了检查，整改报告已收到。", "整改报告.jpg")
	facts.Requirement = "十日内向区督查室交书面检查。"
	p.at(14, 9)
	head := p.charge("dw.shouli2", tangjia, 14, ground, accountability.Proposal{Code: accountability.SelfCriticism, Clauses: []string{"19.6"}, Words: facts, After: town, Offer: accountability.OfferChief,
		Person: accountability.Person{Name: "荣启年", Post: "镇长", Role: accountability.ChiefLead, Level: "town"}})
	p.at(2, 11)
	p.ruled("dw.shenpi", head)
}

// notAwarded is a recommendation about a person that was adopted.
func (p *play) notAwarded() {
	p.last = time.Time{}
	id := p.charge("dw.shouli", tangjia, 31, p.inspected("dw.shouli", tangjia), accountability.Proposal{Code: accountability.NoAwardPerson, Clauses: []string{"19.6"},
		Words:  accountability.Words{Facts: "南泡子村驻村工作队队长当月八天不在岗，没有请假手续，影响走访和公示。"},
		Person: accountability.Person{Name: "洪立新", Post: "驻村工作队队长", Role: accountability.Direct, Level: "town"},
		Body:   accountability.Personnel, BodyName: "中共大洼区委组织部"})
	p.at(30, 10)
	p.ruled("dw.shenpi", id)
	p.at(29, 10)
	p.served("dw.shouli", id, "office")
	p.at(12, 15)
	p.answered("dw.shouli", id, true, "组织部复函：取消本年度评先选优资格，并作调整。", "复函.jpg")
}

// toCommittee is the city's recommendation to a county's committee (Art. 20(4)),
// not answered in time.
func (p *play) toCommittee() {
	p.last = time.Time{}
	ground := p.itemOf("shi.shouli", "清退大洼区重复发放的雨露计划补助", docket.Filter{Stretch: docket.Finished, Origin: docket.AuditOrMedia})
	id := p.charge("shi.shouli", dawaPoor, 36, ground, accountability.Proposal{Code: accountability.ToCounty, Clauses: []string{"19.5"},
		Words: accountability.Words{Facts: "九名学生同一学期重复领取补助一万三千五百元，导入名单前没有核对，审批人没有复核。", Reference: "《盘锦市督促检查工作实施办法》第二十二条"},
		Body:  accountability.County, BodyName: "中共大洼区委"})
	p.at(36, 15)
	p.ruled("shi.shenpi", id)
	p.at(35, 10)
	p.served("shi.shouli", id, "office")
}

// toExplain waits for somebody else to approve it.
func (p *play) toExplain() {
	p.last = time.Time{}
	p.charge("shi.ducha", panPoor, 1, p.itemOf("shi.shouli", "核清盘山县危房改造补助资金到户情况", docket.Filter{Origin: docket.LeaderInstruction}), accountability.Proposal{Code: accountability.Explain, Clauses: []string{"19.5", "19.7"},
		Words: accountability.Words{Facts: "市领导批示的到户核查超期未报，两次催办没有回复；督查组抽查三户，两户到账金额比发放表少。", Requirement: "七日内向市委、市政府书面说明逾期原因和差额去向。"}})
}

// organKey is a public key of the discipline organ, whose other half nobody kept.
const organKey = "age1dwrwd270frxtr3us9e04wv8c8hz6yjktfxuqr8jt36u52trd7g3qxp30ku"

// about finds the number of a case.
func (p *play) about(who, name string) *string {
	number := new(string)
	p.step("look at", who, name, func(_ staff.Officer, c triage.Case) error {
		*number = c.Number()
		return nil
	})
	return number
}

// referred is what went to the discipline organ, sealed to its key, and was
// received.
func (p *play) referred() {
	p.last = time.Time{}
	p.at(6, 9)
	p.do("set a key", func() error {
		return p.Measures.SetKey(p.ctx, p.people["shi.shenpi"], accountability.Discipline, organKey)
	})
	who, words := accountability.Person{Name: "骆长河", Post: "苇子沟村党支部书记", Role: accountability.Direct, Level: "village"},
		accountability.Words{Facts: "经现场核实，申报的大棚座数与实际不符，多报部分已经领取补助。"}
	ground := p.about("shi.shenpi", "greenhouse")
	measure := p.charge("shi.ducha", baqiangzi, 6, ground, accountability.Proposal{Code: accountability.ToDiscipline, Clauses: []string{"19.5"}, Words: words, Person: who,
		Body: accountability.Discipline, BodyName: "盘山县纪委监委"})
	p.at(5, 10)
	p.ruled("shi.shenpi", measure)
	id := p.composed(5, ground, accountability.NewReferral{Organ: accountability.Discipline, Target: p.offices[baqiangzi].ID, Measure: measure,
		Clue: accountability.Clue{To: "盘山县纪委监委", Name: who.Name, Post: who.Post, Problem: words.Facts, Basis: "《盘锦市精准扶贫督查追责办法（试行）》第二十条"}})
	p.at(4, 9)
	p.referral("seal", "shi.shenpi", id, func(by staff.Officer, version int) error {
		_, err := p.Measures.Seal(p.ctx, by, *id, version)
		return err
	})
	p.at(4, 15)
	p.referral("hand over", "shi.fuhe.shenpi", id, func(by staff.Officer, version int) error {
		return p.Measures.Hand(p.ctx, by, *id, version, workday.On(p.Store.Now()))
	})
	p.at(1, 10)
	p.referral("receive", "shi.fuhe.shenpi", id, func(by staff.Officer, version int) error {
		key := []byte("demo:referral:" + id.String())
		if err := p.stage(key, "回执.jpg"); err != nil {
			return err
		}
		return p.Measures.Receipt(p.ctx, by, *id, version, accountability.Feedback{Adopted: true, On: workday.On(p.Store.Now()), Words: "已收到，登记编号17号，转第二室办理。", FormKey: key})
	})
}

// asksForAName waits for the custodian.
func (p *play) asksForAName() {
	p.last = time.Time{}
	id := p.composed(1, p.about("shi.shenpi", "renovation"), accountability.NewReferral{Organ: accountability.Discipline, Target: p.offices[tianshui].ID,
		Clue: accountability.Clue{To: "盘山县纪委监委", Name: "冯佑才", Post: "双柳村会计", Problem: "涉嫌截留危房改造补助，涉及多户，金额待进一步查明。", Verified: "经核对发放表与存折，部分农户到账金额比核定金额少。", Basis: "《盘锦市精准扶贫督查追责办法（试行）》第二十条"}})
	p.referral("ask for a name in", "shi.fuhe.shenpi", id, func(by staff.Officer, version int) error {
		return p.Measures.AskRelease(p.ctx, by, *id, version, p.cases["renovation"], "县纪委来函，需要当面向反映人核实领款经过。")
	})
}

// composed composes a referral so many days ago and returns its id.
func (p *play) composed(daysAgo int, ground *string, n accountability.NewReferral) *uuid.UUID {
	id := new(uuid.UUID)
	p.at(daysAgo, 15)
	p.do("compose a referral", func() (err error) {
		n.Grounds = []string{*ground}
		*id, err = p.Measures.Compose(p.ctx, p.people["shi.fuhe.shenpi"], n)
		return err
	})
	return id
}

// referral lets somebody do something with a referral as they see it now.
func (p *play) referral(what, who string, id *uuid.UUID, act func(by staff.Officer, version int) error) {
	p.do(what+" a referral", func() error {
		by := p.people[who]
		w, err := p.Measures.OpenReferral(p.ctx, by, *id)
		if err != nil {
			return err
		}
		return act(by, w.Version)
	})
}
