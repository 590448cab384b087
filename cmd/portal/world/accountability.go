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
)

// measures are what offices and people were held to account with: a circular that
// was carried out and what it links, a recommendation that was adopted, one to a
// county's committee that nobody answered, and one that waits for approval.
func (p *play) measures() {
	p.criticised()
	p.notAwarded()
	p.toCommittee()
	p.toExplain()
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
