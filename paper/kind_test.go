package paper

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"minsheng/internal/docx"
)

// hard is content that is as bad as content can be for a form: long names, text
// that looks like markup, full-width digits, lists of so many rows; optional texts
// are empty in every second form.
func (f Form) hard(everything bool, rows int) Content {
	c := Content{Fields: map[string]string{}, Lists: map[string][]map[string]string{}}
	for _, field := range f.Fields {
		if field.Required || everything {
			c.Fields[field.Name] = "值〔" + field.Name + "〕"
		}
	}
	for name, text := range map[string]string{
		"主送单位": "辽河口生态经济区扶贫开发和乡村建设综合协调服务中心及各有关单位", "事项摘要": "<w:p>&amp; 一、“１２３４５”元\n=SUM(A1)\x07 二、第二段",
		"总体情况": strings.Repeat("全市督查工作平稳。", 200), "情况": "甲 < 乙 & 丙 > 丁", "基本情况": "第一段。\n第二段。",
	} {
		if f.knows(name) {
			c.Fields[name] = text
		}
	}
	for _, list := range f.Lists {
		for i := range rows {
			row := map[string]string{}
			for _, column := range list.Columns {
				row[column] = "行" + itoa(i+1) + column
			}
			row[list.Columns[0]] = itoa(i + 1)
			c.Lists[list.Name] = append(c.Lists[list.Name], row)
		}
	}
	return c
}

func itoa(n int) string {
	return strings.TrimLeft(string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)}), "0")
}

func TestEveryKindHasAFormThatFitsIt(t *testing.T) {
	seen := map[Kind]bool{}
	words := map[string]string{}
	for _, f := range Forms() {
		if seen[f.Kind] || f.Name == "" || f.Basis == "" || f.series == "" || len(f.layout) == 0 {
			t.Errorf("%s: %+v", f.Kind, f)
		}
		seen[f.Kind] = true
		if word, ok := words[f.series]; ok && word != f.word {
			t.Errorf("series %s has the words %q and %q", f.series, word, f.word)
		}
		words[f.series] = f.word
		var b bytes.Buffer
		if err := docx.Build(&b, f.sheet("盘锦市委市政府督查室")); err != nil {
			t.Fatal(err)
		}
		tpl, err := docx.Open(b.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", f.Kind, err)
		}
		if err := f.fitting(tpl); err != nil {
			t.Errorf("%s: the built-in form does not fit: %+v", f.Kind, *err.(*Unfit))
		}
		marks := map[string]bool{}
		for _, m := range tpl.Marks() {
			marks[m.Name] = true
		}
		for _, field := range f.Fields {
			if !marks[field.Name] {
				t.Errorf("%s never says %s", f.Kind, field.Name)
			}
		}
		for _, list := range f.Lists {
			if !marks[list.Name] {
				t.Errorf("%s never shows %s", f.Kind, list.Name)
			}
		}
	}
	if len(seen) != 20 {
		t.Errorf("%d kinds", len(seen))
	}
	distinct := map[string]string{}
	for series, word := range words {
		if other, ok := distinct[word]; ok {
			t.Errorf("series %s and %s would give the same numbers", series, other)
		}
		distinct[word] = series
	}
}

// The page and the docx are made from one layout: what the one says, the other
// says, in the same order.
func TestPageAndDocxSayTheSame(t *testing.T) {
	for _, f := range Forms() {
		for _, everything := range []bool{true, false} {
			c := f.filled(f.hard(everything, 4), map[string]string{fieldOffice: "盘山县督查室", fieldNumber: "盘县督〔2026〕1号", fieldTitle: "题目", fieldDay: "2026年3月2日", fieldSigner: "方原"})
			written := fill(t, f, c)
			page := f.page(c)
			var said []string
			for _, l := range page.Lines {
				if l.Text != "" {
					said = append(said, plainly(l.Text))
				}
				for _, r := range append([][]string{l.Heads}, l.Rows...) {
					for _, cell := range r {
						said = append(said, plainly(cell))
					}
				}
			}
			text, at := plainly(textOf(t, written)), 0
			for _, s := range said {
				i := strings.Index(text[at:], s)
				if i < 0 {
					t.Errorf("%s: the docx lacks %q after %q", f.Kind, s, text[max(0, at-40):at])
					break
				}
				at += i + len(s)
			}
			if f.asked == (page.Office != "") {
				t.Errorf("%s: head %q", f.Kind, page.Office)
			}
		}
	}
}

// fill is a paper in the built-in form.
func fill(t testing.TB, f Form, c Content) []byte {
	t.Helper()
	var tpl, out bytes.Buffer
	if err := docx.Build(&tpl, f.sheet(c.Fields[fieldOffice])); err != nil {
		t.Fatal(err)
	}
	form, err := docx.Open(tpl.Bytes())
	if err == nil {
		err = form.Merge(&out, c.data(), "")
	}
	if err != nil {
		t.Fatalf("%s: %v", f.Kind, err)
	}
	return out.Bytes()
}

// plainly drops what a docx cannot hold and how lines are broken.
func plainly(s string) string {
	return strings.Map(func(c rune) rune {
		if c <= ' ' || c == '　' {
			return -1
		}
		return c
	}, s)
}

func TestEmptyTextsLeaveNothingBehind(t *testing.T) {
	f, _ := FormOf(Assignment)
	c := f.filled(Content{Fields: map[string]string{"主送单位": "甲"}}, nil)
	text := textOf(t, fill(t, f, c))
	for _, gone := range []string{"协办单位", "密级", "批示", "联系人", "抄送", "{{"} {
		if strings.Contains(text, gone) {
			t.Errorf("%s stands there though nobody said it", gone)
		}
	}
	if f.page(c).says("协办单位") {
		t.Error("the page shows what nobody said")
	}
	c.Fields["协办单位"], c.Fields["联系人"] = "乙", "丙"
	if text := textOf(t, fill(t, f, c)); !strings.Contains(text, "乙") || !strings.Contains(text, "联系人：丙") || !f.page(c).says("协办单位", "丙") {
		t.Errorf("what was said is missing: %s", text)
	}
}

func TestKindsAreListedOnce(t *testing.T) {
	if got := Kinds(); len(got) != len(Forms()) || len(slices.Compact(slices.Sorted(slices.Values(got)))) != len(got) {
		t.Error(got)
	}
	if _, ok := FormOf("letter"); ok {
		t.Error("there is a form of nothing")
	}
}
