package intake

import (
	"strings"
	"testing"
)

func TestReceiptCatchesEverySingleWrongDigit(t *testing.T) {
	for range 200 {
		good := newReceipt()
		for at := range len(good) {
			for digit := byte('0'); digit <= '9'; digit++ {
				if digit == good[at] {
					continue
				}
				bad := good[:at] + string(digit) + good[at+1:]
				if _, ok := parseReceipt(bad); ok {
					t.Fatalf("%s was taken for %s", bad, good)
				}
			}
		}
	}
}

func TestReceiptCatchesEverySwapOfNeighbours(t *testing.T) {
	for range 500 {
		good := newReceipt()
		for at := range len(good) - 1 {
			if good[at] == good[at+1] {
				continue
			}
			bad := good[:at] + string(good[at+1]) + string(good[at]) + good[at+2:]
			if _, ok := parseReceipt(bad); ok {
				t.Fatalf("%s was taken for %s", bad, good)
			}
		}
	}
}

func TestReceiptDigitsAreAsThePublishedExampleSays(t *testing.T) {
	// ISO 7064 MOD 97-10: the whole number leaves the rest 1.
	for _, digits := range []string{"794000000000000000", "000000000000000000", "999999999999999999"} {
		if got := withCheck(digits); mod97(got) != 1 || len(got) != 20 {
			t.Errorf("withCheck(%s) = %s, which leaves the rest %d", digits, got, mod97(got))
		}
	}
	if got := withCheck("794"); got != "79444" {
		t.Errorf("withCheck(794) = %s, want 79444 as in the standard", got)
	}
}

func TestReceiptIsReadAsPeopleWriteIt(t *testing.T) {
	good := withCheck("441700920000000017")
	groups := groupsOf(good)
	if len(groups) != 5 || strings.Join(groups, "") != good {
		t.Fatalf("groupsOf(%s) = %v", good, groups)
	}
	wide := strings.Map(func(r rune) rune { return r - '0' + '\uFF10' }, good)
	for _, typed := range []string{
		good, strings.Join(groups, " "), strings.Join(groups, "-"), " " + strings.Join(groups, " - ") + "\n",
		wide, strings.Join(groups, "－"), strings.Join(groups, "\u3000"), strings.Join(groups, "—"),
	} {
		if got, ok := parseReceipt(typed); !ok || got != good {
			t.Errorf("parseReceipt(%q) = %q, %v", typed, got, ok)
		}
	}
	for _, typed := range []string{
		"", good[:19], good + "0", good + good, "O" + good[1:], good + "号", "查询码" + good,
		strings.Repeat("1", 1<<16), "٠" + good[1:],
	} {
		if got, ok := parseReceipt(typed); ok || len(got) > receiptDigits+1 {
			t.Errorf("parseReceipt(%.30q) = %q, %v; want no receipt", typed, got, ok)
		}
	}
}

func TestReceiptsAreSpreadEvenly(t *testing.T) {
	var first [10]int
	seen := map[string]bool{}
	const draws = 20000
	for range draws {
		r := newReceipt()
		if seen[r] {
			t.Fatal("the same receipt twice")
		}
		seen[r] = true
		first[r[0]-'0']++
	}
	for digit, n := range first {
		if n < draws/10*8/10 || n > draws/10*12/10 {
			t.Errorf("%d of %d receipts begin with %d", n, draws, digit)
		}
	}
}
