package intake

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"minsheng/internal/step"
)

// Limits of what may be typed, in characters.
const (
	minText   = 10
	maxText   = 5000
	maxFree   = 200 // who, when
	maxAmount = 100
	maxName   = 50
)

// Invalid says which fields of a form need fixing.
type Invalid = step.Invalid

// orNil is problems as an error, if there are any.
func orNil(problems map[string]string) error {
	if len(problems) == 0 {
		return nil
	}
	return &Invalid{Problems: problems}
}

// Submission is a filled form.
type Submission struct {
	Token        string
	PlaceCode    string // required: a village (or a town, when the village is not listed)
	Text         string // required unless files are staged: 10 to 5000 characters
	Mode         Mode   // required
	Name, Phone  string // required together unless Anonymous, which drops them
	Kind         Kind
	Who          string // ≤ 200
	AccusedLevel string // one of AccusedLevels; empty is "unknown"
	When         string // ≤ 200, free words: 去年腊月
	Amount       string // ≤ 100, free words
	Channel      Channel
	Lang         string
	ReadBack     bool    // entry by staff: the text was read back and confirmed
	Earlier      string  // digits of the receipt of an earlier report, as typed; kept nowhere
	Tie          string  // the same, sealed by TieOf
	About        []About // what the form was opened from: the first five that have the form of a reference
}

// tidied is the submission as it will be stored: composed, without control
// characters, and without a name where none was to be left.
func (s Submission) tidied() Submission {
	s.Text, s.Who, s.When, s.Amount = tidy(s.Text), tidy(s.Who), tidy(s.When), tidy(s.Amount)
	s.Name, s.Phone = tidy(s.Name), plainPhone(s.Phone)
	s.PlaceCode = strings.TrimSpace(s.PlaceCode)
	if s.Mode == Anonymous {
		s.Name, s.Phone = "", ""
	}
	if s.AccusedLevel == "" {
		s.AccusedLevel = "unknown"
	}
	if s.Lang != "en" {
		s.Lang = "zh-CN"
	}
	s.About = references(s.About)
	return s
}

// problems checks everything that needs no look into the database. Nothing is
// ever refused for the words it uses.
func (s Submission) problems() map[string]string {
	found := map[string]string{}
	if s.PlaceCode == "" {
		found["place"] = "place_missing"
	}
	if utf8.RuneCountInString(s.Text) > maxText {
		found["text"] = "text_long"
	}
	switch s.Mode {
	case Anonymous:
	case Named, Confidential:
		s.whoProblems(found)
	default:
		found["mode"] = "mode_missing"
	}
	if !s.Kind.known() {
		found["kind"] = "kind_unknown"
	}
	if !slices.Contains(AccusedLevels(), s.AccusedLevel) {
		found["accused"] = "accused_unknown"
	}
	if s.Tie == "" && oddReceipt(strings.TrimSpace(s.Earlier)) {
		found["earlier"] = "earlier_odd"
	}
	tooLong(found, "who", s.Who, maxFree)
	tooLong(found, "when", s.When, maxFree)
	tooLong(found, "amount", s.Amount, maxAmount)
	return found
}

func (s Submission) whoProblems(found map[string]string) {
	if s.Name == "" {
		found["name"] = "name_missing"
	}
	tooLong(found, "name", s.Name, maxName)
	switch {
	case s.Phone == "":
		found["phone"] = "phone_missing"
	case !phone.MatchString(s.Phone):
		found["phone"] = "phone_odd"
	}
}

func tooLong(found map[string]string, field, text string, most int) {
	if utf8.RuneCountInString(text) > most {
		found[field] = field + "_long"
	}
}

// phone is a mobile number, or a landline with or without its area code.
var phone = regexp.MustCompile(`^(1[3-9]\d{9}|0\d{9,11}|[2-8]\d{6,7})$`)

// plainPhone folds full-width digits and drops what people put between digits,
// and the country's code before them.
func plainPhone(text string) string {
	digits := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) || r == '(' || r == ')' {
			return -1
		}
		return r
	}, norm.NFKC.String(text))
	for _, country := range []string{"+86", "0086"} {
		if rest, cut := strings.CutPrefix(digits, country); cut {
			return rest
		}
	}
	return digits
}

// tidy composes text (NFC), keeps line breaks, and removes characters that are
// no words: controls, and marks that turn the direction of writing, which can
// make a line read otherwise than it is stored.
func tidy(text string) string {
	text = norm.NFC.String(strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", " ").Replace(text)
	text = strings.Map(func(r rune) rune {
		turns := r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0xFEFF
		if turns || unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, text)
	return strings.TrimSpace(text)
}
