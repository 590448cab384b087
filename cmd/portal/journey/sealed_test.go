package journey_test

import (
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What a villager with a name writes, and why a custodian has to know who it was.
const (
	sealedWords = "去年的养殖补助，公示写着一户三千，到账一千八。问会计，会计说剩下的年底再说，年底又说没有了。"
	sealedName  = "曲大海"
	sealedPhone = "13800000000"
	toMeet      = "约本人下周当面核对存折"
)

// twoOpenOneName has a villager report with a name, one custodian ask for it and
// another open it, and the villager read of it: neither custodian could have
// alone.
func twoOpenOneName(t *testing.T, browser context.Context, base, dir string) {
	pictures := &album{dir: dir, about: "-name"}
	villager := &reporter{open(t, browser, base, "", phone, pictures)}
	digits := villager.handsInNamed()
	person := func(login string) *officer {
		o := &officer{tab: open(t, browser, base, "", desk, pictures)}
		o.signIn(login)
		return o
	}
	asks, opens := person("shi.baoguan"), person("shi.baoguan2")
	asks.finds(sealedWords[:30])
	asks.hides(sealedName, sealedPhone)
	asks.tick("reveal_name", "purpose", "visit")
	asks.fills("reveal_name", "reason", toMeet)
	asks.takes("reveal_name")
	asks.hides(sealedName, sealedPhone)
	if asks.has("#do-look_name") {
		t.Error("who asked may look before anybody agreed")
	}

	opens.visit("/console/openings")
	opens.shot("openings")
	entry := `.entry:has(a[href$="` + asks.at + `"])`
	opens.says(entry, toMeet)
	opens.tap(entry + ` label:has(input[name=give][value=yes])`)
	opens.expect(opens.press(entry+` button[type=submit]`), http.StatusOK)
	opens.visit(asks.at)
	opens.hides(sealedName, sealedPhone)

	asks.visit(asks.at)
	asks.unfold("look_name")
	asks.expect(asks.press("#do-look_name .send button[type=submit]"), http.StatusOK)
	asks.says(".reveal", sealedName, sealedPhone)
	asks.shot("opened")
	asks.visit(asks.at)
	asks.hides(sealedName, sealedPhone)

	villager.looks(digits)
	villager.says("main", "盘锦市委市政府督查室")
	villager.hides("苗守信", "尤慎言", sealedName, sealedPhone)
	villager.shot("track-opened")
}

// handsInNamed sends a report with name and phone, and returns its receipt.
func (r *reporter) handsInNamed() string {
	r.t.Helper()
	r.begins(sealedWords)
	r.tap(`label:has(input[name=mode][value=confidential])`)
	r.write("#name", sealedName)
	r.write("#phone", sealedPhone)
	r.expect(r.press(`.send button[value=send]`), http.StatusOK)
	return r.readsReceipt()
}

// receiptIsProved has a villager take along what the portal signs at once, and
// later the proof, which anybody can check without the portal; a proof of which
// one letter was changed is refused.
func receiptIsProved(p portal) walk {
	return func(t *testing.T, browser context.Context, base, dir string) {
		villager := &reporter{open(t, browser, base, "", phone, &album{dir: dir, about: "-proof"})}
		digits := villager.handsIn("村里修路占了俺家两分地，说好补的钱到现在没给，找了三回都说等等。")
		villager.tap(`details:has(button[formaction$="/receipt/promise"]) > summary`)
		villager.shot("promise")
		promise := villager.saves(`button[formaction$="/receipt/promise"]`)
		var proof string
		for deadline := time.Now().Add(patience); proof == ""; time.Sleep(200 * time.Millisecond) {
			villager.looks(digits)
			if villager.has(`form[action$="/track/proof"]`) {
				proof = villager.saves(`form[action$="/track/proof"] button`)
			} else if time.Now().After(deadline) {
				t.Fatal("no proof is offered")
			}
		}
		villager.shot("proof")

		check := func(text string) (string, error) {
			file := filepath.Join(t.TempDir(), "receipt")
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(p.binary, "verify", "receipt", "-log", base+"/log", file)
			cmd.Env = []string{"PORTAL_DATA=" + t.TempDir()} // knows nothing of the portal's own
			out, err := cmd.CombinedOutput()
			return string(out), err
		}
		for what, text := range map[string]string{"promise": promise, "proof": proof} {
			if out, err := check(text); err != nil || !strings.Contains(out, "received") {
				t.Errorf("the %s is refused: %v\n%s", what, err, out)
			}
			at := strings.LastIndex(text[:len(text)-8], "A")
			if out, err := check(text[:at] + "B" + text[at+1:]); err == nil {
				t.Errorf("a changed %s is believed:\n%s", what, out)
			}
		}
	}
}

// saves is the file that a button of a form sends for.
func (b *tab) saves(button string) string {
	b.t.Helper()
	return ask[string](b, `(async () => {
		const button = document.querySelector('`+button+`');
		const answer = await fetch(button.hasAttribute('formaction') ? button.formAction : button.form.action, {method: 'POST', body: new URLSearchParams(new FormData(button.form))});
		return answer.ok ? await answer.text() : 'status ' + answer.status;
	})()`)
}
