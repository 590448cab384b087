package journey_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"minsheng/internal/workday"
)

// putRight goes on where findings were issued: an order, the town's plan and
// report, a look by somebody who ruled on neither, strike-off, a circular, and the
// month's report.
func putRight(t *testing.T, browser context.Context, base string, a *album, inspection string) {
	people := map[string]*officer{}
	person := func(login string, d device) *officer {
		if people[login] == nil {
			people[login] = &officer{tab: open(t, browser, base, "", d, a)}
			people[login].signIn(login)
		}
		return people[login]
	}
	words, signs, looks, strikes := person("shi.ducha", desk), person("shi.shenpi", desk), person("shi.fucha", phone), person("shi.fuhe.shenpi", desk)
	town := person("tianshui", phone)

	order := words.orders(inspection)
	signs.expect(signs.visit(order), http.StatusOK)
	signs.takes("issue")
	signs.says("main", "督整〔", "为什么是这一天")
	signs.shot("order-issued")

	town.visit("/console")
	town.says("main", "要签收并报整改方案")
	town.expect(town.visit(order), http.StatusOK)
	town.takes("acknowledge")
	town.plans()
	words.visit(order)
	words.tick("rule_plan", "ruling", "approve")
	words.takes("rule_plan")
	town.visit(order)
	town.unfold("enter")
	town.tick("enter", "money", "recovered")
	town.write(`#do-enter [name=amount]`, "3600")
	town.write(`#do-enter [name=voucher]`, "农商行回单0312号")
	town.takes("enter")
	town.reports()

	looks.visit(order)
	looks.takes("confirm")
	looks.looksOnSite()
	strikes.visit(order)
	strikes.takes("strike_off")
	strikes.says("main", "已销号", "3,600.00")
	strikes.shot("order-struck-off")

	circular := words.circular()
	signs.expect(signs.visit(circular), http.StatusOK)
	signs.takes("issue")
	signs.says("main", "督通〔")
	town.visit("/console")
	town.says("main", "存折不在本人手里的通报")
	town.visit(circular)
	town.takes("read")
	words.monthsReport(signs)
}

// orders words an order on the findings of an inspection, and returns its path.
func (o *officer) orders(inspection string) string {
	o.t.Helper()
	o.visit("/console/inspections/" + inspection)
	o.press(`a[href*="/console/orders/new"]`)
	o.write(`main form [name=contact]`, "书面报市督查室")
	o.shot("order-new")
	o.expect(o.press(`main form .send button[type=submit]`), http.StatusOK)
	o.says("main", "待签发")
	if o.has("#do-issue") {
		o.t.Error("who worded an order may issue it")
	}
	return ask[string](o.tab, `location.pathname`)
}

// point is what the names of fields end with that are about the only point.
func (o *officer) point(form, field string) string {
	o.t.Helper()
	name := ask[string](o.tab, `(document.querySelector('#do-`+form+` [name^="`+field+`."]') || {name: ''}).name`)
	_, of, found := strings.Cut(name, ".")
	if !found {
		o.t.Fatalf("%s asks nothing about a point", form)
	}
	return "." + of
}

func (o *officer) plans() {
	o.t.Helper()
	o.unfold("plan")
	of := o.point("plan", "measures")
	o.write(`#do-plan [name="measures`+of+`"]`, "存折当天退还本人，签收留底。")
	o.write(`#do-plan [name="responsible`+of+`"]`, "副镇长 洪某")
	o.sets(`#do-plan [name="by_on`+of+`"]`, string(workday.On(time.Now()).Add(3)))
	o.shot("order-plan")
	o.takes("plan")
}

func (o *officer) reports() {
	o.t.Helper()
	o.unfold("report")
	of := o.point("report", "cause")
	o.write(`#do-report [name=basics]`, "镇里召开会议，逐村清点存折。")
	o.write(`#do-report [name="cause`+of+`"]`, "村会计图方便统一保管。")
	o.write(`#do-report [name="told`+of+`"]`, "两户存折已退还，多扣三千六百元已追回。")
	o.write(`#do-report [name=head]`, "镇长 季某")
	o.tap(`#do-report label:has(input[name="result` + of + `"][value=done])`)
	o.shot("order-report")
	o.takes("report")
}

func (o *officer) looksOnSite() {
	o.t.Helper()
	o.unfold("check")
	of := o.point("check", "passed")
	o.write(`#do-check [name=place]`, "双柳村村部")
	o.write(`#do-check [name=people]`, "村干部二人")
	o.write(`#do-check [name=words]`, "两户存折都在自己手里，回单核对无误。")
	o.tap(`#do-check label:has(input[name="passed` + of + `"][value=yes])`)
	o.shot("order-check")
	o.takes("check")
}

// circular drafts one that criticises the town, and returns its path.
func (o *officer) circular() string {
	o.t.Helper()
	o.visit("/console/bulletins/new")
	o.tap(`label:has(input[name=tone][value=criticism])`)
	o.tap(`label:has(input[name=scope][value=internal])`)
	o.write(`[name=title]`, "关于甜水镇村民存折不在本人手里的通报")
	o.write(`[name=body]`, "督查发现村会计统一保管村民存折，经督促已经退还，多扣资金已经追回。")
	o.write(`[name=demand]`, "各镇自查，把存折退还本人。")
	town := ask[string](o.tab, `[...document.querySelectorAll('input[name=named]')].find(i => i.closest('label').innerText.includes('甜水镇人民政府')).value`)
	o.tap(`label:has(input[name=named][value="` + town + `"])`)
	o.shot("circular-new")
	o.expect(o.press(`.entry form .send button.main`), http.StatusOK)
	return ask[string](o.tab, `location.pathname`)
}

// monthsReport completes the report that lies there in draft; somebody else signs.
func (o *officer) monthsReport(signs *officer) {
	o.t.Helper()
	o.visit("/console/workreports")
	o.press(`main a[href^="/console/workreports/"][data-row]`)
	path := ask[string](o.tab, `location.pathname`)
	o.takes("count")
	o.says("main", "追回")
	o.write(`#words-plans`, "下月督查各镇存折保管。")
	o.write(`#words-problems`, "村级代管存折。")
	o.shot("work-report")
	o.expect(o.press(`form#do-words .send button`), http.StatusOK)
	if o.has("#do-issue") {
		o.t.Error("who wrote a report may sign it")
	}
	signs.visit(path)
	signs.takes("issue")
	signs.says("main", "督报〔")
	signs.shot("work-report-signed")
}
