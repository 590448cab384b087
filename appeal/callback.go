package appeal

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/workday"
	"minsheng/staff"
)

// How somebody is called back (catalog key callback.<code>).
const (
	ByCall    = "phone"
	ByVisit   = "visit"
	ByMessage = "message" // under the receipt, asking for the rating: the way to reach who left no name
)

// Channels lists the codes in order.
func Channels() []string { return []string{ByCall, ByVisit, ByMessage} }

// Call is a call-back as an officer records it.
type Call struct {
	OnDay   workday.Date  // not before the answer, not after today; of ByMessage: today
	Channel string        // one of Channels
	Reached bool          // of ByMessage: false
	Result  intake.Rating // what the reporter says, when reached
	Words   string        // 2 to 1000 characters; none need be for ByMessage
	FormKey []byte        // files staged under it are bound
}

// callRow is a call-back as stored.
type callRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	OnDay       workday.Date
	Channel     string
	Reached     bool
	Result      intake.Rating
	WordsSealed []byte
	ByID        uuid.UUID
	At          time.Time
}

func (callRow) TableName() string { return "callback" }

// enough is how many calls that reach nobody are enough.
const enough = 3

func (c Call) tidy(answeredOn, today workday.Date) (Call, error) {
	var f step.Form
	f.Require(slices.Contains(Channels(), c.Channel), "callback", "appeal_channel")
	least := 2
	if c.Channel == ByMessage {
		c.OnDay, c.Reached, least = today, false, 0
	}
	f.Require(c.OnDay >= answeredOn && c.OnDay <= today, "on_day", "appeal_called_on")
	if !c.Reached {
		c.Result = ""
	}
	f.Require(!c.Reached || slices.Contains(intake.Ratings(), c.Result), "result", "appeal_result")
	c.Words = f.Text("words", c.Words, least, 1000, "appeal_called_words")
	return c, f.Err()
}

// CallBack records that somebody who took no part in a case asked its reporter
// what they think of the answer (step.ErrSamePerson for everybody else). Whoever
// left no name is asked by a message under the receipt. The time to call back is
// met when the reporter was reached or written to, or nobody was three times.
// That nothing is solved is work for the office above, as if the reporter had
// said so under the receipt; that all is solved closes nothing: that only the
// holder of the receipt can say. Errors: *step.Invalid, step.ErrStale,
// step.ErrState when nobody is to be called.
func (d *Desk) CallBack(ctx context.Context, by staff.Officer, id uuid.UUID, version int, call Call) error {
	return d.Triage.Act(ctx, by, staff.WorkCases, id, func(tx *gorm.DB, c intake.Complaint) error {
		if c.Version != version {
			return step.ErrStale
		}
		letters, err := d.Intake.Letters(tx, staff.Officer{}, c.ID)
		if err != nil {
			return err
		}
		if !answered(c) || c.DueRule != ruleCallback || len(letters) == 0 {
			return step.ErrState
		}
		took, err := d.Triage.TookPart(tx, &c)
		if err != nil {
			return err
		}
		if err := d.apart(took, by); err != nil {
			return err
		}
		call, err := call.tidy(letters[0].On, d.today())
		if err != nil {
			return err
		}
		if call.Channel != ByMessage && c.Mode == intake.Anonymous {
			return step.Bad("callback", "appeal_nameless")
		}
		if err := d.Triage.Move(tx, &c, nil); err != nil {
			return err
		}
		return d.called(tx, by, &c, letters[0].N, call)
	})
}

func (d *Desk) called(tx *gorm.DB, by staff.Officer, c *intake.Complaint, letter int, call Call) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	sealed, err := d.shut(tx, *c, nil, "callback", id, call.Words)
	if err != nil {
		return err
	}
	row := callRow{
		ID: id, ComplaintID: c.ID, OnDay: call.OnDay, Channel: call.Channel, Reached: call.Reached, Result: call.Result,
		WordsSealed: sealed, ByID: by.ID, At: d.Store.Now(),
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	files, err := d.Shelf.Bind(tx, call.FormKey, "callback", id)
	if err != nil {
		return err
	}
	done, err := d.calledEnough(tx, c, call)
	if err != nil {
		return err
	}
	if done {
		if err := d.meet(tx, c, ruleCallback); err != nil {
			return err
		}
	}
	if err := d.Triage.Note(tx, by, c, "called_back", files.Tell(map[string]string{"channel": call.Channel, "result": string(call.Result)})); err != nil {
		return err
	}
	if call.Channel == ByMessage {
		return d.Triage.Tell(tx, by, c, "callback")
	}
	if call.Result == intake.Unsolved {
		return d.openLook(tx, by.Actor(), c, letter, "callback")
	}
	return nil
}

// calledEnough reports whether nobody has to call any more.
func (d *Desk) calledEnough(tx *gorm.DB, c *intake.Complaint, call Call) (bool, error) {
	if call.Reached || call.Channel == ByMessage {
		return true, nil
	}
	var tries int64
	err := tx.Model(&callRow{}).Where("complaint_id = ?", c.ID).Count(&tries).Error
	return tries >= enough, err
}

// Called tells what the reporters of complaints said when they were last called
// and reached, by complaint. Whoever calls it has checked that the officer may see
// the complaints.
func (d *Desk) Called(ctx context.Context, complaints []uuid.UUID) (map[uuid.UUID]intake.Rating, error) {
	said := map[uuid.UUID]intake.Rating{}
	if len(complaints) == 0 {
		return said, nil
	}
	var rows []struct {
		ComplaintID uuid.UUID
		Result      intake.Rating
	}
	err := d.Store.Read(ctx).Table("callback").Select("complaint_id, result").Where("complaint_id IN ? AND reached AND result <> ''", complaints).
		Order("at, id").Scan(&rows).Error
	for _, r := range rows {
		said[r.ComplaintID] = r.Result
	}
	return said, err
}
