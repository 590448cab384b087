package portal

import (
	"context"
	"errors"
	"testing"
	"time"
)

func ended(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return true
	case <-time.After(2 * time.Second):
		return false
	}
}

func TestAllowanceEndsWithItsTime(t *testing.T) {
	a := &allowance{until: time.Now().Add(20 * time.Millisecond)}
	if until, ok := a.Deadline(); !ok || !until.Equal(a.until) || a.Err() != nil {
		t.Error("it ends before its time, or does not tell it")
	}
	if !ended(a) || !errors.Is(a.Err(), context.DeadlineExceeded) {
		t.Errorf("its time is up: %v", a.Err())
	}
}

func TestAllowanceEndsWithTheAnswer(t *testing.T) {
	a := &allowance{until: time.Now().Add(time.Hour)}
	child, cancel := context.WithTimeout(a, time.Hour)
	defer cancel()
	a.end()
	if !ended(child) || !errors.Is(child.Err(), context.Canceled) || !errors.Is(a.Err(), context.Canceled) {
		t.Errorf("who waited was not told: %v, %v", child.Err(), a.Err())
	}
	unasked := &allowance{until: time.Now().Add(time.Hour)}
	unasked.end()
	if !ended(unasked) || !errors.Is(unasked.Err(), context.Canceled) {
		t.Errorf("who asked afterwards was not told: %v", unasked.Err())
	}
}

// A page from memory waits for nothing and should cost no timer.
func TestAllowanceNobodyWaitsForCostsNoTimer(t *testing.T) {
	if n := testing.AllocsPerRun(100, func() {
		a := &allowance{until: time.Now().Add(time.Hour)}
		a.Deadline()
		a.end()
	}); n > 1 {
		t.Errorf("%v allocations", n)
	}
}
