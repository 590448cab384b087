package household

import (
	"encoding/binary"
	"strings"
	"unicode"

	"github.com/google/uuid"
	"golang.org/x/text/unicode/norm"

	"minsheng/internal/privacy"
)

// Keys of identities, as the cross-check compares them. Each is a keyed hash, or
// nil when the text has not the form.

// IDKey is that of an identity number (folded to 18 characters).
func (p *Purse) IDKey(id string) []byte {
	folded, form, _ := privacy.ID(id)
	if !form {
		return nil
	}
	return p.mac("id", folded)
}

// NameKey is that of a name in a village (folded: NFKC, no spaces, · unified).
func (p *Purse) NameKey(village, name string) []byte {
	name = foldName(name)
	if village == "" || name == "" {
		return nil
	}
	return p.mac("name", village, name)
}

// AccountKey is that of a bank account (8 digits and more).
func (p *Purse) AccountKey(account string) []byte {
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, norm.NFKC.String(account))
	if len(digits) < 8 {
		return nil
	}
	return p.mac("account", digits)
}

// lookKey is what a household types: village code, name, last six of the number.
// It has no form that it refuses: whatever was typed costs the same.
func (p *Purse) lookKey(village, name, lastSix string) []byte {
	return p.mac("look", village, name, lastSix)
}

// mac hashes parts that cannot run into one another: each begins with its length.
func (p *Purse) mac(purpose string, parts ...string) []byte {
	var message []byte
	for _, part := range parts {
		message = binary.AppendUvarint(message, uint64(len(part)))
		message = append(message, part...)
	}
	return p.keys.MAC("household/"+purpose, message)
}

// foldName is a name as it is compared: however wide, spaced or dotted it was
// typed.
func foldName(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("·•・‧∙⋅●.。", r):
			return '·'
		case unicode.IsSpace(r), !unicode.IsGraphic(r):
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(name))
}

// foldSix is the end of an identity number as it is compared.
func foldSix(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || !unicode.IsGraphic(r) {
			return -1
		}
		return unicode.ToUpper(r)
	}, norm.NFKC.String(text))
}

// SealName shuts a name under a row's id.
func (p *Purse) SealName(id uuid.UUID, name string) []byte {
	return p.names.Shut([]byte(name), "name:"+id.String())
}

// OpenName opens it.
func (p *Purse) OpenName(id uuid.UUID, sealed []byte) (string, error) {
	name, err := p.names.Open(sealed, "name:"+id.String())
	return string(name), err
}
