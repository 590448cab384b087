package world

import (
	"time"

	"minsheng/custody"
)

// lockWords has the city and the economic zone make their keys to what is reported
// about offices that work here; one of the city's people has signed in and waits.
func (p *play) lockWords() {
	p.last = time.Time{} // another story
	p.at(3, 9)
	p.holdKey("shi.shouli", "shi.shenpi", "shi.ducha", "shi.fuhe", "shi.fuhe.shenpi")
	p.holdKey("lhk.shouli", "lhk.shenpi")
	p.at(1, 15)
	p.signIn("shi.fucha")
	p.last = time.Time{}
}

// holdKey has the first of an office's people make its key for handling and hand it
// to the others.
func (p *play) holdKey(first string, others ...string) {
	for _, who := range append([]string{first}, others...) {
		p.signIn(who)
	}
	ring := p.Custody.Ring(custody.Handling)
	p.do("make the key to words", func() error { return ring.Create(p.ctx, p.people[first], p.keys[first]) })
	for _, who := range others {
		p.do("hand the key to words to "+who, func() error {
			return ring.Admit(p.ctx, p.people[first], p.keys[first], p.people[who].ID, p.keys[who].Recipient())
		})
	}
}
