package transparency

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"
)

// Refusal is why the log does not sign.
type Refusal string

func (r Refusal) Error() string { return "the public log does not sign: " + string(r) }

const (
	// ErrNoKey means that the log has signed before and its key file is gone.
	ErrNoKey = Refusal("key_gone")
	// ErrOtherKey means that the key is not the one that signed before.
	ErrOtherKey = Refusal("other_key")
	// ErrBehind means that more was signed than the database holds: it was put
	// back from an older copy.
	ErrBehind = Refusal("database_behind")
	// ErrDifferent means that the database holds something else than was signed.
	ErrDifferent = Refusal("database_different")
	// ErrClock means that the clock stands before the time of the last checkpoint.
	ErrClock = Refusal("clock_behind")
)

// examine compares the database with what was signed before: with the key that
// signed, with the last checkpoint inside, and with the one outside.
func (l *Log) examine(db *gorm.DB) error {
	if l.keys == nil {
		return ErrNoKey
	}
	if err := l.knows(db); err != nil {
		return err
	}
	outside, err := readLast(l.Last)
	if err != nil || outside == nil || outside.Origin != l.keys.log.Name() {
		return err
	}
	return compare(db, outside.Tree)
}

// knows checks that the key in use has signed before, or that the one before it
// has.
func (l *Log) knows(db *gorm.DB) error {
	var known []knownKey
	if err := db.Limit(64).Find(&known).Error; err != nil {
		return fmt.Errorf("transparency: %w", err)
	}
	others := false
	for _, k := range known {
		if k.VKey == l.keys.LogKey || l.keys.before != nil && strings.HasPrefix(k.VKey, idOf(l.keys.before)) {
			return nil
		}
		others = others || strings.HasPrefix(k.VKey, l.keys.log.Name()+"+")
	}
	if others {
		return ErrOtherKey
	}
	return nil // the first key, or the first under a new name
}

// idOf is how the public key of a signer begins.
func idOf(s note.Signer) string { return fmt.Sprintf("%s+%08x+", s.Name(), s.KeyHash()) }

// compare looks whether the database still holds a tree that was signed.
func compare(db *gorm.DB, signed tlog.Tree) error {
	h, err := headOf(db)
	if err != nil {
		return err
	}
	if h.Size < signed.N {
		return ErrBehind
	}
	root, err := tlog.TreeHash(signed.N, reader(db))
	if err != nil || root != signed.Hash {
		return ErrDifferent
	}
	return nil
}

// readLast reads the checkpoint outside the database; nil when there is none.
func readLast(file string) (*torchwood.Checkpoint, error) {
	text, err := os.ReadFile(file)
	if file == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("transparency: %w", err)
	}
	body, _, _ := bytes.Cut(text, []byte("\n\n"))
	c, err := torchwood.ParseCheckpoint(string(body) + "\n")
	if err != nil {
		return nil, fmt.Errorf("transparency: %s: %w", filepath.Base(file), err)
	}
	return &c, nil
}

// remember keeps the checkpoint outside the database, whole or not at all. It
// comes after the commit: a file that ran ahead of a crash would refuse a
// database that is sound.
func (l *Log) remember(c Checkpoint) error {
	if l.Last == "" {
		return nil
	}
	before, err := readLast(l.Last)
	if err == nil && before != nil && before.Origin == l.keys.log.Name() && before.N > c.Size {
		return nil // another replica was further
	}
	f, err := os.CreateTemp(filepath.Dir(l.Last), ".log.last-")
	if err != nil {
		return fmt.Errorf("transparency: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(c.Note)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("transparency: %w", err)
	}
	return os.Rename(f.Name(), l.Last)
}
