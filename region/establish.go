package region

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
)

// Invalid says which parts of an office need fixing: field → problem key. The
// sentences are in the catalogs as problem.<key>.
type Invalid struct{ Problems map[string]string }

// Error names fields and keys: neither is anything that somebody wrote.
func (i *Invalid) Error() string {
	var parts []string
	for _, field := range slices.Sorted(maps.Keys(i.Problems)) {
		parts = append(parts, field+" "+i.Problems[field])
	}
	return "region: to be fixed: " + strings.Join(parts, ", ")
}

// note keeps the first problem of a field; "" is none.
func (i *Invalid) note(field, key string) {
	if _, noted := i.Problems[field]; key != "" && !noted {
		i.Problems[field] = key
	}
}

func (i *Invalid) orNil() error {
	if len(i.Problems) == 0 {
		return nil
	}
	return i
}

// Limits of what an office says of itself.
const (
	maxUnitName = 60 // characters
	maxDocMark  = 10 // characters
	maxPlaces   = 200
)

// Establish creates an office that a person asks for, with the codes of the
// places it answers for. It exists from today on, below another office. What
// does not fit is *Invalid with the fields name, kind, level, parent, place,
// phone, takes_complaints and doc_mark.
//
// Who may do it is asked before: staff.Desk.AddOffice.
func (a *Atlas) Establish(ctx context.Context, by ledger.Actor, u Unit, places ...string) (Unit, error) {
	// Another replica may have changed the tree a moment ago.
	if err := a.reload(ctx); err != nil {
		return Unit{}, err
	}
	u.ID, u.ValidFrom, u.ValidTo = uuid.Nil, "", nil
	u = a.complete(u)
	u.Name, u.Phone, u.DocMark = strings.TrimSpace(u.Name), strings.TrimSpace(u.Phone), strings.TrimSpace(u.DocMark)
	known, err := a.known(ctx, places)
	if err != nil {
		return Unit{}, err
	}
	if err := a.now().wrongUnit(newUnit{u, places}, known, a.today()); err != nil {
		return Unit{}, err
	}
	err = a.store.Transact(ctx, func(tx *gorm.DB) error {
		return insertUnits(tx, []newUnit{{u, places}}, by, a.store.Now())
	})
	if store.IsDuplicate(err) { // another replica was first, with the name or the mark
		return Unit{}, &Invalid{map[string]string{"name": "office_name_taken"}}
	}
	if err != nil {
		return Unit{}, fmt.Errorf("region: establish office: %w", err)
	}
	return u, a.reload(ctx)
}

// wrongUnit says what keeps u from becoming an office, nil when nothing does.
func (s *snapshot) wrongUnit(u newUnit, known map[string]Division, today workday.Date) error {
	wrong := &Invalid{map[string]string{}}
	wrong.note("name", s.wrongUnitName(u.Name))
	wrong.note("phone", wrongPhone(u.Phone))
	wrong.note("kind", oneOf(kinds, u.Kind, "office_kind_missing"))
	wrong.note("level", oneOf(levels, u.Level, "office_level_missing"))
	wrong.note("level", wrongLevel(u.Kind, u.Level))
	wrong.note("doc_mark", s.wrongMark(u.Unit))
	parent, stands := Unit{}, false
	if u.ParentID != nil {
		parent, stands = s.byID[*u.ParentID]
	}
	if !stands || !within(today, parent.ValidFrom, parent.ValidTo) {
		wrong.note("parent", "office_parent_missing")
		return wrong
	}
	if u.Level.rank() > parent.Level.rank() {
		wrong.note("level", "office_level_above")
	}
	wrong.note("place", s.wrongPlaces(u, known, today))
	if wrong.Problems["place"] == "" {
		field, key := s.wrongCommand(u, parent, today)
		wrong.note(field, key)
	}
	return wrong.orNil()
}

func oneOf[T comparable](all []T, one T, otherwise string) string {
	if slices.Contains(all, one) {
		return ""
	}
	return otherwise
}

// wrongUnitName says why nobody can be called that; a name stands for one
// office, because lists and files know offices by it.
func (s *snapshot) wrongUnitName(name string) string {
	switch {
	case utf8.RuneCountInString(name) < 2:
		return "office_name_missing"
	case utf8.RuneCountInString(name) > maxUnitName:
		return "office_name_long"
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "office_name_odd"
	}
	for _, u := range s.byID {
		if u.Name == name && u.ValidTo == nil {
			return "office_name_taken"
		}
	}
	return ""
}

var phoneForm = regexp.MustCompile(`^[0-9+() -]{3,30}$`)

func wrongPhone(phone string) string {
	if phone != "" && !phoneForm.MatchString(phone) {
		return "office_phone_odd"
	}
	return ""
}

// wrongLevel holds that a village has a committee and may have a team, and
// nothing else stands there.
func wrongLevel(k Kind, l Level) string {
	switch {
	case k == VillageCommittee && l != Village,
		l == Village && k != VillageCommittee && k != Team,
		k == Zone && l != County:
		return "office_level_kind"
	}
	return ""
}

// wrongMark: two offices with one mark would give two papers one number.
func (s *snapshot) wrongMark(u Unit) string {
	if u.DocMark == "" {
		if u.TakesComplaints {
			return "office_mark_missing"
		}
		return ""
	}
	if utf8.RuneCountInString(u.DocMark) > maxDocMark || strings.ContainsFunc(u.DocMark, func(r rune) bool { return !unicode.IsLetter(r) }) {
		return "office_mark_odd"
	}
	for _, other := range s.byID {
		if other.DocMark == u.DocMark {
			return "office_mark_taken"
		}
	}
	return ""
}

// wrongPlaces holds that an office answers for places that are there, not
// larger than it is, and within what the office above answers for.
func (s *snapshot) wrongPlaces(u newUnit, known map[string]Division, today workday.Date) string {
	if len(u.places) == 0 {
		return "office_place_missing"
	}
	if len(u.places) > maxPlaces {
		return "office_place_many"
	}
	above := s.placesAbove(*u.ParentID, today)
	for i, code := range u.places {
		d, stands := known[code]
		switch {
		case !stands || !d.ValidOn(today):
			return "office_place_unknown"
		case slices.Contains(u.places[:i], code):
			return "office_place_twice"
		case u.Level.rank() > 0 && d.Level.rank() > u.Level.rank():
			return "office_place_large"
		case !slices.ContainsFunc(above, func(whole string) bool { return inside(code, whole) }):
			return "office_place_outside"
		}
	}
	return ""
}

// placesAbove lists what the nearest office from unit upwards answers for that
// answers for anything.
func (s *snapshot) placesAbove(unit uuid.UUID, today workday.Date) []string {
	for _, id := range s.above(unit) {
		var codes []string
		for code, grants := range s.grants {
			if slices.ContainsFunc(grants, func(g grant) bool { return g.UnitID == id && within(today, g.ValidFrom, g.ValidTo) }) {
				codes = append(codes, code)
			}
		}
		if len(codes) > 0 {
			return codes
		}
	}
	return nil
}

// inside reports whether the place code is whole, or lies in it.
func inside(code, whole string) bool {
	return strings.HasPrefix(code, whole[:len(whole)-zeros(levelOf(whole))])
}

// wrongCommand holds what the routing of complaints stands on. A desk is a
// county's or the city's, under a higher desk, and alone on its level with its
// places. The governments of towns and villages stand under the desk to which
// reports about them go; elsewhere they would be judged by strangers.
func (s *snapshot) wrongCommand(u newUnit, parent Unit, today workday.Date) (field, key string) {
	above := s.above(parent.ID)
	if u.Kind == Government && u.Level == Town || u.Kind == VillageCommittee {
		for _, code := range u.places {
			desks := s.desks(code, today)
			if i := slices.IndexFunc(desks, func(d Unit) bool { return d.Level.rank() > Town.rank() }); i >= 0 && !slices.Contains(above, desks[i].ID) {
				return "parent", "office_parent_desk"
			}
		}
	}
	if !u.TakesComplaints {
		return "", ""
	}
	switch {
	case u.Level.rank() <= Town.rank() || !slices.Contains([]Kind{SupervisionOffice, PovertyOffice, Government, Zone}, u.Kind):
		return "takes_complaints", "office_desk_kind"
	case !slices.ContainsFunc(above, func(id uuid.UUID) bool {
		return s.byID[id].TakesComplaints && s.byID[id].Level.rank() > u.Level.rank()
	}):
		return "takes_complaints", "office_desk_alone"
	}
	for _, code := range u.places {
		for _, g := range s.grants[code] {
			if other := s.byID[g.UnitID]; other.TakesComplaints && other.Level == u.Level && other.ValidTo == nil && within(today, g.ValidFrom, g.ValidTo) {
				return "takes_complaints", "office_desk_taken"
			}
		}
	}
	return "", ""
}
