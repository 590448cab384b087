package paper

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/ledger"
	"minsheng/staff"
)

func TestWhoMayReadAPaper(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		draft := o.put(by.writer, o.order(by.writer))
		final := o.final(by, o.order(by.writer)).ID
		hidden := o.final(by, o.order(by.writer)).ID
		o.hide(o.row(hidden).SubjectID)
		unguarded := o.order(by.writer)
		unguarded.Subject = ledger.OfBulletin
		stray := o.put(by.writer, unguarded)
		secretly := o.order(by.signer)
		secretly.Kind, secretly.Subject, secretly.Content = Referral, ledger.OfReferral, Content{Fields: map[string]string{"主送单位": "盘锦市纪委监委", "线索来源": "督查发现", "被反映人": "某某", "主要问题": "问题", "移送依据": "第二十条"}}
		secret := o.put(by.signer, secretly)
		for _, c := range []struct {
			name  string
			by    staff.Officer
			paper uuid.UUID
			want  error
		}{
			{"own office, draft", by.writer, draft, nil},
			{"own office, final", by.writer, final, nil},
			{"office above, draft", o.officer(cityDesk, staff.Supervisor), draft, nil},
			{"office beside", o.officer(dawa, staff.Supervisor), final, store.ErrNotFound},
			{"addressed, draft", o.officer(poor, staff.UnitHandler), draft, store.ErrNotFound},
			{"addressed, final", o.officer(poor, staff.UnitHandler), final, nil},
			{"registrar", o.officer(panshan, staff.Registrar), final, staff.ErrForbidden},
			{"administrator", o.officer(panshan, staff.Administrator), final, staff.ErrForbidden},
			{"about something hidden", by.signer, hidden, store.ErrNotFound},
			{"about something that nobody guards", by.signer, stray, store.ErrNotFound},
			{"none", by.signer, uuid.New(), store.ErrNotFound},
			{"secret, supervisor", by.signer, secret, nil},
			{"secret, officer", by.writer, secret, store.ErrNotFound},
			{"secret, office beside", o.officer(dawa, staff.Supervisor), secret, store.ErrNotFound},
		} {
			_, _, err := o.Open(bg, c.by, c.paper)
			if !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
			if _, content, err := o.Docx(bg, c.by, c.paper); !errors.Is(err, c.want) || (content != nil) != (c.want == nil) {
				t.Errorf("%s as docx: %v, want %v", c.name, err, c.want)
			}
		}
		if all, err := o.Of(bg, by.signer, ledger.OfReferral, secretly.SubjectID); err != nil || len(all) != 1 {
			t.Errorf("of the referral: %v, %v", all, err)
		}
		if err := o.tryPut(by.signer, Draft{Kind: Referral, Unit: by.signer.UnitID, Subject: ledger.OfItem, SubjectID: uuid.New(), Title: "移送单"}); err == nil {
			t.Error("a secret paper is about something whose papers are listed")
		}
	})
}

func TestListsShowWhatTheReaderMaySee(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		var hidden, shown []uuid.UUID
		for i := range 70 {
			d := o.order(by.writer)
			id := o.put(by.writer, d)
			if i%2 == 0 {
				o.hide(d.SubjectID)
				hidden = append(hidden, id)
			} else {
				shown = append(shown, id)
			}
		}
		secret := o.order(by.signer)
		secret.Kind, secret.Subject, secret.Content = Referral, ledger.OfReferral, Content{}
		o.put(by.signer, secret)
		var all []uuid.UUID
		pages := 0
		for after, more := uuid.Nil, true; more; pages++ {
			found, next, err := o.List(bg, by.signer, Filter{Box: Drafts, After: after})
			o.must(err)
			for _, p := range found {
				all = append(all, p.ID)
				if p.Drafter != by.writer.Name {
					t.Errorf("drafted by %q", p.Drafter)
				}
			}
			after, more = next, next != uuid.Nil
		}
		slices.Reverse(all)
		if !slices.Equal(all, shown) || pages != 2 {
			t.Errorf("%d of %d papers on %d pages, %d are hidden", len(all), len(shown), pages, len(hidden))
		}
		if n, err := o.Waiting(bg, by.signer); err != nil || n != 10 { // of the newest 20, half are hidden
			t.Errorf("%d wait, %v", n, err)
		}
		if n, err := o.Waiting(bg, by.writer); err != nil || n != 0 {
			t.Errorf("%d wait for who may not sign, %v", n, err)
		}
	})
}

func TestBoxesAndFilters(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		handler := o.officer(poor, staff.UnitHandler)
		o.put(by.writer, o.order(by.writer))
		final := o.final(by, o.order(by.writer))
		urged := o.final(by, o.urge(by.writer))
		for _, c := range []struct {
			name string
			by   staff.Officer
			f    Filter
			want []uuid.UUID
		}{
			{"final", by.writer, Filter{Box: Issued}, []uuid.UUID{urged.ID, final.ID}},
			{"by kind", by.writer, Filter{Box: Issued, Kind: Reminder}, []uuid.UUID{urged.ID}},
			{"by year", by.writer, Filter{Box: Issued, Year: 2026}, []uuid.UUID{urged.ID, final.ID}},
			{"another year", by.writer, Filter{Box: Issued, Year: 2025}, nil},
			{"received", handler, Filter{Box: Received}, []uuid.UUID{urged.ID, final.ID}},
			{"drafts of the addressed", handler, Filter{Box: Drafts}, nil},
			{"another office", o.officer(dawa, staff.Supervisor), Filter{Box: Issued}, nil},
		} {
			found, _, err := o.List(bg, c.by, c.f)
			o.must(err)
			var ids []uuid.UUID
			for _, p := range found {
				ids = append(ids, p.ID)
			}
			if !slices.Equal(ids, c.want) {
				t.Errorf("%s: %v", c.name, ids)
			}
		}
		if _, _, err := o.List(bg, o.officer(panshan, staff.Registrar), Filter{}); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a registrar: %v", err)
		}
	})
}

func TestStepsOfAReader(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		draft, _, err := o.Open(bg, by.signer, o.put(by.writer, o.order(by.writer)))
		o.must(err)
		final := o.final(by, o.order(by.writer))
		for name, c := range map[string]struct {
			p    Paper
			by   staff.Officer
			want string
		}{
			"drafter": {draft, by.writer, "discard"}, "signer": {draft, by.signer, "sign discard"}, "above": {draft, o.officer(cityDesk, staff.Supervisor), ""},
			"final, officer": {final, by.writer, ""}, "final, supervisor": {final, by.other, "void"}, "addressed": {final, o.officer(poor, staff.Supervisor), ""},
		} {
			if got := strings.Join(c.p.Steps(c.by), " "); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	})
}

// Lists are read along their indexes however many papers there are.
func TestListsHaveTheirIndexes(t *testing.T) {
	o := newOffice(t, store.Config{Dir: storetest.SQLiteDir(t)})
	by := o.officer(panshan, staff.Supervisor)
	for _, c := range []struct {
		f     Filter
		index string
	}{{Filter{Box: Drafts}, "paper_list"}, {Filter{Box: Issued, Year: 2026}, "paper_list"}, {Filter{Box: Issued}, "paper_list"}, {Filter{Box: Received}, "paper_to_unit"}} {
		var plan []struct{ Detail string }
		sql := o.Store.Read(bg).ToSQL(func(tx *gorm.DB) *gorm.DB {
			return boxed(tx, by, c.f, uuid.Nil).Order("id DESC").Limit(pageSize).Find(&[]row{})
		})
		o.must(o.Store.Read(bg).Raw("EXPLAIN QUERY PLAN " + sql).Scan(&plan).Error)
		if len(plan) == 0 || !strings.Contains(plan[0].Detail, c.index) {
			t.Errorf("%+v: %+v", c.f, plan)
		}
	}
}
