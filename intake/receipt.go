package intake

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// A receipt is 18 random digits and two check digits (ISO 7064 MOD 97-10),
// which catch every single wrong digit and every two neighbours swapped. 18
// random digits cannot be guessed one by one: a billion reports leave one hit
// in a billion tries.
const (
	randomDigits  = 18
	receiptDigits = randomDigits + 2
)

// newReceipt draws a receipt. It panics only when the machine has no
// randomness left.
func newReceipt() string {
	const limit = 1_000_000_000_000_000_000
	for {
		var b [8]byte
		rand.Read(b[:])
		// 60 bits: values above the limit are drawn again, so that every
		// receipt is as likely as any other.
		if n := binary.BigEndian.Uint64(b[:]) >> 4; n < limit {
			return withCheck(fmt.Sprintf("%018d", n))
		}
	}
}

// withCheck appends the two check digits, 02 to 98.
func withCheck(digits string) string {
	return digits + fmt.Sprintf("%02d", 98-mod97(digits+"00"))
}

func mod97(digits string) int {
	rest := 0
	for i := range len(digits) {
		rest = (rest*10 + int(digits[i]-'0')) % 97
	}
	return rest
}

// parseReceipt reads what a person typed: spaces and hyphens are ignored,
// full-width digits understood. It returns the digits it found even when they
// are no receipt, so that a wrong one costs as much work as a right one.
func parseReceipt(text string) (digits string, ok bool) {
	var b strings.Builder
	ok = true
	for _, r := range text {
		if p := width.LookupRune(r); p.Folded() != 0 {
			r = p.Folded()
		}
		switch {
		case r >= '0' && r <= '9':
			if b.Len() <= receiptDigits {
				b.WriteRune(r)
			}
		case unicode.IsSpace(r) || unicode.Is(unicode.Dash, r):
		default:
			ok = false
		}
	}
	digits = b.String()
	if len(digits) != receiptDigits {
		return digits, false
	}
	return digits, ok && withCheck(digits[:randomDigits]) == digits
}

// groupsOf cuts a receipt into five groups of four, as it is shown and read
// out.
func groupsOf(digits string) []string {
	var groups []string
	for i := 0; i+4 <= len(digits); i += 4 {
		groups = append(groups, digits[i:i+4])
	}
	return groups
}
