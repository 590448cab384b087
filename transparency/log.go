package transparency

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"golang.org/x/mod/sumdb/note"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// Config says what a log stands on.
type Config struct {
	Store     *store.Store
	KeysDir   string        // folder of log.key and promise.key
	Origin    string        // name of the log where its keys are still to be made
	Last      string        // file outside the database that holds the last checkpoint
	Every     time.Duration // time between turns; 0: whenever Turn is called
	Pad       int           // the tree grows by multiples of this, chaff among it; 1 means no chaff
	Witnesses []Witness
	Client    *http.Client // to ask witnesses with; nil means one that waits ten seconds
}

// Witness is somebody outside who signs that they saw a checkpoint and that it
// goes on from those they saw before (C2SP tlog-witness).
type Witness struct {
	VKey string // public key of its cosignatures
	URL  string // where add-checkpoint is
	key  note.Verifier
}

// Log is the log of one portal.
type Log struct {
	Config
	keys *Keys // nil while Refused tells that one is gone

	mu      sync.Mutex
	refused error
	seen    map[string]error // by name of the witness: what it last answered
	tiles   map[spot]keptTile
}

// leaf is a place in the tree.
type leaf struct {
	Idx        int64 `gorm:"primaryKey;autoIncrement:false"`
	Commitment []byte
}

// TableName is log_leaf.
func (leaf) TableName() string { return "log_leaf" }

// stored is a hash of the tree.
type stored struct {
	Idx  int64 `gorm:"primaryKey;autoIncrement:false"`
	Hash []byte
}

// TableName is log_hash.
func (stored) TableName() string { return "log_hash" }

// queued is a commitment that waits for the next turn.
type queued struct {
	ID         int64 `gorm:"primaryKey"`
	Commitment []byte
	QueuedAt   time.Time
}

// TableName is log_queue.
func (queued) TableName() string { return "log_queue" }

// chaff opens a leaf that stands for nothing.
type chaff struct {
	Commitment []byte `gorm:"primaryKey"`
	Nonce      []byte
}

// TableName is log_chaff.
func (chaff) TableName() string { return "log_chaff" }

// head is the one row that turns hold one after the other.
type head struct {
	One      int `gorm:"primaryKey;autoIncrement:false"`
	Size     int64
	SignedAt *time.Time
}

// TableName is log_head.
func (head) TableName() string { return "log_head" }

// knownKey is a public key that has signed.
type knownKey struct {
	VKey  string `gorm:"primaryKey;column:vkey"`
	Since time.Time
}

// TableName is log_key.
func (knownKey) TableName() string { return "log_key" }

// New opens the log. Keys that were never there are made; keys that are gone are
// told by Refused, and the portal goes on without signing: taking reports must
// not stand still for it.
func New(ctx context.Context, c Config) (*Log, error) {
	if c.Client == nil {
		c.Client = &http.Client{Timeout: 10 * time.Second}
	}
	l := &Log{Config: c, seen: map[string]error{}, tiles: map[spot]keptTile{}}
	for i, w := range l.Witnesses {
		v, err := cosigner(w.VKey)
		if err != nil {
			return nil, err
		}
		l.Witnesses[i].key = v
	}
	keys, err := LoadKeys(c.KeysDir)
	if errors.Is(err, fs.ErrNotExist) {
		keys, err = l.firstKeys(ctx)
	}
	if errors.Is(err, ErrNoKey) {
		l.refused = err
		return l, nil
	}
	if err != nil {
		return nil, err
	}
	l.keys = keys
	l.refuse(l.examine(c.Store.Read(ctx)))
	return l, nil
}

// firstKeys makes the keys of a log that has not signed anything yet.
func (l *Log) firstKeys(ctx context.Context) (*Keys, error) {
	h, err := headOf(l.Store.Read(ctx))
	if err != nil {
		return nil, err
	}
	if h.SignedAt != nil {
		return nil, ErrNoKey
	}
	return CreateKeys(l.KeysDir, l.Origin)
}

func headOf(db *gorm.DB) (h head, err error) {
	if err = store.One(db.Where("one = 1"), &h); err != nil {
		return h, fmt.Errorf("transparency: head: %w", err)
	}
	return h, nil
}

// Name is the origin of the log, "" while its key is gone.
func (l *Log) Name() string {
	if l.keys == nil {
		return ""
	}
	return l.keys.log.Name()
}

// Keys are the public keys of the log and of its promises; "" while one is gone.
func (l *Log) Keys() (logKey, promises string) {
	if l.keys == nil {
		return "", ""
	}
	return l.keys.LogKey, l.keys.Promises
}

// Refused tells why the log does not sign at present: an error of the kind of
// Refusal, or nil.
func (l *Log) Refused() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.refused
}

func (l *Log) refuse(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refused = nil
	if refusal := Refusal(""); errors.As(err, &refusal) {
		l.refused = err
	}
}

// Run takes turns at the fixed times until ctx ends. The times do not depend on
// when the portal started, and what replicas do at once only one does.
func (l *Log) Run(ctx context.Context, log *slog.Logger) {
	var attending sync.WaitGroup
	defer attending.Wait()
	attending.Go(func() { // a witness that keeps us waiting must not delay a turn
		l.often(ctx, func() { l.Witnessed(ctx) })
	})
	said := ""
	l.often(ctx, func() {
		_, err := l.Turn(ctx)
		switch {
		case err == nil:
			said = ""
		case ctx.Err() == nil && err.Error() != said: // once, not at every turn
			said = err.Error()
			log.Error("the public log was not signed", "component", "log", "error_kind", kindOf(err))
		}
	})
}

// often does something several times in each interval, until ctx ends.
func (l *Log) often(ctx context.Context, do func()) {
	tick := time.NewTicker(min(max(l.Every/8, 100*time.Millisecond), 15*time.Second))
	defer tick.Stop()
	for {
		do()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// kindOf names an error for the portal's own log.
func kindOf(err error) string {
	if refusal := Refusal(""); errors.As(err, &refusal) {
		return string(refusal)
	}
	return "storage"
}
