package notice

import (
	"minsheng/region"
	"minsheng/roll"
)

// Kind is one of the fifteen types of notices (DOMAIN §7) with its rules.
type Kind struct {
	Code         string         // catalog keys notice.<code>, notice.<code>.hint
	Levels       []region.Level // of the office that publishes
	MinDays      int            // of publicity, both ends counted; 0: the long term
	Announcement bool           // tells a result: no objections are invited
	Personal     bool           // names people: masked on the web, gone after its days, no download
	Rule         string         // time rule of the duty to publish; "" none
	Roll         roll.Kind      // the table it needs; "" none
	Stage        roll.Stage     // the stage its publication moves the roll to; "" none
	Fields       []Field
	Basis        string // why these rules, in Chinese, for staff
}

// Field is one thing a kind asks for.
type Field struct {
	Code     string   // catalog key notice.field.<code>
	Type     string   // text, lines, whole, money, date, choice, percent
	Options  []string // of choice; catalog key notice.choice.<field>.<option>
	Required bool
	Max      int // characters
}

// Kinds lists the fifteen in the order forms show them.
func Kinds() []Kind { panic("contract: not built") }

// KindOf returns the kind of a code.
func KindOf(code string) (Kind, bool) { panic("contract: not built") }
