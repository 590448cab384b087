package sheet

import (
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"minsheng/internal/workday"
)

// understand reads one cell as t. key is what is wrong with it, "" for nothing;
// absent means that it says nothing (a dash where an amount could be).
func understand(f Field, wan bool, raw string) (v Value, key string, absent bool) {
	v.Raw, v.Text = raw, tidy(raw)
	if v.Text == "" {
		return v, "", true
	}
	if broken := excelErrors[strings.ToUpper(v.Text)]; broken {
		return v, "error", false
	}
	if strings.HasPrefix(v.Text, "=") {
		return v, "formula", false
	}
	if f.Type != Text && nothing[v.Text] {
		return v, "", true
	}
	switch f.Type {
	case Whole:
		v.N, key = parseWhole(v.Text)
	case Money:
		v.N, key = parseMoney(v.Text, wan)
	case Day:
		var ok bool
		if v.Day, ok = parseDay(squeeze(v.Text)); !ok {
			key = "not_day"
		}
	case YesNo:
		v.N, key = parseYesNo(v.Text)
	case Identity:
		v.Text, key = parseIdentity(v.Text)
	case Account:
		v.Text, key = parseAccount(v.Text)
	default:
		if utf8.RuneCountInString(v.Text) > f.longest() {
			key = "too_long"
		}
	}
	return v, key, false
}

func (f Field) longest() int {
	if f.Max > 0 {
		return f.Max
	}
	return 100
}

var (
	excelErrors = set("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
	nothing     = set("-", "--", "—", "——", "–", "/", "\\", "无", "空", "N/A", "n/a", "－", "／")
	yes         = set("是", "有", "√", "✓", "✔", "☑", "y", "yes", "true", "1", "对", "已签", "已签字", "已签名", "签字", "同意", "认可", "已认可", "v")
	no          = set("否", "没有", "×", "✗", "✘", "x", "☒", "n", "no", "false", "0", "不", "不是", "未签", "未签字", "未签名", "不同意", "不认可", "未认可")
)

func set(words ...string) map[string]bool {
	m := map[string]bool{}
	for _, w := range words {
		m[w] = true
	}
	return m
}

var grouped = regexp.MustCompile(`^[-+]?\d{1,3}(,\d{3})+(\.\d*)?$`)

// number reads digits as people write them: of any width, with signs of
// currency and thousands. rest is what stands behind the number.
func number(s string) (d decimal, rest string, ok bool) {
	s = strings.TrimPrefix(squeeze(s), "'") // so that Excel takes it for text
	if inner, is := strings.CutPrefix(s, "("); is && strings.HasSuffix(inner, ")") {
		s = "-" + strings.TrimSuffix(inner, ")") // as accountants write what is owed
	}
	s = strings.ReplaceAll(s, "−", "-")
	for _, sign := range []string{"人民币", "rmb", "RMB", "cny", "CNY", "¥", "￥"} {
		s = strings.TrimPrefix(s, sign)
	}
	n := strings.IndexFunc(s, func(r rune) bool { return !strings.ContainsRune("0123456789.,+-eE", r) })
	if n < 0 {
		n = len(s)
	}
	figures, rest := s[:n], s[n:]
	if strings.Contains(figures, ",") {
		if !grouped.MatchString(figures) {
			return decimal{}, "", false
		}
		figures = strings.ReplaceAll(figures, ",", "")
	}
	d, ok = parseDecimal(figures)
	return d, rest, ok
}

// parseMoney is an amount in fen. What the cell says of 元 and 万元 goes before
// what its column says.
func parseMoney(s string, wan bool) (fen int64, key string) {
	d, rest, ok := number(s)
	switch rest {
	case "":
	case "元", "块", "元整", "元正", "圆", "圆整":
		wan = false
	case "万元", "万", "万元整":
		wan = true
	default:
		ok = false
	}
	places := 2
	if wan {
		places = 6
	}
	return figure(d, ok, places, "fraction")
}

// parseWhole is a count.
func parseWhole(s string) (n int64, key string) {
	if n, is := chineseCount[s]; is {
		return n, ""
	}
	d, rest, ok := number(s)
	if rest != "" && !counters[rest] {
		ok = false
	}
	return figure(d, ok, 0, "not_whole")
}

var (
	counters     = set("人", "口", "户", "口人", "个", "个人", "名", "位", "套", "亩", "头", "只", "株", "棵", "座", "处", "条", "项", "岁", "年", "月", "天", "次", "人次", "公里", "米")
	chineseCount = map[string]int64{"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
		"一人": 1, "两人": 2, "二人": 2, "三人": 3, "四人": 4, "五人": 5, "六人": 6, "七人": 7, "八人": 8, "九人": 9, "十人": 10}
)

func figure(d decimal, ok bool, places int, inexact string) (int64, string) {
	if !ok {
		return 0, "not_number"
	}
	n, exact, fits := d.scaled(places)
	switch {
	case d.negative:
		return 0, "negative"
	case !fits:
		return 0, "too_large"
	case !exact:
		return 0, inexact
	}
	return n, ""
}

var (
	dayParts  = regexp.MustCompile(`^((?:19|20|21)\d{2})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:T?\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$`)
	dayDigits = regexp.MustCompile(`^((?:19|20)\d{2})(\d{2})(\d{2})$`)
	daySerial = regexp.MustCompile(`^[2-9]\d{4}(?:\.\d+)?$`)
)

// parseDay reads a day without spaces in it. A bare number of five digits is
// Excel's own count in a cell without a format (1954 to 2173).
func parseDay(s string) (workday.Date, bool) {
	s = norm.NFKC.String(s)
	if daySerial.MatchString(s) {
		d, _ := parseDecimal(s)
		return d.excelDay(false)
	}
	m := dayParts.FindStringSubmatch(s)
	if m == nil {
		m = dayDigits.FindStringSubmatch(s)
	}
	if m == nil {
		return "", false
	}
	t, err := time.Parse("2006-1-2", m[1]+"-"+m[2]+"-"+m[3])
	return workday.Date(t.Format("2006-01-02")), err == nil
}

func parseYesNo(s string) (int64, string) {
	switch s = strings.ToLower(squeeze(s)); {
	case yes[s]:
		return 1, ""
	case no[s]:
		return 0, ""
	}
	return 0, "not_yes_no"
}

var (
	identityForm = regexp.MustCompile(`^(?:\d{17}[\dX]|\d{15})$`)
	accountForm  = regexp.MustCompile(`^[\d*X]{4,32}$`)
)

// bare drops what people put between digits.
func bare(s string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", "'", "", "‘", "", "’", "", "`", "", ".", "").Replace(squeeze(s)))
}

// parseIdentity checks the form only; whether the check digit is right is for
// the room that takes it.
func parseIdentity(s string) (folded, key string) {
	if folded = bare(s); !identityForm.MatchString(folded) {
		return folded, "not_identity"
	}
	return folded, ""
}

// parseAccount takes numbers of accounts and cards, masked ones too.
func parseAccount(s string) (folded, key string) {
	if folded = bare(s); !accountForm.MatchString(folded) {
		return folded, "not_account"
	}
	return folded, ""
}

// shown is a cell as a problem may show it.
func shown(t Type, raw string) string {
	raw = clip(tidy(raw), 60)
	if t != Identity && t != Account {
		return raw
	}
	r := []rune(raw)
	kept := 2
	if len(r) < 8 {
		kept = 0
	}
	for i := kept; i < len(r)-kept; i++ {
		r[i] = '*'
	}
	return string(r)
}
