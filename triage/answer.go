package triage

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/paper"
	"minsheng/staff"
)

// Outcomes lists what a complaint, or one of its demands, can turn out to be.
func Outcomes() []intake.Outcome {
	return []intake.Outcome{intake.Substantiated, intake.Partly, intake.Unsubstantiated, intake.Unverifiable}
}

// tidy trims an answer and returns what is wrong with it, given how many
// demands there are. Problems stand beside the fields outcome, facts.<n>,
// basis.<n>, done.<n> and result.<n>; demands when there is none to answer.
func (a Answer) tidy(demands int) (Answer, error) {
	f := form{}
	f.require(demands > 0, "demands", "case_no_demands")
	f.require(slices.Contains(Outcomes(), a.Outcome), "outcome", "case_outcome")
	f.require(len(a.Findings) == demands, "demands", "case_every_demand")
	parts := make([]AnswerPart, len(a.Findings))
	for i, p := range a.Findings {
		p.Facts, p.Basis, p.Done = strings.TrimSpace(p.Facts), strings.TrimSpace(p.Basis), strings.TrimSpace(p.Done)
		n := "." + strconv.Itoa(i+1)
		f.require(p.N == i+1, "demands", "case_every_demand")
		f.require(slices.Contains(Outcomes(), p.Result), "result"+n, "case_outcome")
		f.check(within("facts"+n, p.Facts, 4, 2000, "case_facts"))
		f.check(within("basis"+n, p.Basis, 2, 500, "case_basis"))
		f.check(within("done"+n, p.Done, 0, 1000, "case_done"))
		parts[i] = p
	}
	a.Findings = parts
	return a, f.err()
}

// ProposeAnswer asks a second person to approve what the reporter will read:
// it needs at least one verification (two verifiers for list matters) and one
// part for each numbered demand, in order, with result, facts and basis. It must not
// say what is covered, and where reports of several people were merged, it must not
// name any of them: *Leak.
// Errors: *intake.Invalid, ErrUnread (what is demanded).
func (q *Queue) ProposeAnswer(ctx context.Context, by staff.Officer, id uuid.UUID, version int, a Answer) error {
	// Read before the transaction, so that no two connections are held at
	// once. Whoever is merged in meanwhile makes the version stale.
	s, err := q.SecretsOfReporters(ctx, by, id)
	if err != nil {
		return err
	}
	err = q.step(ctx, by, staff.WorkCases, Decide, id, version, func(tx *gorm.DB, c *intake.Complaint) error {
		tidied, _, err := q.answerFits(tx, by, c, a)
		if err != nil {
			return err
		}
		if err := keepsApart(s, tidied); err != nil {
			return err
		}
		return q.propose(tx, by, c, "decide", proposalBody{Answer: tidied})
	})
	return q.Probed(ctx, by, err, id)
}

// answerFits checks an answer, and returns the demands that it answers.
func (q *Queue) answerFits(tx *gorm.DB, by staff.Officer, c *intake.Complaint, a Answer) (Answer, []demandRow, error) {
	if err := checkedEnough(tx, c); err != nil {
		return a, nil, err
	}
	demands, err := q.neededDemands(tx, by, c.ID)
	if err != nil {
		return a, nil, err
	}
	a, err = a.tidy(len(demands))
	return a, demands, err
}

// SecretsOfReporters is what is covered of a case, and who its reporters are, when they
// are several; nothing when the officer may not work on the case anyway. It is read
// before the transaction that uses it.
func (q *Queue) SecretsOfReporters(ctx context.Context, by staff.Officer, id uuid.UUID) (s Secrets, err error) {
	db := q.store.Read(ctx)
	c, err := q.CaseIn(db, by, id)
	if errors.Is(err, store.ErrNotFound) || !by.May(staff.WorkCases) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	everybody, err := withMerged(db, &c)
	if err != nil {
		return s, err
	}
	for _, each := range everybody {
		covered, err := q.intake.Covered(ctx, by, each.ReportID)
		if err != nil {
			return s, err
		}
		if s.hidden = append(s.hidden, covered...); len(everybody) < 2 {
			continue
		}
		if err := q.addIdentity(ctx, &s, each.Mode, each.ReportID); err != nil {
			return s, err
		}
	}
	return s, nil
}

// keepsApart refuses an answer that says what is covered, or names one of several
// reporters or a phone of theirs.
func keepsApart(s Secrets, a Answer) error {
	var texts [][2]string
	for _, p := range a.Findings {
		n := "." + strconv.Itoa(p.N)
		texts = append(texts, [2]string{"facts" + n, p.Facts}, [2]string{"basis" + n, p.Basis}, [2]string{"done" + n, p.Done})
	}
	return s.Names(texts...)
}

// Names returns *Leak when texts that reporters will read, each with the name of its
// field, say what is covered of their reports or, where several read them, name one of
// them or give a phone number of theirs. Of names
// that custodians keep nothing is known here, as they are covered in what officers
// read: then no mobile number goes out, whosoever it is, and nobody by name who is
// said to have reported something.
func (s Secrets) Names(texts ...[2]string) error {
	var found []Finding
	for _, text := range texts {
		found = append(found, names(text[0], text[1], s.people)...)
		for _, phone := range s.phones {
			found = append(found, phoneIn(text[0], text[1], phone)...)
		}
		found = append(found, coveredIn(text[0], text[1], s.hidden)...)
		if s.kept {
			found = append(found, mobiles(text[0], text[1])...)
			found = append(found, speakers(text[0], text[1])...)
		}
	}
	if len(found) > 0 {
		return &Leak{found}
	}
	return nil
}

// addIdentity adds who a reporter is to what must not be said. It serves the
// check only: nobody gets to see it.
func (q *Queue) addIdentity(ctx context.Context, s *Secrets, mode intake.Mode, report uuid.UUID) error {
	if mode == intake.Anonymous {
		return nil
	}
	who, err := q.intake.Identity(ctx, report)
	if errors.Is(err, intake.ErrKept) {
		s.kept = true
		return nil
	}
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	s.people = append(s.people, who.Name)
	s.phones = append(s.phones, who.Phone)
	return err
}

// decide puts the answer under the receipts of everybody whose report is handled
// as this case, named or not. The time to answer is met; the time to call back
// begins. Whether it reached anybody is another matter: they read it, or it is
// handed over.
func (q *Queue) decide(tx *gorm.DB, by staff.Officer, c *intake.Complaint, body proposalBody) error {
	answer, demands, err := q.answerFits(tx, by, c, body.Answer)
	if err != nil {
		return err
	}
	set := map[string]any{"state": intake.Decided, "outcome": answer.Outcome, "resume_state": "", "rating": ""}
	if err := move(tx, c, set); err != nil {
		return err
	}
	if err := q.meet(tx, c); err != nil {
		return err
	}
	if _, err := q.start(tx, c, callback, q.today()); err != nil {
		return err
	}
	if err := q.note(tx, by, c, "decided", map[string]string{"outcome": string(answer.Outcome)}); err != nil {
		return err
	}
	letter, err := q.draw(tx, c, answer, demands)
	if err != nil {
		return err
	}
	matter, err := q.matter(tx, *c)
	if err != nil {
		return err
	}
	content := LetterContent(letter, matter, q.RightWords("zh-CN", letter))
	if letter.Number, err = q.Issue(tx, by, *c, paper.Draft{Kind: paper.Decision, Unit: c.DeskUnitID, DraftedBy: body.by, Content: content}); err != nil {
		return err
	}
	_, err = q.Post(tx, by, c, letter)
	return err
}

// Unanswered counts those of some complaints whose reporters have no answer yet
// and still wait for one. A complaint that was merged into another is answered
// when that one is. It asks whoever may see them, and tells nothing of them.
func (q *Queue) Unanswered(db *gorm.DB, complaints ...uuid.UUID) (int, error) {
	var n int64
	err := db.Table("complaint AS own").
		Joins("LEFT JOIN complaint lead ON lead.id = own.merged_into AND own.state = 'merged'").
		Where("own.id IN ?", complaints).
		Where("COALESCE(lead.state, own.state) NOT IN ?", []intake.State{
			intake.Decided, intake.Delivered, intake.Review, intake.Reexam, intake.Final, intake.Closed, intake.Withdrawn, intake.NotAccepted, intake.Referred, intake.Transferred,
		}).Count(&n).Error
	return int(n), err
}
