package transparency

import (
	"context"
	"crypto/rand"
	"fmt"
	"math/big"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"minsheng/ledger"
)

// mostAtOnce is how many leaves one transaction adds; what else is queued comes
// in further ones of the same turn.
const mostAtOnce = 4096

// insertBatch keeps an INSERT below the parameters that a database takes.
const insertBatch = 1000

// Turn takes up what is queued if a turn is due, and reports whether it signed a
// checkpoint. A turn is due once in each interval, counted from the epoch on all
// replicas alike.
func (l *Log) Turn(ctx context.Context) (signed bool, err error) {
	if l.keys == nil {
		return false, ErrNoKey
	}
	h, err := headOf(l.Store.Read(ctx))
	if err != nil || !l.due(h) {
		return false, err
	}
	for more, first := true, true; more; first = false {
		var c *Checkpoint
		err := l.Store.Transact(ctx, func(tx *gorm.DB) (err error) {
			c, more, err = l.grow(tx, first)
			return err
		})
		l.refuse(err)
		if err != nil || c == nil {
			return signed, err
		}
		signed = true
		if err := l.remember(*c); err != nil {
			return signed, err
		}
	}
	return signed, nil
}

func (l *Log) due(h head) bool {
	return l.Every == 0 || h.SignedAt == nil || l.slot(l.Store.Now()) != l.slot(*h.SignedAt)
}

func (l *Log) slot(t time.Time) int64 { return t.UnixNano() / int64(l.Every) }

// grow adds a batch of the queue to the tree and signs it. It holds the head
// from the start: of two replicas one waits here, and then finds that no turn is
// due. c is nil when there was nothing to sign.
func (l *Log) grow(tx *gorm.DB, first bool) (c *Checkpoint, more bool, err error) {
	held := tx
	if l.Store.Postgres() {
		held = tx.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	h, err := headOf(held)
	if err != nil || first && !l.due(h) {
		return nil, false, err
	}
	if err := l.examine(tx); err != nil {
		return nil, false, err
	}
	now := l.Store.Now()
	if h.SignedAt != nil && now.Before(*h.SignedAt) {
		return nil, false, ErrClock
	}
	var batch []queued
	if err := tx.Order("id").Limit(mostAtOnce).Find(&batch).Error; err != nil {
		return nil, false, fmt.Errorf("transparency: %w", err)
	}
	if len(batch) == 0 && h.SignedAt != nil && (l.Pad <= 1 || !first && h.Size%int64(l.Pad) == 0) {
		return nil, false, nil
	}
	more = len(batch) == mostAtOnce
	fresh, err := unseen(tx, batch)
	if err != nil {
		return nil, false, err
	}
	leaves, padding := mix(h.Size, fresh, l.Pad, more)
	t, err := planted(tx, h.Size, leaves)
	if err != nil {
		return nil, false, err
	}
	if t.size == h.Size && h.SignedAt != nil { // nothing but doubles
		return nil, more, discard(tx, batch)
	}
	if c, err = l.sign(tx, t, now); err != nil {
		return nil, false, err
	}
	return c, more, t.store(tx, *c, batch, padding)
}

// unseen leaves out what is in the tree already, or twice in the queue: no event
// does that, and a row written by hand must not stop the log.
func unseen(db *gorm.DB, batch []queued) (fresh [][]byte, err error) {
	seen := map[string]bool{}
	for from := 0; from < len(batch); from += readBatch {
		var some [][]byte
		for _, q := range batch[from:min(from+readBatch, len(batch))] {
			some = append(some, q.Commitment)
		}
		var there [][]byte
		if err := db.Model(&leaf{}).Where("commitment IN ?", some).Pluck("commitment", &there).Error; err != nil {
			return nil, fmt.Errorf("transparency: %w", err)
		}
		for _, c := range there {
			seen[string(c)] = true
		}
	}
	for _, q := range batch {
		if !seen[string(q.Commitment)] {
			seen[string(q.Commitment)] = true
			fresh = append(fresh, q.Commitment)
		}
	}
	return fresh, nil
}

// mix puts chaff among the leaves, so that the tree grows to a multiple of pad,
// and by something at every turn. Where a leaf stands must tell nothing either:
// they are shuffled.
func mix(size int64, leaves [][]byte, pad int, more bool) (mixed [][]byte, padding []chaff) {
	for pad > 1 && !more && (len(leaves) == 0 || (size+int64(len(leaves)))%int64(pad) != 0) {
		nonce := ledger.NewNonce()
		c := chaff{ledger.Commit(nonce, []byte(chaffOpening)), nonce}
		padding, leaves = append(padding, c), append(leaves, c.Commitment)
	}
	for i := len(leaves) - 1; i > 0; i-- {
		j, err := rand.Int(rand.Reader, big.NewInt(int64(i+1)))
		if err != nil {
			panic(err) // the machine has no randomness left
		}
		leaves[i], leaves[j.Int64()] = leaves[j.Int64()], leaves[i]
	}
	return leaves, padding
}

// chaffOpening is what a leaf that stands for nothing opens as.
const chaffOpening = `{"t":"chaff"}`

// Entry is what the log holds of a commitment, the same for every kind.
func Entry(commitment []byte) []byte { return append([]byte{1}, commitment...) }

// tree is a tree that has grown and is not stored yet.
type tree struct {
	size   int64
	root   tlog.Hash
	leaves []leaf
	hashes []stored
}

// planted adds leaves to the tree of a size. Only its right edge is read.
func planted(db *gorm.DB, size int64, leaves [][]byte) (*tree, error) {
	edge, err := hashesAt(db, rightEdge(size))
	if err != nil {
		return nil, err
	}
	known := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			h, is := edge[index]
			if !is {
				return nil, fmt.Errorf("transparency: hash %d is missing", index)
			}
			hashes[i] = h
		}
		return hashes, nil
	})
	t := &tree{size: size}
	for _, commitment := range leaves {
		next, err := tlog.StoredHashes(t.size, Entry(commitment), known)
		if err != nil {
			return nil, err
		}
		first := tlog.StoredHashIndex(0, t.size)
		for i, h := range next {
			edge[first+int64(i)] = h
			t.hashes = append(t.hashes, stored{first + int64(i), h[:]})
		}
		t.leaves = append(t.leaves, leaf{t.size, commitment})
		t.size++
	}
	t.root, err = tlog.TreeHash(t.size, known)
	return t, err
}

// rightEdge lists the hashes that a tree of a size still needs to grow.
func rightEdge(size int64) (indexes []int64) {
	for level, at := 0, size; at > 0; level, at = level+1, at/2 {
		if at%2 == 1 {
			indexes = append(indexes, tlog.StoredHashIndex(level, at-1))
		}
	}
	return indexes
}

// sign signs the tree. The first checkpoint after a change of keys is signed by
// the key before, too: who knows that one learns the new one.
func (l *Log) sign(tx *gorm.DB, t *tree, now time.Time) (*Checkpoint, error) {
	signers := []note.Signer{l.keys.log}
	var known []knownKey
	if err := tx.Where("vkey = ?", l.keys.LogKey).Limit(1).Find(&known).Error; err != nil {
		return nil, fmt.Errorf("transparency: %w", err)
	}
	if len(known) == 0 {
		if l.keys.before != nil {
			signers = append(signers, l.keys.before)
		}
		if err := tx.Create(&knownKey{l.keys.LogKey, now}).Error; err != nil {
			return nil, fmt.Errorf("transparency: %w", err)
		}
	}
	text := fmt.Sprintf("%s\n%d\n%s\n", l.keys.log.Name(), t.size, t.root)
	signed, err := note.Sign(&note.Note{Text: text}, signers...)
	if err != nil {
		return nil, fmt.Errorf("transparency: %w", err)
	}
	return &Checkpoint{Size: t.size, Root: t.root[:], SignedAt: now, Note: string(signed)}, nil
}

// store writes what a turn made, in its transaction.
func (t *tree) store(tx *gorm.DB, c Checkpoint, batch []queued, padding []chaff) error {
	var err error
	create := func(rows any, n int) {
		if err == nil && n > 0 {
			err = tx.CreateInBatches(rows, insertBatch).Error
		}
	}
	create(t.leaves, len(t.leaves))
	create(t.hashes, len(t.hashes))
	create(padding, len(padding))
	if err == nil {
		err = discard(tx, batch)
	}
	if err == nil {
		err = tx.Create(&c).Error
	}
	if err == nil {
		err = tx.Model(&head{}).Where("one = 1").Updates(map[string]any{"size": c.Size, "signed_at": c.SignedAt}).Error
	}
	if err != nil {
		return fmt.Errorf("transparency: %w", err)
	}
	return nil
}

// discard takes what a turn has taken up out of the queue.
func discard(tx *gorm.DB, batch []queued) error {
	if len(batch) == 0 {
		return nil
	}
	ids := make([]int64, len(batch))
	for i, q := range batch {
		ids[i] = q.ID
	}
	return tx.Where("id IN ?", ids).Delete(&queued{}).Error
}
