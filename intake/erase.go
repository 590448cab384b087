package intake

import (
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/ledger"
)

// What was destroyed of a report.
const (
	NamesErased = "names"
	WordsErased = "words" // and the name
)

// Destroyed counts what an erasure took.
type Destroyed struct {
	Messages, Files int
}

// eraseBatch is how many owners of keys are asked for at once.
const eraseBatch = 500

// EraseName destroys who handed a report in, in the caller's transaction: every
// sealed copy, whoever it is sealed to, the keys of pictures as they came, and what
// custodians wrote because of them.
// Whoever calls has checked that two people decided it, and writes the event. A room
// that keeps a matter instead of a complaint notes it beside that.
func (d *Desk) EraseName(tx *gorm.DB, report uuid.UUID) error {
	if err := tx.Where("owner_id = ? AND kind = 'identity'", report).Delete(&sealedBlob{}).Error; err != nil {
		return err
	}
	if err := d.eraseOriginals(tx, report); err != nil {
		return err
	}
	if err := tx.Where("report_id = ?", report).Delete(&nameNote{}).Error; err != nil {
		return err
	}
	const still = "report_id = ? AND erased = ''"
	if err := tx.Model(&other{}).Where(still, report).Update("erased", NamesErased).Error; err != nil {
		return err
	}
	return tx.Model(&Complaint{}).Where(still, report).
		Updates(map[string]any{"erased": NamesErased, "version": gorm.Expr("version + 1")}).Error
}

// EraseWords destroys what was written about a report, beside its name: the keys of
// the words, of what was said under the receipt, and of the files. Of what has no key
// of its own, from before there were any, the sealed text goes itself. Decisions
// stay. What the portal tells of it in lists is emptied, and found by no search.
func (d *Desk) EraseWords(tx *gorm.DB, report uuid.UUID) (Destroyed, error) {
	var n Destroyed
	if err := d.EraseName(tx, report); err != nil {
		return n, err
	}
	talk, err := d.eraseTalk(tx, report)
	if err != nil {
		return n, err
	}
	n.Messages = len(talk)
	files, err := d.shelf.Destroy(tx, "report", report)
	if err != nil {
		return n, err
	}
	more, err := d.shelf.Destroy(tx, "message", talk...)
	if err != nil {
		return n, err
	}
	files = append(files, more...)
	n.Files = len(files)
	owners := append(append([]uuid.UUID{report}, talk...), files...)
	for from := 0; from < len(owners); from += eraseBatch {
		some := owners[from:min(from+eraseBatch, len(owners))]
		if err := tx.Where("owner_id IN ?", some).Delete(&custody.ContentKey{}).Error; err != nil {
			return n, err
		}
		if err := tx.Where("owner_id IN ?", some).Delete(&toldKey{}).Error; err != nil {
			return n, err
		}
	}
	old := map[string]any{"ciphertext": []byte{}, "generation": ownKey}
	if err := tx.Model(&sealedBlob{}).Where("owner_id = ? AND kind = 'narrative' AND generation <> ?", report, ownKey).Updates(old).Error; err != nil {
		return n, err
	}
	if err := tx.Model(&other{}).Where("report_id = ?", report).Update("erased", WordsErased).Error; err != nil {
		return n, err
	}
	return n, d.eraseParts(tx, report)
}

// eraseTalk empties what lies under no key of its own, and lists all messages that
// are to be destroyed: what was said, by either side.
func (d *Desk) eraseTalk(tx *gorm.DB, report uuid.UUID) (ids []uuid.UUID, err error) {
	const said = "report_id = ? AND (side = 'reporter' OR kind = 'talk')"
	if err := tx.Model(&messageRow{}).Where(said, report).Order("id").Pluck("id", &ids).Error; err != nil {
		return nil, err
	}
	return ids, tx.Table("message").Where(said+" AND NOT keyed", report).Updates(map[string]any{"body_sealed": []byte{}, "keyed": true}).Error
}

// eraseParts takes from every part of a report what was written down about it.
func (d *Desk) eraseParts(tx *gorm.DB, report uuid.UUID) error {
	var parts []Complaint
	if err := tx.Where("report_id = ?", report).Order("part").Limit(100).Find(&parts).Error; err != nil {
		return err
	}
	for _, c := range parts {
		c.Summary = ""
		set := map[string]any{"summary": "", "erased": WordsErased, "version": gorm.Expr("version + 1")}
		if err := tx.Model(&Complaint{}).Where("id = ?", c.ID).Updates(set).Error; err != nil {
			return err
		}
		if err := d.Index(tx, c); err != nil {
			return err
		}
		people, err := d.PeopleOf(tx, c.ID)
		if err != nil {
			return err
		}
		// From whom it is hidden stays: their marks are no names.
		for _, p := range people {
			if err := tx.Model(&Person{}).Where("complaint_id = ? AND id = ?", c.ID, p.ID).Update("words_sealed", d.personBox.Shut(nil, personPlace(p.ID))).Error; err != nil {
				return err
			}
		}
	}
	return nil
}

// FirstEvents are the events by which a report and what became of it came in: its
// complaints, or the matter that another room keeps.
func FirstEvents(tx *gorm.DB, report uuid.UUID, matters ...uuid.UUID) (ids []uuid.UUID, err error) {
	err = tx.Model(&ledger.Event{}).Where("seq = 1 AND (subject_kind = ? AND subject_id = ? OR subject_kind IN ? AND subject_id IN ?)",
		ledger.OfReport, report, []ledger.Subject{ledger.OfComplaint, ledger.OfObjection}, matters).Order("id").Pluck("id", &ids).Error
	return ids, err
}
