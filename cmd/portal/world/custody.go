package world

import (
	"fmt"
	"time"

	"filippo.io/age"

	"minsheng/custody"
	"minsheng/staff"
	"minsheng/triage"
)

// keepsFrom is how many days ago the city's custodians made their key.
const keepsFrom = 90

// lockAway has two custodians of the city make their office's key, hand it over and
// put it into escrow, each in a session of their own; a third is new and waits.
func (p *play) lockAway() {
	p.at(keepsFrom, 9)
	p.signIn("shi.baoguan")
	p.signIn("shi.baoguan2")
	p.do("make the key", func() error {
		return p.Custody.Ring(custody.Identity).Create(p.ctx, p.people["shi.baoguan"], p.keys["shi.baoguan"])
	})
	p.do("hand the key over", func() error {
		second := p.people["shi.baoguan2"]
		return p.Custody.Ring(custody.Identity).Admit(p.ctx, p.people["shi.baoguan"], p.keys["shi.baoguan"], second.ID, p.keys["shi.baoguan2"].Recipient())
	})
	p.do("put the key into escrow", func() error {
		var three [3]custody.Holder
		for i, name := range []string{"市档案馆 保险柜", "市公证处 郎主任", "市人大办公室 保险柜"} {
			made, err := age.GenerateX25519Identity()
			if err != nil {
				return err
			}
			three[i] = custody.Holder{Name: name, Recipient: made.Recipient().String()}
		}
		return p.Custody.Ring(custody.Identity).Escrow(p.ctx, p.people["shi.baoguan"], p.keys["shi.baoguan"], three)
	})
	p.at(1, 16)
	p.signIn("shi.baoguan3")
	p.last = time.Time{} // another story
}

// signIn keeps the key of somebody's session: they sign in with their password.
func (p *play) signIn(login string) {
	p.do("sign in "+login, func() error {
		_, s, err := p.Staff.SignIn(p.ctx, login, demoPassword, "Chrome · Windows")
		if err != nil {
			return err
		}
		if s.Key == nil {
			return fmt.Errorf("%s has no key", login)
		}
		p.keys[login] = s.Key
		return nil
	})
}

// opened has the name of a case asked for by one custodian and opened by another,
// who then looks at it.
func (p *play) opened(name, reason string) {
	p.askName("shi.baoguan", name, reason)
	p.step("open the name of", "shi.baoguan2", name, func(by staff.Officer, c triage.Case) error {
		asked, err := p.Triage.NamesOf(p.ctx, by, c.ID)
		if err != nil {
			return err
		}
		return p.Triage.RuleName(p.ctx, by, p.keys[by.Login], asked[len(asked)-1].ID, true)
	})
	p.step("look at the name of", "shi.baoguan", name, func(by staff.Officer, c triage.Case) error {
		who, _, err := p.Triage.Name(p.ctx, by, p.keys[by.Login], c.ID)
		if err == nil && who.Name == "" {
			err = fmt.Errorf("%s opened as nobody", c.ID)
		}
		return err
	})
}

func (p *play) askName(who, name, reason string) {
	p.step("ask for the name of", who, name, func(by staff.Officer, c triage.Case) error {
		return p.Triage.AskName(p.ctx, by, p.keys[by.Login], c.ID, reason)
	})
}

// lastAsked waits for a second custodian.
func (p *play) lastAsked() {
	p.last = time.Time{}
	p.at(1, 17)
	p.askName("shi.baoguan2", "renovation", "visit: 要约反映人下周在家当面核对存折")
}

// handOver gives those who hold keys what came in before they did.
func (p *play) handOver() {
	p.do("hand over", func() error {
		_, err := p.Intake.HandOverAll(p.ctx)
		return err
	})
}
