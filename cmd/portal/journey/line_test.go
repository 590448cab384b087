package journey_test

import (
	"context"
	"net/http"
	"testing"
)

// script is one telling of the whole line: a language, with or without
// JavaScript, and the words that people use.
type script struct {
	lang    string // of the addresses; "" is Chinese
	scripts bool
	about   string // end of the pictures' names

	// What the reporter writes.
	report, name, phone, thanks string
	// What the officer writes.
	summary, demand, found, title, item, requirement string
	facts, basis, righted                            string
	// What the handling unit writes.
	acknowledged, done string
	// What the public page says.
	received, answered, over string
}

var chinese = script{
	scripts: true, about: "-zh",
	report: "双柳村二组的大棚补助，说是一栋补八千，发到手里的只有五千五。问村里，说是统一扣的管理费，谁也没见过文件。这一批有七八户都是这样，麻烦你们查一查。",
	name:   "何某", phone: "13800000000", thanks: "钱收到了，谢谢你们。",
	summary: "有群众反映设施大棚补助发放数额与公布标准不符", demand: "查清补助是否被扣，扣了的退还",
	found: "查阅发放表，走访四户。公布标准每栋八千元，四户实收均少两千五百元，无收费依据。",
	title: "核实设施大棚补助发放情况", item: "反映某村设施大棚补助实发数额低于公布标准。",
	requirement: "核对全部发放记录，多扣的限期退还并公示。",
	facts:       "公布标准每栋八千元，村里以管理费名义每栋扣了两千五百元，没有依据。", basis: "财政专项扶贫资金管理办法",
	righted:      "扣的钱已经全部退还到户，退还名单在村里公示。",
	acknowledged: "已收到，由财政所牵头。", done: "共核对十二户，多扣的三万元已全部退还，退款单和公示照片见附件。",
	received: "已收到", answered: "已答复", over: "已办完",
}

var english = script{
	lang: "en", about: "-en-noscript",
	report: "The greenhouse grant in our village group was announced as 8000 yuan each, but what reached the bank books was 5500. Nobody has ever shown us a paper about any charge. Seven or eight families are in the same boat.",
	name:   "He Mou", phone: "13800000001", thanks: "The money has come. Thank you.",
	summary: "Greenhouse grants are said to have been paid out below the published rate", demand: "Find out whether money was withheld and have it paid back",
	found: "Looked at the payment sheet and visited four households. Each received 2500 yuan less than published; there is no basis for a charge.",
	title: "Check the payment of greenhouse grants", item: "Payments for greenhouses in one village are said to be lower than published.",
	requirement: "Compare all payments with the published rate and return what was withheld.",
	facts:       "The published rate is 8000 yuan; the village kept 2500 yuan of each as a fee that has no basis.", basis: "Rules on special poverty funds",
	righted:      "All of it has been paid back, and the list hangs in the village.",
	acknowledged: "Received; the finance office takes the lead.", done: "Twelve households were compared. All that was withheld, 30,000 yuan, has been returned; slips and a photo of the notice are attached.",
	received: "Received", answered: "Answered", over: "Finished",
}

// walkTheLine follows one report from the villager's phone through the offices
// and back to the phone.
func walkTheLine(t *testing.T, browser context.Context, base, dir string, s script) {
	reporter := &reporter{open(t, browser, base, s.lang, phone.without(s.scripts), &album{dir: dir, about: s.about})}
	digits := reporter.reports(s)
	reporter.looks(digits)
	reporter.says("main", s.received)
	reporter.shot("track-received")

	person := func(login string) *officer {
		o := &officer{tab: open(t, browser, base, s.lang, desk.without(s.scripts), reporter.album)}
		o.signIn(login)
		return o
	}
	he := person("ps.shouli")
	he.takesUp(s)
	item := he.issues(s)

	handler := person("tianshui")
	handler.expect(handler.visit(he.at), http.StatusNotFound)
	handler.answersItem(s, item)

	he.answers(s, item, func() {
		supervisor := person("ps.shenpi")
		supervisor.expect(supervisor.visit(he.at), http.StatusOK)
		supervisor.shot("case-to-approve")
		supervisor.tick("rule", "ruling", "approve")
		supervisor.takes("rule")
	})

	reporter.looks(digits)
	reporter.readsAnswer(s)
	he.visit(he.at)
	he.says("#talk", s.thanks)
	reporter.rates("solved", "")
	he.finishes(item)

	reporter.looks(digits)
	reporter.says("main", s.over, s.righted)
	reporter.shot("track-finished")
	reporter.leavesQuickly(s, digits)
}
