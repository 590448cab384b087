package journey_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// discontent is the script of somebody who is not content, up to the last word.
var discontent = script{
	scripts: true,
	report:  "双柳村三组的电商扶贫分红，合同上写一年六百，两年只给过一回三百，会计说项目赔了，可大棚里的货天天往外拉。",
	name:    "何某", phone: "13800000000",
	summary: "反映电商扶贫分红未按合同兑现", demand: "按合同补发分红",
	found: "查合同和账目，第一年付三百元，第二年未付，村里说项目亏损，没有见到账。",
	facts: "合同写明每年六百元，实际只付过三百元。", basis: "民法典第五百零九条", righted: "已要求村里把项目账目公开。",
}

// toTheLastWord: an answer is read and solves nothing; the city sends the case
// back; the new answer goes to review and to re-examination, with a hearing;
// somebody else reports the same again; and who reported first is punished for it.
func toTheLastWord(t *testing.T, browser context.Context, base, dir string) {
	s, a := discontent, &album{dir: dir, about: "-zh-ending"}
	r := &reporter{open(t, browser, base, "", phone, a)}
	digits := r.reports(s)
	people := map[string]*officer{}
	person := func(login string) *officer {
		if people[login] == nil {
			people[login] = &officer{tab: open(t, browser, base, "", desk, a)}
			people[login].signIn(login)
		}
		return people[login]
	}
	he, boss := person("ps.shouli"), person("ps.shenpi")
	he.finds(s.report[:30])
	he.describes(s)
	he.takes("accept")
	he.decides(s, boss)

	r.looks(digits)
	r.says(".letter", "查到的情况", s.facts, "不服怎么办", "盘锦市委市政府督查室")
	r.shot("letter")
	r.rates("unsolved", "账一直没有公开。")
	r.says("main", "没经手过的人正在重新看")
	city := person("shi.shouli")
	city.visit("/console")
	city.says("main", "反映人说没解决，要重新看")
	city.shot("today-second-look")
	city.expect(city.visit(he.at), http.StatusOK)
	city.tick("second_look", "look", "redo")
	city.fills("second_look", "words", "没有看到账就答复，请查清账目再答。")
	city.shot("second-look")
	city.takes("second_look")

	he.visit(he.at)
	he.says("main", "请查清账目再答")
	he.takes("claim")
	he.decides(s, boss)
	r.looks(digits)
	r.asksAbove("review", "账目只公开了一半，还有两笔货款没有写。")
	he.expect(he.visit(he.at), http.StatusNotFound)
	judge := person("shi.fucha")
	judge.upholds(he.at, person("shi.shenpi"))

	r.looks(digits)
	r.says(".letter", "复查的结果", "维持原来的结果")
	r.asksAbove("reexam", "请开听证会，让村里把账本拿出来。")
	last := person("shi.fuhe")
	last.expect(last.visit(he.at), http.StatusOK)
	due := last.text(".clock b")
	tomorrow := time.Now().In(time.FixedZone("CST", 8*60*60)).AddDate(0, 0, 1).Format(time.DateOnly)
	last.unfold("hearing")
	for _, field := range []string{"first_on", "last_on"} {
		last.sets("#hearing-"+field, tomorrow)
	}
	last.fills("hearing", "words", "上午九点，市委市政府督查室三楼。")
	last.shot("hearing")
	last.takes("hearing")
	if now := last.text(".clock b"); now == due || now == "" {
		t.Errorf("the hearing moves the date from %q to %q", due, now)
	}
	r.looks(digits)
	r.says("main", "听证会", "不算在办理时间里")
	last.upholds(he.at, person("shi.fuhe.shenpi"))
	r.looks(digits)
	r.says("main", "复核的结果", "最后的结果")
	r.shot("final")

	comesAgain(&reporter{open(t, browser, base, "", phone, a)}, s, person("ps.shouli2"), boss)
	r.isPunished(digits, person("shi.fuhe.shenpi"))
}

// describes makes a case the officer's own and says what it is about.
func (o *officer) describes(s script) {
	o.t.Helper()
	o.takes("claim")
	o.fills("describe", "summary", s.summary)
	o.choose("#describe-kind", "FUND_DELAY")
	o.tick("describe", "severity", "3")
	o.fills("describe", "demands", s.demand)
	o.takes("describe")
}

// decides verifies a case and answers it; somebody else approves.
func (o *officer) decides(s script, boss *officer) {
	o.t.Helper()
	o.unfold("verify")
	o.choose("#verify-method", "review_files")
	o.fills("verify", "verifiers", "何田田\n季同行")
	o.fills("verify", "found", s.found)
	o.takes("verify")
	o.unfold("decide")
	o.choose("#decide-outcome", "partly")
	o.choose("#decide-result-1", "partly")
	o.fills("decide", "facts-1", s.facts)
	o.fills("decide", "basis-1", s.basis)
	o.fills("decide", "done-1", s.righted)
	o.takes("decide")
	boss.agrees(o.at, "rule")
}

// agrees to what somebody proposed.
func (o *officer) agrees(at, step string) {
	o.t.Helper()
	o.expect(o.visit(at), http.StatusOK)
	o.tick(step, "ruling", "approve")
	o.takes(step)
}

// upholds proposes that a decision stands; somebody else of the office agrees.
func (o *officer) upholds(at string, boss *officer) {
	o.t.Helper()
	o.expect(o.visit(at), http.StatusOK)
	o.tick("appeal_propose", "appeal_ruling", "upheld")
	o.fills("appeal_propose", "facts", "账目已经全部公开，两笔货款写在第三页。")
	o.fills("appeal_propose", "basis", "信访工作条例")
	o.shot("appeal")
	o.takes("appeal_propose")
	if o.has("#do-appeal_rule") {
		o.t.Error("who proposed may agree")
	}
	boss.agrees(at, "appeal_rule")
}

// sets gives a field of days a value.
func (b *tab) sets(selector, value string) {
	b.t.Helper()
	ask[bool](b, fmt.Sprintf(`(() => { const f = document.querySelector(%q); f.value = %q; f.dispatchEvent(new Event('input', {bubbles: true})); return true; })()`, selector, value))
}

// rates says under the receipt what an answer is worth.
func (r *reporter) rates(code, words string) {
	r.t.Helper()
	r.tap(`label:has(input[name=rating][value=` + code + `])`)
	if words != "" {
		r.write(`form[id^=rate-] textarea`, words)
	}
	r.expect(r.press(`form[id^=rate-] button`), http.StatusOK)
}

// asksAbove asks under the receipt that the level above looks again.
func (r *reporter) asksAbove(level, words string) {
	r.t.Helper()
	r.tap(`details:has(form[id^=appeal-]) > summary`)
	r.write(`form[id^=appeal-] textarea`, words)
	r.shot("ask-" + level)
	r.expect(r.press(`form[id^=appeal-] .row button[value=send]`), http.StatusOK)
	if r.has(`form[id^=appeal-]`) {
		r.t.Error("it can be asked for twice")
	}
}

// comesAgain: somebody else reports what was decided for the last time.
func comesAgain(other *reporter, s script, he, boss *officer) {
	other.t.Helper()
	s.report = "三组的电商分红两年没有给了，村里说赔了，谁信呢。双柳村的。"
	digits := other.reports(s)
	he.finds(s.report[:30])
	he.describes(s)
	he.says("main", "可能以前已经终结")
	he.unfold("repeat")
	he.shot("repeat")
	he.takes("repeat")
	boss.agrees(he.at, "rule")
	other.looks(digits)
	other.says("main", "最后的结果", "有新的事实")
	other.hides(discontent.facts, discontent.name, "账一直没有公开")
	other.shot("repeated")
}

// isPunished: the reporter says so from the page under the receipt, and the city
// finds an audit of who looked at the first report.
func (r *reporter) isPunished(digits string, boss *officer) {
	r.t.Helper()
	r.looks(digits)
	r.tap(`details:has(form[action^="/track/retaliation"]) > summary`)
	r.expect(r.press(`form[action^="/track/retaliation"] button`), http.StatusOK)
	if here := ask[string](r.tab, `location.href`); strings.Contains(here, "?") {
		r.t.Errorf("the form stands at %s", here)
	}
	r.write("#text", "我反映以后，村里不让我家用机井了，还有人到家里骂。")
	r.tap(`label:has(input[name=mode][value=anonymous])`)
	r.shot("retaliation")
	r.expect(r.press(`.send button[value=send]`), http.StatusOK)
	second := r.readsReceipt()
	boss.visit("/console")
	boss.says("main", "查谁看过")
	boss.press(`main a[href^="/console/audits/"]`)
	boss.says("main", "何田田", "方原", "田静", "逐次")
	boss.shot("audit")
	r.looks(second)
	r.says("main", "谁看过您以前那件反映，我们正在查")
}
