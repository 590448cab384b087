package triage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
)

// Opens is what a custodian asks another to open (catalog key opening.what.<code>).
type Opens string

// A report with a name opens with it. One without has pictures that may tell what no
// name does.
const (
	OpensName     Opens = "name"     // who the reporter is, and pictures as they came
	OpensPictures Opens = "pictures" // pictures as they came
)

// How long a name stays open to who asked for it, and how long a request waits.
const (
	nameOpenFor   = 24 * time.Hour
	nameAskedDays = 7
)

// OpeningState of a request to open a name; catalog key opening.<code>.
type OpeningState string

// A request is asked, opened by a second custodian or refused, and over when its
// time has run out.
const (
	NameAsked   OpeningState = "asked"
	NameOpen    OpeningState = "open"
	NameRefused OpeningState = "refused"
	NameOver    OpeningState = "over"
)

// openingRow is a request as stored.
type openingRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ComplaintID uuid.UUID
	What        Opens
	Purpose     string
	AskedBy     uuid.UUID
	AskedAt     time.Time
	State       OpeningState
	RuledBy     *uuid.UUID
	RuledAt     *time.Time
	Until       *time.Time
	Sealed      []byte // the name, to the key of who asked; empty where pictures alone are open
}

func (openingRow) TableName() string { return "identity_opening" }

// NameOpening is a request to open a reporter's name, or pictures as they came, as
// custodians see it.
type NameOpening struct {
	ID          uuid.UUID
	ComplaintID uuid.UUID
	Number      string // of the case
	PlaceName   string
	What        Opens
	Purpose     string // one of RevealReasons
	Words       string
	Kept        intake.Kept // why there are no words: nobody rules on them unread
	State       OpeningState
	Own         bool // the officer asked
	AskedBy     string
	UnitName    string // of who asked
	AskedAt     time.Time
	RuledBy     string
	Until       time.Time // while open
}

// AskName asks a second custodian to open a reporter's name to the officer, whose
// session must hold a key that it can be sealed to. reason is one of
// RevealReasons, a colon, and 4 to 500 characters of the custodian's own words,
// which are sealed to those who keep the name. Errors: those of a step, *step.Invalid
// (reason), staff.ErrNoKey, custody.ErrAlone (nobody else could open it),
// intake.ErrOffline, step.ErrState (asked already); store.ErrNotFound when there is no
// name, or when another part of the same message is hidden from the custodian.
func (q *Queue) AskName(ctx context.Context, by staff.Officer, own *staff.Key, id uuid.UUID, reason string) error {
	return q.ask(ctx, by, own, id, OpensName, reason)
}

// AskPictures is AskName for the pictures, as they came, of a report without a name.
func (q *Queue) AskPictures(ctx context.Context, by staff.Officer, own *staff.Key, id uuid.UUID, reason string) error {
	return q.ask(ctx, by, own, id, OpensPictures, reason)
}

func (q *Queue) ask(ctx context.Context, by staff.Officer, own *staff.Key, id uuid.UUID, what Opens, reason string) error {
	purpose, why := revealReason(reason)
	if err := within("reason", why, 4, 500, "case_reason"); err != nil {
		return err
	}
	seconds, err := q.seconds(ctx, by, id)
	if err != nil {
		return err
	}
	return q.act(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.mayOpen(tx, by, c, what); err != nil {
			return err
		}
		if own == nil || own.Account() != by.ID {
			return staff.ErrNoKey
		}
		if err := q.opensHere(tx, c.ReportID); err != nil {
			return err
		}
		if seconds == 0 {
			return custody.ErrAlone
		}
		if err := hold(tx, c.ID); err != nil {
			return err
		}
		if live, err := liveOpening(tx, by, c.ID); err != nil || live.ID != uuid.Nil {
			return errors.Join(err, step.ErrState)
		}
		row := openingRow{ID: uuid.Must(uuid.NewV7()), ComplaintID: c.ID, What: what, Purpose: purpose, AskedBy: by.ID, AskedAt: q.store.Now(), State: NameAsked}
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		if err := q.intake.NoteName(tx, c.ReportID, row.ID, why); err != nil {
			return err
		}
		return q.note(tx, by, &c, what.events().asked, map[string]string{"reason": purpose})
	})
}

// openingEvents are the kinds of events that tell of a request.
type openingEvents struct{ asked, opened, refused string }

func (what Opens) events() openingEvents {
	if what == OpensPictures {
		return openingEvents{asked: "pictures_asked", opened: "pictures_opened", refused: "pictures_refused"}
	}
	return openingEvents{asked: "name_asked", opened: "identity_opened", refused: "name_refused"}
}

// seconds counts the custodians beside the officer who sit where the case lies, or
// above; 0 when the officer may not see the case.
func (q *Queue) seconds(ctx context.Context, by staff.Officer, id uuid.UUID) (int, error) {
	c, err := q.CaseIn(q.store.Read(ctx), by, id)
	if errors.Is(err, store.ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	list, err := q.staff.ColleaguesWith(ctx, q.atlas.Above(c.DeskUnitID), staff.RevealIdentity)
	return len(slices.DeleteFunc(list, func(o staff.Officer) bool { return o.ID == by.ID })), err
}

// opens is what there can be to open of a complaint.
func opens(c intake.Complaint) Opens {
	if c.Mode == intake.Anonymous {
		return OpensPictures
	}
	return OpensName
}

// mayOpen returns store.ErrNotFound unless there is a name, or pictures of a report
// without one, that the officer may ask for.
func (q *Queue) mayOpen(tx *gorm.DB, by staff.Officer, c intake.Complaint, what Opens) error {
	hidden, err := q.withheld(tx, by, c.ReportID)
	if err != nil {
		return err
	}
	there := opens(c) == what && c.Erased == "" && !hidden[c.ReportID]
	if there && what == OpensPictures {
		there, err = q.intake.OriginalsHere(tx, c.ReportID)
	}
	if err == nil && !there {
		err = store.ErrNotFound
	}
	return err
}

// opensHere returns intake.ErrOffline when a name is sealed to keys outside only.
func (q *Queue) opensHere(tx *gorm.DB, report uuid.UUID) error {
	_, err := q.intake.Offline(tx, report)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return errors.Join(err, intake.ErrOffline)
}

// liveOpening is the officer's own request on a case that is not over; the zero row
// when there is none.
func liveOpening(db *gorm.DB, by staff.Officer, complaint uuid.UUID) (r openingRow, err error) {
	err = store.One(db.Where("complaint_id = ? AND asked_by = ? AND state IN ?", complaint, by.ID, []OpeningState{NameAsked, NameOpen}), &r)
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return r, err
}

// RuleName opens a name, or pictures, to who asked for it, or refuses: a second
// custodian does, in a session of their own, which holds a key that the name is sealed
// to, and has read why it is asked for. It is sealed anew to the key of who asked, for
// 24 hours; who rules does not see it. The reporter reads when, by which office and for
// which of the reasons. Errors: store.ErrNotFound, step.ErrSamePerson, step.ErrState,
// staff.ErrNoKey (also: who asked has lost theirs), custody.ErrNotMember; ErrUnread
// with one of these two.
func (q *Queue) RuleName(ctx context.Context, by staff.Officer, own *staff.Key, opening uuid.UUID, give bool) error {
	var row openingRow
	if err := store.One(q.store.Read(ctx).Where("id = ?", opening), &row); err != nil {
		return err
	}
	return q.act(ctx, by, staff.RevealIdentity, row.ComplaintID, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.mayOpen(tx, by, c, row.What); err != nil {
			return err
		}
		if row.AskedBy == by.ID {
			return step.ErrSamePerson
		}
		if err := q.needNote(tx, by, own, row); err != nil {
			return err
		}
		if err := hold(tx, c.ID); err != nil {
			return err
		}
		now := q.store.Now()
		set := map[string]any{"state": NameRefused, "ruled_by": by.ID, "ruled_at": now}
		kinds := row.What.events()
		event, body := kinds.refused, map[string]string{"asked_by": row.AskedBy.String()}
		if give {
			sealed := []byte{}
			if row.What == OpensName {
				var err error
				if sealed, err = q.sealedFor(tx, by, own, c.ReportID, row.AskedBy); err != nil {
					return err
				}
			}
			set["state"], set["sealed"], set["until"] = NameOpen, sealed, now.Add(nameOpenFor)
			event, body["reason"] = kinds.opened, row.Purpose
		}
		done := tx.Model(&openingRow{}).Where("id = ? AND state = ? AND asked_at > ?", row.ID, NameAsked, now.AddDate(0, 0, -nameAskedDays)).Updates(set)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return step.ErrState
		}
		if give {
			if err := q.openOriginals(tx, by, own, c.ReportID, row); err != nil {
				return err
			}
		}
		return q.note(tx, by, &c, event, body)
	})
}

// needNote is ErrUnread when the session of who rules does not open why somebody asked.
func (q *Queue) needNote(tx *gorm.DB, by staff.Officer, own *staff.Key, r openingRow) error {
	by.Key = own
	_, err := q.intake.NameNote(tx, by, r.ID)
	if errors.Is(err, intake.ErrLocked) {
		err = fmt.Errorf("%w: %w", ErrUnread, err)
	}
	return err
}

// sealedFor opens a name in the officer's session and seals it to another account.
func (q *Queue) sealedFor(tx *gorm.DB, by staff.Officer, own *staff.Key, report, account uuid.UUID) ([]byte, error) {
	keys, err := q.staff.PublicKeys(tx, account)
	if err != nil {
		return nil, err
	}
	to, has := keys[account]
	if !has {
		return nil, staff.ErrNoKey
	}
	who, err := q.intake.Unseal(tx, by, own, report)
	if err != nil {
		return nil, err
	}
	return intake.ShutFor(report, who, to.Recipient)
}

// Name shows a reporter's name to the custodian who asked for it, once another has
// opened it, for 24 hours. Each look is recorded before. Errors: step.ErrState (it
// is not open to them, or no longer), staff.ErrNoKey, those of a step.
func (q *Queue) Name(ctx context.Context, by staff.Officer, own *staff.Key, id uuid.UUID) (who intake.Identity, until time.Time, err error) {
	err = q.act(ctx, by, staff.RevealIdentity, id, func(tx *gorm.DB, c intake.Complaint) error {
		if err := q.mayOpen(tx, by, c, OpensName); err != nil {
			return err
		}
		row, err := liveOpening(tx, by, c.ID)
		if err != nil {
			return err
		}
		if row.State != NameOpen || !row.Until.After(q.store.Now()) {
			return step.ErrState
		}
		if who, err = intake.ReadFor(c.ReportID, own, row.Sealed); err != nil {
			return err
		}
		until = row.Until.UTC()
		return q.looked(tx, by, c.ID, SawName)
	})
	if err != nil {
		return intake.Identity{}, time.Time{}, err
	}
	return who, until, nil
}

// EndNames takes back the names whose time has run out, with the pictures, and
// requests that nobody answered. Any replica may run it.
func (q *Queue) EndNames(ctx context.Context) error {
	now := q.store.Now()
	return q.store.Transact(ctx, func(tx *gorm.DB) error {
		over := map[string]any{"state": NameOver, "sealed": nil}
		err := tx.Model(&openingRow{}).Where("state = ? AND until <= ?", NameOpen, now).Updates(over).Error
		if err != nil {
			return err
		}
		err = tx.Where("opening_id IN (SELECT id FROM identity_opening WHERE state = ?)", NameOver).Delete(&openedOriginal{}).Error
		if err != nil {
			return err
		}
		return tx.Model(&openingRow{}).Where("state = ? AND asked_at <= ?", NameAsked, now.AddDate(0, 0, -nameAskedDays)).Updates(over).Error
	})
}
