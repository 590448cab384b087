package clock

import (
	"gorm.io/gorm/clause"

	"minsheng/internal/workday"
)

// Result is what became of a last day (catalog key clock.result.<code>).
type Result string

const (
	Kept     Result = "kept"     // what was owed was there by then
	Extended Result = "extended" // it was put off before it came, and so was never kept
	Missed   Result = "missed"   // it passed
)

// Results lists them, the good one first.
func Results() []Result { return []Result{Kept, Extended, Missed} }

// A clock that was extended has the days that were granted in its next round. A
// clock that took over an earlier day from another one (TakeOver) began before
// the round it replaces had ended; one that merely runs again begins after. A clock
// that was stopped before the day from which it counts never ran.
const (
	putOff = `EXISTS (SELECT 1 FROM deadline later WHERE later.subject_id = deadline.subject_id AND later.rule = deadline.rule
		AND later.round = deadline.round + 1 AND later.extends)`
	takenOver = `EXISTS (SELECT 1 FROM deadline later WHERE later.subject_id = deadline.subject_id AND later.rule = deadline.rule
		AND later.round = deadline.round + 1 AND NOT later.extends AND later.started_on < `
	wasPutOffTo = "(deadline.extends AND deadline.round > 1)"
)

// Came is the condition, in a query over the table deadline, under which a last
// day has come to a result. met is SQL that yields the instant at which what
// was owed was there, null while it is not: "deadline.met_at" where the clock
// itself tells. Lists and counts ask with it, so that a number and the list
// behind it agree.
//
// A last day has at most one result; "" asks for any. The day to which one was put off counts
// only when it is missed: what was promised once is not kept twice. A day that
// had passed when somebody put it off is missed.
func (b *Book) Came(r Result, met string, today workday.Date) clause.Expr {
	there, stopped := b.store.Day(met), b.store.Day("deadline.met_at")
	stands := "NOT " + takenOver + stopped + ") AND (deadline.met_at IS NULL OR " + stopped + " >= deadline.started_on)"
	switch r {
	case Kept:
		return clause.Expr{SQL: "(" + there + " <= deadline.due_on AND NOT " + wasPutOffTo + " AND NOT " + putOff + " AND " + stands + ")"}
	case Extended:
		return clause.Expr{SQL: "(" + putOff + " AND " + stopped + " <= deadline.due_on AND NOT " + wasPutOffTo + ")"}
	case "":
		kept, extended, missed := b.Came(Kept, met, today), b.Came(Extended, met, today), b.Came(Missed, met, today)
		return clause.Expr{SQL: "(" + kept.SQL + " OR " + extended.SQL + " OR " + missed.SQL + ")", Vars: missed.Vars}
	case Missed:
		late := there + " > deadline.due_on OR (" + met + " IS NULL AND deadline.due_on < ?)"
		return clause.Expr{
			SQL:  "(CASE WHEN " + putOff + " THEN " + stopped + " > deadline.due_on ELSE " + late + " END AND " + stands + ")",
			Vars: []any{today},
		}
	}
	return clause.Expr{SQL: "1 = 0"}
}
