package public_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/privacy"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/roll"
)

// rows makes the rows of a list of households; every name is another one.
func households(n int) []roll.Row {
	family := []rune("王李张刘陈杨赵黄周吴")
	given := []rune("柱兰德贵花山河春秋玉福田生财广林宝")
	rows := make([]roll.Row, n)
	for i := range rows {
		label := string([]rune{family[i%len(family)], given[i/len(family)%len(given)], given[i/len(family)/len(given)%len(given)]})
		rows[i] = roll.Row{Label: label, Shown: privacy.MaskName(label), Team: fmt.Sprintf("东沟第%d组", i%7+1), People: i%6 + 1, PlaceCode: shuangliu,
			Cells: map[string]string{"cause": "illness", "note": "大儿子住院"}}
	}
	return rows
}

func allocations(n int) []roll.Row {
	rows := make([]roll.Row, n)
	for i := range rows {
		label := fmt.Sprintf("第%d号田间道路硬化工程", i+1)
		rows[i] = roll.Row{Label: label, Shown: label, AmountFen: int64(i+1) * 1_000_050, PlaceCode: shuangliu,
			Cells: map[string]string{"place": fmt.Sprintf("甜水镇双柳村%d队", i), "content": fmt.Sprintf("硬化道路%d米,宽3米", 10*i+7), "responsible": "=甜水镇人民政府"}}
	}
	return rows
}

// roll stores a published list.
func (s *site) roll(kind roll.Kind, rows []roll.Row) roll.Roll {
	s.Helper()
	r := roll.Roll{ID: uuid.Must(uuid.NewV7()), Kind: kind, UnitID: s.atlas.Units()[0].ID, PlaceCode: shuangliu, Year: 2026,
		Stage: roll.Village, Version: 1, Size: len(rows), CreatedAt: s.store.Now()}
	if !kind.Personal() {
		r.Stage = roll.Final
	}
	for i := range rows {
		rows[i].ID, rows[i].RollID, rows[i].Key, rows[i].N, rows[i].Since = uuid.Must(uuid.NewV7()), r.ID, i+1, i+1, 1
		rows[i].Reason = "imported"
		if rows[i].Cells == nil {
			rows[i].Cells = map[string]string{}
		}
		r.People += rows[i].People
		r.TotalFen += rows[i].AmountFen
	}
	s.transact(func(tx *gorm.DB) error {
		if err := tx.Create(&r).Error; err != nil {
			return err
		}
		return tx.CreateInBatches(rows, 50).Error
	})
	return r
}

func (s *site) transact(do func(tx *gorm.DB) error) {
	s.Helper()
	if err := s.store.Transact(context.Background(), do); err != nil {
		s.Fatal(err)
	}
}

// list publishes a notice with rows.
func (s *site) list(code, title string, kind roll.Kind, rows []roll.Row, change ...func(*notice.Notice)) (notice.Notice, roll.Roll) {
	s.Helper()
	r := s.roll(kind, rows)
	n := s.put(code, title, -2, 4)
	n.RollID, n.Year = &r.ID, 2026
	for _, with := range change {
		with(&n)
	}
	return s.again(n), r
}

// again stores a notice that was changed.
func (s *site) again(n notice.Notice) notice.Notice {
	s.Helper()
	n, err := s.board.Put(context.Background(), n)
	if err != nil {
		s.Fatal(err)
	}
	s.wait(1100 * time.Millisecond)
	return n
}

func at(n notice.Notice) string { return "/notices/" + n.ID.String() }

// No page shows the name of a person in full, a group, a cause or a note,
// however it is asked for.
func TestPeopleAreMaskedOnEveryPage(t *testing.T) {
	s := open(t, with{})
	rows := households(120)
	n, r := s.list("LIST_VILLAGE", "双柳村贫困户初选名单公示", roll.Households, rows)
	roster := households(60)
	for i := range roster {
		roster[i].Cells = map[string]string{"programme": "危房改造补助", "note": "卧床多年"}
		roster[i].AmountFen = 1_500_000
	}
	paid, _ := s.list("SUBSIDY_ROSTER", "双柳村补助发放公示", roll.Payments, roster)
	announced, _ := s.list("LIST_COUNTY", "贫困户名单公告", roll.Households, households(30))
	s.transact(func(tx *gorm.DB) error {
		_, err := s.rolls.Amend(tx, r.ID, 1, []roll.Edit{
			{Key: 3, Gone: true, Reason: "duplicate"}, {Label: "欧阳建华", Team: "东沟第1组", People: 2, Reason: "objection_upheld"},
			{Key: 5, Label: "马德山", Team: "东沟第2组", People: 9, Reason: "typo"},
		}, workday.On(s.store.Now()).Add(6), uuid.Nil)
		return err
	})
	s.handedIn(n, 1)
	secrets := []string{"欧阳建华", "东沟第", "illness", "因病", "大儿子住院", "卧床多年"}
	for _, row := range rows {
		secrets = append(secrets, row.Label)
	}
	pages := []string{"/", "/?place=" + tianshui, "/notices", "/v/" + shuangliu, "/feed.atom", at(n), at(n) + "?lang=en", at(paid), at(announced),
		at(n) + "?after=50", at(n) + "?after=100", at(n) + "?order=shown", at(n) + "?order=people&after=7", at(n) + "?q=" + url.QueryEscape("王"), at(n) + "?q=11"}
	for _, address := range pages {
		p := s.get(address).want(200)
		for _, secret := range secrets {
			if strings.Contains(p.body, secret) {
				t.Errorf("%s shows %q", address, secret)
			}
		}
	}
	if p := s.get(at(n)).want(200); p.Find(".rows tbody tr").Length() != 50 || !strings.Contains(p.Find(".rows").Text(), "王*柱") {
		t.Errorf("%d rows: %.200s", p.Find(".rows tbody tr").Length(), p.Find(".rows").Text())
	}
	if found := s.get(at(n) + "?q=" + url.QueryEscape("欧阳建华")).want(200).Find(".rows tbody tr"); found.Length() != 1 || !strings.Contains(found.Text(), "欧阳*华") {
		t.Errorf("somebody does not find their own line: %s", found.Text())
	}
	if p := s.get(at(announced)); p.Find(".rows").Length() != 0 || p.one(".figures dd") != "" || p.Find(".figures dd").First().Text() != "30" {
		t.Errorf("the announcement shows %s", p.Find("main").Text())
	}
	// Its rows are not given out one by one either.
	for _, address := range []string{"/objections/new?row=2&notice=", "/report?row=2&notice="} {
		if p := s.get(address + announced.ID.String()).want(200); strings.Contains(p.body, "*") && strings.Contains(p.Find("main").Text(), privacy.MaskName(rows[1].Label)) {
			t.Errorf("%s shows a name: %s", address, p.Find("main").Text())
		}
	}
}

// handedIn writes down with which rows a notice was handed in.
func (s *site) handedIn(n notice.Notice, version int) {
	s.Helper()
	s.transact(func(tx *gorm.DB) error {
		return tx.Table("notice_backing").Create(map[string]any{"notice_id": n.ID, "roll_version": version, "edits": "[]", "mismatch": ""}).Error
	})
	s.again(n)
}

func TestChangesAfterPublishingAreTold(t *testing.T) {
	s := open(t, with{})
	n, r := s.list("LIST_VILLAGE", "双柳村贫困户初选名单公示", roll.Households, households(9))
	later := workday.On(s.store.Now()).Add(6)
	s.transact(func(tx *gorm.DB) error {
		_, err := s.rolls.Amend(tx, r.ID, 1, []roll.Edit{
			{Key: 3, Gone: true, Reason: "duplicate"}, {Label: "欧阳建华", People: 2, Reason: "objection_upheld"},
			{Key: 5, Label: "马德山", People: 9, Reason: "unheard of"},
		}, later, uuid.Nil)
		return err
	})
	n = s.again(n)
	if p := s.get(at(n)).want(200); p.Find(".more").Length() != 0 {
		t.Error("what a draft said is told")
	}
	s.handedIn(n, 1)
	p := s.get(at(n)).want(200)
	told := strings.Join(strings.Fields(p.Find(".more").Text()), " ")
	for _, want := range []string{"去掉 第 3 行 张*柱 原因：重复了", "新增 第 10 行 欧阳*华 原因：有人提意见", "改动 第 5 行 马*山 原因：核对后更正", "人口：5", "人口：9"} {
		if !strings.Contains(told, want) {
			t.Errorf("not told: %s in %s", want, told)
		}
	}
	if marks := p.Find(".mark-held"); marks.Length() != 2 || !strings.Contains(marks.First().Text(), view.Day("zh-CN", later)) {
		t.Errorf("%d rows stand anew: %s", marks.Length(), marks.Text())
	}
}

func TestListsOfPeopleAreLeftOutByRobotsAndDownloads(t *testing.T) {
	s := open(t, with{})
	personal, _ := s.list("LIST_VILLAGE", "双柳村贫困户初选名单公示", roll.Households, households(3))
	money, _ := s.list("FUND_ALLOC", "资金分配结果公告", roll.Allocation, allocations(3))
	for _, c := range []struct {
		n        notice.Notice
		unlisted bool
	}{{personal, true}, {money, false}} {
		p := s.get(at(c.n)).want(200)
		if got := p.header.Get("X-Robots-Tag") == "noindex"; got != c.unlisted {
			t.Errorf("%s: robots are told %q", c.n.Kind, p.header.Get("X-Robots-Tag"))
		}
		if got := p.Find("meta[name=robots][content=noindex]").Length() == 1; got != c.unlisted {
			t.Errorf("%s: the page says noindex: %v", c.n.Kind, got)
		}
		if links := p.Find(`a[href*="/rows."]`).Length(); (links == 0) != c.unlisted {
			t.Errorf("%s: %d downloads", c.n.Kind, links)
		}
	}
	for _, end := range []string{"csv", "json", "xlsx"} {
		s.get(at(personal) + "/rows." + end).want(404)
	}
	s.get("/notices/nix/rows.csv").want(404)
}

func TestRowsAreTurnedInEveryOrder(t *testing.T) {
	s := open(t, with{})
	n, r := s.list("LIST_VILLAGE", "双柳村贫困户初选名单公示", roll.Households, households(134))
	for order, pages := range map[string]int{"": 3, "?order=shown": 3, "?order=people": 3, "?lang=en&order=n&size=big": 3} {
		seen, turned := map[string]bool{}, 0
		last := 99
		for next := at(n) + order; next != ""; turned++ {
			p := s.get(strings.TrimSuffix(next, "#rows")).want(200)
			p.Find(".rows tbody tr").Each(func(_ int, row *goquery.Selection) {
				number := strings.TrimSpace(row.Find("td").First().Text())
				if seen[number] {
					t.Fatalf("%s: row %s comes twice", order, number)
				}
				seen[number] = true
				var people int
				fmt.Sscan(row.Find("td.num[data-th]").Text(), &people)
				if strings.Contains(order, "people") && people > last {
					t.Errorf("%d people come after %d", people, last)
				}
				last = people
			})
			next = p.Find(".pager a[rel=next]").AttrOr("href", "")
			if turned > 0 && p.Find(".pager a").First().AttrOr("href", "") == "" {
				t.Errorf("%s: there is no way back", order)
			}
		}
		if len(seen) != r.Size || turned != pages {
			t.Errorf("%q shows %d of %d rows on %d pages", order, len(seen), r.Size, turned)
		}
	}
	if p := s.get(at(n) + "?q=" + url.QueryEscape("欧阳")).want(200); p.one("main p.empty") == "" {
		t.Error("nothing found says nothing")
	}
	if p := s.get(at(n) + "?after=nix&order=nix&q=" + url.QueryEscape(strings.Repeat("长", 21))).want(200); p.Find(".rows tbody tr").Length() != 50 {
		t.Error("junk in the address shows no list")
	}
}

func TestObjectingStartsBesideTheRow(t *testing.T) {
	s := open(t, with{})
	n, r := s.list("LIST_VILLAGE", "双柳村贫困户初选名单公示", roll.Households, households(8))
	key := 7
	s.transact(func(tx *gorm.DB) error { return s.rolls.Hold(tx, uuid.New(), r.ID, &key) })
	p := s.get(at(n)).want(200)
	base := "/objections/new?notice=" + n.ID.String()
	for _, href := range []string{base, base + "&row=3", "/objections/new?kind=MISSED&notice=" + n.ID.String(), "/objections/new?kind=PRIVACY&notice=" + n.ID.String()} {
		if p.Find(`a[href="`+href+`"]`).Length() != 1 {
			t.Errorf("no way to %s", href)
		}
	}
	held := p.Find(".mark-held")
	if held.Length() != 1 || held.Closest("tr").Find("td").First().Text() != "7" || held.Text() != "有异议，正在核实" {
		t.Errorf("frozen: %d × %q", held.Length(), held.Text())
	}
	if p.Find(".held-list").Length() != 0 {
		t.Error("the whole list is called disputed")
	}
	s.transact(func(tx *gorm.DB) error { return s.rolls.Hold(tx, uuid.New(), r.ID, nil) })
	n.PublicLine = "收到异议 3 条，核实后改了 1 户。"
	s.again(n)
	p = s.get(at(n)).want(200)
	if p.Find(".held-list").Length() != 1 || !strings.Contains(p.Find("main").Text(), n.PublicLine) {
		t.Error("the objection to the list, or what came of others, is not told")
	}
	exit, _ := s.list("EXIT_VILLAGE", "拟退出名单公示", roll.Exits, households(2))
	if p := s.get(at(exit)).want(200); p.Find(`a[href*="MISSED"]`).Length() != 0 || p.Find(`a[href*="&row="]`).Length() != 2 {
		t.Error("of a list of those who leave nobody is missing")
	}
	done := s.put("PROJECT_DONE", "竣工公告", -1, 9)
	s.wait(1100 * time.Millisecond)
	if p := s.get(at(done)).want(200); p.Find(`a[href*="/objections/"]`).Length() != 1 || p.Find(`a[href*="kind=PRIVACY"]`).Length() != 1 || p.Find(`a[href="/report?notice=`+done.ID.String()+`"]`).Length() != 1 {
		t.Error("an announcement invites objections, or there is no way to report")
	}
}

func TestNoticesTakenDownLeaveAStub(t *testing.T) {
	s := open(t, with{})
	n, _ := s.list("LIST_VILLAGE", "双柳村贫困户初选名单公示", roll.Households, households(3))
	s.get(at(n)).want(200)
	now := s.store.Now()
	n.PulledAt = &now
	n = s.again(n)
	p := s.get(at(n)).want(200)
	if p.Find(".rows").Length() != 0 || !strings.Contains(p.Find("main").Text(), "正在核对") ||
		p.header.Get("Cache-Control") != "no-store" || p.header.Get("X-Robots-Tag") != "noindex" || p.header.Get("Etag") != "" {
		t.Errorf("pulled: %v %s", p.header, p.Find("main").Text())
	}
	if list := s.get("/notices").want(200); strings.Contains(list.body, n.Title) {
		t.Error("a pulled notice is listed")
	}
	n.PulledAt, n.State, n.WithdrawnAt, n.WithdrawnWhy = nil, "withdrawn", &now, "评议会到会人数不够，重新开会。"
	n = s.again(n)
	p = s.get(at(n)).want(410)
	if !strings.Contains(p.Find("main").Text(), n.WithdrawnWhy) || p.Find(".rows, .prose").Length() != 0 {
		t.Errorf("withdrawn: %s", p.Find("main").Text())
	}
}

func TestACorrectionShowsTheDifference(t *testing.T) {
	s := open(t, with{})
	n := s.put("FUND_ALLOC", "资金分配结果公告", -2, 9)
	old := notice.Revision{NoticeID: n.ID, N: 1, Title: n.Title, Body: "道路硬化资金500万元。", Fields: map[string]string{"fund_use": "修路"}, At: s.store.Now()}
	n.Body, n.Fields = "道路硬化资金480万元。", map[string]string{"fund_use": "修路", "contact_phone": "0427-0000000"}
	correction := s.put("CORRECTION", "关于资金分配结果公告的更正", 0, 9)
	old.CorrectionID = correction.ID
	s.transact(func(tx *gorm.DB) error { return tx.Create(&old).Error })
	n = s.again(n)
	correction.CorrectsID = &n.ID
	correction = s.again(correction)
	if p := s.get(at(n)).want(200); p.Find(`.note a[href="`+at(correction)+`"]`).Length() != 1 || !strings.Contains(p.Find(".prose").Text(), "480") {
		t.Error("the original does not lead to its correction")
	}
	p := s.get(at(correction)).want(200)
	if p.Find(`.note a[href="`+at(n)+`"]`).Length() != 1 {
		t.Error("the correction does not lead to the original")
	}
	p.Find(".differs .unseen").Remove()
	if came, went := p.Find(".differs ins").First().Text(), p.Find(".differs del").First().Text(); came != "480" || went != "500" {
		t.Errorf("%q became %q: %s", went, came, p.Find(".differs").Text())
	}
	again := s.put("CORRECTION", "再次更正", 0, 9)
	again.CorrectsID = &n.ID
	s.again(again)
	if p := s.get(at(correction)).want(200); p.Find(".differs").Length() != 0 {
		t.Error("what a second correction changed is put down to the first")
	}
	if p.Find(".differs dt").Length() != 2 || p.Find(".differs ins").Last().Text() != "0427-0000000" {
		t.Errorf("differs: %s", p.Find(".differs").Text())
	}
}

func TestFactsOfANotice(t *testing.T) {
	s := open(t, with{})
	n := s.put("EXIT_ANN", "退出公告", -2, 9)
	n.Fields = map[string]string{"approved_by": "盘山县人民政府", "approved_on": "2026-03-05", "contact_phone": "0427-000 0000", "report_phone": "12317、12345", "unheard_of": "不该出现"}
	n.Body = "## 说明\n\n见[办法](https://example.com/)和![图](https://example.com/a.png)<script>\n\n- 甲"
	s.again(n)
	p := s.get(at(n)).want(200)
	if p.Find(`a[href="tel:04270000000"]`).Length() != 1 || !strings.Contains(p.Find(".facts").Text(), "2026年3月5日") ||
		!strings.Contains(p.Find(".facts").Text(), "12317、12345") || strings.Contains(p.body, "不该出现") {
		t.Errorf("facts: %s", p.Find(".facts").Text())
	}
	if p.one(".prose h2") != "说明" || p.Find(".prose li").Length() != 1 || p.Find(".prose img, .prose script").Length() != 0 ||
		!strings.Contains(p.Find(`.prose a[href="https://example.com/"]`).AttrOr("rel", ""), "nofollow") {
		t.Errorf("words: %s", p.Find(".prose").Text())
	}
}

func TestNoticesAreFiltered(t *testing.T) {
	s := open(t, with{})
	year := workday.On(s.store.Now()).Year()
	put := func(kind, title string, to int, change func(*notice.Notice)) {
		n := s.put(kind, title, -20, to)
		n.Year = year
		change(&n)
		s.again(n)
	}
	put("FUND_ALLOC", "今年的钱", 9, func(n *notice.Notice) { n.EndsOn = nil })
	put("PROJECT_PRE", "开工", 9, func(n *notice.Notice) { n.Year = year - 1 })
	put("PROJECT_PRE", "早开工了", -1, func(n *notice.Notice) { n.State = "ended" })
	put("POLICY", "市里的文件", 9, func(n *notice.Notice) { n.PlaceCode = "211100000000" })
	for query, want := range map[string][]string{
		"":                                {"今年的钱", "开工", "市里的文件", "早开工了"},
		"?kind=PROJECT_PRE":               {"开工", "早开工了"},
		"?kind=PROJECT_PRE&state=running": {"开工"},
		"?state=ended":                    {"早开工了"},
		fmt.Sprintf("?year=%d", year-1):   {"开工"},
		"?place=" + tianshui + "&kind=FUND_ALLOC": {"今年的钱"},
	} {
		p := s.get("/notices" + query).want(200)
		got := p.Find(".list a.title").Map(func(_ int, a *goquery.Selection) string { return a.Text() })
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s shows %v, want %v", query, got, want)
		}
		v := p.form("/notices")
		asked, _ := url.ParseQuery(strings.TrimPrefix(query, "?"))
		for name := range asked {
			if v.Get(name) != asked.Get(name) {
				t.Errorf("%s: the form forgets %s", query, name)
			}
		}
	}
	for text, query := range map[string]string{"长期公布": "?kind=FUND_ALLOC", "公示中，还剩 10 天": "?state=running&kind=PROJECT_PRE", "公示已结束": "?state=ended"} {
		if got := s.get("/notices" + query).one(".standing b"); got != text {
			t.Errorf("%s says %q, want %q", query, got, text)
		}
	}
	for _, junk := range []string{"?kind=nix", "?state=nix", "?year=1999", "?year=2.5", "?after=nix", "?after=" + uuid.NewString(), "?place=999999999999"} {
		s.get("/notices" + junk).want(404)
	}
	if p := s.get("/notices?kind=RESULT_PUB").want(200); p.one(".empty") == "" {
		t.Error("nothing found says nothing")
	}
	if v := s.get("/notices?place=" + shuangliu).want(200).form("/notices"); v.Get("place") != shuangliu {
		t.Errorf("the form forgets the village: %v", v)
	}
	for i := range 22 {
		put("CIRCULAR_PUB", fmt.Sprintf("通报%d", i), 9, func(*notice.Notice) {})
	}
	next := s.get("/notices?kind=CIRCULAR_PUB&lang=en").want(200).Find("a[rel=next]").AttrOr("href", "")
	if p := s.get(next).want(200); p.Find(".list li").Length() != 2 || !strings.Contains(next, "kind=CIRCULAR_PUB") {
		t.Errorf("%s shows %d", next, p.Find(".list li").Length())
	}
}

func TestWhatIsOpenForObjectionsWhereILive(t *testing.T) {
	s := open(t, with{})
	mine := s.put("LIST_VILLAGE", "双柳村名单", -2, 4)
	town := s.put("PROJECT_PRE", "甜水镇修路", -2, 4)
	town.PlaceCode = tianshui
	s.again(town)
	other := s.put("LIST_VILLAGE", "苇子沟村名单", -2, 4)
	other.PlaceCode = "211122111902"
	s.again(other)
	s.put("PROJECT_DONE", "竣工公告", -2, 4)
	s.wait(1100 * time.Millisecond)
	titles := func(p page) string {
		return strings.Join(p.Find(".list").First().Find("a.title").Map(func(_ int, a *goquery.Selection) string { return a.Text() }), " ")
	}
	p := s.get("/v/" + shuangliu).want(200)
	if got := titles(p); !strings.Contains(got, mine.Title) || !strings.Contains(got, town.Title) || strings.Contains(got, "竣工") || strings.Contains(got, other.Title) {
		t.Errorf("the village shows %s", got)
	}
	if p.Find(`.list a[href="`+at(mine)+`"]`).Length() != 1 {
		t.Error("a notice stands on the page twice")
	}
	home := s.get("/").want(200)
	if got := titles(home); strings.Contains(got, "竣工") || !strings.Contains(got, mine.Title) {
		t.Errorf("home shows %s", got)
	}
	v := home.form("/#current")
	v.Set("place", tianshui)
	if got := titles(s.get("/?" + v.Encode()).want(200)); !strings.Contains(got, mine.Title) || !strings.Contains(got, other.Title) {
		t.Errorf("the town shows %s", got)
	}
	if got := titles(s.get("/?place=211104112000").want(200)); got != "" {
		t.Errorf("another town shows %s", got)
	}
	s.get("/?place=999999999999").want(404)
}

func TestFeedTellsTitlesOnly(t *testing.T) {
	s := open(t, with{})
	n, _ := s.list("LIST_VILLAGE", "双柳村贫困户初选名单公示", roll.Households, households(3), func(n *notice.Notice) {
		n.Body, n.Fields = "正文里的话", map[string]string{"contact_unit": "甜水镇扶贫办"}
	})
	p := s.get("/feed.atom").want(200)
	if !strings.Contains(p.body, n.Title) {
		t.Error("the notice is not in the feed")
	}
	for _, more := range []string{"王*", "正文里的话", "甜水镇扶贫办"} {
		if strings.Contains(p.body, more) {
			t.Errorf("the feed holds %q", more)
		}
	}
}

// The counts and the tables of 20 000 rows stay as light as any page.
func TestTwentyThousandRowsStayLight(t *testing.T) {
	s := open(t, with{})
	people, _ := s.list("LIST_VILLAGE", "双柳村贫困户初选名单公示", roll.Households, households(20_000))
	money, _ := s.list("FUND_ALLOC", "资金分配结果公告", roll.Allocation, allocations(20_000))
	for _, address := range []string{at(people), at(people) + "?after=19900", at(people) + "?order=people&after=15000",
		at(people) + "?q=" + url.QueryEscape("王"), at(money), at(money) + "?after=19900", at(money) + "?order=amount&lang=en"} {
		begin := time.Now()
		p := s.get(address).want(200)
		took := time.Since(begin)
		if n := p.Find(".rows tbody tr").Length(); n != 50 {
			t.Errorf("%s shows %d rows", address, n)
		}
		weight := s.weigh(address)
		t.Logf("%s: %d KB plain, %d KB with everything, %v", address, len(p.body)>>10, weight>>10, took.Round(time.Millisecond))
		if weight > 100<<10 || len(p.body) > 100<<10 {
			t.Errorf("%s weighs %d KB (%d KB unpacked)", address, weight>>10, len(p.body)>>10)
		}
	}
	request, _ := http.NewRequest(http.MethodGet, s.url+at(people)+"?after=19900", nil)
	request.Header.Set("If-None-Match", s.get(at(people)+"?after=19900").header.Get("Etag"))
	if p := s.do(request); p.status != 304 {
		t.Errorf("a page that was turned to is not kept: %d", p.status)
	}
}
