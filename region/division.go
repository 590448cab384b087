package region

import (
	"context"
	"strings"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// Level of a division or of an office.
type Level string

const (
	City    Level = "city"
	County  Level = "county"
	Town    Level = "town"
	Village Level = "village"
)

// rank orders levels: a desk must stand on a higher one than whom it judges.
func (l Level) rank() int {
	switch l {
	case City:
		return 4
	case County:
		return 3
	case Town:
		return 2
	case Village:
		return 1
	}
	return 0
}

// Division is a place: "211122111215 二创村".
type Division struct {
	Code          string `gorm:"primaryKey"`
	Name          string
	FullName      string
	Level         Level
	ParentCode    *string
	Pinyin        string
	Initials      string
	ValidFrom     workday.Date
	ValidTo       *workday.Date // last day on which the code was in use
	SuccessorCode *string
}

// TableName is division.
func (Division) TableName() string { return "division" }

// ValidOn reports whether the code was in use on that day.
func (d Division) ValidOn(day workday.Date) bool { return within(day, d.ValidFrom, d.ValidTo) }

func within(day, from workday.Date, to *workday.Date) bool {
	return from <= day && (to == nil || day <= *to)
}

// TownCode and CountyCode cut a 12-digit code down to the town's and county's.
func TownCode(code string) string   { return code[:9] + "000" }
func CountyCode(code string) string { return code[:6] + "000000" }

func cityCode(code string) string { return code[:4] + "00000000" }

// wellFormed reports whether code is 12 digits.
func wellFormed(code string) bool {
	return len(code) == 12 && strings.Trim(code, "0123456789") == ""
}

// levelOf is the level that a 12-digit code is built for.
func levelOf(code string) Level {
	switch {
	case code[9:] != "000":
		return Village
	case code[6:9] != "000":
		return Town
	case code[4:6] != "00":
		return County
	}
	return City
}

// parentOf is the code right above code, "" for a city.
func parentOf(code string) string {
	switch levelOf(code) {
	case Village:
		return TownCode(code)
	case Town:
		return CountyCode(code)
	case County:
		return cityCode(code)
	}
	return ""
}

// Division returns the place with that code, also one that is no longer in
// use, or store.ErrNotFound.
func (a *Atlas) Division(ctx context.Context, code string) (Division, error) {
	s := a.now()
	if d, known := s.divisions[code]; known {
		return d, nil
	}
	// A village asked for once is asked for again: each report names one.
	if d, known := s.villages.Load(code); known {
		return d.(Division), nil
	}
	var d Division
	err := store.One(a.store.Read(ctx).Where("code = ?", code), &d)
	if err == nil {
		s.villages.Store(code, d)
	}
	return d, err
}

// Children lists the places right below code that are valid today, by code.
func (a *Atlas) Children(ctx context.Context, code string) ([]Division, error) {
	var below []Division
	today := a.today()
	err := a.store.Read(ctx).
		Where("parent_code = ?", code).
		Where("valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)", today, today).
		Order("code").Limit(1000).Find(&below).Error
	return below, err
}

func (a *Atlas) today() workday.Date { return workday.On(a.store.Now()) }
