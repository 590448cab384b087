package figures

import (
	"strings"

	"gorm.io/gorm/clause"

	"minsheng/clock"
	"minsheng/intake"
	"minsheng/internal/workday"
)

// This file is where the room reads the tables of others, by name and without an
// arrow. It leans on these columns:
//
//	complaint         id, part, channel, state, outcome, place_code, town_code, kind,
//	                  desk_unit_id, merged_into, received_at, accepted_at, closed_at
//	event             subject_kind, subject_id, seq, kind ('decided'), at
//	deadline          subject_id, rule, round, due_on, met_at and what clock.Came reads
//	supervision_item  id, state, issuer_id, lead_unit_id, place_code, issued_at, closed_at
//	item_note         item_id, kind ('report'), at
//	item_complaint    item_id, complaint_id
//	verification      complaint_id, method, at
//	rating            complaint_id, letter_n, code, at
//	recovery          order_id, kind, amount_fen, confirmed_at
//	rectification_order  id, unit_id, target_id, item_id, state, closed_at
//	objection         state, place_code, closed_at
//
// What is open or hidden is read in open.go and scope.go, by the same columns.

// source is one kind of row that something is counted from.
type source struct {
	from   string // tables, with c for complaint and i for supervision_item
	where  string // further condition
	id     string // c.id or i.id
	when   string // SQL of the instant that says in which month it counts
	daily  bool   // when is a day, not an instant
	unit   string
	owing  string
	place  string
	shy    string // SQL of whether it is hidden from somebody on whose desk it lies
	counts map[Measure]clause.Expr
	fen    map[Measure]clause.Expr // how much money, of measures that have some
}

func expr(text string, vars ...any) clause.Expr { return clause.Expr{SQL: text, Vars: vars} }

func where(condition string, vars ...any) clause.Expr {
	return expr("COUNT(*) FILTER (WHERE "+condition+")", vars...)
}

// sources lists everything that is counted by office, as of a day.
func (b *Board) sources(today workday.Date) []source {
	all := []source{b.received(), b.ended(), b.answered(), b.answeredToo(), b.issued(), b.itemsEnded(), b.rated(), b.money()}
	for _, s := range Stages() {
		all = append(all, b.dated(s, today))
	}
	shyCase, shyItem := b.shy()
	for i := range all {
		all[i].shy = shyCase
		if all[i].id == "i.id" {
			all[i].shy = shyItem
		}
	}
	return all
}

// ofComplaint is a source whose rows are complaints.
func ofComplaint(s source) source {
	s.id, s.unit, s.owing, s.place = "c.id", "c.desk_unit_id", "c.desk_unit_id", "c.town_code"
	return s
}

// ofItem is a source whose rows are supervision items.
func ofItem(s source) source {
	s.id, s.unit, s.owing, s.place = "i.id", "i.issuer_id", "i.lead_unit_id", "i.place_code"
	return s
}

// ofOrder is a source whose rows are orders to put something right: they belong to
// the office that ordered and to the one that was ordered; what came of an item, to
// the item's place, and is hidden with it.
func ofOrder(s source) source {
	s.from += " LEFT JOIN supervision_item i ON i.id = o.item_id"
	s.id, s.unit, s.owing, s.place = "i.id", "o.unit_id", "o.target_id", "COALESCE(i.place_code, '')"
	return s
}

// handedIn are the complaints that stand for a message of somebody's.
const handedIn = "c.part = 1 AND c.channel <> 'check'"

// again is a complaint after another about the same village and the same kind of
// thing was closed on the same desk. Another desk's cases do not matter: who may
// not know of them must not learn of them from a number.
func (b *Board) again() string {
	return `EXISTS (SELECT 1 FROM complaint earlier WHERE earlier.desk_unit_id = c.desk_unit_id AND earlier.place_code = c.place_code
		AND earlier.kind = c.kind AND earlier.state = 'closed' AND earlier.closed_at <= c.received_at
		AND earlier.closed_at >= ` + b.Store.DaysBefore("c.received_at", 90) + `)`
}

func (b *Board) received() source {
	return ofComplaint(source{from: "complaint c", where: "true", when: "c.received_at", counts: map[Measure]clause.Expr{
		Reports:  where(handedIn),
		Matters:  expr("COUNT(*)"),
		Accepted: where("c.accepted_at IS NOT NULL"),
		Repeats:  where(b.again()),
	}})
}

func (b *Board) ended() source {
	s := ofComplaint(source{from: "complaint c", where: "true", when: "c.closed_at", counts: map[Measure]clause.Expr{
		Closed:      where("c.state = ?", intake.Closed),
		NotAccepted: where("c.state = ?", intake.NotAccepted),
		Transferred: where("c.state = ?", intake.Transferred),
		Referred:    where("c.state = ?", intake.Referred),
		Merged:      where("c.state = ?", intake.Merged),
		Withdrawn:   where("c.state = ?", intake.Withdrawn),
	}})
	for _, o := range outcomes {
		s.counts[ClosedAs(o)] = where("c.state = ? AND c.outcome = ?", intake.Closed, o)
	}
	return s
}

var outcomes = []intake.Outcome{intake.Substantiated, intake.Partly, intake.Unsubstantiated, intake.Unverifiable}

// firstAnswer are the events by which a complaint was decided for the first
// time: the answer lies under the receipt from then on.
const firstAnswer = `e.kind = 'decided' AND e.subject_kind = 'complaint' AND NOT EXISTS (SELECT 1 FROM event before
	WHERE before.subject_kind = 'complaint' AND before.subject_id = e.subject_id AND before.kind = 'decided' AND before.seq < e.seq)`

func (b *Board) answered() source {
	return ofComplaint(source{from: "event e JOIN complaint c ON c.id = e.subject_id", where: firstAnswer, when: "e.at", counts: map[Measure]clause.Expr{
		Answered:        expr("COUNT(*)"),
		AnsweredReports: where(handedIn),
		AnswerDays:      expr("COALESCE(SUM(" + b.Store.DaysFrom("c.received_at", "e.at") + "), 0)"),
	}})
}

// answeredToo are the messages that were merged into what was answered: their
// reporters read the same answer.
func (b *Board) answeredToo() source {
	return ofComplaint(source{from: "event e JOIN complaint c ON c.merged_into = e.subject_id AND c.state = 'merged'", where: firstAnswer, when: "e.at",
		counts: map[Measure]clause.Expr{AnsweredReports: where(handedIn)}})
}

// dated counts the last days of a stage. Nothing was owed to who withdrew; what
// was merged is owed by the one it was merged into; a cancelled item is owed by
// nobody.
func (b *Board) dated(s Stage, today workday.Date) source {
	met := "deadline.met_at"
	var from source
	switch {
	case s.OfOrders():
		from = ofOrder(source{from: "deadline JOIN rectification_order o ON o.id = deadline.subject_id", where: "true"})
	case s.OfItems():
		from = ofItem(source{from: "deadline JOIN supervision_item i ON i.id = deadline.subject_id", where: "i.state <> 'cancelled'"})
	default:
		from = ofComplaint(source{from: "deadline JOIN complaint c ON c.id = deadline.subject_id", where: "c.state NOT IN ('withdrawn', 'merged')"})
	}
	if s == StageDue {
		met = reported
	}
	from.when, from.daily = "deadline.due_on", true
	from.where += " AND deadline.rule IN ('" + strings.Join(s.Rules(), "', '") + "')"
	from.counts = map[Measure]clause.Expr{}
	for _, r := range clock.Results() {
		came := b.Clocks.Came(r, met, today)
		from.counts[s.Came(r)] = where(came.SQL, came.Vars...)
	}
	return from
}

// reported is when the unit handed in the report that stands: one that was
// returned to it does not.
const reported = `(CASE WHEN i.state IN ('reported', 'reviewed', 'struck_off')
	THEN (SELECT MAX(handed.at) FROM item_note handed WHERE handed.item_id = i.id AND handed.kind = 'report') END)`

func (b *Board) issued() source {
	return ofItem(source{from: "supervision_item i", where: "true", when: "i.issued_at", counts: map[Measure]clause.Expr{Issued: expr("COUNT(*)")}})
}

// lookedAt is a check on the spot, by the issuing office, after the report that
// stands, or an order to put right what the item is about that was struck off:
// somebody looked before it was.
const lookedAt = `(EXISTS (SELECT 1 FROM rectification_order o WHERE o.item_id = i.id AND o.state = 'struck_off' AND o.closed_at <= i.closed_at)
	OR EXISTS (SELECT 1 FROM item_complaint served JOIN verification seen ON seen.complaint_id = served.complaint_id
	WHERE served.item_id = i.id AND seen.method IN ('site_visit', 'household_visit') AND seen.at <= i.closed_at AND seen.at > ` + reported + `))`

func (b *Board) itemsEnded() source {
	return ofItem(source{from: "supervision_item i", where: "true", when: "i.closed_at", counts: map[Measure]clause.Expr{
		StruckOff: where("i.state = 'struck_off'"),
		PutRight:  where("i.state = 'struck_off' AND " + lookedAt),
		Cancelled: where("i.state = 'cancelled'"),
	}})
}

// newestRating is a rating that none of a newer letter to the same reporter stands
// for.
const newestRating = `NOT EXISTS (SELECT 1 FROM rating later WHERE later.complaint_id = r.complaint_id AND later.letter_n > r.letter_n)`

func (b *Board) rated() source {
	s := ofComplaint(source{from: "rating r JOIN complaint c ON c.id = r.complaint_id", where: newestRating, when: "r.at", counts: map[Measure]clause.Expr{}})
	for _, code := range intake.Ratings() {
		s.counts[Rated(code)] = where("r.code = ?", code)
	}
	return s
}

func (b *Board) money() source {
	s := ofOrder(source{from: "recovery r JOIN rectification_order o ON o.id = r.order_id", where: "true", when: "r.confirmed_at",
		counts: map[Measure]clause.Expr{}, fen: map[Measure]clause.Expr{}})
	for _, m := range []Measure{Recovered, Returned} {
		s.counts[m] = where("r.kind = ?", m)
		s.fen[m] = expr("CAST(COALESCE(SUM(r.amount_fen) FILTER (WHERE r.kind = ?), 0) AS bigint)", m)
	}
	return s
}
