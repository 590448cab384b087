package triage

import (
	"slices"
	"strings"
	"unicode"
)

// phraseWeight is how much of a reporter's own wording a text may not repeat
// in one run: eight Chinese characters, five words in letters, or a mixture.
// Whoever is accused and has heard the reporter talk would recognise it.
const (
	phraseWeight = 40
	charWeight   = 5 // a Chinese character: eight of them
	wordWeight   = 8 // a word or number in letters and digits: five of them
)

// token is one character of Chinese or one run of letters and digits, with
// where it stands.
type token struct {
	text     string
	weight   int
	from, to int
}

// tokens cuts a text so that changed spaces and punctuation hide nothing.
func tokens(p plain) []token {
	var all []token
	for i := 0; i < len(p.runes); i++ {
		r := p.runes[i]
		switch {
		case unicode.Is(unicode.Han, r):
			all = append(all, token{string(r), charWeight, i, i + 1})
		case unicode.IsLetter(r) || unicode.IsNumber(r):
			start := i
			for i+1 < len(p.runes) && wordGoesOn(p.runes[i+1]) {
				i++
			}
			all = append(all, token{string(p.runes[start : i+1]), wordWeight, start, i + 1})
		}
	}
	return all
}

func wordGoesOn(r rune) bool {
	return !unicode.Is(unicode.Han, r) && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

// window is the shortest run from the i-th token on that weighs a phrase, ""
// when the text ends before.
func window(all []token, i int) (run string, n int) {
	var b strings.Builder
	weight := 0
	for n = i; n < len(all) && weight < phraseWeight; n++ {
		weight += all[n].weight
		b.WriteString(all[n].text)
		b.WriteByte(' ')
	}
	if weight < phraseWeight {
		return "", 0
	}
	return b.String(), n - i
}

// phrases finds what a text repeats of the reporter's own words. Names of
// places are everybody's words and weigh nothing.
func phrases(field, text string, reporter []string, places ...string) []Finding {
	said := map[string]bool{}
	for _, words := range reporter {
		all := lighten(tokens(plainly(words)), places)
		for i := range all {
			if run, _ := window(all, i); run != "" {
				said[run] = true
			}
		}
	}
	p := plainly(text)
	all := lighten(tokens(p), places)
	repeated := make([]bool, len(all))
	for i := range all {
		if run, n := window(all, i); run != "" && said[run] {
			for j := i; j < i+n; j++ {
				repeated[j] = true
			}
		}
	}
	return quoteRuns(field, p, all, repeated)
}

// lighten takes the weight off the names of places and of parts of them, from
// two characters on.
func lighten(all []token, places []string) []token {
	light := slices.Clone(all)
	for _, place := range places {
		name := tokens(plainly(place))
		for i := range all {
			for j := range name {
				n := 0
				for i+n < len(all) && j+n < len(name) && all[i+n].text == name[j+n].text {
					n++
				}
				for k := i; n >= 2 && k < i+n; k++ {
					light[k].weight = 0
				}
			}
		}
	}
	return light
}

func quoteRuns(field string, p plain, all []token, repeated []bool) []Finding {
	var found []Finding
	for i := 0; i < len(all); i++ {
		if !repeated[i] {
			continue
		}
		start := i
		for i+1 < len(all) && repeated[i+1] {
			i++
		}
		found = append(found, Finding{field, "phrase", p.quote(all[start].from, all[i].to)})
	}
	return found
}

// names finds people's names in a text, however they are spaced.
func names(field, text string, people []string) []Finding {
	p := plainly(text)
	all := tokens(p)
	var found []Finding
	for _, person := range people {
		name := tokens(plainly(person))
		if len(name) == 0 || len([]rune(strings.TrimSpace(person))) < 2 {
			continue
		}
		for i := 0; i+len(name) <= len(all); i++ {
			same := slices.EqualFunc(all[i:i+len(name)], name, func(a, b token) bool { return a.text == b.text })
			if same {
				found = append(found, Finding{field, "name", p.quote(all[i].from, all[i+len(name)-1].to)})
			}
		}
	}
	return found
}

// phoneIn finds the reporter's own phone number, whatever it looks like.
func phoneIn(field, text, phone string) []Finding {
	want := onlyDigits(phone)
	if len(want) < 5 {
		return nil
	}
	p := plainly(text)
	for _, n := range numbers(p) {
		if strings.Contains(n.text, want) {
			return []Finding{{field, "phone", p.quote(n.from, n.to)}}
		}
	}
	return nil
}

// mobiles finds mobile numbers, whosoever they are.
func mobiles(field, text string) []Finding {
	return slices.DeleteFunc(giveaways(field, text), func(f Finding) bool {
		return f.Reason != "phone" || !mobile.MatchString(onlyDigits(f.Words))
	})
}

func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) {
			return r
		}
		return -1
	}, string(plainly(text).runes))
}

// Secrets is what must not leave the office in a text: words, names and phones
// of reporters. Nobody can read them out of it.
type Secrets struct {
	words  []string // what the reporters wrote
	people []string // reporters and whoever checked the facts
	phones []string
	places []string // what the places are called, which may be said
	hidden []string // what is covered in what they wrote
	kept   bool     // some reporters' names are with custodians and cannot be compared
	locked bool     // some reporters' words are sealed to others and cannot be compared
}

// And is what must not leave of both.
func (s Secrets) And(o Secrets) Secrets {
	return Secrets{
		words: slices.Concat(s.words, o.words), people: slices.Concat(s.people, o.people),
		phones: slices.Concat(s.phones, o.phones), places: slices.Concat(s.places, o.places),
		hidden: slices.Concat(s.hidden, o.hidden), kept: s.kept || o.kept, locked: s.locked || o.locked,
	}
}

// Check returns *Leak when texts that are about to leave, each with the name of
// its field, could give a reporter away. The zero Secrets still finds numbers
// that are anybody's.
func (s Secrets) Check(texts ...[2]string) error {
	if found := leaks(s, texts...); len(found) > 0 {
		return &Leak{found}
	}
	return nil
}

// leaks checks the fields of a text that is about to leave, in order.
func leaks(s Secrets, fields ...[2]string) []Finding {
	var found []Finding
	for _, f := range fields {
		if s.locked && strings.TrimSpace(f[1]) != "" {
			found = append(found, Finding{f[0], "locked", ""}) // nobody compares it who cannot read
		}
		own := phrases(f[0], f[1], s.words, s.places...)
		own = append(own, names(f[0], f[1], s.people)...)
		for _, phone := range s.phones {
			own = append(own, phoneIn(f[0], f[1], phone)...)
		}
		own = append(own, coveredIn(f[0], f[1], s.hidden)...)
		if s.kept {
			own = append(own, speakers(f[0], f[1])...)
		}
		found = append(found, own...)
		for _, g := range giveaways(f[0], f[1]) {
			if !slices.Contains(found, g) {
				found = append(found, g)
			}
		}
	}
	return found
}
