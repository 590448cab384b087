package staff

import "time"

// Cheapen makes passwords cost nothing, so that tests of everything else are
// quick.
func (d *Desk) Cheapen() *Desk {
	d.passes.time, d.passes.memory, d.pause = 1, 8, 0
	return d
}

// Crowd takes all places at the hasher until the function it returns is called.
func (d *Desk) Crowd(wait time.Duration) (leave func()) {
	d.passes.wait = wait
	for range cap(d.passes.slots) {
		d.passes.slots <- struct{}{}
	}
	return func() {
		for range cap(d.passes.slots) {
			<-d.passes.slots
		}
	}
}

// Weak is the rule of passwords.
func Weak(password string, about ...string) bool { return weak(password, about...) }

// HashesAtOnce is how many passwords are checked at once.
const HashesAtOnce = hashesAtOnce

// Pause sets how long after a hash a refusal is told.
func (d *Desk) Pause(pause time.Duration) { d.pause = pause }
