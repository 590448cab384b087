package public_test

import (
	"strings"
	"testing"
	"time"
)

// Figures stand until midnight, so that they do not tell when somebody
// reported, and are then counted again while the old ones are shown.
func TestFiguresAreCountedAgainBehindTheScenes(t *testing.T) {
	s := open(t, with{})
	shown := func() string {
		return strings.Join(strings.Fields(s.get("/stats").want(200).Find(".figures dd").Text()), "")
	}
	if got := shown(); got != "000" {
		t.Fatalf("figures %q", got)
	}
	s.post("/receipt", s.filled()).want(200)
	s.wait(2 * time.Minute)
	if got := shown(); got != "000" {
		t.Errorf("counted again on the same day: %q", got)
	}
	s.wait(24 * time.Hour)
	got := shown()
	for range 20 {
		if got == "100" {
			return
		}
		time.Sleep(50 * time.Millisecond)
		s.wait(61 * time.Second) // the page itself is kept for a minute
		got = shown()
	}
	t.Errorf("never counted again: %q", got)
}
