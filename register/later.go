package register

import (
	"context"

	"github.com/google/uuid"

	"minsheng/accountability"
	"minsheng/appeal"
	"minsheng/internal/workday"
	"minsheng/rectification"
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
	// RegisterOf gives the codes of measures (catalog key accountability.code.<code>) by item.
	RegisterOf(ctx context.Context, by staff.Officer, items []uuid.UUID) (map[uuid.UUID][]string, error)
}

// CalledBack knows what reporters said when they were called.
type CalledBack interface {
	// RegisterOf gives the code of the result (catalog key rating.<code>) by
	// complaint.
	RegisterOf(ctx context.Context, by staff.Officer, complaints []uuid.UUID) (map[uuid.UUID]string, error)
}

// OfOrders is a room of rectification as the register asks it.
func OfOrders(d *rectification.Desk) Rectified { return orders{d} }

type orders struct{ *rectification.Desk }

func (o orders) RegisterOf(ctx context.Context, by staff.Officer, items []uuid.UUID) (map[uuid.UUID]Rectification, error) {
	all, err := o.Outcomes(ctx, by, items)
	out := map[uuid.UUID]Rectification{}
	for item, one := range all {
		out[item] = Rectification(one)
	}
	return out, err
}

// OfMeasures is a room of accountability as the register asks it.
func OfMeasures(d *accountability.Desk) Accounted { return measures{d} }

type measures struct{ *accountability.Desk }

func (m measures) RegisterOf(ctx context.Context, by staff.Officer, items []uuid.UUID) (map[uuid.UUID][]string, error) {
	all, err := m.CodesOf(ctx, by, items)
	out := map[uuid.UUID][]string{}
	for item, codes := range all {
		for _, code := range codes {
			out[item] = append(out[item], string(code))
		}
	}
	return out, err
}

// OfCalls is the room of what follows an answer as the register asks it.
func OfCalls(d *appeal.Desk) CalledBack { return calls{d} }

type calls struct{ *appeal.Desk }

func (c calls) RegisterOf(ctx context.Context, _ staff.Officer, complaints []uuid.UUID) (map[uuid.UUID]string, error) {
	all, err := c.Called(ctx, complaints)
	out := map[uuid.UUID]string{}
	for id, said := range all {
		out[id] = string(said)
	}
	return out, err
}
