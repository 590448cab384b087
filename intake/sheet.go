package intake

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/custody"
	"minsheng/internal/seal"
	"minsheng/staff"
)

// Sheet is something that an office wrote about a report, as it is stored.
type Sheet struct {
	ID     uuid.UUID // of the row that holds it
	Place  string    // what binds it to that row, such as "verification:018f…"
	Sealed []byte    // as WriteSheet made it; empty for nothing
	Before *seal.Box // opens what was written before sheets had keys of their own
}

// sheetRow tells with which report the key of a sheet goes along.
type sheetRow struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	ReportID   uuid.UUID
	KeptUnitID *uuid.UUID // office that alone reads it, with those above; nil: whoever reads the words
	// ComplaintID is the part of the message that it is about: whoever works on the
	// desk where that part lies reads it, with those above; nil: it is about all.
	ComplaintID *uuid.UUID
}

// TableName is sheet.
func (sheetRow) TableName() string { return "sheet" }

// ownSheet begins what has a key of its own. What a box of the portal made begins
// with 24 random bytes.
var ownSheet = []byte("sheet/1\n")

// WriteSheet seals what an office writes about a report, in the caller's transaction:
// to those who read the words of the report, or to the portal itself where it keeps
// them. The caller stores what it returns in the row of that id. Whoever writes needs
// no key. Written again under the same id it takes the place of what was there.
func (d *Desk) WriteSheet(tx *gorm.DB, report uuid.UUID, id uuid.UUID, place string, plain []byte) ([]byte, error) {
	to, err := d.Keepers(tx, report, nil)
	if err != nil {
		return nil, err
	}
	return d.putSheet(tx, newKey(), sheetRow{ID: id, ReportID: report}, place, plain, to)
}

// WriteAbout is WriteSheet for what an office writes about one complaint: for an office
// and those above it alone, or, where none is named, for who works on the desk that the
// complaint lies on, and above, wherever that is by then. Another part of the same
// message may accuse just that desk, which then reads the words no more and still has
// to read its own.
func (d *Desk) WriteAbout(tx *gorm.DB, c Complaint, office *uuid.UUID, id uuid.UUID, place string, plain []byte) ([]byte, error) {
	s, to, err := d.sheetAbout(tx, c, office, id)
	if err != nil {
		return nil, err
	}
	return d.putSheet(tx, newKey(), s, place, plain, to)
}

// sheetAbout is a sheet about one complaint, and who reads it.
func (d *Desk) sheetAbout(tx *gorm.DB, c Complaint, office *uuid.UUID, id uuid.UUID) (s sheetRow, to []custody.To, err error) {
	s = sheetRow{ID: id, ReportID: c.ReportID, KeptUnitID: office}
	if office == nil {
		s.ComplaintID, office = &c.ID, &c.DeskUnitID
	}
	to, err = d.Keepers(tx, c.ReportID, office)
	return s, to, err
}

// putSheet writes a sheet under a key and for readers that the caller knows.
func (d *Desk) putSheet(tx *gorm.DB, key []byte, s sheetRow, place string, plain []byte, to []custody.To) ([]byte, error) {
	sealed, keys, err := d.shutUnder(key, s.ID, place, plain, to)
	if err != nil {
		return nil, err
	}
	if err := EraseSheets(tx, s.ID); err != nil {
		return nil, err
	}
	known := tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{"kept_unit_id", "complaint_id"})})
	if err := known.Create(&s).Error; err != nil {
		return nil, err
	}
	return append(bytes.Clone(ownSheet), sealed...), d.store.InsertInto(tx, keys...)
}

// EraseSheets destroys the keys of sheets: nobody reads them again.
func EraseSheets(tx *gorm.DB, ids ...uuid.UUID) error {
	return tx.Where("owner_id IN ?", ids).Delete(&custody.ContentKey{}).Error
}

// SheetText is what a sheet says to one reader.
type SheetText struct {
	Text []byte
	Kept Kept // why there is no text
}

// ReadSheets opens sheets in the officer's session, by id. The zero Officer is the
// portal itself. Whoever calls has checked that the officer may read them.
func (d *Desk) ReadSheets(db *gorm.DB, by staff.Officer, sheets ...Sheet) (map[uuid.UUID]SheetText, error) {
	ids := make([]uuid.UUID, 0, len(sheets))
	for _, s := range sheets {
		if s.Keyed() {
			ids = append(ids, s.ID)
		}
	}
	keys, err := d.contents.Contents(db, by, ids...)
	if err != nil {
		return nil, err
	}
	all := make(map[uuid.UUID]SheetText, len(sheets))
	for _, s := range sheets {
		text, kept, err := s.opened(keys)
		if err != nil {
			return nil, err
		}
		all[s.ID] = SheetText{text, kept}
	}
	return all, nil
}

// ReadSheet is ReadSheets for one without which nothing can be done. Errors:
// ErrLocked with staff.ErrNoKey or custody.ErrNotMember (sealed to others),
// custody.ErrDestroyed.
func (d *Desk) ReadSheet(db *gorm.DB, by staff.Officer, s Sheet) ([]byte, error) {
	all, err := d.ReadSheets(db, by, s)
	if err != nil {
		return nil, err
	}
	switch all[s.ID].Kept {
	case Locked:
		_, err := d.contents.ContentKey(db, by, s.ID)
		return nil, fmt.Errorf("%w: %w", ErrLocked, err)
	case Erased:
		return nil, custody.ErrDestroyed
	}
	return all[s.ID].Text, nil
}

// Keyed reports whether a sheet has a key of its own: it is destroyed with EraseSheets.
func (s Sheet) Keyed() bool { return bytes.HasPrefix(s.Sealed, ownSheet) }

func (s Sheet) opened(keys map[uuid.UUID]custody.Content) ([]byte, Kept, error) {
	switch {
	case len(s.Sealed) == 0:
		return nil, "", nil
	case s.Keyed():
		return opened(keys, s.ID, s.Place, s.Sealed[len(ownSheet):], nil)
	case s.Before == nil:
		return nil, "", fmt.Errorf("intake: open %s: %w", s.Place, errNoBox)
	}
	return opened(nil, s.ID, s.Place, s.Sealed, s.Before)
}

// errNoBox means that what was written before sheets had keys is read without its box.
var errNoBox = errors.New("written before sheets had keys, and no box is given")

// sheetsAbout lists what offices wrote about a report: what whoever reads the words
// reads, and apart, by office, what only that office and those above read. Of what is
// about one complaint that is the desk it lies on now.
func sheetsAbout(tx *gorm.DB, report uuid.UUID) (all []uuid.UUID, above map[uuid.UUID][]uuid.UUID, err error) {
	var rows []struct {
		ID     uuid.UUID
		Office *uuid.UUID
	}
	err = tx.Table("sheet").Select("sheet.id, COALESCE(sheet.kept_unit_id, complaint.desk_unit_id) AS office").
		Joins("LEFT JOIN complaint ON complaint.id = sheet.complaint_id").
		Where("sheet.report_id = ?", report).Order("sheet.id").Find(&rows).Error
	if err != nil {
		return nil, nil, err
	}
	above = map[uuid.UUID][]uuid.UUID{}
	for _, r := range rows {
		if r.Office == nil {
			all = append(all, r.ID)
		} else {
			above[*r.Office] = append(above[*r.Office], r.ID)
		}
	}
	return all, above, nil
}
