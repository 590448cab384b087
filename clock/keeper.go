package clock

import (
	"context"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/staff"
)

// Keeper is a room whose subjects clocks run for.
type Keeper interface {
	// Owners tells of subjects that clocks run for who owes what is due. Those
	// it leaves out are of nobody's concern: over, or hidden.
	Owners(db *gorm.DB, subjects []uuid.UUID) (map[uuid.UUID]Owner, error)
	// Moved is called in the transaction in which the last day of a running
	// clock moved. The keeper mends its own rows and writes whoever was told
	// the date before.
	Moved(tx *gorm.DB, m Move) error
}

// Escalator is a Keeper that writes down when one of its subjects goes up to an
// office above. Escalate is called in the transaction in which that happens, and
// once for each last day that was missed.
type Escalator interface {
	Escalate(tx *gorm.DB, subject, to uuid.UUID) error
}

// Discloser is a Keeper that says what an officer may know of.
type Discloser interface {
	// Disclose tells what those of the subjects are called that the officer may
	// see. The others do not exist for them.
	Disclose(ctx context.Context, by staff.Officer, subjects []uuid.UUID) (map[uuid.UUID]string, error)
}

// Owner is who owes what is due of a subject.
type Owner struct {
	Unit uuid.UUID  // office that owes it
	By   *uuid.UUID // office that asked for it and sees that it comes; nil the same
	Name string     // what the office calls the subject: a number; never a person's words
}
