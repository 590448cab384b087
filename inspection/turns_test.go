package inspection

import (
	"slices"
	"strings"
	"testing"

	"minsheng/internal/workday"
	"minsheng/paper"
)

// TestTheLifeOfAnInspection spells out every state and every act.
func TestTheLifeOfAnInspection(t *testing.T) {
	// For each act, where it leads from planned, under way, views exchanged,
	// findings issued, closed and cancelled; "" not possible, "=" stays.
	table := map[Act][6]State{
		ToChange: {"=", "="}, ToAnnounce: {"=", "="}, ToAsk: {"=", "="}, ToReturn: {"=", "="}, ToSilence: {"=", "="},
		ToHandIn: {"=", "="}, ToRefuse: {"=", "="}, ToQuestion: {"=", "="},
		ToMatter: {"=", "=", "="}, ToPrepare: {"=", "=", "="},
		ToAnswer:   {UnderWay, "=", "="},
		ToRecord:   {UnderWay, "=", "=", "="},
		ToWrite:    {"", "=", "="},
		ToExchange: {"", ViewsExchanged, "="},
		ToSubmit:   {"", "", "="},
		ToIssue:    {"", "", FindingsIssued},
		ToCorrect:  {"", "", "=", "="}, ToComment: {"", "", "=", "="},
		ToClose:  {"", "", Closed, Closed},
		ToCancel: {Cancelled, Cancelled, Cancelled},
		ToFollow: {"", "", "", "=", "="},
		ToRevoke: {"=", "=", "=", "=", "=", "="},
	}
	for _, turn := range turns {
		if _, known := table[turn.act]; !known {
			t.Errorf("%s is not in the table", turn.act)
		}
	}
	for act, leads := range table {
		if _, known := doers[act]; !known {
			t.Errorf("%s is nobody's", act)
		}
		for n, state := range States() {
			got, err := after(state, act)
			want := leads[n]
			if want == "=" {
				want = state
			}
			if (err != nil) != (want == "") || err == nil && got != want {
				t.Errorf("%s when %s: %s, %v; want %q", act, state, got, err, want)
			}
		}
	}
}

// Nothing leads to issued findings but through an exchange of views (Art. 16).
func TestEveryWayToIssuedFindingsPassesTheExchange(t *testing.T) {
	reached := map[State]bool{Planned: true}
	for before := 0; before != len(reached); {
		before = len(reached)
		for _, turn := range turns {
			for _, from := range turn.from {
				if reached[from] && turn.act != ToExchange && turn.to != "" {
					reached[turn.to] = true
				}
			}
		}
	}
	if reached[ViewsExchanged] || reached[FindingsIssued] || reached[Closed] || !reached[Cancelled] {
		t.Errorf("without an exchange: %v", reached)
	}
}

func TestTheMeasuresAreOnTheChecklist(t *testing.T) {
	asked := Questions()
	if len(asked) != 27 || asked[0] != "6.1" || asked[26] != "13.3" || !slices.Contains(asked, "11.5") || slices.Contains(asked, "12.3") {
		t.Errorf("%v", asked)
	}
	all := Clauses()
	if len(all) != 34 || all[33] != "19.7" || ArticleOf("19.5") != "19" || len(Articles()) != 8 {
		t.Errorf("%v", all)
	}
}

func TestANameIsFoundHoweverItWasWrittenDown(t *testing.T) {
	const text = "经核实，甄大有家的补助没有到户，村民代表也这么说。"
	for name, told := range map[string]bool{
		"甄大有": true, "甄大有（三组）": true, "甄大有 三组": true, "甄大有：户主": true, "穆青山": false, "村民代表": false, "村民代表8人": false, "甄": false, "": false, "（三组）": false,
	} {
		if tells(text, name) != told {
			t.Errorf("%q: %v", name, !told)
		}
	}
}

func TestDaysOnPaper(t *testing.T) {
	for _, c := range []struct{ from, til, want workday.Date }{
		{"2026-03-02", "2026-03-02", "2026年3月2日"}, {"2026-03-02", "2026-03-05", "2026年3月2日至5日"},
		{"2026-03-30", "2026-04-02", "2026年3月30日至4月2日"}, {"2026-12-30", "2027-01-02", "2026年12月30日至2027年1月2日"}, {"", "", ""},
	} {
		if got := onPaper(c.from, c.til); got != string(c.want) {
			t.Errorf("%s–%s is %q", c.from, c.til, got)
		}
	}
}

// What papers say has the names that the press knows, and nothing that it needs is
// missing.
func fits(t *testing.T, k paper.Kind, c paper.Content) {
	t.Helper()
	form, known := paper.FormOf(k)
	if !known {
		t.Fatal(k)
	}
	for name := range c.Fields {
		if !slices.ContainsFunc(form.Known(), func(f paper.Field) bool { return f.Name == name }) {
			t.Errorf("%s does not know %q", k, name)
		}
	}
	for name, rows := range c.Lists {
		at := slices.IndexFunc(form.Lists, func(l paper.List) bool { return l.Name == name })
		for _, row := range rows {
			for column := range row {
				if at < 0 || !slices.Contains(form.Lists[at].Columns, column) {
					t.Errorf("%s does not know %q of %q", k, column, name)
				}
			}
		}
	}
}

var onSite = Inspection{Number: "盘县督查〔2026〕1号", Basis: "《督查追责办法》第四条", StartsOn: "2026-03-02", EndsOn: "2026-03-04", Focus: "资金到户", Form: Onsite}

func TestTheNoticeSaysWhatItMust(t *testing.T) {
	i := onSite
	i.Contact = "罗青 0427-0000000"
	c := noticeContent(i, noticed{To: "甜水镇人民政府", Leader: "何田田", Members: []string{"罗青", "方原"}})
	fits(t, paper.InspectionNotice, c)
	for field, want := range map[string]string{
		"主送单位": "甜水镇人民政府", "督查依据": i.Basis, "督查时间": "2026年3月2日至4日", "督查内容": "资金到户", "督查方式": "现场检查",
		"组长": "何田田", "成员": "罗青、方原", "联系人": i.Contact,
	} {
		if c.Fields[field] != want {
			t.Errorf("%s: %q, want %q", field, c.Fields[field], want)
		}
	}
	bare := noticeContent(onSite, noticed{To: "x", Leader: "何田田"})
	for field, want := range map[string]string{"成员": "无", "准备材料": "另行通知", "联系人": "何田田"} {
		if bare.Fields[field] != want {
			t.Errorf("%s: %q, want %q", field, bare.Fields[field], want)
		}
	}
}

func TestTheReportKeepsTheOpinionBesideTheFinding(t *testing.T) {
	r := reported{noticed: noticed{To: "甜水镇人民政府", Leader: "何田田"}, Above: cityDesk, Exchanged: "2026-03-04", Leaders: []string{"镇长 季某"},
		Findings: []Finding{{N: 1, Words: Words{Facts: "两户未到户", Basis: "第九条（二）"}, Remarks: []Remark{{Kind: "opinion", Words: "已在途，不认可"}, {Kind: "correction", Words: "改为三户"}}}, {N: 2, Words: Words{Facts: "未公示"}}}}
	c := reportContent(onSite, r)
	fits(t, paper.InspectionReport, c)
	if got := c.Fields["交换意见情况"]; got != "2026年3月4日与镇长 季某交换意见，有不同意见，见各条所附单位意见。" {
		t.Error(got)
	}
	rows := c.Lists["发现"]
	if len(rows) != 2 || rows[0]["单位意见"] != "已在途，不认可" || rows[1]["单位意见"] != "无异议" || rows[0]["佐证编号"] != "盘县督查〔2026〕1号 发现1" || !strings.Contains(c.Fields["总体评价"], "2") {
		t.Errorf("%+v", c)
	}
}
