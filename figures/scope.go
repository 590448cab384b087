package figures

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/region"
	"minsheng/staff"
)

// sight is what an officer may count: what lies on the desk of the own office
// and those below it, of items also what is addressed to the own office; never
// what is hidden from them. It counts exactly what the lists of cases and items
// show them, which a test of the site holds it to.
type sight struct {
	own   uuid.UUID
	below []uuid.UUID // the own office and all under its command
	all   bool        // no desk lies outside them

	office uuid.UUID   // looked at; uuid.Nil the own and all below
	within []uuid.UUID // the office looked at and all under its command
	cases  []uuid.UUID // complaints on those desks that are hidden from the officer
	items  []uuid.UUID // items issued from them that are
}

// sightOf is what the officer may count of an office, uuid.Nil for all they may:
// store.ErrNotFound for one that is not under their own office's command.
func (b *Board) sightOf(ctx context.Context, by staff.Officer, office uuid.UUID) (*sight, error) {
	s := &sight{own: by.UnitID, below: b.Atlas.Subtree(by.UnitID), office: office}
	if office != uuid.Nil {
		if !slices.Contains(s.below, office) {
			return nil, store.ErrNotFound
		}
		s.within = b.Atlas.Subtree(office)
	}
	s.all = b.overAll(s.below)
	return s, b.hidden(ctx, by, s)
}

// overAll reports whether no desk lies outside a set of offices.
func (b *Board) overAll(offices []uuid.UUID) bool {
	return !slices.ContainsFunc(b.Atlas.Units(), func(u region.Unit) bool {
		return u.TakesComplaints && !slices.Contains(offices, u.ID)
	})
}

// hidden finds what is hidden from an officer though it lies on a desk of
// theirs: what is about their own office or one that commands it, what they
// stepped back from, and what names them or theirs. Where complaints lie keeps this to almost nothing.
func (b *Board) hidden(ctx context.Context, by staff.Officer, s *sight) error {
	db := b.Store.Read(ctx)
	const shut = `(SELECT complaint_id FROM complaint_subject WHERE unit_id IN ?
		UNION SELECT complaint_id FROM stepped_back WHERE account_id = ?)`
	above := b.Atlas.Above(by.UnitID)
	err := db.Raw("SELECT c.id FROM complaint c WHERE c.id IN "+shut+" AND c.desk_unit_id IN ?", above, by.ID, s.below).Scan(&s.cases).Error
	if err != nil {
		return err
	}
	if !s.all {
		var offices []uuid.UUID
		err := db.Raw("SELECT id FROM complaint WHERE accused_level = 'office' AND desk_unit_id IN ?", s.below).Scan(&offices).Error
		if err != nil {
			return err
		}
		s.cases = append(s.cases, offices...)
		slices.SortFunc(s.cases, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		s.cases = slices.Compact(s.cases)
	}
	return db.Raw(`SELECT DISTINCT i.id FROM item_complaint served JOIN supervision_item i ON i.id = served.item_id
		WHERE served.complaint_id IN `+shut+` AND i.issuer_id IN ?
			AND NOT EXISTS (SELECT 1 FROM item_unit addressed WHERE addressed.item_id = i.id AND addressed.unit_id = ? AND i.issued_at IS NOT NULL)`,
		above, by.ID, s.below, by.UnitID).Scan(&s.items).Error
}

// sees reports whether a count belongs to what is looked at.
func (s *sight) sees(t tally) bool {
	if !slices.Contains(s.below, t.UnitID) && t.OwingID != s.own {
		return false
	}
	if t.SubjectID != uuid.Nil && (slices.Contains(s.cases, t.SubjectID) || slices.Contains(s.items, t.SubjectID)) {
		return false
	}
	return s.office == uuid.Nil || slices.Contains(s.within, t.UnitID) || slices.Contains(s.within, t.OwingID)
}

// shy are the conditions under which a complaint c, or an item i, is hidden from
// somebody on whose desk it lies: because it is about that office or one above,
// because somebody stepped back from it, because it names people, any of whom may
// get an account tomorrow or be declared a relative, because an accusation against a
// supervision office lies below the highest desk. Where complaints are laid
// keeps this rare.
func (b *Board) shy() (complaint, item string) {
	var about, behind []string
	overAll := []string{uuid.Nil.String()}
	for _, u := range b.Atlas.Units() {
		above := b.Atlas.Above(u.ID)
		named := " AND named.unit_id IN ('" + strings.Join(texts(above), "', '") + "'))"
		if u.TakesComplaints {
			about = append(about, "(c.desk_unit_id = '"+u.ID.String()+"'"+named)
			if b.overAll(b.Atlas.Subtree(u.ID)) {
				overAll = append(overAll, u.ID.String())
			}
		}
		if u.DocMark != "" {
			behind = append(behind, "(i.issuer_id = '"+u.ID.String()+"'"+named)
		}
	}
	complaint = `(EXISTS (SELECT 1 FROM recusal WHERE recusal.complaint_id = c.id)
		OR EXISTS (SELECT 1 FROM complaint_person WHERE complaint_person.complaint_id = c.id)
		OR EXISTS (SELECT 1 FROM complaint_subject named WHERE named.complaint_id = c.id AND (` + either(about) + `))
		OR c.accused_level = 'office' AND c.desk_unit_id NOT IN ('` + strings.Join(overAll, "', '") + `'))`
	item = `(EXISTS (SELECT 1 FROM item_complaint served JOIN recusal ON recusal.complaint_id = served.complaint_id WHERE served.item_id = i.id)
		OR EXISTS (SELECT 1 FROM item_complaint served JOIN complaint_person ON complaint_person.complaint_id = served.complaint_id WHERE served.item_id = i.id)
		OR EXISTS (SELECT 1 FROM item_complaint served JOIN complaint_subject named ON named.complaint_id = served.complaint_id
			WHERE served.item_id = i.id AND (` + either(behind) + `)))`
	return complaint, item
}

func either(conditions []string) string {
	if len(conditions) == 0 {
		return "false"
	}
	return strings.Join(conditions, " OR ")
}

func texts(ids []uuid.UUID) (all []string) {
	for _, id := range ids {
		all = append(all, id.String())
	}
	return all
}
