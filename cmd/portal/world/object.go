package world

import (
	"fmt"
	"strconv"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/objection"
	"minsheng/roll"
	"minsheng/staff"
)

func (p *play) year() string { return strconv.Itoa(p.today.Year()) }

// number is a document number of this year.
func (p *play) number(mark string, n int) string {
	return fmt.Sprintf("%s〔%d〕示例%d号", mark, p.today.Year(), n)
}

// object lets somebody object to a list, or to the row of a household on it.
func (p *play) object(name, list, household string, f objection.Filing, words string) {
	if household != "" {
		key := p.rowOf(list, household).Key
		f.RowKey = &key
	}
	p.do("object to "+list, func() error {
		f.NoticeID = p.notices[list]
		f.Submission = intake.Submission{Token: p.Intake.NewForm().Token, Text: words, Mode: intake.Anonymous, Channel: intake.Web, Lang: "zh-CN"}
		if f.Kind == objection.Privacy || f.Kind == objection.Missed {
			f.Mode, f.Name, f.Phone = intake.Named, "祁某", "13800000000"
		}
		if _, _, err := p.Objections.File(p.ctx, f); err != nil {
			return err
		}
		var o objection.Objection
		err := p.Store.Read(p.ctx).Order("seq DESC").Limit(1).Take(&o).Error
		p.cases[name] = o.ID
		return err
	})
}

// heed lets an officer do something with an objection as they see it now.
func (p *play) heed(what, who, name string, act func(by staff.Officer, c objection.Case) error) {
	p.do(what+" objection "+name, func() error {
		by, err := p.by(who)
		if err != nil {
			return err
		}
		c, err := p.Objections.Open(p.ctx, by, p.cases[name])
		if err != nil {
			return err
		}
		return act(by, c)
	})
}

func (p *play) acknowledge(who, name string) {
	p.heed("acknowledge", who, name, func(by staff.Officer, c objection.Case) error {
		return p.Objections.Acknowledge(p.ctx, by, c.ID, c.Version)
	})
}

// visit is what the first of two verifiers saw, with a photo.
func (p *play) visit(who, name, found string) {
	p.heed("look into", who, name, func(by staff.Officer, c objection.Case) error {
		form := []byte("demo:visit:" + c.ID.String())
		if err := p.stage(form, "入户照片.jpg"); err != nil {
			return err
		}
		return p.Objections.Record(p.ctx, by, c.ID, c.Version, objection.Visit{
			VisitedOn: workday.On(p.Store.Now()), Place: c.PlaceName, Method: "household_visit", Found: found, Declared: true, Form: form,
		})
	})
}

// cosign is the second verifier's hand.
func (p *play) cosign(who, name string) {
	p.heed("sign the visit of", who, name, func(by staff.Officer, c objection.Case) error {
		last := c.Checks[len(c.Checks)-1]
		return p.Objections.Sign(p.ctx, by, c.ID, last.ID, c.Version, true)
	})
}

func (p *play) propose(who, name string, outcome objection.State, edit roll.Edit, answer string) {
	p.heed("propose a ruling on", who, name, func(by staff.Officer, c objection.Case) error {
		return p.Objections.Propose(p.ctx, by, c.ID, c.Version, outcome, edit, answer)
	})
}

// rule agrees with what was proposed last.
func (p *play) rule(who, name string) {
	p.heed("rule on", who, name, func(by staff.Officer, c objection.Case) error {
		ruling := uuid.Nil
		for _, r := range c.Rulings {
			if r.State == "open" {
				ruling = r.ID
			}
		}
		return p.Objections.Rule(p.ctx, by, c.ID, ruling, c.Version, true, "")
	})
}
