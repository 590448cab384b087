package intake

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/seal"
	"minsheng/staff"
)

// sealedBlob is ciphertext of one report: its words, or who wrote them.
type sealedBlob struct {
	OwnerID       uuid.UUID `gorm:"primaryKey"`
	Kind          string    `gorm:"primaryKey"` // "narrative", "identity"
	RecipientKind string    `gorm:"primaryKey"` // "server", custody.ToUnit, custody.ToOffline; of words always "server"
	RecipientID   string    `gorm:"primaryKey"`
	Generation    int       // of words: ownKey, or 1 under the portal's key
	Ciphertext    []byte
}

// TableName is sealed_blob.
func (sealedBlob) TableName() string { return "sealed_blob" }

// ownKey marks words that have a key of their own in content_key. Those of before
// lie under the portal's.
const ownKey = 2

// Kept says why words are not shown. Then there are none beside it.
type Kept string

// Why words are not shown (catalog key kept.<code>).
const (
	Locked Kept = "locked" // sealed to people of the office, of whom the reader is none
	Erased Kept = "erased" // their key was destroyed
)

// toServer seals content so that the running portal can open it again; a copy
// of the database alone cannot be read.
func toServer(box *seal.Box, report uuid.UUID, kind string, content any) (*sealedBlob, error) {
	plain, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	return &sealedBlob{
		OwnerID: report, Kind: kind, RecipientKind: custody.ToServer, Generation: 1,
		Ciphertext: box.Shut(plain, sealedPlace(report, kind)),
	}, nil
}

// shut seals what was written under a key of its own, and returns the rows that keep
// the key: for the portal, or for offices.
func (d *Desk) shut(owner uuid.UUID, place string, plain []byte, to []custody.To) (sealed []byte, rows []any, err error) {
	return d.shutUnder(newKey(), owner, place, plain, to)
}

// shutUnder is shut with a key that is needed for more.
func (d *Desk) shutUnder(key []byte, owner uuid.UUID, place string, plain []byte, to []custody.To) (sealed []byte, rows []any, err error) {
	rows, err = d.contents.ContentKeys(owner, key, to)
	return seal.BoxOf(key).Shut(plain, place), rows, err
}

func newKey() []byte {
	key := make([]byte, 32)
	rand.Read(key)
	return key
}

// shutWords seals the words of a report: the row of the words first.
func (d *Desk) shutWords(report uuid.UUID, told Narrative, to []custody.To) ([]any, error) {
	plain, err := json.Marshal(told)
	if err != nil {
		return nil, err
	}
	sealed, keys, err := d.shut(report, sealedPlace(report, "narrative"), plain, to)
	if err != nil {
		return nil, err
	}
	words := &sealedBlob{OwnerID: report, Kind: "narrative", RecipientKind: custody.ToServer, Generation: ownKey, Ciphertext: sealed}
	return append([]any{words}, keys...), nil
}

// opened opens what was shut for a place, as far as the keys that a session opened
// go; old is the portal's box for things without a key of their own, nil for the
// others.
func opened(keys map[uuid.UUID]custody.Content, owner uuid.UUID, place string, sealed []byte, old *seal.Box) ([]byte, Kept, error) {
	box := old
	if box == nil {
		key, has := keys[owner]
		switch {
		case !has:
			return nil, Erased, nil
		case key.Err != nil:
			return nil, Locked, nil
		}
		box = seal.BoxOf(key.Key)
	}
	plain, err := box.Open(sealed, place)
	if err != nil {
		return nil, "", fmt.Errorf("intake: open %s: %w", place, err)
	}
	return plain, "", nil
}

// contentHash is what the event of a report says of its words: the hash of the
// box they lie in. It needs no key to be checked, tells nothing to who tries to
// guess the words, and means nothing any more once their key is destroyed.
func contentHash(sealed []any) string {
	for _, row := range sealed {
		if b, is := row.(*sealedBlob); is && b.Kind == "narrative" {
			return b.hash()
		}
	}
	return ""
}

func (b sealedBlob) hash() string {
	sum := sha256.Sum256(b.Ciphertext)
	return hex.EncodeToString(sum[:])
}

// sealedPlace binds a box to its row: moved to another report it stays shut.
func sealedPlace(report uuid.UUID, kind string) string {
	return "report:" + report.String() + ":" + kind
}

func (b sealedBlob) open(box *seal.Box, content any) error {
	plain, err := box.Open(b.Ciphertext, sealedPlace(b.OwnerID, b.Kind))
	if err != nil {
		return fmt.Errorf("intake: open %s of report %s: %w", b.Kind, b.OwnerID, err)
	}
	return json.Unmarshal(plain, content)
}

// Narratives opens the words of reports in the officer's session, by report id, with
// what is covered of them covered; reports that do not exist are left out. Of those
// that the session does not open it says why (Narrative.Kept). The zero Officer is
// the portal itself. Whoever calls has checked that the officer may read them.
func (d *Desk) Narratives(ctx context.Context, by staff.Officer, reports ...uuid.UUID) (map[uuid.UUID]Narrative, error) {
	db := d.store.Read(ctx)
	words, err := d.bare(db, by, reports...)
	if err != nil {
		return nil, err
	}
	covered, err := d.coverings(db, by, words, reports...)
	for id, c := range covered {
		words[id] = c.cover(id, words[id])
	}
	return words, err
}

// bare opens the words of reports, by report id, with nothing covered.
func (d *Desk) bare(db *gorm.DB, by staff.Officer, reports ...uuid.UUID) (map[uuid.UUID]Narrative, error) {
	words := make(map[uuid.UUID]Narrative, len(reports))
	if len(reports) == 0 {
		return words, nil
	}
	var blobs []sealedBlob
	if err := db.Where("owner_id IN ? AND kind = ? AND recipient_kind = ?", reports, "narrative", custody.ToServer).Find(&blobs).Error; err != nil {
		return nil, err
	}
	keys, err := d.contents.Contents(db, by, reports...)
	if err != nil {
		return nil, err
	}
	for _, b := range blobs {
		var n Narrative
		plain, kept, err := opened(keys, b.OwnerID, sealedPlace(b.OwnerID, b.Kind), b.Ciphertext, b.old(d.narrativeBox))
		if err == nil && kept == "" {
			err = json.Unmarshal(plain, &n)
		}
		if err != nil {
			return nil, err
		}
		n.Kept = kept
		words[b.OwnerID] = n
	}
	return words, nil
}

// old is the portal's box for words without a key of their own, nil for others.
func (b sealedBlob) old(box *seal.Box) *seal.Box {
	if b.Generation == ownKey {
		return nil
	}
	return box
}
