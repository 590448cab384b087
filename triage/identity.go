package triage

import (
	"slices"
	"strings"
)

// RevealReasons lists why a reporter's name may be opened. The reporter reads
// the reason on the tracking page (catalog key reveal.<code>).
func RevealReasons() []string {
	return []string{"contact", "visit", "protect", "refund", "referral", "other"}
}

// revealReason cuts "contact: 需要约定入户时间" into its code and the
// custodian's own words. Words without a known code are for another reason.
func revealReason(text string) (code, words string) {
	code, words, _ = strings.Cut(strings.Replace(text, ":", ":", 1), ":")
	if code = strings.TrimSpace(code); slices.Contains(RevealReasons(), code) {
		return code, strings.TrimSpace(words)
	}
	return "other", strings.TrimSpace(text)
}
