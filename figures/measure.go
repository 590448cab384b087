package figures

import (
	"slices"

	"minsheng/clock"
	"minsheng/intake"
)

// Measure is one thing that is counted (catalog key figures.measure.<code>).
type Measure string

// What is counted in the month in which a message came in.
const (
	Reports  Measure = "reports"  // 件次: messages handed in; not what the office found by itself
	Matters  Measure = "matters"  // 件: a message may hold several, and the office finds some itself
	Accepted Measure = "accepted" // of those matters, taken up by now
	Repeats  Measure = "repeats"  // of those matters, for whose village and kind one was closed on the same desk within 90 days before
)

// What is counted in the month in which a matter ended.
const (
	Closed      Measure = "closed" // answered, and nothing more to be done; see ClosedAs
	NotAccepted Measure = "not_accepted"
	Transferred Measure = "transferred"
	Referred    Measure = "referred"
	Merged      Measure = "merged"
	Withdrawn   Measure = "withdrawn"
)

// What is counted in the month of the first answer.
const (
	Answered        Measure = "answered"         // 件
	AnsweredReports Measure = "answered_reports" // 件次: with those merged into what was answered
	AnswerDays      Measure = "answer_days"      // days from receipt to answer, all matters together
)

// What is counted of supervision items: in the month in which one was issued,
// or ended.
const (
	Issued    Measure = "issued"
	StruckOff Measure = "struck_off"
	// PutRight is more than struck off: an officer looked on the spot after the
	// unit had reported, or money went back to households.
	PutRight  Measure = "put_right"
	Cancelled Measure = "cancelled"
)

// Corrected is a list or a row of one that was corrected because somebody
// objected. Only the public is told: an objection is no case.
const Corrected Measure = "corrected"

// Money that orders to put right brought back, and that went back to households:
// counted, in rows and in fen, in the month in which somebody who looked confirmed
// it. Corrections are rows with a negative amount.
const (
	Recovered Measure = "recovered"
	Returned  Measure = "returned"
)

// Rated counts what reporters said of the newest answer that they rated, in the
// month in which they did.
func Rated(r intake.Rating) Measure { return "rated." + Measure(r) }

// ClosedAs counts closed matters by what they turned out to be.
func ClosedAs(o intake.Outcome) Measure { return Closed + Measure("."+o) }

// Stage is something that is owed by a last day (catalog key
// figures.stage.<code>).
type Stage string

const (
	StageAccept      Stage = "accept"      // say whether a report is taken up
	StageReply       Stage = "reply"       // answer it
	StageAcknowledge Stage = "acknowledge" // take an item over
	StageDue         Stage = "due"         // report on an item
	StagePlan        Stage = "plan"        // plan of an order
	StageRectified   Stage = "rectified"   // report on an order
)

// Stages lists them in the order of a matter's life.
func Stages() []Stage {
	return []Stage{StageAccept, StageReply, StageAcknowledge, StageDue, StagePlan, StageRectified}
}

// Rules are the time rules whose last days a stage counts.
func (s Stage) Rules() []string {
	switch s {
	case StageAccept:
		return []string{intake.RuleAccept}
	case StageReply:
		return []string{intake.RuleReply}
	case StageAcknowledge:
		return []string{"supervision_item.acknowledge"}
	case StageDue:
		return []string{"supervision_item.urgent", "supervision_item.normal", "supervision_item.complex"}
	case StagePlan:
		return []string{"rectification.plan"}
	case StageRectified:
		return []string{"rectification.report"}
	}
	return nil
}

// OfOrders reports whether it is owed by who was ordered to put something right.
func (s Stage) OfOrders() bool { return s == StagePlan || s == StageRectified }

// OfItems reports whether the lead unit of an item owes it, and not the desk.
func (s Stage) OfItems() bool { return slices.Contains([]Stage{StageAcknowledge, StageDue}, s) }

// Came counts the last days of a stage by their result, in the month in which
// they lie.
func (s Stage) Came(r clock.Result) Measure { return Measure(string(s) + "." + string(r)) }

// Count is how often, and for things that are money how much.
type Count struct{ N, Fen int64 }

// Counts are counts by what was counted. What never happened is not in them.
type Counts map[Measure]Count

// Add adds a count to those of a measure.
func (c Counts) Add(m Measure, more Count) {
	c[m] = Count{c[m].N + more.N, c[m].Fen + more.Fen}
}

// N is how often something was counted.
func (c Counts) N(m Measure) int64 { return c[m].N }

// Fen is how much money was counted.
func (c Counts) Fen(m Measure) int64 { return c[m].Fen }

// Came sums the results of a stage: all last days that came.
func (c Counts) Came(s Stage) (n int64) {
	for _, r := range clock.Results() {
		n += c.N(s.Came(r))
	}
	return n
}
