package register

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// request asks for lines of the register, and returns the request.
func (o *office) request(by staff.Officer, f Filter, query string) uuid.UUID {
	o.t.Helper()
	o.must(o.AskToTake(bg, by, f, query, "报市政府汇总"))
	var row takingRow
	o.must(store.One(o.Store.Read(bg).Where("asked_by = ? AND query = ? AND state = 'asked'", by.ID, query), &row))
	return row.ID
}

// taken takes the register along as two people do it.
func (o *office) taken(by staff.Officer, f Filter, form string, take func(Line) error) (int, error) {
	o.t.Helper()
	id := o.request(by, f, uuid.NewString())
	o.must(o.RuleTaking(bg, o.seconds[by.UnitName], id, true))
	return o.Export(bg, by, id, form, take)
}

// One person alone takes nothing along; another of the same office or above agrees,
// once, for a day, to the one who asked.
func TestTheRegisterIsTakenAlongByTwo(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		seen := []string{}
		o.item(panshan, poor, "issued", nil)
		asker, second, city := o.people[panshan], o.seconds[panshan], o.people[cityDesk]
		take := func(by staff.Officer, id uuid.UUID) error {
			_, err := o.Export(bg, by, id, "csv", func(l Line) error { seen = append(seen, l.Number); return nil })
			return err
		}
		want := func(what string, err, sentinel error) {
			t.Helper()
			if !errors.Is(err, sentinel) {
				t.Errorf("%s: %v, want %v", what, err, sentinel)
			}
		}
		id := o.request(asker, Filter{Year: 2026}, "year=2026")
		want("asked twice", o.AskToTake(bg, asker, Filter{Year: 2026}, "year=2026", "报市政府汇总"), step.ErrState)
		want("before anybody agreed", take(asker, id), step.ErrState)
		want("the same person agrees", o.RuleTaking(bg, asker, id, true), step.ErrSamePerson)
		want("a foreign office", o.RuleTaking(bg, o.people[dawa], id, true), store.ErrNotFound)
		unit := o.people[poor]
		unit.Roles = []staff.Role{staff.UnitHandler}
		want("who reads no register", o.RuleTaking(bg, unit, id, true), staff.ErrForbidden)
		var wrong *step.Invalid
		if err := o.AskToTake(bg, asker, Filter{}, "", "用"); !errors.As(err, &wrong) {
			t.Errorf("without a reason: %v", err)
		}
		for who, n := range map[*staff.Officer]int{&second: 1, &city: 1, &asker: 0} {
			if waiting, _, err := o.Takings(bg, *who); err != nil || len(waiting) != n || n == 1 && (waiting[0].Query != "year=2026" || waiting[0].AskedBy != asker.Name) {
				t.Errorf("%s reads %v, %v", who.Name, waiting, err)
			}
		}
		if waiting, _, _ := o.Takings(bg, o.people[dawa]); len(waiting) != 0 {
			t.Error("a foreign office reads of it")
		}

		results := make(chan error, 2)
		for _, by := range []staff.Officer{second, city} {
			go func() { results <- o.RuleTaking(bg, by, id, true) }()
		}
		both := []error{<-results, <-results}
		if !slices.Contains(both, nil) || errors.Is(errors.Join(both...), step.ErrState) == false {
			t.Errorf("two who agree at once: %v", both)
		}
		want("somebody else than who asked", take(second, id), store.ErrNotFound)
		moved := asker
		moved.UnitID = o.units[dawa].ID
		want("in another office by now", take(moved, id), step.ErrState)
		want("agreed", take(asker, id), nil)
		want("once more", take(asker, id), nil)
		if len(seen) != 2 {
			t.Errorf("took %v", seen)
		}
		var kinds []string
		o.must(o.Store.Read(bg).Model(&ledger.Event{}).Where("subject_kind = ? AND subject_id = ?", ledger.OfPortal, id).Order("seq").Pluck("kind", &kinds).Error)
		if !slices.Equal(kinds, []string{"register_asked", "register_agreed", "register_exported", "register_exported"}) {
			t.Errorf("on record: %v", kinds)
		}
		o.now.Add(int64(takeFor))
		want("a day later", take(asker, id), step.ErrState)
		if _, own, _ := o.Takings(bg, asker); len(own) != 1 || own[0].State != Over {
			t.Errorf("own: %v", own)
		}

		refused := o.request(asker, Filter{}, "")
		o.must(o.RuleTaking(bg, second, refused, false))
		want("refused", take(asker, refused), step.ErrState)
		late := o.request(asker, Filter{}, "")
		o.now.Add(int64(8 * 24 * time.Hour))
		want("nobody answered in time", o.RuleTaking(bg, second, late, true), step.ErrState)
		o.request(asker, Filter{}, "") // and there is room to ask again
	})
}

// Who is alone with the register is told at once.
func TestNobodyToAgree(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.must(o.Store.Read(bg).Exec("DELETE FROM account_role WHERE account_id <> ?", o.people[cityDesk].ID).Error)
		if err := o.AskToTake(bg, o.people[cityDesk], Filter{}, "", "报市政府汇总"); !errors.Is(err, ErrAlone) {
			t.Errorf("alone: %v", err)
		}
	})
}
