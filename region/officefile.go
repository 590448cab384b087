package region

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/ledger"
)

// unitColumns is the header of a file of offices.
var unitColumns = []string{"name", "kind", "level", "parent", "places", "phone"}

// ImportUnits reads offices from CSV with the header
// name,kind,level,parent,places,phone: kind and level as Kinds and Levels have
// them, parent the name of an office that is there or stands further up in the
// file, places the codes it answers for with spaces between them. None of them
// takes complaints. An office that is there exactly so is left alone. Problems,
// dryRun and errors are as for Import.
func (a *Atlas) ImportUnits(ctx context.Context, file io.Reader, dryRun bool, progress func(done, total int)) (ImportResult, error) {
	// Another replica may have changed the tree a moment ago.
	if err := a.reload(ctx); err != nil {
		return ImportResult{}, err
	}
	var lines []unitLine
	problems, err := readTable(file, unitColumns, func(line int, fields []string) string {
		lines = append(lines, newUnitLine(line, fields))
		return ""
	})
	if err != nil {
		return ImportResult{}, err
	}
	var codes []string
	for _, l := range lines {
		codes = append(codes, l.places...)
	}
	known, err := a.known(ctx, codes)
	if err != nil {
		return ImportResult{}, err
	}
	plan := a.now().planUnits(lines, known, a.today())
	plan.result.Problems = append(problems, plan.result.Problems...)
	slices.SortStableFunc(plan.result.Problems, func(x, y ImportProblem) int { return x.Line - y.Line })
	if dryRun || len(plan.result.Problems) > 0 {
		return plan.result, nil
	}
	err = a.store.Transact(ctx, func(tx *gorm.DB) error {
		done := 0
		for batch := range slices.Chunk(plan.added, importBatch) {
			if err := insertUnits(tx, batch, ledger.System(), a.store.Now()); err != nil {
				return err
			}
			if done += len(batch); progress != nil {
				progress(done, len(plan.added))
			}
		}
		return nil
	})
	if err != nil {
		return ImportResult{}, fmt.Errorf("region: import offices: %w", err)
	}
	return plan.result, a.reload(ctx)
}

// unitLine is a line of the file.
type unitLine struct {
	newUnit
	line   int
	parent string
}

func newUnitLine(line int, fields []string) unitLine {
	u := Unit{Name: fields[0], Kind: Kind(fields[1]), Level: Level(fields[2]), Phone: fields[5]}
	return unitLine{newUnit{u, strings.Fields(fields[4])}, line, fields[3]}
}

// unitPlan is what an import of offices will write.
type unitPlan struct {
	result ImportResult
	added  []newUnit
}

// planUnits checks each line against the offices that are there and those on
// the lines before it.
func (s *snapshot) planUnits(lines []unitLine, known map[string]Division, today workday.Date) unitPlan {
	tree := s.copy()
	byName := make(map[string]Unit)
	for _, u := range tree.byID {
		if u.ValidTo == nil {
			byName[u.Name] = u
		}
	}
	var p unitPlan
	for _, l := range lines {
		if parent, stands := byName[l.parent]; stands {
			l.ParentID = &parent.ID
		}
		if same, stands := byName[l.Name]; stands && tree.isSo(same, l) {
			p.result.Unchanged++
			continue
		}
		l.ID, l.ValidFrom = uuid.Must(uuid.NewV7()), today
		var wrong *Invalid
		if errors.As(tree.wrongUnit(l.newUnit, known, today), &wrong) {
			p.result.Problems = append(p.result.Problems, l.problems(wrong)...)
			continue
		}
		tree.take(l.newUnit)
		byName[l.Name] = l.Unit
		p.added = append(p.added, l.newUnit)
		p.result.Added++
	}
	return p
}

// isSo reports whether an office is what a line says.
func (s *snapshot) isSo(u Unit, l unitLine) bool {
	if u.Kind != l.Kind || u.Level != l.Level || u.Phone != l.Phone || u.ParentID == nil || l.ParentID == nil || *u.ParentID != *l.ParentID {
		return false
	}
	n := 0
	for code, grants := range s.grants {
		if slices.ContainsFunc(grants, func(g grant) bool { return g.UnitID == u.ID && g.ValidTo == nil }) {
			if n++; !slices.Contains(l.places, code) {
				return false
			}
		}
	}
	return n == len(l.places)
}

// copy is a tree to plan on.
func (s *snapshot) copy() *snapshot {
	next := &snapshot{byID: maps.Clone(s.byID), grants: make(map[string][]grant)}
	for code, grants := range s.grants {
		next.grants[code] = slices.Clone(grants)
	}
	return next
}

// take adds an office to a tree to plan on.
func (s *snapshot) take(u newUnit) {
	s.byID[u.ID] = u.Unit
	for _, code := range u.places {
		s.grants[code] = append(s.grants[code], grant{UnitID: u.ID, DivisionCode: code, ValidFrom: u.ValidFrom})
	}
}

// problems says in plain words what is wrong with a line.
func (l unitLine) problems(wrong *Invalid) []ImportProblem {
	typed := map[string]string{
		"name": l.Name, "kind": string(l.Kind), "level": string(l.Level), "parent": l.parent,
		"place": strings.Join(l.places, " "), "phone": l.Phone,
	}
	var all []ImportProblem
	for _, field := range slices.Sorted(maps.Keys(wrong.Problems)) {
		text := plainly(wrong.Problems[field])
		all = append(all, ImportProblem{l.line, fmt.Sprintf("%s %q: %s", field, clip(typed[field]), text)})
	}
	return all
}

// plainly is a problem key in the words of the command line.
func plainly(key string) string {
	switch key {
	case "office_name_missing":
		return "a name has at least 2 characters"
	case "office_name_long":
		return "a name has at most 60 characters"
	case "office_name_odd":
		return "the name has a control character in it, or is not UTF-8 text"
	case "office_name_taken":
		return "an office of this name is already there, or further up, and not the same"
	case "office_kind_missing":
		return "the kind must be one of " + listed(kinds)
	case "office_level_missing":
		return "the level must be one of " + listed(levels)
	case "office_level_kind":
		return "there is no such office on this level: a village has a village_committee or a team, a zone is on county level"
	case "office_level_above":
		return "the level is above that of the office above it"
	case "office_parent_missing":
		return "no office of this name is there or further up in the file"
	case "office_parent_desk":
		return "reports from this place go elsewhere: put the office below the one that takes them"
	case "office_place_missing":
		return "name at least one division code"
	case "office_place_unknown":
		return "there is no such place, or it is no longer in use: codes have 12 digits and spaces between them"
	case "office_place_twice":
		return "the same code stands there twice"
	case "office_place_many":
		return fmt.Sprintf("there are more than %d codes", maxPlaces)
	case "office_place_large":
		return "the place is larger than the level of the office"
	case "office_place_outside":
		return "the office above it does not answer for this place"
	case "office_phone_odd":
		return "a telephone number has 3 to 30 digits, spaces, hyphens, brackets and plus signs"
	}
	return "this does not fit (" + key + ")"
}

func listed[T ~string](all []T) string {
	var names []string
	for _, one := range all {
		names = append(names, string(one))
	}
	return strings.Join(names, ", ")
}
