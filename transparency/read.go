package transparency

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// Checkpoint is a tree as it was signed.
type Checkpoint struct {
	Size     int64 `gorm:"primaryKey;autoIncrement:false"`
	Root     []byte
	SignedAt time.Time
	Note     string // the signed note, without cosignatures
}

// TableName is log_checkpoint.
func (Checkpoint) TableName() string { return "log_checkpoint" }

// cosignature is what a witness said of a checkpoint.
type cosignature struct {
	Size    int64  `gorm:"primaryKey;autoIncrement:false"`
	Witness string `gorm:"primaryKey"`
	Line    string
	At      time.Time
}

// TableName is log_cosignature.
func (cosignature) TableName() string { return "log_cosignature" }

// readBatch keeps an IN list below what a database takes.
const readBatch = 500

// hashesAt reads hashes of the tree; it is an error when one is missing.
func hashesAt(db *gorm.DB, indexes []int64) (map[int64]tlog.Hash, error) {
	all := make(map[int64]tlog.Hash, len(indexes))
	for from := 0; from < len(indexes); from += readBatch {
		some := indexes[from:min(from+readBatch, len(indexes))]
		var rows []stored
		if err := db.Where("idx IN ?", some).Find(&rows).Error; err != nil {
			return nil, fmt.Errorf("transparency: %w", err)
		}
		for _, r := range rows {
			if len(r.Hash) == tlog.HashSize {
				all[r.Idx] = tlog.Hash(r.Hash)
			}
		}
	}
	for _, index := range indexes {
		if _, is := all[index]; !is {
			return nil, fmt.Errorf("transparency: hash %d is missing", index)
		}
	}
	return all, nil
}

// reader reads the hashes of the tree from the database.
func reader(db *gorm.DB) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		all, err := hashesAt(db, indexes)
		if err != nil {
			return nil, err
		}
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = all[index]
		}
		return hashes, nil
	})
}

// Newest is the last checkpoint that was signed, or store.ErrNotFound.
func (l *Log) Newest(ctx context.Context) (Checkpoint, error) { return newest(l.Store.Read(ctx)) }

func newest(db *gorm.DB) (c Checkpoint, err error) {
	err = store.One(db.Order("size DESC"), &c)
	c.SignedAt = c.SignedAt.UTC()
	return c, err
}

// Signed is a checkpoint as it is served: the note and under it the cosignatures
// of the witnesses that have seen it.
func (l *Log) Signed(ctx context.Context, c Checkpoint) (string, error) {
	lines, err := l.cosigned(l.Store.Read(ctx), c.Size)
	var b strings.Builder
	b.WriteString(c.Note)
	for _, line := range lines {
		b.WriteString(line.Line)
	}
	return b.String(), err
}

func (l *Log) cosigned(db *gorm.DB, size int64) (lines []cosignature, err error) {
	err = db.Where("size = ?", size).Order("witness").Limit(64).Find(&lines).Error
	return lines, err
}

// Tile is a file of the log under /log/tile/, as C2SP tlog-tiles names it. It is
// store.ErrNotFound past the newest checkpoint: whoever could read further would
// see when something is reported. What was read once stays in memory.
func (l *Log) Tile(ctx context.Context, path string) (data []byte, err error) {
	t, err := torchwood.ParseTilePath("tile/" + path)
	if err != nil {
		return nil, store.ErrNotFound
	}
	if data = l.Kept(path); data != nil {
		return data, nil
	}
	c, err := l.Newest(ctx)
	if err != nil {
		return nil, err
	}
	level := max(t.L, 0) // entries stand beside the leaves
	if t.N<<torchwood.TileHeight+int64(t.W) > c.Size>>(level*torchwood.TileHeight) {
		return nil, store.ErrNotFound
	}
	if t.L < 0 {
		data, err = entries(l.Store.Read(ctx), t)
	} else {
		data, err = tlog.ReadTileData(t, reader(l.Store.Read(ctx)))
	}
	if err == nil {
		l.keep(t, data)
	}
	return data, err
}

func entries(db *gorm.DB, t tlog.Tile) (data []byte, err error) {
	first := t.N << torchwood.TileHeight
	var leaves []leaf
	if err := db.Where("idx >= ? AND idx < ?", first, first+int64(t.W)).Order("idx").Limit(t.W).Find(&leaves).Error; err != nil {
		return nil, fmt.Errorf("transparency: %w", err)
	}
	if len(leaves) != t.W {
		return nil, fmt.Errorf("transparency: a leaf of tile %d is missing", t.N)
	}
	for _, one := range leaves {
		if data, err = torchwood.AppendTileEntry(data, Entry(one.Commitment)); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// Seen is a checkpoint with the names of the witnesses that signed it.
type Seen struct {
	Checkpoint
	Witnesses []string
}

// Latest lists the n newest checkpoints, newest first.
func (l *Log) Latest(ctx context.Context, n int) ([]Seen, error) {
	return l.seenBy(ctx, l.Store.Read(ctx).Order("size DESC").Limit(n))
}

// Before is the last checkpoint that was signed before an instant, or
// store.ErrNotFound.
func (l *Log) Before(ctx context.Context, at time.Time) (Seen, error) {
	all, err := l.seenBy(ctx, l.Store.Read(ctx).Where("signed_at < ?", at.UTC()).Order("signed_at DESC").Limit(1))
	if err == nil && len(all) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return Seen{}, err
	}
	return all[0], nil
}

func (l *Log) seenBy(ctx context.Context, query *gorm.DB) ([]Seen, error) {
	var found []Checkpoint
	if err := query.Find(&found).Error; err != nil {
		return nil, fmt.Errorf("transparency: %w", err)
	}
	all := make([]Seen, len(found))
	sizes := make([]int64, len(found))
	for i, c := range found {
		c.SignedAt = c.SignedAt.UTC()
		all[i].Checkpoint, sizes[i] = c, c.Size
	}
	if len(found) == 0 {
		return nil, nil
	}
	var lines []cosignature
	if err := l.Store.Read(ctx).Where("size IN ?", sizes).Order("witness").Find(&lines).Error; err != nil {
		return nil, fmt.Errorf("transparency: %w", err)
	}
	for _, line := range lines {
		i := slices.Index(sizes, line.Size)
		all[i].Witnesses = append(all[i].Witnesses, line.Witness)
	}
	return all, nil
}

// Attendance is how a witness stands.
type Attendance struct {
	Name, VKey, URL string
	Size            int64 // the newest checkpoint that it signed; 0 none yet
	At              time.Time
	Contradicts     bool // it has seen another history: the gravest thing there is
}

// Attendances tells of each witness which checkpoint it signed last.
func (l *Log) Attendances(ctx context.Context) ([]Attendance, error) {
	var all []Attendance
	for _, w := range l.Witnesses {
		a := Attendance{Name: w.key.Name(), VKey: w.VKey, URL: w.URL}
		var last []cosignature
		if err := l.Store.Read(ctx).Where("witness = ?", a.Name).Order("size DESC").Limit(1).Find(&last).Error; err != nil {
			return nil, fmt.Errorf("transparency: %w", err)
		}
		if len(last) == 1 {
			a.Size, a.At = last[0].Size, last[0].At.UTC()
		}
		l.mu.Lock()
		a.Contradicts = errors.Is(l.seen[a.Name], ErrContradicted)
		l.mu.Unlock()
		all = append(all, a)
	}
	return all, nil
}

// KnownKey is a public key that has signed checkpoints.
type KnownKey struct {
	VKey  string
	Since time.Time
}

// KnownKeys lists every key that has signed, the newest first.
func (l *Log) KnownKeys(ctx context.Context) ([]KnownKey, error) {
	var rows []knownKey
	if err := l.Store.Read(ctx).Order("since DESC").Limit(64).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("transparency: %w", err)
	}
	var all []KnownKey
	for _, r := range rows {
		all = append(all, KnownKey{r.VKey, r.Since.UTC()})
	}
	return all, nil
}
