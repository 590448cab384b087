package inspection

import (
	"testing"

	"github.com/google/uuid"

	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// papers lists the papers of an inspection that somebody may open, by kind.
func (o *office) papers(by staff.Officer, id uuid.UUID) map[paper.Kind]paper.Paper {
	o.t.Helper()
	all, err := o.Papers.Of(bg, o.lead, ledger.OfInspection, id)
	o.must(err)
	found := map[paper.Kind]paper.Paper{}
	for _, p := range all {
		if _, _, err := o.Papers.Open(bg, by, p.ID); err == nil {
			found[p.Kind] = p
		}
	}
	return found
}

// Telling the office drafts the notice, issuing the findings the report: whoever
// writes it is the team, and who issues may sign.
func TestAnInspectionWritesItsPapers(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		told := o.announced()
		notice := o.papers(o.boss, told)[paper.InspectionNotice]
		if notice.State != paper.Drafted || len(o.papers(o.town, told)) != 0 {
			t.Errorf("the notice is %q, the town reads %v", notice.State, o.papers(o.town, told))
		}
		_, err := o.Papers.Sign(bg, o.boss, notice.ID, notice.Version)
		o.must(err)
		_, said, err := o.Papers.Open(bg, o.town, notice.ID)
		if err != nil || said.Fields["主送单位"] != tianshui || said.Fields["组长"] != o.lead.Name {
			t.Errorf("the town reads %v, %v", said.Fields, err)
		}

		id := o.issued()
		report := o.papers(o.boss, id)[paper.InspectionReport]
		if report.State != paper.Drafted || report.DraftedBy != o.lead.ID || len(o.papers(o.town, id)) != 0 {
			t.Errorf("the report is %+v, the town reads %v", report, o.papers(o.town, id))
		}
		_, said, err = o.Papers.Open(bg, o.boss, report.ID)
		o.must(err)
		if found := said.Lists["发现"]; len(found) != 1 || found[0]["单位意见"] != "无异议" || said.Fields["主送单位"] != cityDesk {
			t.Errorf("%v %v", said.Fields, found)
		}
		_, err = o.Papers.Sign(bg, o.boss, report.ID, report.Version)
		o.must(err)
		if _, some := o.papers(o.city, id)[paper.InspectionReport]; !some {
			t.Error("the office above does not read the report")
		}
	})
}
