package public

import (
	"crypto/rand"
	"slices"

	"minsheng/appeal"
	"minsheng/clock"
	"minsheng/intake"
	"minsheng/portal/view"
)

// letterBlock is what was decided, with what can be done about it.
type letterBlock struct {
	intake.DecisionLetter
	Right string    // what can be asked for until when; or that nothing can
	Late  string    // that it can no more, and since when
	Why   *view.Why // why that day
}

// ratingBlock asks whether an answer solved anything, or says what was said.
type ratingBlock struct {
	Part    int
	Codes   []intake.Rating
	Code    string
	Words   string
	Kept    intake.Kept // why what was said before does not stand in the field
	Once    string      // what only this form holds
	Said    string      // what stands, in words; "" nothing yet
	MayRate bool
	Look    string // what becomes of it
	Problem string
}

// askBlock is the form by which the level above is asked to look again.
type askBlock struct {
	Part    int
	Level   intake.LetterKind
	Form    string // token of the form, by which files are staged
	Text    string
	Files   []fileLine
	Problem string
	Refused string // about files
	Open    bool
}

// spoken is what somebody was saying about one matter when the page came back.
type spoken struct {
	part    int
	what    string // rate, appeal
	code    string
	words   string
	form    string
	files   []fileLine
	problem string
	refused string
}

// ending adds to a matter what was decided about it and what its reporter can say.
func (f *Face) ending(r reading, m *matter, v intake.MatterView, s *appeal.Side, said spoken) {
	if v.Repeats {
		m.Ending = f.text(r, "appeal.repeated")
	}
	if v.LeavesOn != "" {
		m.Ending = f.text(r, "track.leaving", "day", view.Day(r.lang, v.LeavesOn))
	}
	if v.Audit != "" {
		m.Audit = f.text(r, "appeal.audit."+v.Audit)
	}
	if len(v.Letters) == 0 {
		m.Answer = paragraphs(v.Answer)
		if s != nil && v.Right != nil { // answered before answers were letters
			m.Letter = &letterBlock{}
			f.right(r, m.Letter, v, *s)
		}
	} else {
		m.Letter = &letterBlock{DecisionLetter: v.Letters[0]}
		m.Before = v.Letters[1:]
	}
	if s == nil || v.Ending != "" {
		return
	}
	if m.Letter != nil {
		f.right(r, m.Letter, v, *s)
	}
	m.Rating = f.ratingOf(r, *s, said)
	m.Ask = askOf(*s, said)
	for _, a := range s.Asked {
		m.Asked = append(m.Asked, f.askedWords(r, a)...)
	}
}

// right says until when more can be asked for, of whom, and why then.
func (f *Face) right(r reading, l *letterBlock, v intake.MatterView, s appeal.Side) {
	if v.Right == nil || s.Ask == "" {
		if l.Next == "" && l.N > 0 {
			l.Right = f.text(r, "appeal.may.nothing")
		}
		return
	}
	day := view.Day(r.lang, s.Until.DueOn)
	l.Why = f.whyDate(r, s.Until)
	if s.Missed {
		l.Late = f.text(r, "appeal.late."+string(s.Ask), "day", day)
		return
	}
	key := "appeal.may." + string(s.Ask)
	if l.NextHere {
		key += "_here"
	}
	l.Right = f.text(r, key, "day", day, "unit", l.NextBy)
}

// whyDate explains the date of a deadline.
func (f *Face) whyDate(r reading, d clock.Deadline) *view.Why {
	w := f.View.Why(r.lang, view.Limit{
		Name: f.text(r, "appeal.rule."+d.Rule), From: d.StartedOn, Due: d.DueOn, N: d.N, Unit: d.DayKind,
		Basis: d.Basis, Granted: d.Extends, Provisional: d.Provisional,
	}, f.Clocks.Calendar())
	return &w
}

func (f *Face) ratingOf(r reading, s appeal.Side, said spoken) *ratingBlock {
	if s.Letter == 0 || !s.MayRate && s.Rating.Code == "" {
		return nil
	}
	b := &ratingBlock{Part: s.Part, Codes: intake.Ratings(), Code: string(s.Rating.Code), Words: s.Rating.Words, Kept: s.Rating.Kept, Once: rand.Text(), MayRate: s.MayRate}
	if s.Rating.Code != "" {
		b.Said = f.text(r, "rating."+string(s.Rating.Code))
		if s.MayRate {
			b.Said = f.text(r, "appeal.rated", "rating", b.Said, "day", view.Day(r.lang, s.Rating.Until))
		}
	}
	switch {
	case s.LookOn != nil:
		b.Look = f.text(r, "appeal.looking", "day", view.Day(r.lang, s.LookOn.DueOn))
	case s.LookedOn != "":
		b.Look = f.text(r, "appeal.looked", "day", view.Day(r.lang, s.LookedOn))
	}
	if said.what == "rate" && said.part == s.Part {
		b.Code, b.Words, b.Problem = said.code, said.words, said.problem
	}
	return b
}

func askOf(s appeal.Side, said spoken) *askBlock {
	if s.Ask == "" || s.Missed {
		return nil
	}
	b := &askBlock{Part: s.Part, Level: s.Ask}
	if said.what == "appeal" && said.part == s.Part {
		b.Form, b.Text, b.Files, b.Problem, b.Refused, b.Open = said.form, said.words, said.files, said.problem, said.refused, true
	}
	return b
}

// askedWords says what becomes of something that was asked for.
func (f *Face) askedWords(r reading, a appeal.Asked) []string {
	on := view.Day(r.lang, a.On)
	words := []string{f.text(r, "appeal.asked."+string(a.Level)+"_done", "on", on, "unit", a.Desk)}
	if a.Due != nil {
		words[0] = f.text(r, "appeal.asked."+string(a.Level), "on", on, "unit", a.Desk, "day", view.Day(r.lang, a.Due.DueOn))
	}
	for _, p := range a.Pauses {
		key := "appeal.hearing"
		if p.FirstOn == p.LastOn {
			key = "appeal.hearing_day"
		}
		words = append(words, f.text(r, key, "first", view.Day(r.lang, p.FirstOn), "last", view.Day(r.lang, p.LastOn)))
	}
	return words
}

// sideOf is what a reporter can say about one of their matters; nil nothing.
func sideOf(sides []appeal.Side, part int) *appeal.Side {
	i := slices.IndexFunc(sides, func(s appeal.Side) bool { return s.Part == part })
	if i < 0 {
		return nil
	}
	return &sides[i]
}

// finally says that a matter was decided for the last time, and how; "" when it
// was not.
func (f *Face) finally(r reading, v intake.MatterView) string {
	if len(v.Letters) == 0 || v.Ending != "" {
		return ""
	}
	last := v.Letters[0]
	if last.Kind != intake.OfReexam || last.Next != "" {
		return ""
	}
	for _, l := range v.Letters { // what was upheld says no outcome of its own
		if l.Outcome != "" {
			return f.text(r, "appeal.final", "day", view.Day(r.lang, last.On), "outcome", f.text(r, "appeal.outcome."+string(l.Outcome)))
		}
	}
	return ""
}

// about is one matter with what a form about it carries.
type about struct {
	matter
	Token, To string
}

// About is what the form of one matter, sent to an address, carries.
func (p statusPage) About(m matter, to string) about { return about{m, p.Token, p.Href(to)} }
