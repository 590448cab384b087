package triage

import (
	"slices"
	"testing"
	"time"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

func TestSimilarCasesAndWhy(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		by := o.officer(cityDesk, staff.TriageOfficer)
		longAgo := func(c *intake.Complaint) { c.ReceivedAt = o.store.Now().Add(-200 * 24 * time.Hour) }
		kind := func(k intake.Kind) func(*intake.Complaint) { return func(c *intake.Complaint) { c.Kind = k } }
		housing := func(c *intake.Complaint) { c.Programme = "housing" }
		sameMessage := o.receive(shuangliu, kind("FUND_WITHHOLD"))
		sameKind := o.receive(shuangliu, kind("FUND_WITHHOLD"), longAgo, summary("一"))
		sameProgramme := o.receive(shuangliu, housing, longAgo, summary("二"))
		onlyVillage := o.receive(shuangliu, longAgo, summary("三"))
		near := o.receive(shuangliu, summary("四"))
		words := o.receive(dayushu, longAgo, summary("会计韩某代管存折"))
		elsewhere := o.receive(dayushu, summary("水井没有水"))
		for range 40 { // so that pieces of this are common
			o.receive(dayushu, longAgo, summary("反映会计"))
		}
		o.analyze()
		c := o.receive(shuangliu, kind("FUND_WITHHOLD"), housing, summary("反映会计韩某代管存折不还"), func(c *intake.Complaint) { c.ReportID, c.Part = sameMessage.ReportID, 2 })
		later := o.receive(shuangliu, kind("FUND_WITHHOLD"))

		got, err := o.Case(bg, by, c.ID)
		o.must(err)
		reasons := map[string][]string{}
		for _, s := range got.Similar {
			reasons[s.ID.String()] = s.Reasons
		}
		for name, test := range map[string]struct {
			c    intake.Complaint
			want []string
		}{
			"same kind":      {sameKind, []string{"same_village", "same_kind"}},
			"same programme": {sameProgramme, []string{"same_village", "same_programme"}},
			"near in time":   {near, []string{"same_village", "near_time"}},
			"rare words":     {words, []string{"words"}},
			"village alone":  {onlyVillage, nil},
			"elsewhere":      {elsewhere, nil},
			"other part":     {sameMessage, nil},
			"later":          {later, nil},
			"itself":         {c, nil},
		} {
			if got := reasons[test.c.ID.String()]; !slices.Equal(got, test.want) {
				t.Errorf("%s: %v, want %v", name, got, test.want)
			}
		}
		if len(got.Similar) > similarShown {
			t.Errorf("%d similar", len(got.Similar))
		}
	})
}

// analyze brings the statistics up to date, as autovacuum does in time.
func (o *office) analyze() {
	if o.store.Postgres() {
		o.must(o.store.Read(bg).Exec("ANALYZE complaint_search").Error)
	}
}
