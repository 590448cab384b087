package staff

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"minsheng/internal/seal"
)

// Cost of one password check (SECURITY §1.4): about 0.2 s and 64 MiB. Six at
// once bound the memory; who waits longer than a second is asked to come back.
const (
	argonTime    = 3
	argonMemory  = 64 << 10 // KiB
	argonThreads = 1
	hashesAtOnce = 6
	hashWait     = time.Second
	saltSize     = 16
)

// derived is what comes of a password.
type derived struct {
	check []byte    // is stored: SHA-256 of a key for signing in
	wrap  *seal.Box // shuts the account's own key
}

// hasher turns passwords into what is stored of them.
type hasher struct {
	pepper []byte
	time   uint32
	memory uint32
	slots  chan struct{}
	wait   time.Duration
	dummy  []byte // the salt for logins that do not exist
}

func newHasher(pepper []byte) *hasher {
	return &hasher{
		pepper: pepper, time: argonTime, memory: argonMemory,
		slots: make(chan struct{}, hashesAtOnce), wait: hashWait, dummy: randomBytes(saltSize),
	}
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// derive makes both keys of a password from HMAC(pepper, Argon2id(password,
// salt)): one for signing in, one that wraps. It waits for one of the places at
// the hasher, and returns ErrBusy after a second.
func (h *hasher) derive(ctx context.Context, password string, salt []byte) (derived, error) {
	late := time.NewTimer(h.wait)
	defer late.Stop()
	select {
	case h.slots <- struct{}{}:
	case <-late.C:
		return derived{}, ErrBusy
	case <-ctx.Done():
		return derived{}, ctx.Err()
	}
	defer func() { <-h.slots }()
	slow := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, h.time, h.memory, argonThreads, 32)
	mac := hmac.New(sha256.New, h.pepper)
	mac.Write(slow)
	secret := mac.Sum(nil)
	sum := sha256.Sum256(stretched(secret, "staff-auth/v1"))
	return derived{check: sum[:], wrap: seal.BoxOf(stretched(secret, "staff-wrap/v1"))}, nil
}

// stretched is a key of 32 bytes for one purpose.
func stretched(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, purpose, 32)
	if err != nil {
		panic(err) // the length is fixed
	}
	return key
}

// fresh is the salt of a new password and what comes of it.
func (h *hasher) fresh(ctx context.Context, password string) (salt []byte, d derived, err error) {
	salt = randomBytes(saltSize)
	d, err = h.derive(ctx, password, salt)
	return salt, d, err
}
