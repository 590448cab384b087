package notice_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/region"
)

var ctx = context.Background()

func board(t *testing.T, s *store.Store) (*notice.Board, notice.Notice) {
	t.Helper()
	if err := region.Seed(ctx, s); err != nil {
		t.Fatal(err)
	}
	a, err := region.NewAtlas(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	units, err := a.StandardUnits(ctx)
	if err != nil {
		t.Fatal(err)
	}
	at := s.Now().Add(-time.Hour)
	return notice.New(notice.BoardConfig{Store: s, Atlas: a}), notice.Notice{
		Kind: "FUND_ALLOC", Title: "资金分配结果公告", UnitID: units[0].ID, PlaceCode: "211122111000",
		Body: "一、资金名称", State: "published", StartsOn: workday.On(at), PublishedAt: &at,
	}
}

func put(t *testing.T, b *notice.Board, n notice.Notice) notice.Notice {
	t.Helper()
	stored, err := b.Put(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestTheListWalksBackThroughAllNotices(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, n := board(t, s)
		for i := range 45 {
			at := s.Now().Add(-time.Duration(i/2) * time.Second) // pairs share an instant
			n.PublishedAt, n.Title = &at, fmt.Sprintf("公告%d", i)
			put(t, b, n)
		}
		seen, pages := map[uuid.UUID]bool{}, 0
		last := s.Now()
		for before := uuid.Nil; ; pages++ {
			page, err := b.List(ctx, "", before)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			for _, n := range page {
				if seen[n.ID] || n.PublishedAt.After(last) {
					t.Fatalf("%s comes twice or out of order", n.Title)
				}
				seen[n.ID], last = true, *n.PublishedAt
			}
			before = page[len(page)-1].ID
		}
		if len(seen) != 45 || pages != 3 {
			t.Errorf("saw %d of 45 on %d pages", len(seen), pages)
		}
		if _, err := b.List(ctx, "", uuid.New()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown cursor: %v", err)
		}
	})
}

func TestAPlaceShowsWhatIsInIt(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, n := board(t, s)
		for _, place := range []string{"211100000000", "211122000000", "211122111000", "211122108000", "211104112000"} {
			n.PlaceCode = place
			put(t, b, n)
		}
		for place, want := range map[string]int{
			"": 5, "211100000000": 5, "211122000000": 3, "211122111000": 1, "211122111901": 0, "211104000000": 1, "211103000000": 0, "x": 0,
		} {
			page, err := b.List(ctx, place, uuid.Nil)
			if err != nil || len(page) != want {
				t.Errorf("List(%q) shows %d, %v; want %d", place, len(page), err, want)
			}
		}
	})
}

func TestOnlyWhatIsPublishedIsShown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, n := board(t, s)
		today := workday.On(s.Now())
		yesterday, later := today.Add(-1), s.Now().Add(time.Hour)
		for _, test := range []struct {
			name  string
			with  func(*notice.Notice)
			shown bool
		}{
			{"published", func(*notice.Notice) {}, true},
			{"ended", func(n *notice.Notice) { n.State = "ended" }, true},
			{"draft", func(n *notice.Notice) { n.State = "draft" }, false},
			{"reviewed", func(n *notice.Notice) { n.State = "reviewed" }, false},
			{"withdrawn", func(n *notice.Notice) { n.State = "withdrawn" }, false},
			{"archived", func(n *notice.Notice) { n.State = "archived" }, false},
			{"for tomorrow", func(n *notice.Notice) { n.PublishedAt = &later }, false},
			{"project past its days", func(n *notice.Notice) { n.Kind, n.EndsOn = "PROJECT_PRE", &yesterday }, true},
			{"list in its last day", func(n *notice.Notice) { n.Kind, n.EndsOn = "LIST_VILLAGE", &today }, true},
			{"list past its days", func(n *notice.Notice) { n.Kind, n.EndsOn = "LIST_VILLAGE", &yesterday }, false},
			{"roster past its days", func(n *notice.Notice) { n.Kind, n.EndsOn = "SUBSIDY_ROSTER", &yesterday }, false},
		} {
			changed := n
			test.with(&changed)
			stored := put(t, b, changed)
			got, err := b.Notice(ctx, stored.ID)
			if shown := err == nil; shown != test.shown || (!shown && !errors.Is(err, store.ErrNotFound)) {
				t.Errorf("%s: shown %v (%v), want %v", test.name, shown, err, test.shown)
			}
			if err == nil && (got.Title != n.Title || got.Body != n.Body || got.StartsOn != n.StartsOn) {
				t.Errorf("%s: %+v", test.name, got)
			}
		}
		page, err := b.List(ctx, "", uuid.Nil)
		if err != nil || len(page) != 4 {
			t.Errorf("the list shows %d, %v; want 4", len(page), err)
		}
	})
}

func TestEveryChangeMovesTheStamp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		b, n := board(t, s)
		before, err := b.Stamp(ctx)
		if err != nil {
			t.Fatal(err)
		}
		stored := put(t, b, n)
		stored.Title = "更正后的公告"
		put(t, b, stored)
		after, err := b.Stamp(ctx)
		if err != nil || after != before+2 {
			t.Errorf("stamp %d after %d, %v; want two more", after, before, err)
		}
		if got, err := b.Notice(ctx, stored.ID); err != nil || got.Title != "更正后的公告" || got.Version != 2 {
			t.Errorf("%+v, %v", got, err)
		}
		bad := n
		bad.State = "unheard of"
		if _, err := b.Put(ctx, bad); err == nil {
			t.Error("an unknown state was stored")
		}
		if last, _ := b.Stamp(ctx); last != after {
			t.Error("a failed change moved the stamp")
		}
	})
}

func TestStandingCountsBothEnds(t *testing.T) {
	end := workday.Date("2026-11-29")
	n := notice.Notice{State: "published", StartsOn: "2026-11-23", EndsOn: &end}
	for today, want := range map[workday.Date]struct {
		left  int
		ended bool
	}{
		"2026-11-20": {7, false}, "2026-11-23": {7, false}, "2026-11-28": {2, false}, "2026-11-29": {1, false}, "2026-11-30": {0, true},
	} {
		if left, ended := notice.Standing(n, today); left != want.left || ended != want.ended {
			t.Errorf("on %s: %d left, ended %v; want %v", today, left, ended, want)
		}
	}
	n.EndsOn = nil
	if left, ended := notice.Standing(n, "2036-01-01"); left != 0 || ended {
		t.Errorf("without an end: %d, %v", left, ended)
	}
}
