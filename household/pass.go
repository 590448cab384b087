package household

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// ErrPass means a pass is too old or was not made here.
var ErrPass = errors.New("household: pass expired")

// passLife is how long a look-up can be shown again without being asked anew.
const passLife = 15 * time.Minute

type passed struct {
	Village, Name, LastSix string
	Until                  time.Time
}

// Pass is a sealed text that shows a look-up again for 15 minutes: after a
// household said that it received a payment, it need not type everything anew.
func (p *Purse) Pass(village, name, lastSix string) (string, error) {
	plain, err := json.Marshal(passed{village, name, lastSix, p.store.Now().Add(passLife)})
	if err != nil {
		return "", err
	}
	return p.keys.Box("household-pass").ShutText(plain, "pass"), nil
}

// Again is Look by a pass, with the village that was looked in. Errors: ErrPass.
func (p *Purse) Again(ctx context.Context, pass string) (lines []Line, village string, err error) {
	plain, err := p.keys.Box("household-pass").OpenText(pass, "pass")
	if err != nil {
		return nil, "", ErrPass
	}
	var w passed
	if err := json.Unmarshal(plain, &w); err != nil || p.store.Now().After(w.Until) {
		return nil, "", ErrPass
	}
	lines, err = p.Look(ctx, w.Village, w.Name, w.LastSix)
	return lines, w.Village, err
}
