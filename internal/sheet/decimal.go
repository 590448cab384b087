package sheet

import (
	"strconv"
	"strings"
	"time"

	"minsheng/internal/workday"
)

// decimal is a number as it is written: ±digits × 10^shift. Amounts must not
// pass through binary fractions.
type decimal struct {
	negative bool
	digits   string // without leading zeros; "" is zero
	shift    int
}

// parseDecimal reads 12, -0.50, 1.2E+05. ok is false for anything else.
func parseDecimal(s string) (d decimal, ok bool) {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		d.negative = s[0] == '-'
		s = s[1:]
	}
	if i := strings.IndexAny(s, "eE"); i > 0 {
		n, err := strconv.Atoi(s[i+1:])
		if err != nil || n < -400 || n > 400 {
			return decimal{}, false
		}
		s, d.shift = s[:i], n
	}
	before, after, _ := strings.Cut(s, ".")
	if before+after == "" || len(s) > 400 || strings.Trim(before+after, "0123456789") != "" {
		return decimal{}, false
	}
	d.shift -= len(after)
	d.digits = strings.TrimLeft(before+after, "0")
	d.trim()
	return d, true
}

// trim drops zeros at the end.
func (d *decimal) trim() {
	short := strings.TrimRight(d.digits, "0")
	d.shift += len(d.digits) - len(short)
	d.digits = short
	if short == "" {
		d.shift, d.negative = 0, false
	}
}

// round keeps n digits, as Excel shows what it keeps in 53 bits. whole is
// whether digits left of the point were lost.
func (d *decimal) round(n int) (whole bool) {
	whole = len(d.digits)+d.shift > n
	if len(d.digits) <= n {
		return whole
	}
	up := d.digits[n] >= '5'
	d.shift += len(d.digits) - n
	kept := []byte(d.digits[:n])
	for i := n - 1; up && i >= 0; i-- {
		if up = kept[i] == '9'; up {
			kept[i] = '0'
		} else {
			kept[i]++
		}
	}
	d.digits = string(kept)
	if up {
		d.digits = "1" + d.digits
	}
	d.trim()
	return whole
}

// String writes the number without an exponent.
func (d decimal) String() string {
	if d.digits == "" {
		return "0"
	}
	sign := ""
	if d.negative {
		sign = "-"
	}
	switch point := len(d.digits) + d.shift; {
	case d.shift >= 0:
		return sign + d.digits + strings.Repeat("0", d.shift)
	case point > 0:
		return sign + d.digits[:point] + "." + d.digits[point:]
	default:
		return sign + "0." + strings.Repeat("0", -point) + d.digits
	}
}

// scaled is the number × 10^places. exact is false when something is left
// behind the point; fits is false when it is beyond 10^15.
func (d decimal) scaled(places int) (n int64, exact, fits bool) {
	shift := d.shift + places
	switch {
	case d.digits == "":
		return 0, true, true
	case shift < 0:
		return 0, false, true
	case len(d.digits)+shift > 16:
		return 0, true, false
	}
	n, err := strconv.ParseInt(d.digits+strings.Repeat("0", shift), 10, 64)
	if d.negative {
		n = -n
	}
	return n, true, err == nil && n <= maxFigure
}

// maxFigure bounds what a cell may say: ten trillion yuan in fen.
const maxFigure = 1_000_000_000_000_000

// excelDay reads a serial number as Excel's day. Excel counts a 29 February
// 1900 that never was, so days before March 1900 are not to be had.
func (d decimal) excelDay(since04 bool) (workday.Date, bool) {
	if point := len(d.digits) + d.shift; d.negative || point < 1 || point > 7 {
		return "", false
	}
	before, _, _ := strings.Cut(d.String(), ".")
	n, err := strconv.Atoi(before)
	if since04 {
		n += 1462
	}
	if err != nil || n < 61 || n > 109_575 { // 1900-03-01 to 2199-12-31
		return "", false
	}
	return workday.Date(time.Date(1899, 12, 30+n, 0, 0, 0, 0, time.UTC).Format("2006-01-02")), true
}
