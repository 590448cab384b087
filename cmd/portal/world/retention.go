package world

import (
	"time"

	"minsheng/register"
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
