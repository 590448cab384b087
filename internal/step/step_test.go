package step_test

import (
	"errors"
	"maps"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

type thing struct {
	ID      uuid.UUID `gorm:"primaryKey"`
	Name    string
	Version int
}

func (thing) TableName() string { return "thing" }

func TestOfTwoMovesOneIsLate(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		db := s.Read(t.Context())
		if err := db.Exec("CREATE TABLE thing (id text PRIMARY KEY, name text NOT NULL, version integer NOT NULL)").Error; err != nil {
			t.Fatal(err)
		}
		id := uuid.New()
		if err := db.Create(&thing{id, "一", 1}).Error; err != nil {
			t.Fatal(err)
		}
		if err := step.Move(db, &thing{}, id, 1, map[string]any{"name": "二"}); err != nil {
			t.Fatal(err)
		}
		if err := step.Move(db, &thing{}, id, 1, map[string]any{"name": "三"}); !errors.Is(err, step.ErrStale) {
			t.Errorf("the second: %v", err)
		}
		var now thing
		if err := store.One(db.Where("id = ?", id), &now); err != nil || now.Name != "二" || now.Version != 2 {
			t.Errorf("%+v, %v", now, err)
		}
	})
}

func TestATransactionThatCollidesIsBegunAgainButNotForEver(t *testing.T) {
	tries := 0
	err := step.Again(func() error {
		if tries++; tries < 3 {
			return gorm.ErrDuplicatedKey
		}
		return nil
	})
	if err != nil || tries != 3 {
		t.Errorf("%d tries, %v", tries, err)
	}
	tries = 0
	if err := step.Again(func() error { tries++; return gorm.ErrDuplicatedKey }); !errors.Is(err, step.ErrStale) || tries != 5 {
		t.Errorf("%d tries, %v", tries, err)
	}
	other := errors.New("other")
	tries = 0
	if err := step.Again(func() error { tries++; return other }); err != other || tries != 1 {
		t.Errorf("%d tries, %v", tries, err)
	}
}

func TestAFormTellsEverythingThatIsWrongOnce(t *testing.T) {
	var f step.Form
	if f.Err() != nil {
		t.Error("an empty form is wrong")
	}
	if got := f.Text("name", "  柳大有 ", 2, 10, "name"); got != "柳大有" || f.Err() != nil {
		t.Errorf("%q, %v", got, f.Err())
	}
	f.Text("why", "短", 2, 10, "why_short")
	f.Text("long", "一二三四", 0, 3, "too_long")
	f.Require(false, "why", "why_again")
	f.Require(true, "fine", "never")
	other := errors.New("other")
	if err := f.Check(step.Bad("more", "more_wrong")); err != nil || f.Check(other) != other {
		t.Error("errors that are no problems of fields must come back")
	}
	var wrong *step.Invalid
	want := map[string]string{"why": "why_short", "long": "too_long", "more": "more_wrong"}
	if !errors.As(f.Err(), &wrong) || !maps.Equal(wrong.Problems, want) || wrong.Error() != "to be fixed: long, more, why" {
		t.Errorf("%+v", wrong)
	}
}
