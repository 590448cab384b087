package public_test

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// aReceipt is a number as receipts are: 18 random digits and the check digits
// of ISO 7064 MOD 97-10.
func aReceipt() string {
	digits := fmt.Sprintf("%018d", rand.Int64N(1e18))
	rest := 0
	for _, d := range digits + "00" {
		rest = (rest*10 + int(d-'0')) % 97
	}
	return digits + fmt.Sprintf("%02d", 98-rest)
}

// TestGuessedReceiptsFindNothing tries a thousand receipts that could be real:
// none opens anything, and after the first thirty whoever tries has to wait,
// with what was typed still there.
func TestGuessedReceiptsFindNothing(t *testing.T) {
	for name, limits := range map[string]bool{"limited": true, "unlimited": false} {
		t.Run(name, func(t *testing.T) {
			s := open(t, with{limits: limits})
			digits, _ := s.reported()
			told := map[int]int{}
			for range 1000 {
				guess := aReceipt()
				p := s.post("/track", url.Values{"digits": {guess}, "draft": {"还想说一句"}})
				told[p.status]++
				if p.status != 422 && p.status != 429 {
					t.Fatalf("%s: %d", guess, p.status)
				}
				v := p.form("/track")
				if v.Get("digits") != guess || v.Get("draft") != "还想说一句" || p.header.Get("Retry-After") == "" && p.status == 429 {
					t.Fatalf("%d keeps %v, wait %q", p.status, v, p.header.Get("Retry-After"))
				}
			}
			// A few come free again while the thousand are tried.
			if limits && told[422] > 100 || !limits && told[422] != 1000 {
				t.Errorf("answers %v", told)
			}
			if !limits { // the guard does not lock out who has the receipt
				s.post("/track", url.Values{"digits": {digits}}).want(200)
			}
		})
	}
}

// TestASolvedPuzzleIsGoodForOneReport sends the same solved puzzle with other
// forms, one after the other and all at once.
func TestASolvedPuzzleIsGoodForOneReport(t *testing.T) {
	s := open(t, with{captcha: true})
	first := s.full()
	receipt := s.post("/receipt", first).want(200).receipt()
	if again := s.post("/receipt", first).want(200).receipt(); again != receipt {
		t.Errorf("the same form: %s and %s", receipt, again)
	}
	for _, name := range []string{"another form", "another form, with files"} {
		second := s.full()
		second.Set("captcha_id", first.Get("captcha_id"))
		second.Set("captcha", first.Get("captcha"))
		var p page
		if strings.HasSuffix(name, "files") {
			p = s.upload("/receipt", second, file{"files", "收据.pdf", pdf})
		} else {
			p = s.post("/receipt", second)
		}
		p.want(422).keeps(t, "confidential")
	}
	if n := s.reports(); n != 1 {
		t.Fatalf("%d reports of one puzzle", n)
	}
	shared := s.full()
	forms := make([]url.Values, 8)
	for i := range forms {
		forms[i] = s.full()
		forms[i].Set("captcha_id", shared.Get("captcha_id"))
		forms[i].Set("captcha", shared.Get("captcha"))
	}
	statuses := make([]int, len(forms))
	var wg sync.WaitGroup
	for i := range forms {
		wg.Go(func() { statuses[i] = s.post("/receipt", forms[i]).status })
	}
	wg.Wait()
	if n := s.reports(); n != 2 {
		t.Errorf("%d reports of two puzzles; answers %v", n, statuses)
	}
}
