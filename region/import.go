package region

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/ledger"
)

// importBatch is how many rows one statement inserts.
const importBatch = 200

// ImportResult tells what an import did, or would do.
type ImportResult struct {
	Added, Renamed, Unchanged int
	Expired                   int // of those added: below a town that is no longer in use, kept for old records only
	Problems                  []ImportProblem
}

// ImportProblem is one line that cannot be imported, in plain words.
type ImportProblem struct {
	Line int
	Text string
}

// Import reads divisions from CSV with the header
// code12,parent12,name,level,urban_rural_code. It always reads everything and
// returns every problem by line; with dryRun, or with any problem, nothing is
// written. Existing codes with another name get that name; codes that the file
// does not have stay as they are. progress may be nil. An error means that the
// file could not be read or the database failed, not that a line was wrong.
func (a *Atlas) Import(ctx context.Context, csv io.Reader, dryRun bool, progress func(done, total int)) (ImportResult, error) {
	if progress == nil {
		progress = func(int, int) {}
	}
	rows, problems, err := readRows(csv)
	if err != nil {
		return ImportResult{}, err
	}
	known, err := a.existing(ctx, rows)
	if err != nil {
		return ImportResult{}, err
	}
	problems = append(problems, missingParents(rows, known)...)
	slices.SortStableFunc(problems, func(x, y ImportProblem) int { return x.Line - y.Line })
	plan := plan(rows, known, a.today())
	plan.result.Problems = problems
	if dryRun || len(problems) > 0 {
		return plan.result, nil
	}
	if err := a.store.Transact(ctx, func(tx *gorm.DB) error { return plan.carryOut(tx, a.store.Now(), progress) }); err != nil {
		return ImportResult{}, fmt.Errorf("region: import: %w", err)
	}
	return plan.result, a.reload(ctx)
}

// existing reads the places that the rows name, and those above them.
func (a *Atlas) existing(ctx context.Context, rows []row) (map[string]Division, error) {
	var codes []string
	for _, r := range rows {
		codes = append(codes, r.code)
	}
	return a.known(ctx, codes)
}

// known reads all places but villages, and those villages of codes that are
// there.
func (a *Atlas) known(ctx context.Context, codes []string) (map[string]Division, error) {
	known := maps.Clone(a.now().divisions)
	var villages []string
	for _, code := range codes {
		if wellFormed(code) && levelOf(code) == Village {
			villages = append(villages, code)
		}
	}
	for batch := range slices.Chunk(villages, 500) {
		var found []Division
		if err := a.store.Read(ctx).Where("code IN ?", batch).Find(&found).Error; err != nil {
			return nil, fmt.Errorf("region: read divisions: %w", err)
		}
		for _, d := range found {
			known[d.Code] = d
		}
	}
	return known, nil
}

func missingParents(rows []row, known map[string]Division) []ImportProblem {
	inFile := make(map[string]bool)
	for _, r := range rows {
		inFile[r.code] = true
	}
	var problems []ImportProblem
	for _, r := range rows {
		parent := parentOf(r.code)
		if _, stands := known[parent]; parent != "" && !stands && !inFile[parent] {
			problems = append(problems, ImportProblem{r.line, fmt.Sprintf("the place above it (%s) is neither in the portal nor in this file", parent)})
		}
	}
	return problems
}

// importPlan is what an import will write.
type importPlan struct {
	result  ImportResult
	added   []Division
	renamed []Division
	names   map[string]string
}

func plan(rows []row, known map[string]Division, today workday.Date) importPlan {
	p := importPlan{names: make(map[string]string)}
	for code, d := range known {
		p.names[code] = d.Name
	}
	for _, r := range rows {
		p.names[r.code] = r.name
	}
	// Parents first: a child refers to its parent and ends with it.
	slices.SortStableFunc(rows, func(x, y row) int { return levelOf(y.code).rank() - levelOf(x.code).rank() })
	for _, r := range rows {
		d, stands := known[r.code]
		switch {
		case !stands:
			d = Division{Code: r.code, Name: r.name, Level: levelOf(r.code), ValidFrom: today}
			d.complete(p.names)
			d.endWith(known[parentOf(r.code)])
			known[d.Code] = d
			p.added = append(p.added, d)
			p.result.Added++
			if d.ValidTo != nil {
				p.result.Expired++
			}
		case d.Name != r.name:
			d.Name = r.name
			p.renamed = append(p.renamed, d)
			p.result.Renamed++
		default:
			p.result.Unchanged++
		}
	}
	return p
}

// endWith ends a place with the one above it.
func (d *Division) endWith(parent Division) {
	if parent.ValidTo == nil {
		return
	}
	d.ValidTo = parent.ValidTo
	d.ValidFrom = min(d.ValidFrom, parent.ValidFrom)
}

func (p importPlan) carryOut(tx *gorm.DB, at time.Time, progress func(done, total int)) error {
	total, done := len(p.added)+len(p.renamed), 0
	progress(0, total)
	for batch := range slices.Chunk(p.added, importBatch) {
		if err := tx.Create(&batch).Error; err != nil {
			return err
		}
		done += len(batch)
		progress(done, total)
	}
	for _, d := range p.renamed {
		if err := p.rename(tx, d); err != nil {
			return err
		}
		done++
		progress(done, total)
	}
	return ledger.Append(tx, ledger.OfPortal, uuid.Must(uuid.NewV7()), "divisions_imported", ledger.System(), at, map[string]string{
		"added": strconv.Itoa(p.result.Added), "renamed": strconv.Itoa(p.result.Renamed),
	})
}

// rename gives a place its new name, and everything below it the new full
// name.
func (p importPlan) rename(tx *gorm.DB, d Division) error {
	below := d.Code[:len(d.Code)-zeros(d.Level)]
	var all []Division
	err := tx.Where("code >= ? AND code < ?", below, below+":").Find(&all).Error
	if err != nil {
		return err
	}
	for _, place := range all {
		if name, given := p.names[place.Code]; given {
			place.Name = name
		}
		place.complete(p.names)
		err := tx.Model(&Division{}).Where("code = ?", place.Code).Updates(map[string]any{
			"name": place.Name, "full_name": place.FullName, "pinyin": place.Pinyin, "initials": place.Initials,
		}).Error
		if err != nil {
			return err
		}
	}
	return nil
}

// zeros is how many digits of a code of that level are below it.
func zeros(l Level) int {
	switch l {
	case City:
		return 8
	case County:
		return 6
	case Town:
		return 3
	}
	return 0
}
