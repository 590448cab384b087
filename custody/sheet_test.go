package custody_test

import (
	"errors"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/seal"
	"minsheng/staff"
)

const found = "核对了发放表,少发三千属实"

// write is what an office writes about a report.
func (h *house) write(c intake.Complaint, office *uuid.UUID) intake.Sheet {
	h.t.Helper()
	s := intake.Sheet{ID: uuid.Must(uuid.NewV7()), Place: "verification:some"}
	h.must(h.store.Transact(bg, func(tx *gorm.DB) (err error) {
		if office == nil {
			s.Sealed, err = h.intake.WriteSheet(tx, c.ReportID, s.ID, s.Place, []byte(found))
		} else {
			s.Sealed, err = h.intake.WriteAbout(tx, c, office, s.ID, s.Place, []byte(found))
		}
		return err
	}))
	return s
}

// sheet is what somebody reads of one, or why not.
func (h *house) sheet(by staff.Officer, s intake.Sheet) string {
	h.t.Helper()
	all, err := h.intake.ReadSheets(h.store.Read(bg), by, s)
	h.must(err)
	if one, err := h.intake.ReadSheet(h.store.Read(bg), by, s); (err == nil) != (all[s.ID].Kept == "") || string(one) != string(all[s.ID].Text) {
		h.t.Errorf("alone it says %q, %v; among others %+v", one, err, all[s.ID])
	}
	return string(all[s.ID].Text) + string(all[s.ID].Kept)
}

func TestWhatOfficesWriteIsReadByWhoReadsTheWords(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		c, _ := h.report("county", "")
		own := h.write(c, nil)
		for name, try := range map[string]struct {
			by   staff.Officer
			want string
		}{
			"who handles it":     {h.as(w.city), found},
			"the accused office": {h.as(w.county), "locked"},
			"a colleague":        {h.as(h.person(cityDesk, staff.TriageOfficer)), "locked"},
			"the portal":         {staff.Officer{}, "locked"},
		} {
			if got := h.sheet(try.by, own); got != try.want {
				t.Errorf("%s reads %q", name, got)
			}
		}
		if _, err := h.intake.ReadSheet(h.store.Read(bg), staff.Officer{}, own); !errors.Is(err, staff.ErrNoKey) {
			t.Errorf("the portal alone: %v", err)
		}
		// Written again it is the same sheet.
		h.must(h.store.Transact(bg, func(tx *gorm.DB) (err error) {
			own.Sealed, err = h.intake.WriteSheet(tx, c.ReportID, own.ID, own.Place, []byte("改过的"+found))
			return err
		}))
		if got := h.sheet(h.as(w.city), own); got != "改过的"+found {
			t.Errorf("written again: %q", got)
		}
		h.must(intake.EraseSheets(h.store.Read(bg), own.ID))
		if got := h.sheet(h.as(w.city), own); got != "erased" {
			t.Errorf("destroyed: %q", got)
		}
		if _, err := h.intake.ReadSheet(h.store.Read(bg), h.as(w.city), own); !errors.Is(err, custody.ErrDestroyed) {
			t.Errorf("destroyed, alone: %v", err)
		}
	})
}

// TestWhatOfficesWroteGoesAlongWithTheWords, and what one office keeps from those
// below stays with it.
func TestWhatOfficesWroteGoesAlongWithTheWords(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		poor := h.units["盘山县扶贫开发办公室"]
		h.person(poor.Name, staff.UnitHandler)
		c, _ := h.report("village", "")
		city := h.units[cityDesk].ID
		own, above := h.write(c, nil), h.write(c, &city)
		if a, b := h.sheet(staff.Officer{}, own), h.sheet(staff.Officer{}, above); a != found || b != found {
			t.Fatalf("an ordinary matter: %q, %q", a, b)
		}
		h.must(h.triage.NameSubject(bg, h.as(w.county), c.ID, c.Version, []uuid.UUID{poor.ID}))
		for name, by := range map[string]staff.Officer{"the portal": {}, "the accused county": h.as(w.county)} {
			if a, b := h.sheet(by, own), h.sheet(by, above); a != "locked" || b != "locked" {
				t.Errorf("%s: %q, %q", name, a, b)
			}
		}
		if a, b := h.sheet(h.as(w.city), own), h.sheet(h.as(w.city), above); a != found || b != found {
			t.Errorf("who handles it: %q, %q", a, b)
		}
	})
}

func TestWhatWasWrittenBeforeSheetsHadKeysIsRead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.handled()
		c, _ := h.report("county", "")
		box := h.keys.Box("verification")
		before := intake.Sheet{ID: uuid.Must(uuid.NewV7()), Place: "verification:old", Sealed: box.Shut([]byte(found), "verification:old"), Before: box}
		if got := h.sheet(h.as(w.city), before); got != found {
			t.Errorf("written before: %q", got)
		}
		moved := before
		moved.Place = "verification:other"
		if _, err := h.intake.ReadSheets(h.store.Read(bg), h.as(w.city), moved); !errors.Is(err, seal.ErrForged) {
			t.Errorf("put into another row: %v", err)
		}
		own := h.write(c, nil)
		own.Place = "verification:other"
		if _, err := h.intake.ReadSheets(h.store.Read(bg), h.as(w.city), own); !errors.Is(err, seal.ErrForged) {
			t.Errorf("a sheet put into another row: %v", err)
		}
	})
}
