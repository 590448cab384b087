package triage

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// Urgencies lists how soon an item is due: 5, 15 or 30 days by the table of
// time rules (catalog key urgency.<code>).
func Urgencies() []string { return []string{"urgent", "normal", "complex"} }

const maxAssist = 10

// tidy trims an item's texts and returns what is wrong with them and with whom
// they are addressed to, given who may be addressed.
func (n NewItem) tidy(issuable []Subject) (NewItem, error) {
	f := form{}
	n.Title, n.Summary, n.Requirement = strings.TrimSpace(n.Title), strings.TrimSpace(n.Summary), strings.TrimSpace(n.Requirement)
	f.check(within("title", n.Title, 4, 100, "item_title"))
	f.check(within("summary", n.Summary, 10, 2000, "item_summary"))
	f.check(within("requirement", n.Requirement, 4, 2000, "item_requirement"))
	f.require(slices.Contains(Urgencies(), n.Urgency), "urgency", "item_urgency")
	may := func(id uuid.UUID) bool {
		return slices.ContainsFunc(issuable, func(s Subject) bool { return s.UnitID == id })
	}
	f.require(may(n.Lead), "lead", "item_lead")
	var assist []uuid.UUID
	for _, id := range n.Assist {
		if id != n.Lead && !slices.Contains(assist, id) {
			assist = append(assist, id)
			f.require(may(id), "assist", "item_assist")
		}
	}
	f.require(len(assist) <= maxAssist, "assist", "item_assist")
	n.Assist = assist
	return n, f.err()
}

// check refuses a text that could give a reporter away.
func (n NewItem) check(s secrets) error {
	found := leaks(s, [2]string{"title", n.Title}, [2]string{"summary", n.Summary}, [2]string{"requirement", n.Requirement})
	if len(found) > 0 {
		return &Leak{found}
	}
	return nil
}

// Convert dockets a supervision item from a case. The text is checked against
// the reporters' phrases, names and phones: *Leak. Lead and assisting units
// must not be accused by the case, nor under command of one that is. Of two
// officers who convert the same version of a case one gets *Taken, with the
// other's name. Errors: *intake.Invalid.
func (q *Queue) Convert(ctx context.Context, by staff.Officer, id uuid.UUID, version int, n NewItem) (uuid.UUID, error) {
	s, err := q.secretsOf(ctx, by, id)
	if err != nil {
		return uuid.Nil, err
	}
	item := uuid.Nil
	err = q.act(ctx, by, staff.IssueItems, id, func(tx *gorm.DB, c intake.Complaint) error {
		if c.Version != version {
			return whoConverted(tx, c.ID, version)
		}
		if err := othersCase(tx, by, Convert, c); err != nil {
			return err
		}
		if err := q.ready(tx, Convert, c); err != nil {
			return err
		}
		issuable, err := q.issuable(tx, by.UnitID, c)
		if err != nil {
			return err
		}
		tidied, err := n.tidy(issuable)
		if err != nil {
			return err
		}
		if err := tidied.check(s); err != nil {
			return err
		}
		if err := move(tx, &c, nil); errors.Is(err, step.ErrStale) {
			return whoConverted(tx, c.ID, version)
		} else if err != nil {
			return err
		}
		item, err = q.docket(tx, by, &c, tidied)
		return err
	})
	if err != nil {
		return uuid.Nil, q.probed(ctx, by, err, id)
	}
	return item, nil
}

// whoConverted explains a version that has moved on: *Taken when it was by a
// conversion of that version, else step.ErrStale.
func whoConverted(tx *gorm.DB, complaint uuid.UUID, version int) error {
	var events []ledger.Event
	err := tx.Where("subject_kind = ? AND subject_id = ? AND kind = ?", ledger.OfComplaint, complaint, "converted").
		Order("seq DESC").Limit(20).Find(&events).Error
	if err != nil {
		return err
	}
	for _, e := range events {
		if e.Body["version"] == strconv.Itoa(version) {
			return &Taken{By: e.ActorName}
		}
	}
	return step.ErrStale
}

// docket stores the item with its units and its first complaint.
func (q *Queue) docket(tx *gorm.DB, by staff.Officer, c *intake.Complaint, n NewItem) (uuid.UUID, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return id, err
	}
	now := q.store.Now()
	item := Item{
		ID: id, IssuerID: by.UnitID, Year: q.today().Year(), Title: n.Title, Summary: n.Summary,
		Requirement: n.Requirement, Urgency: n.Urgency, State: Docketed, PlaceCode: c.PlaceCode,
		LeadUnitID: n.Lead, CreatedBy: by.ID, CreatedAt: now, Version: 1,
	}
	if err := tx.Create(&item).Error; err != nil {
		return id, err
	}
	if err := setUnits(tx, id, n); err != nil {
		return id, err
	}
	if err := tie(tx, id, c.ID); err != nil {
		return id, err
	}
	if err := q.noteItem(tx, by, id, "docketed", nil); err != nil {
		return id, err
	}
	// The version that was converted tells a second officer why it is gone.
	body := map[string]string{"item": id.String(), "version": strconv.Itoa(c.Version - 1)}
	return id, q.note(tx, by, c, "converted", body)
}

// itemUnit is an office's part in an item.
type itemUnit struct {
	ItemID uuid.UUID `gorm:"primaryKey"`
	UnitID uuid.UUID `gorm:"primaryKey"`
	Duty   string    // lead, assist
}

func (itemUnit) TableName() string { return "item_unit" }

func setUnits(tx *gorm.DB, item uuid.UUID, n NewItem) error {
	if err := tx.Where("item_id = ?", item).Delete(&itemUnit{}).Error; err != nil {
		return err
	}
	rows := []itemUnit{{item, n.Lead, "lead"}}
	for _, id := range n.Assist {
		rows = append(rows, itemUnit{item, id, "assist"})
	}
	return tx.Create(&rows).Error
}

func tie(tx *gorm.DB, item, complaint uuid.UUID) error {
	return tx.Exec("INSERT INTO item_complaint (item_id, complaint_id) VALUES (?, ?) ON CONFLICT DO NOTHING", item, complaint).Error
}

func (q *Queue) noteItem(tx *gorm.DB, by staff.Officer, item uuid.UUID, kind string, body map[string]string) error {
	return ledger.Append(tx, ledger.OfItem, item, kind, by.Actor(), q.store.Now(), body)
}

// Issuable lists the offices an item of this case may be addressed to: those
// under the own office's command, without any that the case is about and what
// they command.
func (q *Queue) Issuable(ctx context.Context, by staff.Officer, complaint uuid.UUID) ([]Subject, error) {
	db := q.store.Read(ctx)
	c, err := q.caseIn(db, by, complaint)
	if err != nil {
		return nil, err
	}
	if err := by.Require(staff.IssueItems); err != nil {
		return nil, err
	}
	return q.issuable(db, by.UnitID, c)
}

func (q *Queue) issuable(db *gorm.DB, issuer uuid.UUID, c intake.Complaint) ([]Subject, error) {
	own, err := q.atlas.Unit(issuer)
	if err != nil {
		return nil, err
	}
	if own.DocMark == "" {
		return nil, bad("issuer", "item_no_mark")
	}
	accused, err := q.accusedBy(db, c)
	if err != nil {
		return nil, err
	}
	command := q.atlas.Subtree(issuer)
	var may []Subject
	for _, u := range q.atlas.Units() {
		if u.ID != issuer && u.ValidTo == nil && slices.Contains(command, u.ID) && !slices.Contains(accused, u.ID) {
			may = append(may, Subject{u.ID, u.Name})
		}
	}
	return may, nil
}

// accusedBy lists the offices that a complaint is about with all they command:
// those an officer named, and those of the place on the level that the
// reporter ticked and below. Who ticked nothing is protected from the village.
func (q *Queue) accusedBy(db *gorm.DB, c intake.Complaint) ([]uuid.UUID, error) {
	named, err := subjectIDs(db, c.ID)
	if err != nil {
		return nil, err
	}
	levels := []region.Level{region.Village}
	switch c.AccusedLevel {
	case "town":
		levels = append(levels, region.Town)
	case "county":
		levels = append(levels, region.Town, region.County)
	}
	for _, u := range q.atlas.UnitsFor(c.PlaceCode) {
		if slices.Contains(levels, u.Level) {
			named = append(named, u.ID)
		}
	}
	var all []uuid.UUID
	for _, id := range named {
		all = append(all, q.atlas.Subtree(id)...)
	}
	return all, nil
}
