package world

import (
	"errors"
	"fmt"
	"time"

	"minsheng/register"
	"minsheng/retention"
)

// takeAlong: the city's officer asks for the register of the year as a file; the
// supervisor has not answered yet.
func (p *play) takeAlong() {
	p.last = time.Time{}
	p.at(1, 14)
	p.do("ask to take the register along", func() error {
		return p.Register.AskToTake(p.ctx, p.people["shi.shouli"], register.Filter{Year: p.today.Year()}, "year="+string(p.today[:4]), "报市政府的半年汇总要附督查事项清单")
	})
}

// keepShorter: the city's administrator had names of what did not prove true kept for
// one year only, so that a few hundred are due.
func (p *play) keepShorter() {
	p.last = time.Time{}
	p.at(30, 10)
	p.do("keep names for one year", func() error {
		return p.Retention.SetRule(p.ctx, p.people["admin"], retention.Change{What: retention.Names, Class: retention.Other, Years: 1,
			Basis: "《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间", Why: "查不实的，一年后用不着再找反映人"})
	})
}

// destroyed: of the names that are due, two people destroyed one, and another waits
// for the second; and one reporter's words went at their own wish.
func (p *play) destroyed() {
	p.keepShorter()
	p.at(12, 15)
	due := p.dueNames()
	p.erase(due[0], retention.Names, retention.Due, "")
	p.erase(due[1], retention.Words, retention.Wish, "反映人来窗口要求不再留存，已当面核对查询码")
	p.at(1, 10)
	p.askErasure(due[2], retention.Names, retention.Due, "")
}

// dueNames are three of those matters whose names are due.
func (p *play) dueNames() []retention.Ref {
	due := make([]retention.Ref, 3)
	p.do("list what is due", func() error {
		page, err := p.Retention.Due(p.ctx, p.people["shi.baoguan"], retention.Names, "")
		if err == nil && len(page.Lines) < len(due) {
			err = fmt.Errorf("only %d names are due", len(page.Lines))
		}
		for i := range due {
			if err == nil {
				due[i] = page.Lines[i].Ref
			}
		}
		return err
	})
	return due
}

func (p *play) askErasure(of retention.Ref, what string, ground retention.Ground, why string) {
	p.do("ask to destroy", func() error { return p.Retention.Ask(p.ctx, p.people["shi.baoguan"], of, what, ground, why) })
}

func (p *play) erase(of retention.Ref, what string, ground retention.Ground, why string) {
	p.askErasure(of, what, ground, why)
	p.follow(p.last.Add(time.Hour))
	p.do("agree to destroy", func() error {
		by := p.people["shi.fuhe.shenpi"]
		waiting, err := p.Retention.Waiting(p.ctx, by)
		if err != nil || len(waiting) == 0 {
			return errors.Join(err, errors.New("nothing waits"))
		}
		return p.Retention.Rule(p.ctx, by, waiting[len(waiting)-1].ID, true)
	})
}
