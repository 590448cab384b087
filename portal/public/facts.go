package public

import (
	"regexp"
	"strconv"
	"strings"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
)

// fact is one thing a notice states beside its body.
type fact struct {
	Name, Text string
	Phone      string // for a tel: link; "" otherwise
}

// facts lists what the office filled in, in the order of the kind's form.
func (f *Face) facts(r reading, k notice.Kind, fields map[string]string) []fact {
	var out []fact
	for _, field := range k.Fields {
		if value := strings.TrimSpace(fields[field.Code]); value != "" {
			out = append(out, f.fact(r, field, value))
		}
	}
	return out
}

func (f *Face) fact(r reading, field notice.Field, value string) fact {
	one := fact{Name: f.text(r, "notice.field."+field.Code), Text: value}
	switch field.Type {
	case "money":
		if fen, err := strconv.ParseInt(value, 10, 64); err == nil {
			one.Text = f.text(r, "notices.yuan", "amount", view.Yuan(fen))
		}
	case "date":
		if day, err := workday.Parse(value); err == nil {
			one.Text = view.Day(r.lang, day)
		}
	case "choice":
		one.Text = f.text(r, "notice.choice."+field.Code+"."+value)
	case "percent":
		one.Text = strings.TrimSuffix(value, "%") + "%"
	case "phone":
		one.Phone = dial(value)
	}
	return one
}

var telephone = regexp.MustCompile(`^\+?[0-9][0-9 ()\-]{2,24}$`)

// dial is a number as a telephone takes it; "" for several numbers or words.
func dial(number string) string {
	if !telephone.MatchString(number) {
		return ""
	}
	return strings.Map(func(c rune) rune {
		if strings.ContainsRune(" ()-", c) {
			return -1
		}
		return c
	}, number)
}
