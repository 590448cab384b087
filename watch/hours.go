package watch

import (
	"errors"
	"strings"
	"time"

	"minsheng/internal/workday"
)

// Hours are when people are at work, as times since midnight in Shanghai: From
// belongs to them, To does not.
type Hours struct{ From, To time.Duration }

var ordinaryHours = Hours{8*time.Hour + 30*time.Minute, 17*time.Hour + 30*time.Minute}

// ErrHours means that a text is no hours such as 08:30-17:30.
var ErrHours = errors.New("watch: say hours as 08:30-17:30")

// ParseHours reads 08:30-17:30; a day ends at 24:00.
func ParseHours(text string) (Hours, error) {
	from, to, ok := strings.Cut(text, "-")
	if !ok {
		return Hours{}, ErrHours
	}
	h := Hours{}
	var err error
	if h.From, err = sinceMidnight(from); err != nil {
		return Hours{}, err
	}
	if h.To, err = sinceMidnight(to); err != nil {
		return Hours{}, err
	}
	if h.From >= h.To {
		return Hours{}, ErrHours
	}
	return h, nil
}

func sinceMidnight(text string) (time.Duration, error) {
	if text == "24:00" {
		return 24 * time.Hour, nil
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return 0, ErrHours
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// Open reports whether people are at work at an instant: within the hours of a
// working day.
func (h Hours) Open(at time.Time, c *workday.Calendar) bool {
	day := workday.On(at)
	works, _ := c.IsWorkday(day)
	since := at.Sub(day.Time())
	return works && h.From <= since && since < h.To
}
