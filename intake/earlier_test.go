package intake_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/staff"
)

func (o *office) tieOf(c intake.Complaint) (e intake.Earlier) {
	o.t.Helper()
	err := store.One(o.store.Read(ctx).Where("complaint_id = ?", c.ID), &e)
	if !errors.Is(err, store.ErrNotFound) {
		o.must(err)
	}
	return e
}

func (o *office) latest() (c intake.Complaint) {
	o.t.Helper()
	o.must(o.store.Read(ctx).Order("seq DESC").Take(&c).Error)
	return c
}

func TestAnEarlierReceiptTiesTwoReports(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first := o.submit(o.filled())
		before := o.complaint(o.track(first).ReportID)
		retaliation := func(change func(s *intake.Submission)) intake.Complaint {
			s := o.filled()
			s.Kind = intake.Retaliation
			change(&s)
			o.submit(s)
			return o.latest()
		}
		tie, place, err := o.TieOf(ctx, o.track(first).Token)
		o.must(err)
		if place != village || strings.Contains(tie, first.Digits) {
			t.Errorf("tie %q of %s", tie, place)
		}
		for name, c := range map[string]intake.Complaint{
			"digits":           retaliation(func(s *intake.Submission) { s.Earlier = first.Digits }),
			"digits in groups": retaliation(func(s *intake.Submission) { s.Earlier = strings.Join(first.Groups, " ") }),
			"from its page":    retaliation(func(s *intake.Submission) { s.Tie = tie }),
		} {
			e := o.tieOf(c)
			if e.EarlierReportID != before.ReportID || e.TiedBy != nil || e.AuditAt == nil || !slices.Equal(o.kinds(c), []string{"submitted", "audit_opened"}) {
				t.Errorf("%s: %+v, %v", name, e, o.kinds(c))
			}
		}
		plain := o.filled()
		plain.Earlier = first.Digits
		o.submit(plain)
		if e := o.tieOf(o.latest()); e.EarlierReportID != before.ReportID || e.AuditAt != nil {
			t.Errorf("of another kind: %+v", e)
		}
		t.Run("digits that nobody holds are not told apart", func(t *testing.T) {
			o.t = t
			unknown := o.submit(o.filled())
			o.in(func(tx *gorm.DB) error { // its receipt is one that nobody holds
				return tx.Exec("UPDATE report SET receipt_index = ? WHERE id = ?", []byte("nobody"), o.latest().ReportID).Error
			})
			if e := o.tieOf(retaliation(func(s *intake.Submission) { s.Earlier = unknown.Digits })); e.EarlierReportID != uuid.Nil {
				t.Errorf("tied %+v", e)
			}
			s := o.filled()
			s.Kind, s.Earlier = intake.Retaliation, "1234 5678"
			var odd *intake.Invalid
			if _, err := o.Submit(ctx, s); !errors.As(err, &odd) || odd.Problems["earlier"] != "earlier_odd" {
				t.Errorf("miscopied: %v", err)
			}
		})
		t.Run("a stale tie ties nothing", func(t *testing.T) {
			o.t = t
			o.pass(73 * days / 24 * 24)
			o.pass(4 * days)
			if e := o.tieOf(retaliation(func(s *intake.Submission) { s.Tie = tie })); e.EarlierReportID != uuid.Nil {
				t.Errorf("tied %+v", e)
			}
		})
		t.Run("an officer who writes it down", func(t *testing.T) {
			o.t = t
			by := o.officer(staff.Registrar)
			s := o.filled()
			s.Kind, s.Earlier, s.Channel, s.ReadBack = intake.Retaliation, first.Digits, intake.Phone, true
			_, err := o.Enter(ctx, by, s)
			o.must(err)
			if e := o.tieOf(o.latest()); e.TiedBy == nil || *e.TiedBy != by.ID || e.AuditAt == nil {
				t.Errorf("tied %+v", e)
			}
		})
		t.Run("the digits are stored nowhere", func(t *testing.T) {
			o.t = t
			if bytes.Contains(everythingStored(t, o), []byte(first.Digits)) {
				t.Error("they are in the database")
			}
		})
	})
}

// The reporter learns that an audit is open, and how it ended, and nothing else of
// it.
func TestTheReporterSeesTheAudit(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first := o.submit(o.filled())
		s := o.filled()
		s.Kind, s.Earlier = intake.Retaliation, first.Digits
		r := o.submit(s)
		if got := o.track(r).Matters[0].Audit; got != "open" {
			t.Errorf("the page says %q", got)
		}
		if got := o.track(first).Matters[0].Audit; got != "" {
			t.Errorf("the earlier page says %q", got)
		}
		o.in(func(tx *gorm.DB) error {
			c := o.complaint(o.track(r).ReportID)
			for i, want := range []bool{true, false} {
				ended, err := o.EndAudit(tx, c.ID, intake.FoundSuspicious)
				if err != nil || ended != want {
					t.Errorf("end %d: %v, %v", i, ended, err)
				}
			}
			return nil
		})
		if got := o.track(r).Matters[0].Audit; got != intake.FoundSuspicious {
			t.Errorf("the page says %q", got)
		}
	})
}
