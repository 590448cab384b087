package staff

import (
	"slices"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"minsheng/internal/seal"
)

// Names recognises people by their names without keeping any: by keyed hashes,
// which nobody who has only the database can try names against.
type Names struct{ keys *seal.Keys }

// NewNames returns what recognises names.
func NewNames(keys *seal.Keys) Names { return Names{keys} }

// Mark is what a name is recognised by. Spaces, full width and the dot within
// some names make no difference.
func (n Names) Mark(name string) []byte { return n.keys.MAC("person-name", []byte(plainName(name))) }

func plainName(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune("·・•.‧", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(name))
}

// Known is a name in a text that somebody of the staff bears or declared.
type Known struct {
	Name  string
	Mark  []byte
	Units []uuid.UUID // where those work who bear it, as far as that is known
}

// Lengths of names that are looked for in a text, in characters.
const (
	shortName = 2
	longName  = 4
)

// In finds in a text of at most a few hundred characters the names that somebody
// of the staff bears or declared. Which of them it was that is meant, it cannot
// tell.
func (n Names) In(db *gorm.DB, text string) ([]Known, error) {
	names := map[string]string{} // by mark
	runes := []rune(plainName(text))
	for i := range runes {
		for size := shortName; size <= longName && i+size <= len(runes); size++ {
			if part := runes[i : i+size]; !slices.ContainsFunc(part, func(r rune) bool { return !unicode.IsLetter(r) }) {
				names[string(n.Mark(string(part)))] = string(part)
			}
		}
	}
	var marks [][]byte
	for mark := range names {
		marks = append(marks, []byte(mark))
	}
	if len(marks) == 0 {
		return nil, nil
	}
	var found []tieRow
	err := db.Select("name_mark, unit_id").Where("name_mark IN ? AND ended_at IS NULL", marks).Order("name_mark, unit_id").Limit(200).Find(&found).Error
	var known []Known
	for _, t := range found {
		if len(known) == 0 || string(known[len(known)-1].Mark) != string(t.NameMark) {
			known = append(known, Known{Name: names[string(t.NameMark)], Mark: t.NameMark})
		}
		if last := &known[len(known)-1]; t.UnitID != nil {
			last.Units = append(last.Units, *t.UnitID)
		}
	}
	return known, err
}

// Unmanned reports whether nobody who works on cases would be left in an office
// to whom people with these marks are nothing; false for an office where nobody
// works at all, which is not their doing.
func (n Names) Unmanned(db *gorm.DB, unit uuid.UUID, marks [][]byte) (bool, error) {
	if len(marks) == 0 {
		return false, nil
	}
	granting := slices.DeleteFunc(Roles(), func(r Role) bool { return !May([]Role{r}, WorkCases) })
	crew := func() *gorm.DB {
		return db.Model(&accountRow{}).Where("unit_id = ? AND state = ?", unit, active).
			Where("EXISTS (SELECT 1 FROM account_role r WHERE r.account_id = account.id AND r.role IN ?)", granting).Limit(1)
	}
	var some, left []uuid.UUID
	if err := crew().Pluck("id", &some).Error; err != nil || len(some) == 0 {
		return false, err
	}
	err := crew().Where("NOT EXISTS (SELECT 1 FROM staff_tie t WHERE t.account_id = account.id AND t.name_mark IN ?)", marks).Pluck("id", &left).Error
	return len(left) == 0, err
}
