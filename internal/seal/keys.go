package seal

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// ErrForged means that a box or token was not made by these keys for this
// purpose and place, or was changed since.
var ErrForged = errors.New("seal: not sealed by these keys for this place")

// The files that Create makes and Load reads.
const (
	MasterFile   = "portal.key"
	EvidenceFile = "evidence.age"
)

// Keys are the portal's secrets in memory.
type Keys struct {
	master   []byte
	evidence *age.X25519Identity
}

// Create makes new keys in dir, readable by their owner only (0400). It
// refuses to overwrite any; the error then wraps fs.ErrExist. The master key
// appears last and whole: who sees it, a replica that starts at the same
// instant or the next start after a crash, finds everything.
func Create(dir string) (*Keys, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if _, err := os.Lstat(filepath.Join(dir, MasterFile)); err == nil {
		return nil, fmt.Errorf("seal: %s: %w", MasterFile, fs.ErrExist)
	}
	master := make([]byte, 32)
	rand.Read(master)
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	err = writeSecret(dir, EvidenceFile, identity.String())
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	if err := writeSecret(dir, MasterFile, base64.StdEncoding.EncodeToString(master)); err != nil {
		return nil, err
	}
	return Load(dir) // the evidence key may be another replica's
}

// Secret reads a secret file of dir that another room needs; the error wraps
// fs.ErrNotExist when there is none.
func Secret(dir, name string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// NewSecret writes such a file, readable by its owner only (0400), and returns
// what it then holds: another replica may have been first.
func NewSecret(dir, name, text string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if err := writeSecret(dir, name, text); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	return Secret(dir, name)
}

// ReplaceSecret puts another secret in the place of one.
func ReplaceSecret(dir, name, text string) error {
	next := name + ".next"
	if err := os.Remove(filepath.Join(dir, next)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("seal: %w", err)
	}
	if err := writeSecret(dir, next, text); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(dir, next), filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	return syncDir(dir)
}

// writeSecret writes a file that appears whole or not at all, and never over
// another.
func writeSecret(dir, name, text string) error {
	f, err := os.CreateTemp(dir, "."+name+"-") // mode 0600
	if err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(text + "\n")
	if err := errors.Join(err, f.Chmod(0o400), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	if err := os.Link(f.Name(), filepath.Join(dir, name)); err != nil {
		return fmt.Errorf("seal: %w", err)
	}
	return syncDir(dir)
}

// syncDir makes the names in a folder survive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Load reads the keys in dir. The error wraps fs.ErrNotExist when there are
// none.
func Load(dir string) (*Keys, error) {
	text, err := os.ReadFile(filepath.Join(dir, MasterFile))
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	master, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(master) != 32 {
		return nil, fmt.Errorf("seal: %s is not a key of 32 bytes", MasterFile)
	}
	if text, err = os.ReadFile(filepath.Join(dir, EvidenceFile)); err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	identity, err := age.ParseX25519Identity(strings.TrimSpace(string(text)))
	if err != nil {
		return nil, fmt.Errorf("seal: %s: %w", EvidenceFile, err)
	}
	return &Keys{master, identity}, nil
}

// Evidence is the identity that files were encrypted to before each had a key of its own.
func (k *Keys) Evidence() *age.X25519Identity { return k.evidence }

// Box returns the box of one purpose, such as "narrative". Boxes of different
// purposes cannot open each other's things.
func (k *Keys) Box(purpose string) *Box {
	return BoxOf(k.derive("box/" + purpose))
}

// MAC returns the keyed hash of message for one purpose: 32 bytes that say
// nothing about message to whoever lacks the keys.
func (k *Keys) MAC(purpose string, message []byte) []byte {
	h := hmac.New(sha256.New, k.derive("mac/"+purpose))
	h.Write(message)
	return h.Sum(nil)
}

// Pepper returns 32 secret bytes for mixing into password hashes.
func (k *Keys) Pepper() []byte { return k.derive("password-pepper") }

func (k *Keys) derive(purpose string) []byte {
	key, err := hkdf.Key(sha256.New, k.master, nil, "minsheng/v1/"+purpose, 32)
	if err != nil {
		panic(err) // the length is fixed
	}
	return key
}
