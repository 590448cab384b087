package triage

import (
	"context"
	"errors"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// SecretsOf gathers what must not leave the office about the reporters of
// complaints. It is read before the transaction that uses it, so that no two
// connections are held at once; who joins meanwhile makes the version stale.
// It gathers nothing for an officer who may not issue items.
func (q *Queue) SecretsOf(ctx context.Context, by staff.Officer, complaints ...uuid.UUID) (s Secrets, err error) {
	if !by.May(staff.IssueItems) {
		return s, nil
	}
	db := q.store.Read(ctx)
	for _, id := range complaints {
		var c intake.Complaint
		if err := store.One(db.Where("id = ?", id), &c); errors.Is(err, store.ErrNotFound) {
			continue
		} else if err != nil {
			return s, err
		}
		everybody, err := withMerged(db, &c)
		if err != nil {
			return s, err
		}
		for _, each := range everybody {
			if err := q.addSecrets(ctx, db, by, &s, each); err != nil {
				return s, err
			}
		}
	}
	return s, nil
}

// Probed passes err on. When it refuses a text for somebody's name or phone, it
// first writes that into the record of the complaints, for whoever typed all
// names of a village would learn from the refusal which one is the reporter's.
func (q *Queue) Probed(ctx context.Context, by staff.Officer, err error, complaints ...uuid.UUID) error {
	return q.probed(ctx, by, err, ledger.OfComplaint, complaints)
}

// ProbedReports is Probed for reports whose matter another room keeps.
func (q *Queue) ProbedReports(ctx context.Context, by staff.Officer, err error, reports ...uuid.UUID) error {
	return q.probed(ctx, by, err, ledger.OfReport, reports)
}

// probing are the reasons of findings from which something can be learned.
var probing = []string{"name", "phone", "covered"}

func (q *Queue) probed(ctx context.Context, by staff.Officer, err error, of ledger.Subject, ids []uuid.UUID) error {
	var leak *Leak
	if !errors.As(err, &leak) || !slices.ContainsFunc(leak.Findings, func(f Finding) bool { return slices.Contains(probing, f.Reason) }) {
		return err
	}
	for _, id := range ids {
		failed := q.inscribe(ctx, func(tx *gorm.DB) error {
			return ledger.Append(tx, of, id, "name_stopped", by.Actor(), q.store.Now(), nil)
		})
		if failed != nil {
			return failed // no answer without its record
		}
	}
	return err
}

func (q *Queue) addSecrets(ctx context.Context, db *gorm.DB, by staff.Officer, s *Secrets, c intake.Complaint) error {
	if err := q.addIdentity(ctx, s, c.Mode, c.ReportID); err != nil {
		return err
	}
	if _, err := q.addWords(ctx, by, s, c.ReportID); err != nil {
		return err
	}
	verifiers, err := verifiersOf(db, c.ID)
	s.people = append(s.people, verifiers...)
	s.places = append(s.places, c.PlaceName)
	return err
}

// addWords adds everything that was written about a report from outside, and
// returns what it first said.
func (q *Queue) addWords(ctx context.Context, by staff.Officer, s *Secrets, report uuid.UUID) (intake.Narrative, error) {
	told, err := q.intake.Narratives(ctx, by, report)
	if err != nil {
		return intake.Narrative{}, err
	}
	s.locked = s.locked || told[report].Kept == intake.Locked
	s.words = append(s.words, told[report].Bare().Text)
	covered, err := q.intake.Covered(ctx, by, report)
	if err != nil {
		return intake.Narrative{}, err
	}
	s.hidden = append(s.hidden, covered...)
	talk, err := q.intake.Conversation(ctx, by, report)
	for _, m := range talk {
		if !m.FromOffice {
			s.words = append(s.words, m.Bare())
			s.locked = s.locked || m.Kept == intake.Locked
		}
	}
	return told[report], err
}

// SecretsOfReports is SecretsOf for reports whose matter another room keeps,
// such as objections. A household that somebody finds missing on a list is not
// to be named either. Whoever calls has checked that the officer may see them.
func (q *Queue) SecretsOfReports(ctx context.Context, by staff.Officer, reports ...uuid.UUID) (s Secrets, err error) {
	if !by.May(staff.IssueItems) {
		return s, nil
	}
	for _, id := range reports {
		var r intake.Report
		if err := store.One(q.store.Read(ctx).Where("id = ?", id), &r); err != nil {
			return s, err
		}
		if err := q.addIdentity(ctx, &s, r.Mode, id); err != nil {
			return s, err
		}
		told, err := q.addWords(ctx, by, &s, id)
		if err != nil {
			return s, err
		}
		s.people, s.places = append(s.people, told.Bare().Who), append(s.places, r.PlaceName)
	}
	return s, nil
}
