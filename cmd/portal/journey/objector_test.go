package journey_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// The titles of the three rounds.
const (
	firstTitle  = "鹤栖村贫困户补录初选名单公示（第一次）"
	secondTitle = "鹤栖村贫困户补录审核名单公示（第二次）"
	lastTitle   = "鹤栖村贫困户补录名单公告"
)

// objectionWords is sample 7 of DOMAIN §14.
const objectionWords = "名单第7户不够格,他家县里有楼,去年才买的轿车,他侄子是村主任。公平点行不行"

// What the two verifiers found, and what they answer.
const (
	visited      = "入户查看：该户在县城有一处住房，户主之子名下有轿车一辆，家庭收入高于标准；邻居三户所说一致。"
	ruledBecause = "我们两个人到他家看过，也查了房子和车的登记，这一户不符合条件，已经从名单上去掉。"
)

// listToAnnouncement follows a list of poor households from a messy spreadsheet
// through both rounds, with an objection that changes it, to its announcement.
func listToAnnouncement(folder string) walk {
	return func(t *testing.T, browser context.Context, base, dir string) {
		pictures := &album{dir: dir, about: "-list"}
		person := func(login string) *officer {
			o := &officer{tab: open(t, browser, base, "", desk, pictures)}
			o.signIn(login)
			return o
		}
		villager := &reporter{open(t, browser, base, "", phone, pictures)}

		town, signer := person("tianshui.gongshi"), person("tianshui.shenhe")
		first := town.begins("LIST_VILLAGE", firstTitle, "", map[string]string{"objection_channel": "在本页提意见，也可以打电话或者到镇政府一楼服务台说。"})
		town.bringsSheet(first, messyList(t))
		town.minutes(first, 2, 24, 29)
		town.handsIn(first)
		town.shot("notice-handed-in")
		signer.visit(first)
		signer.shot("notice-to-approve")
		signer.approves(first)

		web := strings.TrimPrefix(first, "/console")
		villager.readsList(web)
		digits := villager.objects()
		villager.shows(web, "有异议，正在核实")
		villager.seesFrozen(7)
		villager.shot("list-frozen")

		second := town.begins("LIST_TOWN", secondTitle, firstTitle, map[string]string{"sample_share": "30", "objection_channel": "在本页提意见，也可以打电话。"})
		town.minutes(second, 1, 9, 11)
		town.mayNotHandIn(second, "公示期还没满")
		weekPasses(t, folder, first)
		town.mayNotHandIn(second, "有异议还没处理完")
		town.shot("town-round-refused")

		looksInto := objectionIsUpheld(person, town)

		villager.readsAnswerTo(digits)
		villager.shows(web, "第 2 稿", "公示中，还剩", "收到意见1条：核实后采纳1条")
		villager.hides("有异议，正在核实")
		villager.goneFromList(7)
		villager.shot("list-second-version")
		town.mayNotHandIn(second, "公示期还没满")

		weekPasses(t, folder, first)
		villager.leaves(web)
		town.handsIn(second)
		signer.approves(second)
		villager.shows(strings.TrimPrefix(second, "/console"), secondTitle, "公示中，还剩")
		villager.shot("list-town-round")

		weekPasses(t, folder, second)
		county, over := person("ps.gongshi"), person("ps.shenhe")
		last := county.begins("LIST_COUNTY", lastTitle, secondTitle, nil)
		county.handsIn(last)
		over.approves(last)
		over.shot("announcement-approved")
		told := strings.TrimPrefix(last, "/console")
		villager.shows(told, lastTitle)
		villager.says(".figures", strconv.Itoa(len(onTheList)-1))
		villager.hides(onTheList...)
		villager.shot("announcement")
		villager.leaves(strings.TrimPrefix(second, "/console"))
		looksInto.expect(looksInto.visit(looksInto.at), http.StatusOK)
	}
}

// readsList looks at a list as everybody sees it: masked, with a way to object
// beside each row.
func (r *reporter) readsList(path string) {
	r.t.Helper()
	r.shows(path, firstTitle, "公示中，还剩")
	if rows := ask[int](r.tab, `document.querySelectorAll('table.rows tbody tr').length`); rows != len(onTheList) {
		r.t.Errorf("%d rows, want %d", rows, len(onTheList))
	}
	if ways := ask[int](r.tab, `[...document.querySelectorAll('table.rows td.act a')].filter(a => a.innerText.startsWith('有意见')).length`); ways != len(onTheList) {
		r.t.Errorf("beside %d rows one can object, want %d", ways, len(onTheList))
	}
	r.hides(append([]string{exampleID, otherExampleID, "一组", "因病", "缺资金"}, onTheList...)...)
	r.shot("list-on-the-web")
}

// objects says that row 7 does not belong there, without a name, and returns
// the digits of the receipt.
func (r *reporter) objects() string {
	r.t.Helper()
	r.expect(r.press(`table.rows tbody tr:nth-child(7) td.act a`), http.StatusOK)
	r.says(".about", firstTitle)
	r.tap(`label:has(input[name=objection][value=WRONG_IN])`)
	r.write("#text", objectionWords)
	r.tap(`label:has(input[name=mode][value=anonymous])`)
	r.shot("objection-filled")
	r.expect(r.press(`.send button[value=send]`), http.StatusOK)
	return r.readsReceipt()
}

// seesFrozen fails unless this row, and no other, is said to be under objection.
func (r *reporter) seesFrozen(row int) {
	r.t.Helper()
	got := ask[[]int](r.tab, `[...document.querySelectorAll('table.rows tbody tr')].flatMap((r, i) => r.querySelector('.mark-held') ? [i + 1] : [])`)
	if len(got) != 1 || got[0] != row {
		r.t.Errorf("the rows %v are frozen, want %d", got, row)
	}
	r.hides("轿车", "村主任")
}

// goneFromList fails if the row is still there: its number is not given to
// another household.
func (r *reporter) goneFromList(row int) {
	r.t.Helper()
	got := ask[[]string](r.tab, `[...document.querySelectorAll('table.rows tbody tr td.num:first-child')].map(n => n.innerText.trim())`)
	if len(got) != len(onTheList)-1 {
		r.t.Errorf("the list has the rows %v", got)
	}
	for _, n := range got {
		if n == strconv.Itoa(row) {
			r.t.Errorf("row %d is still there", row)
		}
	}
	r.tap("details.more > summary")
	r.says("details.more", "去掉", fmt.Sprintf("第 %d 行", row))
}

// objectionIsUpheld takes it up, lets two people sign what they saw, and rules;
// the office that published cannot read it.
func objectionIsUpheld(person func(login string) *officer, town *officer) *officer {
	one := person("ps.shouli")
	one.t.Helper()
	one.visit("/console/objections")
	one.shot("objections")
	one.opensObjection()
	one.says(".words", objectionWords)
	town.expect(town.visit(one.at), http.StatusNotFound)
	one.takes("acknowledge")
	one.fills("check", "place", "鹤栖村二组")
	one.choose("#check-method", "household_visit")
	one.fills("check", "found", visited)
	one.tick("check", "declared", "1")
	one.attach("#check-files", photo(one.t, "入户照片.jpg"))
	one.shot("objection-check")
	one.takes("check")
	if one.has("#do-sign") {
		one.t.Error("who was there first may sign as the second")
	}
	two := person("ps.shouli2")
	two.visit(one.at)
	two.tick("sign", "declared", "1")
	two.takes("sign")
	one.visit(one.at)
	one.tick("propose", "outcome", "upheld_remove")
	one.fills("propose", "answer", ruledBecause)
	one.shot("objection-propose")
	one.takes("propose")
	if one.has("#do-rule") {
		one.t.Error("who proposes may rule")
	}
	head := person("ps.shenpi")
	head.visit(one.at)
	head.tick("rule", "ruling", "approve")
	head.shot("objection-to-rule")
	head.takes("rule")
	head.shot("objection-ruled")
	return one
}

// opensObjection goes from the desk to the objection about the list.
func (o *officer) opensObjection() {
	o.t.Helper()
	path := ask[string](o.tab, fmt.Sprintf(`([...document.querySelectorAll('.lines a')].find(a => a.innerText.includes(%q)) || {pathname: ''}).pathname`, firstTitle))
	if path == "" {
		o.fail("find the objection", fmt.Errorf("it is not on the desk"))
	}
	o.expect(o.press(`.lines a[href^="`+path+`"]`), http.StatusOK)
	o.at = path
}

// readsAnswerTo is how whoever objected hears what came of it.
func (r *reporter) readsAnswerTo(digits string) {
	r.t.Helper()
	r.looks(digits)
	r.says("main", ruledBecause)
	r.hides(visited, "何田田", "罗青")
	r.shot("objection-answered")
}
