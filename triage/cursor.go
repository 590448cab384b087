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
	return base64.RawURLEncoding.EncodeToString([]byte(string(p.Due) + "," + strconv.FormatInt(p.Seq, 10)))
}

// readCursor reads what String wrote; anything else is the zero place.
func readCursor(text string) place {
	plain, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return place{}
	}
	due, seq, _ := strings.Cut(string(plain), ",")
	n, err := strconv.ParseInt(seq, 10, 64)
	if err != nil || n <= 0 {
		return place{}
	}
	if due == "" {
		return place{Seq: n}
	}
	day, err := workday.Parse(due)
	if err != nil {
		return place{}
	}
	return place{Due: day, Seq: n}
}
