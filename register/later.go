package register

import (
	"context"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/staff"
)

// Rectified knows what became of the orders to put right what an item is about.
type Rectified interface {
	// RegisterOf tells it of items that the officer may see; those without an
	// order are left out.
	RegisterOf(ctx context.Context, by staff.Officer, items []uuid.UUID) (map[uuid.UUID]Rectification, error)
}

// Rectification is what the register says of an order.
type Rectification struct {
	Unit         string // office that was ordered
	Measures     string // what it did, in its words
	RecoveredFen int64
	ReturnedFen  int64         // to households
	PassedOn     *workday.Date // looked at on the spot, and in order
}

// Accounted knows who was held to account for what an item is about.
type Accounted interface {
	// RegisterOf gives the codes of measures (catalog key measure.<code>) by item.
	RegisterOf(ctx context.Context, by staff.Officer, items []uuid.UUID) (map[uuid.UUID][]string, error)
}

// CalledBack knows what reporters said when they were called.
type CalledBack interface {
	// RegisterOf gives the code of the result (catalog key callback.<code>) by
	// complaint.
	RegisterOf(ctx context.Context, by staff.Officer, complaints []uuid.UUID) (map[uuid.UUID]string, error)
}
