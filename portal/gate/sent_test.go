package gate_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/portal/gate"
)

func TestAFormSentTwiceIsDoneOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sent, ctx := gate.NewSent(s), context.Background()
		form := []byte("one form")
		if to, err := sent.Begin(ctx, form); to != "" || err != nil {
			t.Fatalf("the first: %q, %v", to, err)
		}
		var second sync.WaitGroup
		second.Go(func() {
			if to, err := sent.Begin(ctx, form); to != "/made" || err != nil {
				t.Errorf("sent again while it is done: %q, %v", to, err)
			}
		})
		time.Sleep(50 * time.Millisecond) // the second waits for the first
		if err := sent.Done(ctx, form, "/made"); err != nil {
			t.Fatal(err)
		}
		second.Wait()
		if to, err := sent.Begin(ctx, []byte("another")); to != "" || err != nil {
			t.Errorf("another form: %q, %v", to, err)
		}
		if err := sent.Failed(ctx, []byte("another")); err != nil {
			t.Fatal(err)
		}
		if to, err := sent.Begin(ctx, []byte("another")); to != "" || err != nil {
			t.Errorf("mended and sent again: %q, %v", to, err)
		}
	})
}

func TestAFormWhosePortalDiedCanBeSentAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sent, form := gate.NewSent(s), []byte("one form")
		if _, err := sent.Begin(context.Background(), form); err != nil {
			t.Fatal(err)
		}
		soon, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		if _, err := sent.Begin(soon, form); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while somebody may still be at it: %v", err)
		}
		late := s.Now().Add(-2 * time.Minute)
		if err := s.Read(context.Background()).Table("sent_form").Where("1 = 1").Update("at", late).Error; err != nil {
			t.Fatal(err)
		}
		if to, err := sent.Begin(context.Background(), form); to != "" || err != nil {
			t.Errorf("a minute later: %q, %v", to, err)
		}
		if err := s.Read(context.Background()).Table("sent_form").Where("1 = 1").Update("at", s.Now().AddDate(0, 0, -2)).Error; err != nil {
			t.Fatal(err)
		}
		if err := sent.Sweep(context.Background()); err != nil {
			t.Fatal(err)
		}
		var left int64
		s.Read(context.Background()).Table("sent_form").Count(&left)
		if left != 0 {
			t.Errorf("%d forms remembered after two days", left)
		}
	})
}
