package crosscheck

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/household"
	"minsheng/intake"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/region"
)

// The rules; catalog keys crosscheck.<rule> and crosscheck.<rule>.why.
const (
	Deceased    = "deceased"     // paid or listed after the day of death
	Cadre       = "cadre"        // paid or listed: a cadre
	CadreFamily = "cadre_family" // … of a cadre's family
	Vehicle     = "vehicle"      // … owner of a vehicle
	House       = "house"        // … owner of a house
	OneAccount  = "one_account"  // several households are paid into one account
	TwoLists    = "two_lists"    // the same name twice on a village's lists of one year
	NeverListed = "never_listed" // paid, but on no list that the village published that year
	NeverPaid   = "never_paid"   // on a roster whose days are over, but not paid that year
)

// Rules lists the rules in order; catalog keys crosscheck.<rule> and .why.
func Rules() []string {
	return append(References(), OneAccount, TwoLists, NeverListed, NeverPaid)
}

// References lists the kinds of reference sets; each is a rule, too.
func References() []string { return []string{Deceased, Cadre, CadreFamily, Vehicle, House} }

// Errors.
var (
	ErrState  = errors.New("crosscheck: already ruled on")
	ErrBusy   = errors.New("crosscheck: another check is running")
	ErrReason = errors.New("crosscheck: a reason has 4 to 200 characters")
	ErrWords  = errors.New("crosscheck: what the case says has 4 to 2000 characters")
	ErrNames  = errors.New("crosscheck: what the case says names a person")
)

// Config is what a Bench needs.
type Config struct {
	Store  *store.Store
	Keys   *seal.Keys
	Atlas  *region.Atlas
	Purse  *household.Purse
	Intake *intake.Desk
}

// Bench is where checks are run.
type Bench struct {
	Config
	running sync.Map // offices of which a check is under way in this process
}

// New returns the bench.
func New(c Config) *Bench { return &Bench{Config: c} }

// area is where an office checks: the places it answers for, by code.
type area []string

// area reads what an office answers for today.
func (b *Bench) area(ctx context.Context, unit uuid.UUID) (area, error) {
	held, err := b.Atlas.Jurisdiction(ctx, unit)
	if err != nil {
		return nil, err
	}
	var a area
	for _, d := range held[unit] {
		a = append(a, d.Code)
	}
	return a, nil
}

// within narrows a query to rows whose place (a column of village or town
// codes) lies in the area.
func (a area) within(db *gorm.DB, column string) *gorm.DB {
	if len(a) == 0 {
		return db.Where("1 = 0")
	}
	var ors []string
	var args []any
	for _, code := range a {
		from, to := span(code)
		ors = append(ors, column+" BETWEEN ? AND ?")
		args = append(args, from, to)
	}
	return db.Where("("+strings.Join(ors, " OR ")+")", args...)
}

// holds reports whether a place lies in the area. Where a person of a reference
// set lives is not always known; who they are stands beside them in a row that is.
func (a area) holds(place string) bool {
	for _, code := range a {
		if from, to := span(code); place == "" || place >= from && place <= to {
			return true
		}
	}
	return false
}

// span is the first and the last code at and below a place: whole pairs of
// digits for city and county, three for town and village.
func span(code string) (from, to string) {
	prefix := code
	for _, n := range []int{4, 6, 9} {
		if len(code) == 12 && strings.Trim(code[n:], "0") == "" {
			prefix = code[:n]
			break
		}
	}
	return prefix + strings.Repeat("0", 12-len(prefix)), prefix + strings.Repeat("9", 12-len(prefix))
}

// peopleNames reads what people with accounts are called.
func peopleNames(db *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var people []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", ids).Find(&people).Error
	for _, p := range people {
		names[p.ID] = p.Name
	}
	return names, err
}
