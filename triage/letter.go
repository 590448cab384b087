package triage

import (
	"strings"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/region"
	"minsheng/staff"
)

// NextLook is who looks again at what a desk decided: the next desk above, or
// other people of the same one where there is none (here).
func (q *Queue) NextLook(desk region.Unit) (unit region.Unit, here bool) {
	if above, some := q.DeskAbove(desk.ID); some {
		return above, false
	}
	return desk, true
}

// Right adds to a letter what can be asked for next, of whom and within how many
// days; kind OfDecision stands for nothing.
func (q *Queue) Right(tx *gorm.DB, c *intake.Complaint, l Letter, next intake.LetterKind) (Letter, error) {
	rule := map[intake.LetterKind]string{intake.OfReview: intake.RuleReviewAsk, intake.OfReexam: intake.RuleReexamAsk}[next]
	if rule == "" {
		return l, nil
	}
	desk, err := q.atlas.Unit(l.UnitID)
	if err != nil {
		return l, err
	}
	r, err := q.clocks.RuleOn(tx, rule, string(c.Kind), q.today())
	if err != nil {
		return l, err
	}
	unit, here := q.NextLook(desk)
	l.Next, l.NextBy, l.NextHere, l.NextDays = next, unit.Name, here, r.N
	return l, nil
}

// draw makes the letter of an approved answer.
func (q *Queue) draw(tx *gorm.DB, c *intake.Complaint, a Answer, demands []demandRow) (Letter, error) {
	everybody, err := withMerged(tx, c)
	if err != nil {
		return Letter{}, err
	}
	l := letterOf(*c, a, demands, len(everybody) > 1)
	l.Kind, l.UnitID, l.Office, l.On = intake.OfDecision, c.DeskUnitID, q.unitName(c.DeskUnitID), q.today()
	return q.Right(tx, c, l, intake.OfReview)
}

// letterOf is what an answer says, part by part. Where several people reported
// the same it leaves out what was asked for and by which words the office knows
// the case: each of them would learn of the others.
func letterOf(c intake.Complaint, a Answer, demands []demandRow, several bool) Letter {
	l := Letter{Outcome: a.Outcome}
	if c.AcceptedAt != nil {
		l.Accepted = workday.On(*c.AcceptedAt)
	}
	if !several {
		l.Matter = c.Summary
	}
	l.Parts = parts(a, demands, several)
	return l
}

func parts(a Answer, demands []demandRow, several bool) (parts []intake.LetterPart) {
	for _, f := range a.Findings {
		p := intake.LetterPart{N: f.N, Result: f.Result, Facts: f.Facts, Basis: f.Basis, Done: f.Done}
		if f.N <= len(demands) && !several {
			p.Demand = demands[f.N-1].Body
		}
		parts = append(parts, p)
	}
	return parts
}

// Findings checks an answer that takes the place of an earlier one, and returns
// its parts as a letter has them: one for each numbered demand. Where several
// people reported the same it must not name any of them. secrets come from
// SecretsOfReporters. Errors: *step.Invalid, *Leak, ErrUnread (what is demanded).
func (q *Queue) Findings(tx *gorm.DB, by staff.Officer, c *intake.Complaint, a Answer, s Secrets) (Answer, []intake.LetterPart, error) {
	demands, err := q.neededDemands(tx, by, c.ID)
	if err != nil {
		return a, nil, err
	}
	everybody, err := withMerged(tx, c)
	if err != nil {
		return a, nil, err
	}
	tidied, err := a.tidy(len(demands))
	if err != nil {
		return a, nil, err
	}
	return tidied, parts(tidied, demands, len(everybody) > 1), keepsApart(s, tidied)
}

// Post puts a letter under the receipts of everybody whose report is handled as
// this case, in their language, and ends the time in which they could ask for
// what it takes the place of.
func (q *Queue) Post(tx *gorm.DB, by staff.Officer, c *intake.Complaint, l Letter) (Letter, error) {
	l, err := q.intake.PutLetter(tx, *c, l)
	if err != nil {
		return l, err
	}
	everybody, err := withMerged(tx, c)
	if err != nil {
		return l, err
	}
	for _, each := range everybody {
		if err := q.clocks.Meet(tx, each.ID, intake.RuleReviewAsk, intake.RuleReexamAsk); err != nil {
			return l, err
		}
		lang, err := langOf(tx, each.ReportID)
		if err != nil {
			return l, err
		}
		if err := q.intake.Answer(tx, by, each, l.ID, q.Words(lang, l)); err != nil {
			return l, err
		}
	}
	return l, nil
}

// Words puts a letter into the words of a message (DOMAIN §14): what was found
// about each demand, on which basis, what was done, and what can be asked for.
func (q *Queue) Words(lang string, l Letter) string {
	var lines []string
	add := func(event string, pairs ...any) { lines = append(lines, q.say(lang, event, pairs...)) }
	if l.Ruling != "" {
		add(string(l.Kind) + "_" + l.Ruling)
		add("ruling_facts", "facts", l.Facts)
		add("answer_basis", "basis", l.Basis)
	}
	if l.Outcome != "" {
		add("answer", "outcome", q.say(lang, "outcome."+string(l.Outcome)))
	}
	for _, p := range l.Parts {
		add("answer_part", "n", p.N, "result", q.say(lang, "outcome."+string(p.Result)), "facts", p.Facts)
		add("answer_basis", "basis", p.Basis)
		if p.Done != "" {
			add("answer_done", "done", p.Done)
		}
	}
	return strings.Join(append(lines, q.RightWords(lang, l)), "\n")
}

// RightWords says what can be asked for after a letter, in a language.
func (q *Queue) RightWords(lang string, l Letter) string {
	event := map[intake.LetterKind]string{intake.OfReview: "may_review", intake.OfReexam: "may_reexam"}[l.Next]
	if event == "" {
		return q.say(lang, "may_nothing")
	}
	if l.NextHere {
		event += "_here"
	}
	return q.say(lang, event, "unit", l.NextBy, "n", l.NextDays)
}
