package retention_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/objection"
	"minsheng/retention"
)

// However many there are, and however many are erased already, what is due is found by
// the index of its room and class.
func TestWhatIsDueIsReadAlongAnIndex(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first, _ := o.ended(11, intake.Unsubstantiated)
		o.many(first, 1000)
		against, _ := o.objected(11, objection.NotUpheld)
		o.manyObjections(against, 1000)
		for _, of := range []ledger.Subject{ledger.OfComplaint, ledger.OfObjection} {
			for _, what := range retention.Whats() {
				for _, class := range retention.Classes() {
					plan, table := o.plan(of, what, class), string(of)
					index := table + "_" + what + "_" + class
					if !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan on "+table+" ") || strings.Contains(plan, "SCAN "+table+"\n") {
						t.Errorf("%s %s %s:\n%s", table, what, class, plan)
					}
				}
			}
		}
		if got := o.due(o.keeper, retention.Words); len(got) != 122 { // of each three in fifty of those, and the first
			t.Errorf("%d due", len(got))
		}
	})
}

// many stores cases that ended long ago; nearly all are erased.
func (o *office) many(like intake.Complaint, n int) {
	o.t.Helper()
	var reports []intake.Report
	var cases []intake.Complaint
	for i := range n {
		c := like
		c.Seq, c.ID, c.ReportID, c.OwnerID = 0, uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), nil
		closed := like.ClosedAt.Add(-time.Duration(i) * time.Minute)
		c.ClosedAt = &closed
		switch i % 50 {
		case 0:
		case 1, 2:
			c.Erased = intake.NamesErased
		default:
			c.Erased = intake.WordsErased
		}
		reports = append(reports, intake.Report{ID: c.ReportID, ReceiptIndex: c.ReportID[:], Mode: c.Mode, Channel: c.Channel, PlaceCode: c.PlaceCode, PlaceName: c.PlaceName, Lang: "zh-CN", ReceivedAt: c.ReceivedAt})
		cases = append(cases, c)
	}
	o.must(o.Store.Read(bg).CreateInBatches(reports, 200).Error)
	o.must(o.Store.Read(bg).CreateInBatches(cases, 200).Error)
	o.exec("ANALYZE")
}

// manyObjections stores objections that ended long ago; nearly all are erased.
func (o *office) manyObjections(like objection.Objection, n int) {
	o.t.Helper()
	var reports []intake.Report
	var all []objection.Objection
	for i := range n {
		c := like
		c.Seq, c.ID, c.ReportID, c.OwnerID = 0, uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), nil
		closed := like.ClosedAt.Add(-time.Duration(i) * time.Minute)
		c.ClosedAt = &closed
		switch i % 50 {
		case 0:
		case 1, 2:
			c.Erased = intake.NamesErased
		default:
			c.Erased = intake.WordsErased
		}
		reports = append(reports, intake.Report{ID: c.ReportID, ReceiptIndex: c.ReportID[:], Mode: c.Mode, Channel: intake.Web, PlaceCode: c.PlaceCode, PlaceName: c.PlaceName, Lang: "zh-CN", ReceivedAt: c.ReceivedAt})
		all = append(all, c)
	}
	o.must(o.Store.Read(bg).CreateInBatches(reports, 200).Error)
	o.must(o.Store.Read(bg).CreateInBatches(all, 200).Error)
	o.exec("ANALYZE")
}

// plan is how the database goes about a page.
func (o *office) plan(of ledger.Subject, what, class string) string {
	o.t.Helper()
	statement, values, err := o.DueStatement(bg, o.keeper, of, what, class)
	o.must(err)
	return storetest.Plan(o.t, o.Store, statement, values...)
}

// What was written before there were keys of its own is destroyed as well.
func TestWordsOfBeforeAreDestroyedToo(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c, digits := o.ended(11, intake.Unsubstantiated)
		m := o.message(c)
		told, err := json.Marshal(intake.Narrative{Text: said})
		o.must(err)
		o.exec("DELETE FROM content_key")
		o.exec("UPDATE sealed_blob SET generation = 1, ciphertext = ? WHERE owner_id = ? AND kind = 'narrative'", o.keys.Box("narrative").Shut(told, "report:"+c.ReportID.String()+":narrative"), c.ReportID)
		o.exec("UPDATE message SET keyed = ?, body_sealed = ? WHERE id = ?", false, o.keys.Box("message").Shut([]byte(later), "message:"+m.String()), m)
		if now, err := o.Triage.Case(bg, o.chief, c.ID); err != nil || now.Narrative.Text != said || now.Messages[0].Text != later {
			t.Fatalf("before: %q, %v", now.Narrative.Text, err)
		}
		o.must(o.Rule(bg, o.chief, o.asked(c, retention.Words, retention.Due), true))
		o.destroyed(c, digits)
		var left []struct{ Sealed []byte }
		o.must(o.Store.Read(bg).Raw("SELECT ciphertext AS sealed FROM sealed_blob WHERE owner_id = ? UNION ALL SELECT body_sealed FROM message WHERE report_id = ?", c.ReportID, c.ReportID).Scan(&left).Error)
		for _, l := range left {
			if len(l.Sealed) > 0 {
				t.Error("sealed text is left")
			}
		}
	})
}
