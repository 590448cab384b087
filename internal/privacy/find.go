package privacy

import "io"

// Kind of what was found; catalog key privacy.<kind>.
type Kind string

// What is looked for (DOMAIN §10).
const (
	IDNumber   Kind = "id_number" // 18 or 15 digits; a wrong check digit exempts nothing
	Mobile     Kind = "mobile"
	Landline   Kind = "landline"
	BankCard   Kind = "bank_card"
	Plate      Kind = "plate"
	HeaderWord Kind = "header_word" // a column or label that announces one of these
)

// Finding is one place in a text that must not be published.
type Finding struct {
	Kind       Kind
	Start, End int    // bytes of the text that was given
	Masked     string // what may be shown to say which place is meant
}

// Find lists what must not be published in a text, in order, without overlap.
// Full-width digits, spaces and hyphens between digits hide nothing.
func Find(text string) []Finding { panic("contract: not built") }

// Heading reports whether a column heading (or a label in front of a colon)
// announces personal numbers: 身份证, 证件号, 电话, 手机, 账号, 卡号, 开户行.
func Heading(text string) (Kind, bool) { panic("contract: not built") }

// TextOf extracts the text of an attachment: PDF by its text layer, xlsx and
// csv by their cells. read is false when there is nothing to read (a scan): then
// a person has to look. At most limit bytes of text are returned.
func TextOf(contentType string, r io.ReaderAt, size int64, limit int) (text string, read bool, err error) {
	panic("contract: not built")
}
