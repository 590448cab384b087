package custody

import (
	"bytes"
	"io"
	"sync"
	"time"

	"filippo.io/age"
)

// envelope is an age file that lacks its content: agreeing on a key with the
// recipient, which takes most of the time, is done.
type envelope struct {
	sealed bytes.Buffer
	inside io.WriteCloser
}

func newEnvelope(to age.Recipient) (*envelope, error) {
	e := &envelope{}
	var err error
	e.inside, err = age.Encrypt(&e.sealed, to)
	return e, err
}

// shut puts plain into the envelope, which nothing else goes into.
func (e *envelope) shut(plain []byte) ([]byte, error) {
	if _, err := e.inside.Write(plain); err != nil {
		return nil, err
	}
	if err := e.inside.Close(); err != nil { // writes what is left
		return nil, err
	}
	return e.sealed.Bytes(), nil
}

// drawer holds envelopes to one recipient that are made when nobody waits for
// them, so that a villager who reports does not. A flood empties it: then each is
// made as it is needed.
type drawer struct {
	to    age.Recipient
	ready chan *envelope
}

// How many envelopes lie ready for one recipient (64 KB of memory each), and how
// long after one is taken the next is made: when the answer is on its way.
const (
	drawerSize  = 8
	refillAfter = 30 * time.Millisecond
)

func newDrawer(to age.Recipient) *drawer {
	d := &drawer{to, make(chan *envelope, drawerSize)}
	for range drawerSize {
		d.refillLater()
	}
	return d
}

func (d *drawer) take() (*envelope, error) {
	select {
	case e := <-d.ready:
		d.refillLater()
		return e, nil
	default:
		return newEnvelope(d.to)
	}
}

// refillLater makes one envelope. Nothing is lost when that fails: the next is
// made as it is needed.
func (d *drawer) refillLater() {
	time.AfterFunc(refillAfter, func() {
		if e, err := newEnvelope(d.to); err == nil {
			d.ready <- e // one was taken for each that is made: there is room
		}
	})
}

// drawers are those of all recipients that a desk seals to.
type drawers struct{ byRecipient sync.Map }

func (all *drawers) of(recipient string, to age.Recipient) *drawer {
	if known, is := all.byRecipient.Load(recipient); is {
		return known.(*drawer)
	}
	known, _ := all.byRecipient.LoadOrStore(recipient, newDrawer(to))
	return known.(*drawer)
}
