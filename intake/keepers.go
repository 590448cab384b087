package intake

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// What accuses an office that works with the portal is sealed to those who handle
// it, and to nobody else: neither the portal itself nor who has its keys reads it.

// occupied are the offices that work with the portal, as they were read.
type occupied struct {
	offices map[uuid.UUID]bool
	at      time.Time
}

// occupiedFor is how long an office whose first account was just made may count as
// one that does not work with the portal.
const occupiedFor = 5 * time.Second

// worksHere reports whether somebody of those offices, or of an office that they
// command, works with the portal.
func (d *Desk) worksHere(db *gorm.DB, offices []uuid.UUID) (bool, error) {
	now := d.occupied.Load()
	if now == nil || time.Since(now.at) >= occupiedFor {
		list, err := staff.Occupied(db)
		if err != nil {
			return false, err
		}
		now = &occupied{list, time.Now()}
		d.occupied.Store(now)
	}
	for _, office := range offices {
		if slices.ContainsFunc(d.atlas.Subtree(office), func(u uuid.UUID) bool { return now.offices[u] }) {
			return true, nil
		}
	}
	return false, nil
}

// accusedOn are the offices in charge of a place on the level that was ticked.
func (d *Desk) accusedOn(place, level string) (all []uuid.UUID) {
	for _, u := range d.atlas.UnitsFor(place) {
		if string(u.Level) == level {
			all = append(all, u.ID)
		}
	}
	return all
}

// firstKeepers are those to whom the words of a report are sealed as it comes in:
// none where it accuses no office that works here, or where nobody has a key.
func (d *Desk) firstKeepers(db *gorm.DB, f filed, people []Person, desk uuid.UUID) ([]custody.To, error) {
	to, err := d.handlers(db, desk)
	if err != nil || len(to) == 0 {
		return nil, err
	}
	accused := append(d.accusedOn(f.place.Code, f.AccusedLevel), officesOf(people)...)
	for _, u := range d.atlas.UnitsFor(f.place.Code) {
		if strings.Contains(f.Who, u.Name) {
			accused = append(accused, u.ID)
		}
	}
	if here, err := d.worksHere(db, accused); err != nil || !here {
		return nil, err
	}
	return to, nil
}

func officesOf(people []Person) (all []uuid.UUID) {
	for _, p := range people {
		if p.UnitID != nil {
			all = append(all, *p.UnitID)
		}
	}
	return all
}

func (d *Desk) handlers(db *gorm.DB, desk uuid.UUID) ([]custody.To, error) {
	if d.custody == nil {
		return nil, nil
	}
	return d.custody.Handlers(db, desk)
}

// Keepers are those to whom more about a report is sealed: the offices that its
// words are sealed to, with their present keys; none where the portal itself keeps
// them. office is the one that alone reads it, with those above; nil: whoever reads
// the words.
func (d *Desk) Keepers(db *gorm.DB, report uuid.UUID, office *uuid.UUID) ([]custody.To, error) {
	units, err := d.keptBy(db, report)
	if err != nil || len(units) == 0 {
		return nil, err
	}
	if office != nil {
		return d.handlers(db, *office)
	}
	var all []custody.To
	for _, unit := range units {
		to, has, err := d.custody.Handler(db, unit)
		if err != nil {
			return nil, err
		}
		if has {
			all = append(all, to)
		}
	}
	return all, nil
}

// keptBy are the offices that the words of a report are sealed to.
func (d *Desk) keptBy(db *gorm.DB, report uuid.UUID) (units []uuid.UUID, err error) {
	if d.custody == nil {
		return nil, nil
	}
	return units, db.Model(&custody.ContentKey{}).Where("owner_id = ? AND recipient_kind = ?", report, custody.ToUnit).Order("recipient_id").Pluck("recipient_id", &units).Error
}

// Reseal has what was written about a report sealed to those who are to read it now,
// in the caller's transaction: whom it is about, or the desk that it lies on, has
// changed. What the portal keeps goes to them without anybody's key; what offices
// keep is handed on in the session of an officer who reads it, and otherwise stays
// with those of them who are still to read it.
func (d *Desk) Reseal(tx *gorm.DB, by staff.Officer, report uuid.UUID) error {
	if d.custody == nil {
		return nil
	}
	d.occupied.Store(nil) // somebody may have begun to work there a moment ago
	before, err := d.keptBy(tx, report)
	if err != nil {
		return err
	}
	to, accuses, err := d.keepersNow(tx, report)
	if err != nil {
		return err
	}
	owners, above, err := d.writtenAbout(tx, report)
	if err != nil {
		return err
	}
	switch {
	case len(before) == 0 && !accuses:
		return d.resealSealed(tx, by, to, owners, above)
	case len(to) == 0 && (len(before) == 0 || !accuses):
		return nil
	}
	if err := d.giveKeys(tx, report, to); err != nil {
		return err
	}
	if err := d.tellOfBefore(tx, report); err != nil {
		return err
	}
	if err := d.custody.Reseal(tx, by, to, owners...); err != nil {
		return err
	}
	return d.resealAbove(tx, above, func(to []custody.To, some []uuid.UUID) error { return d.custody.Reseal(tx, by, to, some...) })
}

// resealAbove does to what only one office and those above read what is done for them.
func (d *Desk) resealAbove(tx *gorm.DB, above map[uuid.UUID][]uuid.UUID, reseal func(to []custody.To, some []uuid.UUID) error) error {
	for office, some := range above {
		to, err := d.handlers(tx, office)
		if err != nil {
			return err
		}
		if err := reseal(to, some); err != nil {
			return err
		}
	}
	return nil
}

// resealSealed is Reseal for an ordinary matter: what of it is sealed to a desk goes
// along to the next. That are files which only those hear who work there, and what
// reporters of a report were told that was merged into one that is no ordinary matter.
func (d *Desk) resealSealed(tx *gorm.DB, by staff.Officer, to []custody.To, owners []uuid.UUID, above map[uuid.UUID][]uuid.UUID) error {
	reseal := func(to []custody.To, some []uuid.UUID) error {
		var sealed []uuid.UUID
		err := tx.Model(&custody.ContentKey{}).Distinct().Where("owner_id IN ? AND recipient_kind = ?", some, custody.ToUnit).Pluck("owner_id", &sealed).Error
		if err != nil || len(sealed) == 0 {
			return err
		}
		return d.custody.Reseal(tx, by, to, sealed...)
	}
	if err := reseal(to, owners); err != nil {
		return err
	}
	return d.resealAbove(tx, above, reseal)
}

// keepersNow are those who are to read a report: who handles each of its parts,
// without offices that another part accuses. accuses tells whether it is about an
// office that works here; false also where none but accused offices could read it.
func (d *Desk) keepersNow(tx *gorm.DB, report uuid.UUID) (to []custody.To, accuses bool, err error) {
	var parts []Complaint
	if err := tx.Where("report_id = ?", report).Order("part").Limit(100).Find(&parts).Error; err != nil {
		return nil, false, err
	}
	if len(parts) == 0 {
		matter, err := otherOf(tx, report)
		if err != nil {
			return nil, false, err
		}
		return d.keepersOfOther(tx, matter)
	}
	accused := map[uuid.UUID]bool{}
	for _, c := range parts {
		offices, err := d.accusedBy(tx, c)
		if err != nil {
			return nil, false, err
		}
		here, err := d.worksHere(tx, offices)
		if err != nil {
			return nil, false, err
		}
		accuses = accuses || here
		for _, office := range offices {
			for _, below := range d.atlas.Subtree(office) {
				accused[below] = true
			}
		}
	}
	left := 0
	for _, c := range parts {
		all, err := d.handlers(tx, c.DeskUnitID)
		if err != nil {
			return nil, false, err
		}
		for _, t := range all {
			known := slices.ContainsFunc(to, func(o custody.To) bool { return o.ID == t.ID })
			switch {
			case len(parts) > 1 && accused[uuid.MustParse(t.ID)]:
				left++
			case !known:
				to = append(to, t)
			}
		}
	}
	return to, accuses && (len(to) > 0 || left == 0), nil
}

// keepersOfOther is keepersNow for a matter of another room, which speaks against one
// office from the beginning.
func (d *Desk) keepersOfOther(db *gorm.DB, matter other) (to []custody.To, accuses bool, err error) {
	if to, err = d.handlers(db, matter.DeskUnitID); err != nil || len(to) == 0 {
		return nil, false, err
	}
	accuses, err = d.worksHere(db, []uuid.UUID{matter.AgainstUnitID})
	return to, accuses, err
}

// accusedBy are the offices that a complaint is about, as far as anybody said.
func (d *Desk) accusedBy(tx *gorm.DB, c Complaint) ([]uuid.UUID, error) {
	var named []uuid.UUID
	if err := tx.Table("complaint_subject").Where("complaint_id = ?", c.ID).Order("unit_id").Pluck("unit_id", &named).Error; err != nil {
		return nil, err
	}
	people, err := d.PeopleOf(tx, c.ID)
	if err != nil {
		return nil, err
	}
	all := append(named, officesOf(people)...)
	for _, id := range all {
		if u, err := d.atlas.Unit(id); err == nil && u.Kind == region.Team && u.ParentID != nil {
			all = append(all, *u.ParentID)
		}
	}
	return append(all, d.accusedOn(c.PlaceCode, c.AccusedLevel)...), nil
}

// writtenAbout lists what lies under keys that go with a report's words: the words,
// the messages, the files, and what offices wrote about it; and apart, by office, what
// only that office and those above read.
func (d *Desk) writtenAbout(tx *gorm.DB, report uuid.UUID) (all []uuid.UUID, above map[uuid.UUID][]uuid.UUID, err error) {
	said, err := saidAbout(tx, report)
	if err != nil {
		return nil, nil, err
	}
	if all, above, err = sheetsAbout(tx, report); err != nil {
		return nil, nil, err
	}
	all = append(all, report)
	office := map[uuid.UUID]uuid.UUID{}
	owners := []uuid.UUID{report}
	for _, m := range said {
		owners = append(owners, m.ID)
		if m.Office == nil {
			all = append(all, m.ID)
		} else {
			above[*m.Office], office[m.ID] = append(above[*m.Office], m.ID), *m.Office
		}
	}
	var files []struct{ ID, OwnerID uuid.UUID }
	if err := tx.Table("evidence_file").Select("id, owner_id").Where("owner_kind IN ('report', 'message') AND owner_id IN ?", owners).Find(&files).Error; err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		if at, is := office[f.OwnerID]; is {
			above[at] = append(above[at], f.ID)
		} else {
			all = append(all, f.ID)
		}
	}
	return all, above, nil
}

// saidOf is a message, and the office that alone reads it, with those above; nil:
// whoever reads the words.
type saidOf struct {
	ID     uuid.UUID
	Office *uuid.UUID
}

// saidAbout lists what was said about a report. What an office said goes along with the
// part that it said it about, where the receipt opens it by a key of its own.
func saidAbout(tx *gorm.DB, report uuid.UUID) (all []saidOf, err error) {
	return all, tx.Table("message").Select("message.id, COALESCE(message.kept_unit_id, complaint.desk_unit_id) AS office").
		Joins("JOIN report ON report.id = message.report_id").
		Joins("LEFT JOIN complaint ON complaint.id = message.complaint_id AND message.side = ?", fromOffice).
		Where("message.report_id = ? AND (message.side = ? OR report.receipt_key IS NOT NULL)", report, fromReporter).
		Order("message.id").Find(&all).Error
}

// giveKeys gives words and messages of before, which lie under the portal's own key,
// keys of their own. The new hash of the words is told by an event.
func (d *Desk) giveKeys(tx *gorm.DB, report uuid.UUID, to []custody.To) error {
	var b sealedBlob
	err := store.One(tx.Where("owner_id = ? AND kind = 'narrative' AND recipient_kind = ?", report, custody.ToServer), &b)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && b.Generation != ownKey {
		var told Narrative
		if err := b.open(d.narrativeBox, &told); err != nil {
			return err
		}
		if err := d.replaceWords(tx, report, told, to); err != nil {
			return err
		}
	}
	var rows []messageRow
	if err := tx.Where("report_id = ? AND side = ? AND NOT keyed", report, fromReporter).Find(&rows).Error; err != nil {
		return err
	}
	for _, m := range rows {
		text, err := d.messageBox.Open(m.BodySealed, messagePlace(m.ID))
		if err != nil {
			return err
		}
		keys, err := d.shutMessage(&m, newKey(), string(text), to)
		if err != nil {
			return err
		}
		if err := tx.Model(&messageRow{}).Where("id = ?", m.ID).Updates(map[string]any{"body_sealed": m.BodySealed, "keyed": true}).Error; err != nil {
			return err
		}
		if err := d.store.InsertInto(tx, keys...); err != nil {
			return err
		}
	}
	return nil
}

// replaceWords puts words in the place of those of a report, under a new key, and
// tells their hash.
func (d *Desk) replaceWords(tx *gorm.DB, report uuid.UUID, told Narrative, to []custody.To) error {
	rows, err := d.shutWords(report, told, to)
	if err != nil {
		return err
	}
	if err := tx.Where("owner_id = ?", report).Delete(&custody.ContentKey{}).Error; err != nil {
		return err
	}
	words := rows[0].(*sealedBlob)
	err = tx.Model(&sealedBlob{}).Where("owner_id = ? AND kind = 'narrative' AND recipient_kind = ?", report, custody.ToServer).
		Updates(map[string]any{"ciphertext": words.Ciphertext, "generation": words.Generation}).Error
	if err != nil {
		return err
	}
	if err := d.store.InsertInto(tx, rows[1:]...); err != nil {
		return err
	}
	return ledger.Append(tx, ledger.OfReport, report, "words_sealed", ledger.System(), d.store.Now(), map[string]string{"content": words.hash()})
}
