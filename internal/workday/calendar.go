package workday

// Unit is what a time limit is counted in.
type Unit string

const (
	CalendarDays Unit = "cd" // 日
	WorkingDays  Unit = "wd" // 工作日
)

// Due is the end of a time limit with what it was counted on.
type Due struct {
	On          Date
	Provisional bool   // a year whose calendar is not announced was touched
	Calendar    string // version of the calendar, kept so that "why this date?" has an answer
}

// Calendar knows which days are worked.
type Calendar struct{}

// BuiltIn returns the calendar with the official days of 2025 and 2026.
func BuiltIn() *Calendar { panic("contract: not built") }

// IsWorkday reports whether people work on d, and whether that is only
// presumed because the year's days off are not announced.
func (c *Calendar) IsWorkday(d Date) (works, provisional bool) { panic("contract: not built") }

// Limit returns the last day of a limit of n days that starts on from. The
// first day is not counted; a last day that is a day off moves to the next
// working day.
func (c *Calendar) Limit(from Date, n int, unit Unit) Due { panic("contract: not built") }

// PublicityEnd returns the last day of a period of n days that begins on start,
// both counted.
func PublicityEnd(start Date, n int) Date { panic("contract: not built") }
