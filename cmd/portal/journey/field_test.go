package journey_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// inspector is somebody with a phone on a visit to a town.
type inspector struct {
	*officer
	signal *signal
	pass   string
}

// What is written down in the field.
const (
	tally     = "五户里有两户没有收到全款，存折由会计统一保管"
	villagers = "村民甲"
	seen      = "走访五户，两户存折不在本人手里，公示栏里没有今年的名单。"
	reply     = "存折一事属实，名单以村微信群公布过"
)

// visitWithoutSignal takes a visit along to where there is no signal, brings it in
// over a network that loses answers, settles what two people wrote differently,
// and goes on to findings, which need an exchange of views.
func visitWithoutSignal(t *testing.T, browser context.Context, base, dir string) {
	signal, there := between(t, base)
	pictures := &album{dir: dir, about: "-zh-field"}
	tian := inspector{&officer{tab: open(t, browser, there, "", phone, pictures)}, signal, "高粱红了大半边天"}
	tian.signIn("shi.shouli")
	id := tian.takesAlong()

	signal.off(tian.tab, true)
	tian.opensOffline()
	tian.writesDown()
	tian.hidesOnPhone()
	tian.opensAgain()

	chang := &officer{tab: open(t, browser, base, "", desk, pictures)}
	chang.signIn("shi.ducha")
	chang.answersTheSame(id)

	signal.off(tian.tab, false)
	tian.bringsIn()
	tian.settles()

	chang.visit("/console/inspections/" + id)
	chang.cameInOnce()
	chang.findsAndExchanges(id)
	guan := &officer{tab: open(t, browser, base, "", desk, pictures)}
	guan.signIn("shi.shenpi")
	guan.visit("/console/inspections/" + id)
	guan.tick("issue", "ruling", "approve")
	guan.takes("issue")
	guan.shot("issued")

	town := &officer{tab: open(t, browser, base, "", phone, pictures)}
	town.signIn("tianshui")
	town.visit("/console/inspected/" + id)
	town.says("main", "存折不在本人手里", reply)
	town.hides(villagers, tally)
	town.shot("inspected")
	putRight(t, browser, base, pictures, id)
}

// takesAlong puts today's visit onto the phone and returns its id.
func (i inspector) takesAlong() string {
	i.t.Helper()
	i.visit("/console/field")
	i.shot("visits")
	id := ask[string](i.tab, `[...document.querySelectorAll('.phone-visits li')].find(li => li.innerText.includes('甜水镇')).querySelector('[data-take]').getAttribute('data-take')`)
	i.tap(`[data-take="` + id + `"]`)
	i.write("[data-pass] [name=pass]", i.pass)
	i.write("[data-pass] [name=again]", i.pass+"了")
	i.tap("[data-pass] button.main")
	i.told("bad", "不一样")
	i.write("[data-pass] [name=again]", i.pass)
	i.shot("take-along")
	i.tap("[data-pass] button.main")
	i.told("good", "没有信号也能打开")
	i.shot("taken-along")
	return id
}

// told waits until the page says something, good or bad.
func (i inspector) told(how, words string) {
	i.t.Helper()
	i.await(fmt.Sprintf(`document.querySelector('#phone [data-%s]').innerText.includes(%q)`, how, words))
}

// show turns to a part of the visit.
func (i inspector) show(part string) {
	i.t.Helper()
	i.tap(`[data-tab="` + part + `"]`)
}

// waiting fails unless so many entries wait.
func (i inspector) waiting(n int) {
	i.t.Helper()
	i.await(fmt.Sprintf(`(document.querySelector('[data-waiting]') || {}).textContent === '%d'`, n))
}

// opensOffline loads the page again without a signal, with wrong words first.
func (i inspector) opensOffline() {
	i.t.Helper()
	i.leads("load the page without a signal", chromedp.Reload())
	i.await(`document.querySelector('[data-shell] [data-copies] li')`)
	i.says("main", "没有信号")
	i.shot("offline-door")
	i.unlock("高粱红了半边天")
	i.told("bad", "口令不对")
	i.told("bad", "9 次")
	i.unlock(i.pass)
	i.await(`!document.querySelector('[data-work]').hidden`)
}

func (i inspector) unlock(words string) {
	i.t.Helper()
	i.write("[data-open] [name=pass]", words)
	i.tap("[data-open] button.main")
}

// question is the nth question of the checklist.
func question(n int) string { return fmt.Sprintf(`fieldset.phone-question:nth-of-type(%d)`, n) }

func (i inspector) writesDown() {
	i.t.Helper()
	i.tap(question(1) + ` label:has(input[value=no])`)
	i.write(question(1)+" textarea", tally)
	i.tap(question(2) + ` label:has(input[value=yes])`)
	i.waiting(2)
	i.shot("checklist")

	i.show("activities")
	i.choose("[data-activity] [name=method]", "household_visit")
	i.write("[data-activity] [name=place]", "甜水镇双柳村二组")
	i.write("[data-activity] [name=people]", villagers)
	i.write("[data-activity] [name=found]", seen)
	i.attach("[data-activity] [name=photos]", photo(i.t, "存折.jpg"), photo(i.t, "公示栏.jpg"))
	i.await(`document.querySelectorAll('.phone-thumbs canvas').length === 2`)
	i.waiting(4)
	i.shot("activity")

	// The camera closed the browser: nothing of it is lost.
	i.leads("come back", chromedp.Reload())
	i.await(`document.querySelector('[data-copies] li')`)
	i.unlock(i.pass)
	i.await(`document.querySelectorAll('.phone-thumbs canvas').length === 2`)
	if got := i.value("[data-activity] [name=found]"); got != seen {
		i.t.Errorf("what was half written says %q", got)
	}
	i.tap("[data-activity] button.main")
	i.waiting(5)

	i.show("exchange")
	i.write("[data-exchange] [name=leaders]", "镇长 某某")
	i.tap(`[data-exchange] label:has([name=agreed][value=no])`)
	i.write("[data-exchange] [name=opinion]", reply)
	i.tap(`[data-exchange] label:has([name=signed][value=yes])`)
	i.waiting(6)
	i.shot("exchange-draft")
	i.show("queue")
	i.shot("queue-offline")
	i.tap("[data-sync]")
	i.told("bad", "都还在手机上")
}

// hidesOnPhone looks through all that the browser keeps: no word of the visit is
// there to be read, and the cache holds nothing that is of anybody.
func (i inspector) hidesOnPhone() {
	i.t.Helper()
	kept := ask[string](i.tab, everythingKept)
	if !strings.Contains(kept, "minsheng-field") || len(kept) < 10_000 {
		i.t.Fatalf("the phone keeps %d characters", len(kept))
	}
	for _, word := range []string{"甜水镇", "村民甲", tally[:12], reply[:12], i.pass, "田静"} {
		if strings.Contains(kept, word) {
			i.t.Errorf("the phone keeps %q as it is", word)
		}
	}
	for _, address := range strings.Fields(ask[string](i.tab, `caches.keys().then(names => Promise.all(names.map(n => caches.open(n).then(c => c.keys())))).then(all => all.flat().map(r => new URL(r.url).pathname).join(' '))`)) {
		if !strings.HasPrefix(address, "/static/") && address != "/console/field/shell" {
			i.t.Errorf("the cache keeps %s", address)
		}
	}
}

// everythingKept reads the databases, the cache and the small stores of the
// browser as text.
const everythingKept = `(async () => {
	const out = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
	const wait = r => new Promise((yes, no) => { r.onsuccess = () => yes(r.result); r.onerror = () => no(r.error); });
	const flat = value => {
		if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) out.push(new TextDecoder().decode(value));
		else if (value && typeof value === 'object') Object.entries(value).forEach(([k, v]) => { out.push(k); flat(v); });
		else out.push(String(value));
	};
	for (const known of await indexedDB.databases()) {
		out.push(known.name);
		const db = await wait(indexedDB.open(known.name));
		for (const name of db.objectStoreNames) flat(await wait(db.transaction(name).objectStore(name).getAll()));
		db.close();
	}
	for (const name of await caches.keys()) for (const r of await (await caches.open(name)).matchAll()) out.push(await r.text());
	return out.join('\n');
})()`

func (i inspector) opensAgain() {
	i.t.Helper()
	i.leads("load the page again", chromedp.Reload())
	i.await(`document.querySelector('[data-copies] li')`)
	i.says("[data-copies]", "6 条")
	i.unlock(i.pass)
	i.waiting(6)
	if got := i.value(question(1) + " textarea"); got != tally {
		i.t.Errorf("after loading the page the note says %q", got)
	}
}

// answersTheSame is a colleague at the office who answers the first question too.
func (o *officer) answersTheSame(id string) {
	o.t.Helper()
	o.visit("/console/inspections/" + id + "/checklist")
	o.tap(`main fieldset.field:nth-of-type(1) label:has(input[value=yes])`)
	o.write(`main fieldset.field:nth-of-type(1) textarea`, "镇里报来的台账齐全")
	o.press(`main form.entry button.main`)
}

// bringsIn sends what waits; the answer to the first of each kind gets lost.
func (i inspector) bringsIn() {
	i.t.Helper()
	i.signal.loses("answer", "draft", "activity", "photo")
	i.show("queue")
	i.tap("[data-sync]")
	i.told("bad", "别人也改过")
	i.waiting(1)
	i.says("[data-entries]", tally, "镇里报来的台账齐全", "常锐")
	if i.signal.lost != 4 {
		i.t.Errorf("%d answers got lost on the way", i.signal.lost)
	}
	i.shot("conflict")
}

// settles chooses the own version, and finds the phone empty.
func (i inspector) settles() {
	i.t.Helper()
	i.tap("[data-use-mine]")
	i.told("good", "手机上的内容已清除")
	i.shot("cleared")
	if left := ask[int](i.tab, `(async () => {
		const wait = r => new Promise(yes => { r.onsuccess = () => yes(r.result); });
		const db = await wait(indexedDB.open('minsheng-field'));
		let n = 0;
		for (const name of db.objectStoreNames) n += await wait(db.transaction(name).objectStore(name).count());
		db.close();
		return n;
	})()`); left != 0 {
		i.t.Errorf("%d things are still on the phone", left)
	}
}

// cameInOnce looks at what came in: each thing once, with where it came from.
func (o *officer) cameInOnce() {
	o.t.Helper()
	if n := ask[int](o.tab, fmt.Sprintf(`[...document.querySelectorAll('.check')].filter(a => a.innerText.includes(%q)).length`, seen)); n != 1 {
		o.t.Errorf("the activity is there %d times", n)
	}
	if n := ask[int](o.tab, `document.querySelectorAll('.check .files li').length`); n != 2 {
		o.t.Errorf("%d photos came in", n)
	}
	o.says("main", villagers, "带走", "6 条")
	o.tap(`details.article:first-of-type > summary`)
	o.says(".questions", tally, "田静")
	o.shot("came-in")
}

// findsAndExchanges writes a finding, sees that it cannot go out before views were
// exchanged, exchanges them, and hands it in.
func (o *officer) findsAndExchanges(id string) {
	o.t.Helper()
	o.choose("#write-clause", "9.2")
	o.fills("write", "facts", "抽查五户，两户存折不在本人手里，由村会计统一保管。")
	o.fills("write", "basis", "《督查追责办法》第九条第二项")
	o.tick("write", "severity", "serious")
	o.tap(`#do-write label:has(input[name=proofs])`)
	o.fills("write", "requirement", "五日内把存折退还本人，报送清单。")
	o.takes("write")
	if o.has("#do-submit") || o.has("#do-issue") {
		o.t.Error("findings can go out before views were exchanged")
	}
	if status := ask[int](o.tab, fmt.Sprintf(`fetch('/console/inspections/%s/submit', {method: 'POST', redirect: 'manual', body: new URLSearchParams({csrf: document.querySelector('[name=csrf]').value, version: document.querySelector('[name=version]').value})}).then(r => r.status)`, id)); status != http.StatusConflict {
		o.t.Errorf("handing in findings around the page: status %d", status)
	}
	o.press(`a[href$="/exchange"]`)
	if got := o.value(`textarea[name=opinion]`); got != reply {
		o.t.Errorf("the draft of the field says %q", got)
	}
	o.tap(`label:has(input[name^="agreed."][value=no])`)
	o.write(`textarea[name^="opinion."]`, reply)
	o.shot("exchange")
	o.expect(o.press(`#do-exchange button.main`), http.StatusOK)
	o.takes("submit")
	o.shot("handed-in")
	if o.has("#do-issue") {
		o.t.Error("the team may issue its own findings")
	}
}
