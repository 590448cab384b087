package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"minsheng/household"
	"minsheng/internal/sheet"
	"minsheng/portal/locale"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/tray"
)

// importSheet is "portal import payments" and "portal import reference KIND": all
// of a spreadsheet or, with a problem anywhere, nothing of it.
func importSheet(ctx context.Context, c call, target string, args []string) error {
	flags := flag.NewFlagSet("portal import "+target, flag.ContinueOnError)
	flags.SetOutput(c.out)
	office := flags.String("office", "", "the office that the payments are of; without it the city's poverty office")
	name, err := oneFile(flags, args, "spreadsheet (xlsx or csv)")
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	h, err := openRooms(ctx, c.settings, options{})
	if err != nil {
		return err
	}
	defer h.close()
	by, err := h.loader(*office)
	if err != nil {
		return err
	}
	trial, _, err := h.tray.Now(ctx, by, target, filepath.Base(name), file, progressTo(c.out, "rows"))
	h.tellTrial(c.out, trial)
	return h.imported(c.out, trial, err)
}

// loader is who loads from the command line: an office, and no account of it.
func (h *house) loader(office string) (staff.Officer, error) {
	unit, err := h.loadingOffice(office)
	return staff.Officer{UnitID: unit.ID, UnitName: unit.Name, Roles: []staff.Role{staff.Publisher}}, err
}

func (h *house) loadingOffice(name string) (region.Unit, error) {
	if name != "" {
		return h.officeNamed(name)
	}
	for _, u := range h.atlas.Units() {
		if u.Kind == region.PovertyOffice && u.Level == region.City {
			return u, nil
		}
	}
	return region.Unit{}, errors.New("there is no poverty office of the city: name an office with -office")
}

// tellTrial says what a sheet holds and, cell by cell, what is wrong with it.
func (h *house) tellTrial(out io.Writer, t tray.Trial) {
	for _, p := range t.List {
		where := "row " + strconv.Itoa(p.Row)
		if p.Ref != "" {
			where += ", cell " + p.Ref
		}
		if p.Field != "" {
			where += " (" + h.inEnglish("sheet.field."+p.Field, p.Field) + ")"
		}
		line := where + ": " + h.inEnglish("sheet.problem."+p.Key, p.Key)
		if p.Raw != "" {
			line += fmt.Sprintf(" %q", p.Raw)
		}
		fmt.Fprintln(out, line)
	}
	if more := t.Problems - len(t.List); more > 0 {
		fmt.Fprintf(out, "… and %d more\n", more)
	}
	if t.Records > 0 || t.Problems > 0 {
		fmt.Fprintf(out, "%d rows read, %d left out (titles, subtotals, notes), %d problems\n", t.Records, len(t.Skips), t.Problems)
	}
}

func (h *house) inEnglish(key, otherwise string) string {
	if text, err := h.catalog.Text(locale.English, key); err == nil {
		return text
	}
	return otherwise
}

// imported turns the end of an import into words.
func (h *house) imported(out io.Writer, t tray.Trial, err error) error {
	switch reason := sheet.Reason(err); {
	case err == nil:
		fmt.Fprintf(out, "%d rows imported\n", t.Records)
		return nil
	case errors.Is(err, tray.ErrProblems):
		return errors.New("nothing was written: mend the cells above first")
	case errors.Is(err, household.ErrSameFile):
		return errors.New("nothing was written: these rows are loaded already")
	case reason != "":
		return fmt.Errorf("nothing was written: %s", h.inEnglish("sheet."+reason, err.Error()))
	}
	return fmt.Errorf("nothing was written: %w", err)
}
