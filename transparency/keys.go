package transparency

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"minsheng/internal/seal"
)

// The files of the log's secret keys, beside the portal's other keys.
const (
	LogFile     = "log.key"
	PromiseFile = "promise.key"
)

// Keys sign for the log.
type Keys struct {
	log      note.Signer
	before   note.Signer // the key before this one, for the first checkpoint after a change; or nil
	promise  note.Signer
	LogKey   string // public: a note verifier key, whose name is the origin
	Promises string // public key of the promises
}

// promiseName is the name of the key that signs promises of a log.
func promiseName(origin string) string { return origin + "/promise" }

// LoadKeys reads the keys in dir; the error wraps fs.ErrNotExist when one is not
// there.
func LoadKeys(dir string) (*Keys, error) {
	text, err := seal.Secret(dir, LogFile)
	if err != nil {
		return nil, err
	}
	var k Keys
	now, before, _ := strings.Cut(text, "\n")
	if k.log, k.LogKey, err = signer(now); err != nil {
		return nil, fmt.Errorf("transparency: %s: %w", LogFile, err)
	}
	if before != "" {
		if k.before, _, err = signer(before); err != nil {
			return nil, fmt.Errorf("transparency: %s: %w", LogFile, err)
		}
	}
	if text, err = seal.Secret(dir, PromiseFile); err != nil {
		return nil, err
	}
	if k.promise, k.Promises, err = signer(text); err != nil {
		return nil, fmt.Errorf("transparency: %s: %w", PromiseFile, err)
	}
	return &k, nil
}

// CreateKeys makes the keys that are not there yet, and loads them. origin is
// the name of the log, such as "portal.example.gov.cn/log".
func CreateKeys(dir, origin string) (*Keys, error) {
	for file, name := range map[string]string{LogFile: origin, PromiseFile: promiseName(origin)} {
		if _, err := seal.Secret(dir, file); !errors.Is(err, fs.ErrNotExist) {
			continue
		}
		secret, _, err := note.GenerateKey(rand.Reader, name)
		if err != nil {
			return nil, fmt.Errorf("transparency: %w", err)
		}
		if _, err := seal.NewSecret(dir, file, secret); err != nil {
			return nil, err
		}
	}
	return LoadKeys(dir)
}

// Rotate puts a new key in the place of the log's, and returns both public keys.
// The first checkpoint that the new one signs is signed by the old one too. The
// new key keeps the name of the log unless another is given: that is a new log
// over the same tree, which the old key does not sign for.
func Rotate(dir, origin string) (older, newer string, err error) {
	text, err := seal.Secret(dir, LogFile)
	if err != nil {
		return "", "", err
	}
	old, _, _ := strings.Cut(text, "\n")
	was, older, err := signer(old)
	if err != nil {
		return "", "", fmt.Errorf("transparency: %s: %w", LogFile, err)
	}
	if origin == "" {
		origin = was.Name()
	}
	secret, newer, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return "", "", fmt.Errorf("transparency: %w", err)
	}
	if origin == was.Name() {
		secret += "\n" + old
	}
	return older, newer, seal.ReplaceSecret(dir, LogFile, secret)
}

// signer is a secret key ready to sign, with its public half.
func signer(secret string) (note.Signer, string, error) {
	s, err := note.NewSigner(secret)
	if err != nil {
		return nil, "", err
	}
	public, err := verifierKey(secret)
	return s, public, err
}

// Fingerprint is a public key shortened for print and for reading aloud: 20
// hexadecimal digits in groups of four; "" of none.
func Fingerprint(vkey string) string {
	if vkey == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(vkey))
	digits := hex.EncodeToString(sum[:10])
	var groups []string
	for i := 0; i < len(digits); i += 4 {
		groups = append(groups, digits[i:i+4])
	}
	return strings.Join(groups, " ")
}

// verifierKey is the public half of a note signer's key: PRIVATE+KEY+name+hash+
// base64(1 ‖ seed).
func verifierKey(secret string) (string, error) {
	parts := strings.Split(secret, "+")
	if len(parts) < 5 {
		return "", errors.New("not a key")
	}
	// The last part is base64 and may hold a + of its own.
	raw, err := base64.StdEncoding.DecodeString(strings.Join(parts[4:], "+"))
	if err != nil || len(raw) != 1+ed25519.SeedSize {
		return "", errors.New("not a key")
	}
	public := ed25519.NewKeyFromSeed(raw[1:]).Public().(ed25519.PublicKey)
	return note.NewEd25519VerifierKey(parts[2], public)
}
