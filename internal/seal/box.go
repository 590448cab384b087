package seal

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"

	"golang.org/x/crypto/chacha20poly1305"
)

// Box shuts small things with XChaCha20-Poly1305.
type Box struct{ aead cipher.AEAD }

// BoxOf is the box of a key of 32 bytes that comes from somewhere else than the
// portal's own keys, such as a password.
func BoxOf(key []byte) *Box {
	aead, err := chacha20poly1305.NewX(key)
	if err != nil {
		panic(err) // a key of another length is a mistake in the program
	}
	return &Box{aead}
}

// Shut seals plain for one place, such as "report:018f…:narrative". The same
// place must be named to open it, so a box moved to another row stays shut.
func (b *Box) Shut(plain []byte, place string) []byte {
	nonce := make([]byte, b.aead.NonceSize(), b.aead.NonceSize()+len(plain)+b.aead.Overhead())
	rand.Read(nonce)
	return b.aead.Seal(nonce, nonce, plain, []byte(place))
}

// Open returns what was shut for place, or ErrForged.
func (b *Box) Open(box []byte, place string) ([]byte, error) {
	if len(box) < b.aead.NonceSize() {
		return nil, ErrForged
	}
	plain, err := b.aead.Open(nil, box[:b.aead.NonceSize()], box[b.aead.NonceSize():], []byte(place))
	if err != nil {
		return nil, ErrForged
	}
	return plain, nil
}

// ShutText is Shut for things that travel through a browser: URL-safe text.
func (b *Box) ShutText(plain []byte, place string) string {
	return base64.RawURLEncoding.EncodeToString(b.Shut(plain, place))
}

// OpenText opens what ShutText shut, or returns ErrForged.
func (b *Box) OpenText(text, place string) ([]byte, error) {
	box, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return nil, ErrForged
	}
	return b.Open(box, place)
}
