package intake

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"minsheng/internal/seal"
)

// sealedBlob is ciphertext of one report: its words, or who wrote them.
type sealedBlob struct {
	OwnerID       uuid.UUID `gorm:"primaryKey"`
	Kind          string    `gorm:"primaryKey"` // "narrative", "identity"
	RecipientKind string    `gorm:"primaryKey"` // "server", custody.ToUnit, custody.ToOffline
	RecipientID   string    `gorm:"primaryKey"`
	Generation    int
	Ciphertext    []byte
}

// TableName is sealed_blob.
func (sealedBlob) TableName() string { return "sealed_blob" }

// toServer seals content so that the running portal can open it again; a copy
// of the database alone cannot be read.
func toServer(box *seal.Box, report uuid.UUID, kind string, content any) (*sealedBlob, error) {
	plain, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	return &sealedBlob{
		OwnerID: report, Kind: kind, RecipientKind: "server", Generation: 1,
		Ciphertext: box.Shut(plain, sealedPlace(report, kind)),
	}, nil
}

// contentHash is what the event of a report says of its words: the hash of the
// box they lie in. It needs no key to be checked, tells nothing to who tries to
// guess the words, and means nothing any more once their key is destroyed.
func contentHash(sealed []any) string {
	for _, row := range sealed {
		if b, is := row.(*sealedBlob); is && b.Kind == "narrative" {
			sum := sha256.Sum256(b.Ciphertext)
			return hex.EncodeToString(sum[:])
		}
	}
	return ""
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

// Narratives opens the words of reports, by report id, with what is covered of them
// covered; reports that do not exist are left out. Whoever calls has checked that the
// officer may read them.
func (d *Desk) Narratives(ctx context.Context, reports ...uuid.UUID) (map[uuid.UUID]Narrative, error) {
	words, err := d.bare(ctx, reports...)
	if err != nil {
		return nil, err
	}
	covered, err := d.coverings(ctx, words, reports...)
	for id, c := range covered {
		words[id] = c.cover(id, words[id])
	}
	return words, err
}

// bare opens the words of reports, by report id, with nothing covered.
func (d *Desk) bare(ctx context.Context, reports ...uuid.UUID) (map[uuid.UUID]Narrative, error) {
	words := make(map[uuid.UUID]Narrative, len(reports))
	if len(reports) == 0 {
		return words, nil
	}
	var blobs []sealedBlob
	query := d.store.Read(ctx).Where("owner_id IN ? AND kind = ? AND recipient_kind = ?", reports, "narrative", "server")
	if err := query.Find(&blobs).Error; err != nil {
		return nil, err
	}
	for _, b := range blobs {
		var n Narrative
		if err := b.open(d.narrativeBox, &n); err != nil {
			return nil, err
		}
		words[b.OwnerID] = n
	}
	return words, nil
}
