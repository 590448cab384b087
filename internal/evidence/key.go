package evidence

import (
	"errors"
	"fmt"

	"filippo.io/age"
	"github.com/google/uuid"
	"gorm.io/gorm"
)

var (
	// ErrKept means that the key of a file does not lie with the portal: it was given
	// to somebody (Keys, Release).
	ErrKept = errors.New("evidence: the key is not with the portal")
	// ErrDestroyed means that a file is no more (Destroy).
	ErrDestroyed = errors.New("evidence: destroyed")
)

// part says which of a file's blobs a key opens.
type part string

const (
	given      part = "given"    // what Open gives out
	asReceived part = "original" // a picture as it came; all other files are given out as they came
)

func keyPlace(id uuid.UUID, p part) string { return "evidence:" + id.String() + ":" + string(p) }

// newKey makes the key of one blob. Whoever only takes files in needs its public
// half, but has to seal the private one.
func newKey() (*age.X25519Identity, error) { return age.GenerateX25519Identity() }

// shutKey seals the key of a blob to the portal.
func (s *Shelf) shutKey(key *age.X25519Identity, id uuid.UUID, p part) []byte {
	return s.locks.Shut([]byte(key.String()), keyPlace(id, p))
}

// lock puts the keys of a file that arrived into its row.
func (s *Shelf) lock(r *row, a arrival) {
	r.OwnKey = true
	if a.copyKey == nil {
		r.KeySealed = s.shutKey(a.key, r.ID, given)
		return
	}
	r.KeySealed, r.OriginalKeySealed = s.shutKey(a.copyKey, r.ID, given), s.shutKey(a.key, r.ID, asReceived)
}

// keyOf opens the key of a blob: the one that is given, or the portal's own.
func (s *Shelf) keyOf(r row, p part, handed []byte) (*age.X25519Identity, error) {
	if !r.OwnKey {
		return s.keys.Evidence(), nil
	}
	if handed == nil {
		sealed := r.KeySealed
		if p == asReceived {
			sealed = r.OriginalKeySealed
		}
		if len(sealed) == 0 {
			return nil, ErrKept
		}
		var err error
		if handed, err = s.locks.Open(sealed, keyPlace(r.ID, p)); err != nil {
			return nil, fmt.Errorf("evidence: key of file %s: %w", r.ID, err)
		}
	}
	key, err := age.ParseX25519Identity(string(handed))
	if err != nil {
		return nil, fmt.Errorf("evidence: key of file %s cannot be read", r.ID) // the parser's own error could quote it
	}
	return key, nil
}

// Keys are the keys of a file that lie with the portal.
type Keys struct {
	Given    []byte // opens what Open gives out; nil: not with the portal, or none of its own
	Original []byte // opens a picture as it came
}

// Keys opens what lies with the portal of the keys of a file that Bind, Of or Staged
// returned, so that somebody else can keep them (Release).
func (s *Shelf) Keys(f File) (k Keys, err error) {
	for _, one := range []struct {
		to     *[]byte
		sealed []byte
		of     part
	}{{&k.Given, f.keySealed, given}, {&k.Original, f.originalKeySealed, asReceived}} {
		if len(one.sealed) == 0 {
			continue
		}
		if *one.to, err = s.locks.Open(one.sealed, keyPlace(f.ID, one.of)); err != nil {
			return Keys{}, fmt.Errorf("evidence: key of file %s: %w", f.ID, err)
		}
	}
	return k, nil
}

// Release takes keys of a file away from the portal, in the transaction in which
// somebody else got them: from then on ErrKept answers who has no key.
func (s *Shelf) Release(tx *gorm.DB, id uuid.UUID, original bool) error {
	set := map[string]any{"key_sealed": nil}
	if original {
		set["original_key_sealed"] = nil
	}
	return tx.Model(&row{}).Where("id = ?", id).Updates(set).Error
}
