package world

import (
	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
	"minsheng/triage"
)

// take lets somebody claim a case and write down what it is about.
func (p *play) take(who, name string, days int, d triage.Description) {
	p.last = p.arrived[name]
	p.at(days, 9)
	p.step("claim", who, name, func(by staff.Officer, c triage.Case) error { return p.Triage.Claim(p.ctx, by, c.ID) })
	p.step("describe", who, name, func(by staff.Officer, c triage.Case) error {
		d.Kind = c.Kind
		if d.Kind == "" {
			d.Kind = "OTHER"
		}
		d.Severity = d.Kind.Severity()
		return p.Triage.Describe(p.ctx, by, c.ID, c.Version, d)
	})
}

func (p *play) accept(who, name string, days int) {
	p.at(days, 10)
	p.step("accept", who, name, func(by staff.Officer, c triage.Case) error {
		return p.Triage.Accept(p.ctx, by, c.ID, c.Version)
	})
	p.letter(who, name)
}

// blame records which office a case is about.
func (p *play) blame(who, name, office string) {
	p.step("name subject", who, name, func(by staff.Officer, c triage.Case) error {
		return p.Triage.NameSubject(p.ctx, by, c.ID, c.Version, []uuid.UUID{p.offices[office].ID})
	})
}

// check lets two people look at the facts.
func (p *play) check(who, name string, days int, method, found string, photo bool) {
	p.at(days, 14)
	p.step("verify", who, name, func(by staff.Officer, c triage.Case) error {
		v := triage.NewVerification{
			VisitedOn: workday.On(p.Store.Now()), Place: c.PlaceName, Method: method, Verifiers: []string{by.Name, "季同行"}, Found: found,
		}
		if photo {
			v.FormKey = []byte("demo:check:" + c.ID.String())
			if err := p.stage(v.FormKey, "核查照片.jpg"); err != nil {
				return err
			}
		}
		return p.Triage.Verify(p.ctx, by, c.ID, c.Version, v)
	})
}

// answer proposes an answer that gives every demand the same finding.
func (p *play) answer(who, name string, days int, outcome intake.Outcome, facts, basis, done string) {
	p.at(days, 15)
	p.step("propose an answer to", who, name, func(by staff.Officer, c triage.Case) error {
		a := triage.Answer{Outcome: outcome}
		for _, d := range c.Demands {
			a.Findings = append(a.Findings, triage.AnswerPart{N: d.N, Result: outcome, Facts: facts, Basis: basis, Done: done})
		}
		return p.Triage.ProposeAnswer(p.ctx, by, c.ID, c.Version, a)
	})
}

// approve agrees with what was proposed.
func (p *play) approve(who, name string, days int) {
	p.at(days, 16)
	p.step("approve", who, name, func(by staff.Officer, c triage.Case) error {
		for _, proposal := range c.Proposals {
			if proposal.State == "open" {
				return p.Triage.Rule(p.ctx, by, c.ID, proposal.ID, true, "")
			}
		}
		return step.ErrState
	})
}

func (p *play) finish(who, name string, days int) {
	p.at(days, 17)
	p.step("close", who, name, func(by staff.Officer, c triage.Case) error {
		return p.Triage.Close(p.ctx, by, c.ID, c.Version)
	})
}

// docket makes a supervision item of a case.
func (p *play) docket(who, name string, days int, n docket.NewItem, lead string, assist ...string) *uuid.UUID {
	item := new(uuid.UUID)
	n.Lead = p.offices[lead].ID
	for _, office := range assist {
		n.Assist = append(n.Assist, p.offices[office].ID)
	}
	p.at(days, 10)
	p.step("convert", who, name, func(by staff.Officer, c triage.Case) error {
		var err error
		*item, err = p.Docket.Convert(p.ctx, by, c.ID, c.Version, n)
		return err
	})
	return item
}
