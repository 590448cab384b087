package audit_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/audit"
	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/staff"
	"minsheng/staff/stafftest"
	"minsheng/triage"
)

func TestRetaliationBeginsAnAudit(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		before, after := o.punished()
		o.submit("FUND_WITHHOLD", before.digits) // names an earlier one, and is not about retaliation
		o.submit(intake.Retaliation, "")
		all, err := o.List(bg, o.chief)
		o.must(err)
		if len(all) != 1 || all[0].ComplaintID != after.ID || all[0].Number != after.Number() || !slices.Equal(all[0].Earlier, []string{before.Number()}) || all[0].EndedAt != nil {
			t.Fatalf("audits: %+v", all)
		}
		if n, err := o.Waiting(bg, o.chief); err != nil || n != 1 {
			t.Errorf("%d wait, %v", n, err)
		}
		page, err := o.Intake.Track(bg, after.digits)
		o.must(err)
		if page.Matters[0].Audit != "open" {
			t.Errorf("the reporter reads %q", page.Matters[0].Audit)
		}
		if first, err := o.Intake.Track(bg, before.digits); err != nil || first.Matters[0].Audit != "" {
			t.Errorf("under the first receipt: %q, %v", first.Matters[0].Audit, err)
		}
	})
}

// An office that could be in the list does not read it.
func TestWhoReadsAnAudit(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		_, after := o.punished()
		reads := func(by staff.Officer) bool {
			t.Helper()
			_, err := o.Open(bg, by, after.ID, time.Time{})
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
			all, failed := o.List(bg, by)
			o.must(failed)
			waiting, failed := o.Waiting(bg, by)
			o.must(failed)
			if shown := err == nil; shown != (len(all) > 0) || shown != (waiting > 0) {
				t.Errorf("%s: opened %v, but %d listed and %d waiting", by.UnitName, shown, len(all), waiting)
			}
			return err == nil
		}
		for name, who := range map[string]struct {
			by   staff.Officer
			want bool
		}{
			"a supervisor of the city":       {o.chief, true},
			"its auditor":                    {o.auditor, true},
			"who works on cases there":       {o.officer(cityDesk, staff.TriageOfficer), false},
			"its administrator":              {o.officer(cityDesk, staff.Administrator), false},
			"a supervisor of the county":     {o.boss, false},
			"an auditor of the county":       {o.officer(panshan, staff.Auditor), false},
			"a supervisor of another county": {o.officer("大洼区督查室", staff.Supervisor), false},
		} {
			if got := reads(who.by); got != who.want {
				t.Errorf("%s reads it: %v", name, got)
			}
		}
		if a := o.view(o.auditor, after); a.Readable || a.MayEnd {
			t.Errorf("the auditor opens the report itself, or says what was found: %+v", a.Audit)
		}
		o.blame(after, o.units[cityDesk].ID)
		if reads(o.chief) || reads(o.auditor) {
			t.Error("an office reads the audit of a report that is about it")
		}
	})
}

// shown is how many entries stand on a page.
const shown = 200

// However many looks there are, each stands on one page, and who looked is summed up
// over all of them.
func TestAnAuditHasAllLooksOnItsPages(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		before, after := o.punished()
		noon := o.store.Now().AddDate(0, 0, -200)
		var looks []triage.Look
		for n := range 3*shown + 7 {
			l := triage.Look{ComplaintID: before.ID, AccountID: uuid.Must(uuid.NewV7()), Hour: noon.Add(time.Duration(n) * time.Hour), What: triage.SawPage, Name: "员", Role: "triage_officer", UnitID: o.units[panshan].ID, UnitName: panshan}
			l.At = l.Hour
			if n > shown && n < shown+9 { // in one instant, across the edge of a page
				l.At = noon.Add(time.Duration(2*shown+10) * time.Hour)
			}
			looks = append(looks, l)
		}
		o.must(o.store.Read(bg).CreateInBatches(looks, 100).Error)
		first := o.view(o.chief, after)
		seen, pages := map[string]int{}, 0
		for v := first; ; {
			pages++
			for _, e := range v.Entries {
				seen[e.Account.String()+e.At.String()]++
			}
			if v.Next.IsZero() {
				break
			}
			var err error
			v, err = o.Open(bg, o.chief, after.ID, v.Next)
			o.must(err)
		}
		looked := 0
		for _, p := range first.People {
			looked += p.Looks
		}
		if len(seen) != first.Total || looked != first.Total || first.Total < len(looks) || pages != first.Total/shown+1 {
			t.Errorf("%d of %d on %d pages, %d summed up", len(seen), first.Total, pages, looked)
		}
		for of, n := range seen {
			if n != 1 {
				t.Errorf("%s stands there %d times", of, n)
			}
		}
	})
}

// What the earlier report is about hides its audit too.
func TestAnAccusedOfficeReadsNoAuditOfItsCase(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		before, after := o.punished()
		o.blame(before, o.units[cityDesk].ID)
		if _, err := o.Open(bg, o.chief, after.ID, time.Time{}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("read: %v", err)
		}
		if err := o.End(bg, o.chief, after.ID, intake.FoundNothing, "没有问题"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("ended: %v", err)
		}
	})
}

func TestAnAuditListsWhoWasShownWhat(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		before := o.submit("FUND_WITHHOLD", "")
		o.see(o.handler, before)
		o.describe(before)
		custodian := o.officer(panshan, staff.IdentityCustodian)
		second := o.officer(panshan, staff.IdentityCustodian)
		key := stafftest.Session(t, o.Store, o.Keys, o.people, custodian.ID).Key
		o.must(o.Triage.AskName(bg, custodian, key, before.ID, "contact: 要约定入户时间"))
		asked, err := o.Triage.NamesOf(bg, second, before.ID)
		o.must(err)
		o.must(o.Triage.RuleName(bg, second, stafftest.Session(t, o.Store, o.Keys, o.people, second.ID).Key, asked[0].ID, true))
		_, _, err = o.Triage.Name(bg, custodian, key, before.ID)
		o.must(err)
		o.pass(13) // ten in the evening
		o.see(o.curious, before)
		o.pass(11) // nine the next morning
		o.blame(before, o.units[panshan].ID)
		if _, err := o.Triage.Case(bg, o.curious, before.ID); !errors.Is(err, store.ErrNotFound) {
			t.Fatalf("the accused office is shown it: %v", err)
		}
		after := o.submit(intake.Retaliation, before.digits)
		v := o.view(o.chief, after)
		got := map[string][]string{}
		for _, e := range v.Entries {
			if e.Of != before.Number() || e.Unit != panshan || e.Role == "" {
				t.Errorf("listed as %+v", e)
			}
			got[e.Name+" "+e.What] = e.Marks
		}
		for who, marks := range map[string][]string{
			o.handler.Name + " page":    {audit.OfAccused},
			custodian.Name + " name":    {audit.OfAccused, audit.NoPart},
			second.Name + " name":       {audit.OfAccused, audit.NoPart}, // who opened it
			o.curious.Name + " page":    {audit.OfAccused, audit.NoPart, audit.OffHours},
			o.curious.Name + " refused": {audit.NotShown, audit.OfAccused, audit.NoPart},
		} {
			if !slices.Equal(got[who], marks) {
				t.Errorf("%s is marked %v, want %v", who, got[who], marks)
			}
			delete(got, who)
		}
		if len(got) > 0 {
			t.Errorf("and %v", got)
		}
		if v.People[0].Name != o.curious.Name || v.People[0].Looks != 2 || v.People[0].Marks[audit.NoPart] != 2 {
			t.Errorf("first stands %+v", v.People[0])
		}
	})
}

func TestEndingAnAudit(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		before, after := o.punished()
		end := func(by staff.Officer, found, words string) error { return o.End(bg, by, after.ID, found, words) }
		for field, err := range map[string]error{"audit_found": end(o.chief, "maybe", "没有问题"), "words": end(o.chief, intake.FoundNothing, " ")} {
			var invalid *step.Invalid
			if !errors.As(err, &invalid) || invalid.Problems[field] == "" {
				t.Errorf("%s: %v", field, err)
			}
		}
		for name, test := range map[string]struct {
			by   staff.Officer
			want error
		}{
			"an auditor": {o.auditor, staff.ErrForbidden}, "the county": {o.boss, store.ErrNotFound}, "who may not read it": {o.handler, staff.ErrForbidden},
		} {
			if err := end(test.by, intake.FoundNothing, "没有问题"); !errors.Is(err, test.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		o.see(o.chief, before) // to judge what the list means
		if v := o.view(o.chief, after); !v.MayEnd {
			t.Error("looking for the sake of the audit counts against who audits")
		}
		bosses := []staff.Officer{o.chief, o.second}
		errs := make([]error, 2)
		var all sync.WaitGroup
		for i, by := range bosses {
			all.Go(func() { errs[i] = end(by, intake.FoundSuspicious, "有人夜里看过，又没有经手，要查。") })
		}
		all.Wait()
		if !(errs[0] == nil && errors.Is(errs[1], step.ErrState) || errs[1] == nil && errors.Is(errs[0], step.ErrState)) {
			t.Fatalf("of two who say it: %v", errs)
		}
		v := o.view(o.chief, after)
		if v.Found != intake.FoundSuspicious || v.Words != "有人夜里看过，又没有经手，要查。" || v.ByName == "" || v.MayEnd {
			t.Errorf("ended: %+v", v)
		}
		if n, err := o.Waiting(bg, o.chief); err != nil || n != 0 {
			t.Errorf("%d wait, %v", n, err)
		}
		page, err := o.Intake.Track(bg, after.digits)
		o.must(err)
		last := page.Messages[len(page.Messages)-1].Text
		if page.Matters[0].Audit != intake.FoundSuspicious || !strings.Contains(last, "audit_suspicious") || strings.Contains(last, "夜里") {
			t.Errorf("the reporter reads %q, %q", page.Matters[0].Audit, last)
		}
	})
}

// Who is in the list, or took part, does not say what it means.
func TestNobodyAuditsThemselves(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		before := o.submit("FUND_WITHHOLD", "")
		o.see(o.chief, before)
		o.pass(1)
		after := o.submit(intake.Retaliation, before.digits)
		if v := o.view(o.chief, after); v.MayEnd || !v.InList {
			t.Error("offered to who looked before")
		}
		if err := o.End(bg, o.chief, after.ID, intake.FoundNothing, "没有问题"); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who looked: %v", err)
		}
		o.must(o.End(bg, o.second, after.ID, intake.FoundNothing, "看过的人都经手过。"))
	})
}
