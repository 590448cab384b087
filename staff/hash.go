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

// check is what is stored of a password: SHA-256 of a key derived for signing
// in from HMAC(pepper, Argon2id(password, salt)). It waits for one of the
// places at the hasher, and returns ErrBusy after a second.
func (h *hasher) check(ctx context.Context, password string, salt []byte) ([]byte, error) {
	late := time.NewTimer(h.wait)
	defer late.Stop()
	select {
	case h.slots <- struct{}{}:
	case <-late.C:
		return nil, ErrBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	slow := argon2.IDKey([]byte(norm.NFKC.String(password)), salt, h.time, h.memory, argonThreads, 32)
	mac := hmac.New(sha256.New, h.pepper)
	mac.Write(slow)
	key, err := hkdf.Key(sha256.New, mac.Sum(nil), nil, "staff-auth/v1", 32)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(key)
	return sum[:], nil
}

// fresh is the salt and check of a new password.
func (h *hasher) fresh(ctx context.Context, password string) (salt, check []byte, err error) {
	salt = randomBytes(saltSize)
	check, err = h.check(ctx, password, salt)
	return salt, check, err
}
