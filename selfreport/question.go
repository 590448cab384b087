package selfreport

import (
	"slices"
	"unicode/utf8"

	"github.com/google/uuid"

	"minsheng/internal/privacy"
	"minsheng/internal/step"
)

// Kind is what a question is answered with; catalog key selfreport.kind.<code>.
type Kind string

// What questions are answered with.
const (
	Text   Kind = "text"   // up to 1000 characters
	Number Kind = "number" // a count
	Amount Kind = "amount" // of money, in fen
	YesNo  Kind = "yes_no"
)

// Kinds lists what questions are answered with, in the order forms show them.
func Kinds() []Kind { return []Kind{Number, Amount, YesNo, Text} }

// Adds reports whether answers of several offices can be added up.
func (k Kind) Adds() bool { return k == Number || k == Amount }

// Question is one of a schedule's questions.
type Question struct {
	ScheduleID uuid.UUID `gorm:"primaryKey"`
	N          int       `gorm:"primaryKey;autoIncrement:false"` // from 1
	Words      string    // 2 to 200 characters
	Kind       Kind
	Required   bool
}

// TableName is self_report_question.
func (Question) TableName() string { return "self_report_question" }

// Value is an answer: Words of a text, Figure of the others: a count, fen, 1 or 0
// of yes and no.
type Value struct {
	Words  string
	Figure int64
}

// Answers are those to the questions of a schedule, by their number. What was not
// answered is absent.
type Answers map[int]Value

const (
	mostQuestions = 30
	longestAnswer = 1000
	// largest is more than any office can have of anything, in fen: a thousand
	// billion yuan. Sums of a few hundred stay far below what fits.
	largest = 100_000_000_000_000
)

// tidyQuestions numbers questions and notes what is wrong with them. Those
// without words are left out.
func tidyQuestions(f *step.Form, all []Question) []Question {
	var kept []Question
	for _, q := range all {
		q.Words = f.Text("questions", q.Words, 0, 200, "selfreport_question")
		if q.Words == "" {
			continue
		}
		f.Require(utf8.RuneCountInString(q.Words) >= 2, "questions", "selfreport_question")
		f.Require(slices.Contains(Kinds(), q.Kind), "questions", "selfreport_kind")
		f.Require(!slices.ContainsFunc(kept, func(other Question) bool { return other.Words == q.Words }), "questions", "selfreport_twice")
		q.N = len(kept) + 1
		kept = append(kept, q)
	}
	f.Require(len(kept) > 0, "questions", "selfreport_no_question")
	f.Require(len(kept) <= mostQuestions, "questions", "selfreport_many_questions")
	return kept
}

// tidy keeps the answers to questions that there are, and notes what is wrong
// with them by the field q.<n>; whole also what is missing.
func (a Answers) tidy(f *step.Form, questions []Question, whole bool) Answers {
	kept := Answers{}
	for _, q := range questions {
		field := FieldOf(q.N)
		v, given := a[q.N]
		if given && q.Kind == Text {
			v.Words, v.Figure = f.Text(field, v.Words, 0, longestAnswer, "selfreport_text"), 0
			f.Require(len(privacy.Find(v.Words)) == 0, field, "selfreport_personal")
			given = v.Words != ""
		} else if given {
			v.Words = ""
			f.Require(v.Figure >= 0 && v.Figure <= largest && (q.Kind != YesNo || v.Figure <= 1), field, "selfreport_figure")
		}
		f.Require(given || !whole || !q.Required, field, "selfreport_missing")
		if given {
			kept[q.N] = v
		}
	}
	return kept
}
