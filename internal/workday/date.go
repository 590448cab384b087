package workday

import "time"

// Shanghai is the only time zone in which the portal's days begin and end:
// UTC+8, without daylight saving.
var Shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

// Date is a civil day in Shanghai, "2006-01-02". Dates compare as strings. The
// zero value is no date. It is stored as text.
type Date string

const layout = "2006-01-02"

// On returns the day in Shanghai at the instant t.
func On(t time.Time) Date { return Date(t.In(Shanghai).Format(layout)) }

// Parse accepts only real days written as 2006-01-02.
func Parse(text string) (Date, error) {
	t, err := time.Parse(layout, text)
	if err != nil {
		return "", err
	}
	return Date(t.Format(layout)), nil
}

// Time is the first instant of the day in Shanghai.
func (d Date) Time() time.Time {
	t, _ := time.ParseInLocation(layout, string(d), Shanghai)
	return t
}

// Add returns the day n days later.
func (d Date) Add(n int) Date { return Date(d.Time().AddDate(0, 0, n).Format(layout)) }

// Sub returns how many days d is after other.
func (d Date) Sub(other Date) int { return int(d.Time().Sub(other.Time()).Hours() / 24) }

// Year returns the calendar year.
func (d Date) Year() int { return d.Time().Year() }
