package transparency

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"filippo.io/torchwood"
	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/ledger"
)

// Place is where an event stands in the log.
type Place struct {
	In       bool // else it waits for the next turn, at the latest until By
	Index    int64
	Proved   Checkpoint // the one that Proof proves it with
	By       time.Time
	Witness  []string // names of those who signed Proved
	Required []string // names of those whom the policy asks for
}

// leastPromise is the shortest time within which a promise says that an event
// will be in the log.
const leastPromise = 15 * time.Minute

// by is when an event of an instant is in the log at the latest.
func (l *Log) by(at time.Time) time.Time {
	return at.Add(max(2*l.Every, leastPromise)).UTC().Truncate(time.Second)
}

// first is the first event of a subject, with what opens it.
func (l *Log) first(ctx context.Context, subject ledger.Subject, id uuid.UUID) (e ledger.Event, err error) {
	err = store.One(l.Store.Read(ctx).Where("subject_kind = ? AND subject_id = ? AND seq = 1", subject, id), &e)
	if err == nil && e.Nonce == nil {
		err = store.ErrNotFound // its opening was erased: nothing can be said of it
	}
	return e, err
}

// Promise says, signed with the key of promises, that the first event of a
// subject is taken up and by when it is in the log: what a reporter holds until
// there is a proof. It is a signed note (C2SP signed-note) and carries the
// opening. Errors: store.ErrNotFound, a Refusal when the key is gone.
func (l *Log) Promise(ctx context.Context, subject ledger.Subject, id uuid.UUID) (string, error) {
	if l.keys == nil {
		return "", ErrNoKey
	}
	e, err := l.first(ctx, subject, id)
	if err != nil {
		return "", err
	}
	leaf := tlog.RecordHash(Entry(e.Commitment))
	text := fmt.Sprintf("minsheng promise v1\nlog %s\nleaf %s\nat %s\nin-log-by %s\nopening %s\n",
		l.keys.log.Name(), leaf, e.At.UTC().Format(time.RFC3339), l.by(e.At).Format(time.RFC3339),
		base64.StdEncoding.EncodeToString(extra(e)))
	signed, err := note.Sign(&note.Note{Text: text}, l.keys.promise)
	if err != nil {
		return "", fmt.Errorf("transparency: %w", err)
	}
	return string(signed), nil
}

// extra is what opens the leaf of a first event: nonce, then opening.
func extra(e ledger.Event) []byte { return slices.Concat(e.Nonce, e.Opening(nil)) }

// Where tells where the first event of a subject stands.
func (l *Log) Where(ctx context.Context, subject ledger.Subject, id uuid.UUID) (p Place, err error) {
	e, err := l.first(ctx, subject, id)
	if err != nil {
		return p, err
	}
	return l.place(ctx, e)
}

func (l *Log) place(ctx context.Context, e ledger.Event) (p Place, err error) {
	p.By = l.by(e.At)
	for _, w := range l.Witnesses {
		p.Required = append(p.Required, w.key.Name())
	}
	var at []leaf
	db := l.Store.Read(ctx)
	if err := db.Where("commitment = ?", e.Commitment).Limit(1).Find(&at).Error; err != nil {
		return p, fmt.Errorf("transparency: %w", err)
	}
	if len(at) == 0 {
		return p, nil
	}
	p.Index = at[0].Idx
	if p.Proved, err = l.proving(db, p.Index); err != nil {
		return p, err
	}
	p.In = true
	lines, err := l.cosigned(db, p.Proved.Size)
	for _, line := range lines {
		p.Witness = append(p.Witness, line.Witness)
	}
	return p, err
}

// proving is the checkpoint to prove a leaf with: the newest that a witness has
// signed where there is one that holds the leaf, or else the newest of all.
func (l *Log) proving(db *gorm.DB, index int64) (c Checkpoint, err error) {
	if len(l.Witnesses) > 0 {
		var seen []Checkpoint
		err := db.Where("size > ? AND size IN (SELECT size FROM log_cosignature)", index).Order("size DESC").Limit(1).Find(&seen).Error
		if err != nil {
			return c, fmt.Errorf("transparency: %w", err)
		}
		if len(seen) == 1 {
			return seen[0], nil
		}
	}
	return newest(db)
}

// Proof is the proof that the first event of a subject is in the log, as C2SP
// tlog-proof with its opening as extra data. Any verifier of that format checks
// it without this portal. store.ErrNotFound while it is not in the log yet.
func (l *Log) Proof(ctx context.Context, subject ledger.Subject, id uuid.UUID) ([]byte, error) {
	e, err := l.first(ctx, subject, id)
	if err != nil {
		return nil, err
	}
	p, err := l.place(ctx, e)
	if err != nil {
		return nil, err
	}
	if !p.In {
		return nil, store.ErrNotFound
	}
	proof, err := tlog.ProveRecord(p.Proved.Size, p.Index, reader(l.Store.Read(ctx)))
	if err != nil {
		return nil, fmt.Errorf("transparency: %w", err)
	}
	signed, err := l.Signed(ctx, p.Proved)
	if err != nil {
		return nil, err
	}
	return torchwood.FormatProofWithExtraData(p.Index, extra(e), proof, []byte(signed)), nil
}

// Policy says whose signatures a proof must bear, as C2SP tlog-policy; the key of
// promises stands in a comment, for there is no word for it.
func (l *Log) Policy() string {
	if l.keys == nil {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "log %s\n", l.keys.LogKey)
	names := make([]string, len(l.Witnesses))
	for i, w := range l.Witnesses {
		names[i] = "w" + fmt.Sprint(i+1)
		fmt.Fprintf(&b, "witness %s %s %s\n", names[i], w.VKey, w.URL)
	}
	switch len(names) {
	case 0:
		b.WriteString("quorum none\n")
	case 1:
		b.WriteString("quorum w1\n")
	default:
		fmt.Fprintf(&b, "group witnesses any %s\nquorum witnesses\n", strings.Join(names, " "))
	}
	fmt.Fprintf(&b, "# promise %s\n", l.keys.Promises)
	return b.String()
}
