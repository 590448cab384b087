package retention

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
)

// A backup that is put back holds what was destroyed since. The file outside the
// database tells what: it is only ever added to, and read when the portal starts.

// line is an erasure as the file keeps it: ids, and no words.
type line struct {
	Request   uuid.UUID  `json:"request"`
	Report    uuid.UUID  `json:"report"`
	Complaint *uuid.UUID `json:"complaint,omitempty"`
	Objection *uuid.UUID `json:"objection,omitempty"`
	What      string     `json:"what"`
	Ground    Ground     `json:"ground"`
	Basis     string     `json:"basis"`
	AskedBy   uuid.UUID  `json:"asked_by"`
	AskedUnit uuid.UUID  `json:"asked_unit"`
	AskedAt   time.Time  `json:"asked_at"`
	RuledBy   uuid.UUID  `json:"ruled_by"`
	RuledUnit uuid.UUID  `json:"ruled_unit"`
	RuledAt   time.Time  `json:"ruled_at"`
}

func (l line) row() row {
	return row{ID: l.Request, ComplaintID: l.Complaint, ObjectionID: l.Objection, ReportID: l.Report, What: l.What, Ground: l.Ground, Basis: l.Basis, AskedBy: l.AskedBy, AskedUnit: l.AskedUnit,
		AskedAt: l.AskedAt, State: "done", RuledBy: &l.RuledBy, RuledUnit: &l.RuledUnit, RuledAt: &l.RuledAt}
}

func (r row) line() line {
	return line{r.ID, r.ReportID, r.ComplaintID, r.ObjectionID, r.What, r.Ground, r.Basis, r.AskedBy, r.AskedUnit, r.AskedAt.UTC(), *r.RuledBy, *r.RuledUnit, r.RuledAt.UTC()}
}

// readKept reads the file; none is empty. A line that a crash cut off is passed over:
// Tend writes it again.
func readKept(file string) (all []line, err error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("retention: %w", err)
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var l line
		if json.Unmarshal(s.Bytes(), &l) == nil {
			all = append(all, l)
		}
	}
	return all, nil
}

// tendBack is how far back Tend looks for erasures that the file lacks.
const tendBack = 7 * 24 * time.Hour

// Tend writes down, outside the database, what was destroyed in it, and removes the
// blobs of its files. Any replica may run it, again and again.
func (d *Desk) Tend(ctx context.Context) error {
	return errors.Join(d.remember(ctx, d.Store.Now().Add(-tendBack)), d.Shelf.Clear(ctx))
}

func (d *Desk) remember(ctx context.Context, since time.Time) error {
	if d.File == "" {
		return nil
	}
	var rows []row
	if err := d.Store.Read(ctx).Where("state = 'done' AND ruled_at > ?", since).Order("ruled_at, id").Limit(1000).Find(&rows).Error; err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	known, err := readKept(d.File)
	if err != nil {
		return err
	}
	has := map[uuid.UUID]bool{}
	for _, l := range known {
		has[l.Request] = true
	}
	text := []byte{}
	for _, r := range rows {
		if !has[r.ID] {
			one, err := json.Marshal(r.line())
			if err != nil {
				return err
			}
			text = append(append(text, one...), '\n')
		}
	}
	if len(text) == 0 {
		return nil
	}
	return add(d.File, text)
}

// add puts text, durably, at the end of a file, on a line of its own.
func add(file string, text []byte) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	end, err := f.Seek(0, 2)
	if last := make([]byte, 1); err == nil && end > 0 {
		if _, err = f.ReadAt(last, end-1); err == nil && last[0] != '\n' {
			text = append([]byte{'\n'}, text...)
		}
	}
	if err == nil {
		_, err = f.Write(text)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// Reapply destroys once more what the file says was destroyed and what is there
// again, because an older copy of the database was put back. It returns how many
// reports it were.
func (d *Desk) Reapply(ctx context.Context) (n int, err error) {
	if d.File == "" {
		return 0, nil
	}
	known, err := readKept(d.File)
	if err != nil {
		return 0, err
	}
	for _, l := range known {
		back, err := d.reapply(ctx, l)
		if err != nil {
			return n, err
		}
		if back {
			n++
		}
	}
	return n, d.Tend(ctx)
}

func (d *Desk) reapply(ctx context.Context, l line) (back bool, err error) {
	of := l.row().of()
	r, err := d.room(of.Of)
	if err != nil {
		return false, nil // torn, or of a later portal
	}
	err = step.Again(func() error {
		return d.Store.Transact(ctx, func(tx *gorm.DB) error {
			t, err := r.stored(tx, of.ID)
			if errors.Is(err, store.ErrNotFound) || err == nil && t.matter().gone(l.What) {
				return nil // from before it came, or still destroyed
			}
			if err != nil {
				return err
			}
			back = true
			if err := d.restate(tx, l); err != nil {
				return err
			}
			return d.destroy(tx, ledger.System(), t, l.row(), map[string]string{"again": "1", "ruled_by": l.RuledBy.String()})
		})
	})
	return back, err
}

// restate puts the request back, where who decided it is known to the older copy.
func (d *Desk) restate(tx *gorm.DB, l line) error {
	var people int64
	err := tx.Table("account").Where("id IN ?", []uuid.UUID{l.AskedBy, l.RuledBy}).Count(&people).Error
	if err != nil || people != 2 {
		return err
	}
	r := l.row()
	return tx.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, DoUpdates: clause.AssignmentColumns([]string{"state", "ruled_by", "ruled_unit", "ruled_at"})}).Create(&r).Error
}
