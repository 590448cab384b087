package sheet

import "minsheng/internal/workday"

// Type is how a column is understood.
type Type string

// Types of columns.
const (
	Text     Type = "text"
	Whole    Type = "whole"    // counts: 3, 3人, 3.0
	Money    Type = "money"    // fen; 元 or 万元 by heading, cell or Column.Wan
	Day      Type = "day"      // 2026-03-05, 2026.3.5, 2026年3月5日, Excel's own
	YesNo    Type = "yes_no"   // 是 有 √ Y 已签 …
	Identity Type = "identity" // never stored as it is
	Account  Type = "account"  // never stored as it is
)

// Field is something a column can be.
type Field struct {
	Code     string // catalog key sheet.field.<code>
	Type     Type
	Names    []string // headings it is known by, folded when compared
	Required bool
	Max      int // characters of a text; 0: 100
}

// Column is one column as it is understood.
type Column struct {
	Index   int
	Heading string // both lines of a header of two, joined with a space
	Field   string // code; "" drops it
	Wan     bool   // amounts are in 万元
	Told    bool   // the sheet itself says in which unit they are
	Sure    bool   // the heading named it; otherwise guessed from a part of it
	Hidden  bool   // the office's own program does not show it; it is read all the same
	Samples []string
}

// Layout is where the table lies in a sheet and what its columns are.
type Layout struct {
	Sheet                int
	HeaderFrom, HeaderTo int // row numbers
	Columns              []Column
}

// Value is one understood cell.
type Value struct {
	Ref  string       // cell
	Raw  string       // as it stands, or as it was corrected
	Text string       // folded
	N    int64        // Whole, or Money in fen, or 1/0 of YesNo
	Day  workday.Date // of Day
}

// Record is one row of the table by field code; columns that are dropped or
// empty are absent.
type Record struct {
	Row    int
	Values map[string]Value
}

// Problem is what is wrong with one cell, or with a row (Column -1).
type Problem struct {
	Row, Column int
	Ref         string
	Field       string
	// Key is the end of the catalog key sheet.problem.<key>. Read gives required,
	// not_number, not_whole, negative, fraction (less than a fen), too_large,
	// too_long, not_day, not_yes_no, not_identity, not_account, digits_lost (a
	// number of more than 15 digits that Excel has rounded), error (#REF!),
	// formula (its result is not in the file) and merged (a number that a merged
	// cell would count for several rows). Rooms add personal, twice …
	Key string
	Raw string // what stands there; masked when it is personal
}

// Skip is a row that is not part of the table.
type Skip struct {
	Row int
	Why string // "blank", "subtotal", "note", "title"
	Raw string // its first words
}

// Summary is what a reading found.
type Summary struct {
	Records  int
	Problems int
	Hidden   int    // records in rows that the office's own program does not show
	Skips    []Skip // at most 200
	// Totals holds the figures of the last total row by field, to be compared
	// with what was added up; absent when the sheet has none.
	Totals map[string]int64
	Sums   map[string]int64
}
