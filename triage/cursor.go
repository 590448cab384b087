package triage

import (
	"encoding/base64"
	"strconv"
	"strings"

	"minsheng/intake"
	"minsheng/internal/workday"
)

// place is a position in a list: the last row that was shown. The zero place
// is before the first.
type place struct {
	Due workday.Date // "" for a row without a last day
	Seq int64
	At  int64 // of a list by period: what it goes by, Unix microseconds; else 0
}

func cursorAfter(c intake.Complaint) place {
	p := place{Seq: c.Seq}
	if c.DueOn != nil {
		p.Due = *c.DueOn
	}
	return p
}

// String writes the place for an address. It is not secret: everything in it
// stood on the page.
func (p place) String() string {
	text := string(p.Due) + "," + strconv.FormatInt(p.Seq, 10)
	if p.At != 0 {
		text += "," + strconv.FormatInt(p.At, 10)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// readCursor reads what String wrote; anything else is the zero place.
func readCursor(text string) place {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return place{}
	}
	due, rest, _ := strings.Cut(string(plain), ",")
	seq, at, _ := strings.Cut(rest, ",")
	p := place{Due: workday.Date(due)}
	if p.Seq, err = strconv.ParseInt(seq, 10, 64); err != nil || p.Seq <= 0 {
		return place{}
	}
	if p.At, err = strconv.ParseInt(at, 10, 64); err != nil && at != "" {
		return place{}
	}
	if _, err := workday.Parse(due); err != nil && due != "" {
		return place{}
	}
	return p
}
