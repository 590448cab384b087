package inspection

import (
	"slices"
	"strings"
	"testing"

	"minsheng/internal/workday"
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

func TestTheNoticeSaysWhatItMust(t *testing.T) {
	n := Notice{To: "甜水镇人民政府", Basis: "《督查追责办法》第四条", From: "2026-03-02", Til: "2026-03-04", Focus: "资金到户", Form: "不定期现场检查",
		Methods: []string{"查阅账目资料", "入户走访"}, Leader: "何田田", Members: []string{"罗青", "方原"}, Contact: "罗青 0427-0000000",
		Materials: []AskedPaper{{"上年度发放表", "2026-03-09"}, {"公示照片", "2026-03-10"}}}
	c := NoticeContent(n)
	for field, want := range map[string]string{
		"主送单位": n.To, "督查依据": n.Basis, "督查时间": "2026年3月2日至4日", "督查内容": n.Focus, "督查方式": "不定期现场检查：查阅账目资料、入户走访",
		"组长": "何田田", "成员": "罗青、方原", "联系人": n.Contact, "准备材料": "1. 上年度发放表（2026年3月9日前）\n2. 公示照片（2026年3月10日前）",
	} {
		if c.Fields[field] != want {
			t.Errorf("%s: %q, want %q", field, c.Fields[field], want)
		}
	}
	if len(c.Fields) != 9 || len(c.Lists["材料清单"]) != 2 || c.Lists["材料清单"][1]["材料"] != "公示照片" {
		t.Errorf("%+v", c)
	}
	bare := NoticeContent(Notice{To: "x", From: "2026-03-02", Til: "2026-03-02", Leader: "何田田", Form: "不定期现场检查"})
	for field, want := range map[string]string{"成员": "无", "准备材料": "另行通知", "联系人": "何田田", "督查方式": "不定期现场检查"} {
		if bare.Fields[field] != want {
			t.Errorf("%s: %q, want %q", field, bare.Fields[field], want)
		}
	}
}

func TestTheReportKeepsTheOpinionBesideTheFinding(t *testing.T) {
	r := Report{Number: "盘县督查〔2026〕1号", Target: "甜水镇人民政府", From: "2026-03-02", Til: "2026-03-04", Leader: "何田田", Exchanged: "2026-03-04", Leaders: []string{"镇长 季某"},
		Agreed: "对其中一条有不同意见", Missing: []string{"上年度发放表（逾期未提供）"}, Findings: []FoundPaper{
			{Clause: "第九条（二）", Facts: "两户未到户", Severity: "较重", Households: 2, Amount: "4,000.00", Requirement: "发放到户", Opinion: "已在途，不认可"}, {Facts: "未公示"}}}
	c := ReportContent(r)
	if got := c.Fields["交换意见情况"]; got != "2026年3月4日与镇长 季某交换意见，对其中一条有不同意见" {
		t.Error(got)
	}
	rows := c.Lists["发现问题"]
	if len(rows) != 2 || rows[0]["单位意见"] != "已在途，不认可" || rows[0]["涉及户数"] != "2" || rows[1]["单位意见"] != "无异议" || c.Fields["发现问题数"] != "2" || !strings.Contains(c.Fields["未提供材料"], "逾期") {
		t.Errorf("%+v", c)
	}
}
