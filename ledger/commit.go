package ledger

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/internal/store"
)

// Scheme begins everything that is committed to: a hash made for the log can be
// mistaken for nothing else.
const Scheme = "grievance-log/v1\n"

// NonceSize is how many random bytes open a commitment. Without them a
// commitment tells nothing, not even to who guesses what happened.
const NonceSize = 32

// Commit is the commitment to an opening: HMAC-SHA256 under the nonce.
func Commit(nonce, opening []byte) []byte {
	h := hmac.New(sha256.New, nonce)
	h.Write([]byte(Scheme))
	h.Write(opening)
	return h.Sum(nil)
}

// NewNonce panics only when the machine has no randomness left.
func NewNonce() []byte {
	nonce := make([]byte, NonceSize)
	rand.Read(nonce)
	return nonce
}

// opening is what a commitment says of an event. Its fields stand in the order
// of their names, so that whoever has a JSON writer that sorts, in any language,
// gets the same bytes.
type opening struct {
	Actor string            `json:"actor"`
	At    string            `json:"at"`
	Body  map[string]string `json:"body"`
	By    string            `json:"by"`
	Case  uuid.UUID         `json:"case"`
	ID    uuid.UUID         `json:"id"`
	Of    Subject           `json:"of"`
	Prev  string            `json:"prev"`
	Role  string            `json:"role"`
	Seq   int               `json:"seq"`
	Kind  string            `json:"t"`
	Unit  string            `json:"unit"`
}

// openingTime is how an opening writes an instant, in UTC.
const openingTime = "2006-01-02T15:04:05.000000Z"

// Opening is what the event's commitment is made of: JSON with sorted names and
// no spaces. prev is the commitment of the subject's event before this one, nil
// for the first. Who acted stands in it as a hash under the nonce: an opening is
// handed to reporters, who are told offices and no persons.
func (e Event) Opening(prev []byte) []byte {
	var b bytes.Buffer
	w := json.NewEncoder(&b)
	w.SetEscapeHTML(false)
	err := w.Encode(opening{
		Actor: e.ActorKind, At: e.At.UTC().Format(openingTime), Body: e.Body, By: e.person(), Case: e.SubjectID, ID: e.ID,
		Of: e.SubjectKind, Prev: hex.EncodeToString(prev), Role: e.ActorRole, Seq: e.Seq, Kind: e.Kind, Unit: e.ActorUnit,
	})
	if err != nil {
		panic(err) // strings and numbers can always be written
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

func (e Event) person() string {
	if e.ActorID == nil && e.ActorName == "" {
		return ""
	}
	id := ""
	if e.ActorID != nil {
		id = e.ActorID.String()
	}
	return hex.EncodeToString(Commit(e.Nonce, []byte("by\n"+id+"\n"+e.ActorName)))
}

// commit fills nonce and commitment, after the event whose commitment is prev.
func (e *Event) commit(prev []byte) {
	e.Nonce = NewNonce()
	e.Commitment = Commit(e.Nonce, e.Opening(prev))
}

// Before returns the commitment of the event before e in the life of its
// subject: nil for the first.
func Before(db *gorm.DB, e Event) ([]byte, error) {
	if e.Seq == 1 {
		return nil, nil
	}
	var before Event
	err := store.One(db.Where("subject_kind = ? AND subject_id = ? AND seq = ?", e.SubjectKind, e.SubjectID, e.Seq-1), &before)
	return before.Commitment, err
}

// oldBatch is how many events of the time before the log are committed to at once.
const oldBatch = 500

// CommitOld commits to the events that were written before there was a log. It
// runs before anything else is written and costs nothing when there are none.
func CommitOld(ctx context.Context, s *store.Store) error {
	for {
		n := 0
		err := s.Transact(ctx, func(tx *gorm.DB) (err error) {
			n, err = commitSome(s, tx)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}

// commitSome holds the rows that it commits to: another replica waits here and
// then finds them done.
func commitSome(s *store.Store, tx *gorm.DB) (int, error) {
	query := tx.Where("commitment IS NULL").Order("subject_kind, subject_id, seq").Limit(oldBatch)
	if s.Postgres() {
		query = query.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	var events []Event
	if err := query.Find(&events).Error; err != nil {
		return 0, fmt.Errorf("ledger: %w", err)
	}
	var last Event
	for _, e := range events {
		prev := last.Commitment
		if last.SubjectKind != e.SubjectKind || last.SubjectID != e.SubjectID {
			var err error
			if prev, err = Before(tx, e); err != nil {
				return 0, fmt.Errorf("ledger: %w", err)
			}
		}
		e.commit(prev)
		res := tx.Model(&Event{}).Where("id = ?", e.ID).Updates(map[string]any{"nonce": e.Nonce, "commitment": e.Commitment})
		if res.Error != nil {
			return 0, fmt.Errorf("ledger: %w", res.Error)
		}
		last = e
	}
	return len(events), nil
}
