package privacy

// MaskName is a name as the web shows it: 张* for two characters, 张*三 for
// three and more, compound surnames whole with the last character (欧阳*华), and
// for names with · the first character of the first part and the last of the
// last. A name it does not understand keeps its first character only.
func MaskName(name string) string { panic("contract: not built") }

// MaskID shows 4 + 4 characters of an identity number, to staff only.
func MaskID(id string) string { panic("contract: not built") }

// MaskPhone is 138****5678, to staff only.
func MaskPhone(phone string) string { panic("contract: not built") }

// Tail is the last four digits of an account or card, or "".
func Tail(account string) string { panic("contract: not built") }

// ID folds an identity number to 18 characters (15-digit ones are lengthened,
// x becomes X, width, spaces and hyphens go). form is whether it has the form of
// one; valid whether its check digit is right too (GB 11643).
func ID(text string) (id string, form, valid bool) { panic("contract: not built") }
