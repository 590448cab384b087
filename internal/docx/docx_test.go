package docx_test

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"minsheng/internal/docx"
)

const (
	space     = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">`
	wordType  = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
)

// file is a docx with that body; with replaces or adds parts, "" leaves one out.
func file(t testing.TB, body string, with ...string) []byte {
	t.Helper()
	parts := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="` + wordType + `"/></Types>`,
		"_rels/.rels":         relations + `<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml":   `<?xml version="1.0" encoding="UTF-8"?><w:document ` + space + `><w:body>` + body + `</w:body></w:document>`,
	}
	for i := 0; i < len(with); i += 2 {
		parts[with[i]] = with[i+1]
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		if parts[name] == "" {
			continue
		}
		w, err := z.Create(name)
		if err == nil {
			_, err = io.WriteString(w, parts[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// p is a paragraph whose text is cut into a run for each piece.
func p(pieces ...string) string {
	var b strings.Builder
	b.WriteString("<w:p>")
	for _, s := range pieces {
		b.WriteString(`<w:r><w:rPr><w:b/></w:rPr><w:t>` + s + `</w:t></w:r><w:proofErr w:type="spellStart"/>`)
	}
	b.WriteString("</w:p>")
	return b.String()
}

func row(cells ...string) string {
	var b strings.Builder
	b.WriteString("<w:tr>")
	for _, c := range cells {
		if !strings.HasPrefix(c, "<") {
			c = p(c)
		}
		b.WriteString("<w:tc>" + c + "</w:tc>")
	}
	b.WriteString("</w:tr>")
	return b.String()
}

func opened(t testing.TB, content []byte) *docx.Template {
	t.Helper()
	tpl, err := docx.Open(content)
	if err != nil {
		t.Fatal(err)
	}
	return tpl
}

func merged(t testing.TB, content []byte, d docx.Data, stamp string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := opened(t, content).Merge(&b, d, stamp); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// part reads a part and fails unless it is well formed.
func part(t testing.TB, content []byte, name string) string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	f, err := z.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	for d := xml.NewDecoder(bytes.NewReader(text)); ; {
		if _, err := d.Token(); err == io.EOF {
			return string(text)
		} else if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, text)
		}
	}
}

// said is what a document says: paragraphs end with |, cells with ¦.
func said(t testing.TB, content []byte) string {
	t.Helper()
	part(t, content, "word/document.xml")
	blocks, err := docx.Outline(content)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, k := range blocks {
		for _, r := range k.Rows {
			b.WriteString(strings.Join(r, "¦") + "|")
		}
		if k.Rows == nil {
			b.WriteString(k.Text + "|")
		}
	}
	return b.String()
}

var data = docx.Data{
	Fields: map[string]string{"名称": "甜水镇", "空": "", "多行": "一\n二\n三", "坏": "<a & b>\x00\x1b=1+1\ufffe", "另": "{{名称}}"},
	Lists: map[string][]map[string]string{
		"问题": {{"序号": "1", "内容": "没有公示", "备注": "急"}, {"序号": "2", "内容": "金额不符\n差 300 元"}},
		"无":  nil,
	},
}

func TestMarksBecomeTexts(t *testing.T) {
	table := func(rows ...string) string { return "<w:tbl>" + strings.Join(rows, "") + "</w:tbl>" }
	for name, c := range map[string]struct{ body, want string }{
		"whole":                 {p("致：{{名称}}。"), "致：甜水镇。|"},
		"cut into runs":         {p("致：{", "{名", "称}", "}。"), "致：甜水镇。|"},
		"typed in Chinese":      {p("｛｛ 名称 ｝｝"), "甜水镇|"},
		"twice":                 {p("{{名称}}、{{", "名称}}"), "甜水镇、甜水镇|"},
		"not known":             {p("[{{别的}}]"), "[]|"},
		"not filled again":      {p("{{另}}"), "{{名称}}|"},
		"what XML cannot hold":  {p("{{坏}}"), "<a & b>=1+1|"},
		"lines alone":           {p("{{多行}}"), "一|二|三|"},
		"lines among words":     {p("共 {{多行}}"), "共 一\n二\n三|"},
		"a list of paragraphs":  {p("{{#问题}}") + p("{{序号}}、{{内容}}（{{名称}}）") + p("{{/问题}}") + p("完"), "1、没有公示（甜水镇）|2、金额不符\n差 300 元（甜水镇）|完|"},
		"a list in one":         {p("{{#问题}}{{序号}}.", "{{/问题}}"), "1.|2.|"},
		"an empty list":         {p("{{#无}}") + p("{{序号}}") + p("{{/无}}") + p("完"), "完|"},
		"a list of rows":        {table(row("序号", "内容"), row("{{#问题}}{{序号}}", "{{内容}}{{/问题}}"), row("合计", "")), "序号¦内容|1¦没有公示|2¦金额不符\n差 300 元|合计¦|"},
		"marks cut in rows":     {table(row(p("{{#问", "题}}{{序号}}"), p("{{内容}}{", "{/问题}}"))), "1¦没有公示|2¦金额不符\n差 300 元|"},
		"a list of two rows":    {table(row("{{#问题}}{{序号}}"), row("{{内容}}{{/问题}}")), "1|没有公示|2|金额不符\n差 300 元|"},
		"a list in a cell":      {table(row(p("{{#问题}}")+p("{{序号}}")+p("{{/问题}}"), "右")), "1\n2¦右|"},
		"a row of one cell":     {table(row("{{#问题}}{{序号}}{{/问题}}")), "1|2|"},
		"two lists in a row":    {table(row(p("{{#问题}}")+p("{{序号}}")+p("{{/问题}}"), p("{{#无}}")+p("x")+p("{{/无}}")+p("y"))), "1\n2¦y|"},
		"where it is not empty": {p("{{#名称}}") + p("有 {{名称}}") + p("{{/名称}}") + p("{{#空}}") + p("无") + p("{{/空}}"), "有 甜水镇|"},
		"within a list":         {p("{{#问题}}") + p("{{序号}}") + p("{{#备注}}注：{{备注}}{{/备注}}") + p("{{/问题}}"), "1|注：急|2|"},
		"a text box":            {`<w:p><w:r><w:pict><w:txbxContent>` + p("{{名称}}") + `</w:txbxContent></w:pict></w:r><w:r><w:t>外 {{空}}</w:t></w:r></w:p>`, "外 |"},
	} {
		if got := said(t, merged(t, file(t, c.body), data, "")); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	boxed := merged(t, file(t, `<w:p><w:r><w:pict><w:txbxContent>`+p("{{名称}}")+`</w:txbxContent></w:pict></w:r></w:p>`), data, "")
	if !strings.Contains(part(t, boxed, "word/document.xml"), "甜水镇") {
		t.Error("a text box was not filled")
	}
}

func TestWhatIsNoMarkStaysAsItIs(t *testing.T) {
	body := `<w:p w:rsidR="00A1"><w:pPr><w:jc w:val="center"/></w:pPr><!-- c --><w:r><w:t xml:space="preserve"> a &amp;&#x4E00; </w:t></w:r></w:p><w:sectPr/>`
	content := file(t, body, "word/styles.xml", "<w:styles "+space+"/>", "docProps/core.xml", "<x a='1'/>")
	out := merged(t, content, data, "")
	for _, name := range []string{"word/document.xml", "word/styles.xml", "docProps/core.xml", "[Content_Types].xml", "_rels/.rels"} {
		if was, is := part(t, content, name), part(t, out, name); was != is {
			t.Errorf("%s was\n%s\nand is\n%s", name, was, is)
		}
	}
	if again := merged(t, content, data, ""); !bytes.Equal(out, again) {
		t.Error("the same data give other bytes")
	}
}

func TestCopiesHaveNoIdentityTwice(t *testing.T) {
	body := p("{{#问题}}") + `<w:p w14:paraId="0A1B" xmlns:w14="x"><w:bookmarkStart w:id="1" w:name="b"/><w:r><w:t>{{序号}}</w:t></w:r><w:bookmarkEnd w:id="1"/></w:p>` + p("{{/问题}}")
	text := part(t, merged(t, file(t, body), data, ""), "word/document.xml")
	if n := strings.Count(text, "paraId"); n != 1 {
		t.Errorf("%d paragraphs have the same identity", n)
	}
	if n := strings.Count(text, "bookmarkStart"); n != 1 {
		t.Errorf("%d bookmarks", n)
	}
}

func TestMarksAreToldWithTheirPlace(t *testing.T) {
	tpl := opened(t, file(t, p("第一段")+p("{{名称}}和")+"<w:tbl>"+row("{{#问题}}{{序号}}", "{{内容}}{{/问题}}")+"</w:tbl>",
		"word/header1.xml", "<w:hdr "+space+">"+p("{{页眉}}")+"</w:hdr>"))
	want := []docx.Mark{
		{Name: "名称", Where: docx.Where{Part: "document", Paragraph: 2, Text: "{{名称}}和"}},
		{Name: "问题", Section: true, Where: docx.Where{Part: "document", Paragraph: 3, Text: "{{#问题}}{{序号}}"}},
		{Name: "序号", Around: []string{"问题"}, Where: docx.Where{Part: "document", Paragraph: 3, Text: "{{#问题}}{{序号}}"}},
		{Name: "内容", Around: []string{"问题"}, Where: docx.Where{Part: "document", Paragraph: 4, Text: "{{内容}}{{/问题}}"}},
		{Name: "页眉", Where: docx.Where{Part: "header", Paragraph: 1, Text: "{{页眉}}"}},
	}
	if got := tpl.Marks(); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestWhatMustBeMended(t *testing.T) {
	for name, c := range map[string]struct{ body, code, mark string }{
		"not closed":       {p("{{#问题}}") + p("x"), "open", "问题"},
		"closes nothing":   {p("{{/问题}}"), "shut", "问题"},
		"another's end":    {p("{{#问题}}") + p("{{/无}}"), "open", "问题"},
		"row not closed":   {"<w:tbl>" + row("{{#问题}}{{序号}}", "x") + "</w:tbl>", "open", "问题"},
		"among words":      {p("共 {{#问题}}x{{/问题}} 项"), "place", "问题"},
		"braces not shut":  {p("{{名称"), "torn", ""},
		"braces not begun": {p("名称}}"), "torn", ""},
		"a tab within":     {`<w:p><w:r><w:t>{{名</w:t><w:tab/><w:t>称}}</w:t></w:r></w:p>`, "torn", ""},
		"no name":          {p("{{ }}"), "torn", ""},
		"too deep":         {p("{{#名称}}") + p("{{#问题}}") + p("{{#备注}}") + p("x") + p("{{/备注}}") + p("{{/问题}}") + p("{{/名称}}"), "deep", "备注"},
	} {
		tpl := opened(t, file(t, c.body))
		found := slices.ContainsFunc(tpl.Problems(), func(p docx.Problem) bool { return p.Code == c.code && p.Name == c.mark && p.Where.Paragraph > 0 })
		if !found {
			t.Errorf("%s: %+v", name, tpl.Problems())
		}
		if err := tpl.Merge(io.Discard, data, ""); !errors.Is(err, docx.ErrUnfit) {
			t.Errorf("%s: merged, %v", name, err)
		}
	}
}

func TestFilesThatAreNoTemplates(t *testing.T) {
	relation := func(kind, more string) string {
		return relations + `<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind + `" Target="x" ` + more + `/></Relationships>`
	}
	field := func(code string) string {
		return `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>` + code[:3] + `</w:instrText></w:r><w:r><w:instrText>` + code[3:] + `</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`
	}
	types := func(kind string) string {
		return `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="` + kind + `"/></Types>`
	}
	whole := file(t, p("x"))
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"nothing":              {nil, docx.ErrKind},
		"a text":               {[]byte("您好"), docx.ErrKind},
		"half a file":          {whole[:len(whole)/2], docx.ErrKind},
		"another archive":      {file(t, "", "[Content_Types].xml", ""), docx.ErrKind},
		"a workbook":           {file(t, "", "[Content_Types].xml", types("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml")), docx.ErrKind},
		"a template of Word":   {file(t, "", "[Content_Types].xml", types("application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml")), docx.ErrKind},
		"with macros":          {file(t, "", "[Content_Types].xml", types("application/vnd.ms-word.document.macroEnabled.main+xml")), docx.ErrMacros},
		"with hidden macros":   {file(t, "", "word/vbaProject.bin", "x"), docx.ErrMacros},
		"an embedded object":   {file(t, "", "word/embeddings/oleObject1.bin", "x"), docx.ErrEmbedded},
		"a related object":     {file(t, "", "word/_rels/document.xml.rels", relation("oleObject", "")), docx.ErrEmbedded},
		"a piece of another":   {file(t, "", "word/_rels/document.xml.rels", relation("aFChunk", "")), docx.ErrEmbedded},
		"a picture elsewhere":  {file(t, "", "word/_rels/document.xml.rels", relation("image", `TargetMode="External"`)), docx.ErrLinked},
		"a template elsewhere": {file(t, "", "word/_rels/settings.xml.rels", relation("attachedTemplate", `TargetMode="External"`)), docx.ErrLinked},
		"a field that runs":    {file(t, field("DDEAUTO c:\\x")), docx.ErrField},
		"a field that fetches": {file(t, field(`INCLUDETEXT "x"`)), docx.ErrField},
		"a simple field":       {file(t, `<w:p><w:fldSimple w:instr=" INCLUDEPICTURE x "/></w:p>`), docx.ErrField},
		"a field in a header":  {file(t, "", "word/header1.xml", "<w:hdr "+space+">"+field("DDE x")+"</w:hdr>"), docx.ErrField},
		"a document type":      {file(t, "", "word/styles.xml", `<!DOCTYPE x [<!ENTITY a "b">]><x/>`), docx.ErrBroken},
		"its own type":         {file(t, "", "word/document.xml", `<!DOCTYPE x><w:document/>`), docx.ErrBroken},
		"not closed":           {file(t, "<w:p>"), docx.ErrBroken},
		"another dialect":      {file(t, "", "word/document.xml", `<x:document xmlns:x="a"><x:body/></x:document>`), docx.ErrKind},
		"nested without end":   {file(t, strings.Repeat("<w:p>", 300)+strings.Repeat("</w:p>", 300)), docx.ErrBroken},
		"a bomb":               {file(t, "", "word/media/x.png", strings.Repeat("\x00", 2<<20)), docx.ErrBomb},
		"too long a text":      {file(t, strings.Repeat(p("长"), 40_000)), docx.ErrBomb},
		"parts without number": {file(t, "", manyParts()...), docx.ErrBomb},
		"fields that count":    {file(t, field("PAGE \\* MERGEFORMAT")+field(" NUMPAGES ")), nil},
		"a link within":        {file(t, "", "word/_rels/document.xml.rels", relation("styles", "")), nil},
	} {
		if _, err := docx.Open(c.content); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if c.want != nil && docx.Reason(c.want) == "" {
			t.Errorf("%s: no reason", name)
		}
	}
}

func manyParts() []string {
	var parts []string
	for i := range 600 {
		parts = append(parts, "word/media/"+strings.Repeat("a", i+1)+".png", "x")
	}
	return parts
}

func TestAResultIsBounded(t *testing.T) {
	rows := make([]map[string]string, 2000)
	for i := range rows {
		rows[i] = map[string]string{"内容": strings.Repeat("长", 10_000)}
	}
	tpl := opened(t, file(t, p("{{#问题}}")+p("{{内容}}")+p("{{/问题}}")))
	err := tpl.Merge(io.Discard, docx.Data{Lists: map[string][]map[string]string{"问题": rows}}, "")
	if !errors.Is(err, docx.ErrTooLong) {
		t.Errorf("60 MB of text: %v", err)
	}
}

func TestAStampStandsInEveryHeader(t *testing.T) {
	header := "<w:hdr " + space + ">" + p("抬头") + "</w:hdr>"
	types := `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="` + wordType + `"/></Types>`
	own := file(t, p("x")+`<w:sectPr><w:headerReference w:type="default" r:id="rId7"/></w:sectPr>`, "[Content_Types].xml", types,
		"word/header1.xml", header, "word/_rels/document.xml.rels", relations+`<Relationship Id="rId7" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/header" Target="header1.xml"/></Relationships>`)
	for name, c := range map[string]struct {
		content []byte
		refs    int // new references
	}{
		"a header of its own":   {own, 2},
		"none":                  {file(t, p("x")+`<w:sectPr><w:pgSz w:w="1"/></w:sectPr>`), 3},
		"an empty section":      {file(t, p("x")+`<w:sectPr/>`), 3},
		"no section":            {file(t, p("x")), 3},
		"a section in the text": {file(t, `<w:p><w:pPr><w:sectPr/></w:pPr></w:p><w:sectPr/>`), 6},
	} {
		out := merged(t, c.content, data, "草　稿")
		document := part(t, out, "word/document.xml")
		if n := strings.Count(document, "rIdStamp"); n != c.refs {
			t.Errorf("%s: %d references, want %d\n%s", name, n, c.refs, document)
		}
		for _, where := range []string{"word/stamp-default.xml", "word/stamp-first.xml", "word/stamp-even.xml"} {
			if !strings.Contains(part(t, out, where), "草　稿") {
				t.Errorf("%s: %s lacks the stamp", name, where)
			}
		}
		if rels := part(t, out, "word/_rels/document.xml.rels"); strings.Count(rels, "rIdStamp") != 3 || strings.Count(part(t, out, "[Content_Types].xml"), "stamp-") != 3 {
			t.Errorf("%s: the new headers are not made known", name)
		}
		if name == "a header of its own" && !strings.Contains(part(t, out, "word/header1.xml"), "草　稿") {
			t.Error("the header that was there lacks the stamp")
		}
		if _, err := docx.Open(out); err != nil {
			t.Errorf("%s: cannot be opened again: %v", name, err)
		}
		if plain := merged(t, c.content, data, ""); bytes.Contains(plain, []byte("stamp")) {
			t.Errorf("%s: stamped without being asked", name)
		}
	}
}

func TestWhatIsBuiltIsATemplate(t *testing.T) {
	var b bytes.Buffer
	err := docx.Build(&b, docx.Sheet{
		docx.Paragraph{Text: "{{名称}}文件", Face: docx.Title, Size: 36, Color: "C00000", Align: docx.Center, Ruled: true},
		docx.Table{Headings: []string{"序号", "内容"}, Widths: []int{1, 4}, Size: 12, Rows: []docx.Row{{"{{#问题}}{{序号}}", "{{内容}}{{/问题}}"}}},
		docx.Paragraph{Text: "a<b", Face: docx.Body, Size: 16, Align: docx.Justify, First: 2},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := said(t, merged(t, b.Bytes(), data, "草稿")), "甜水镇文件|序号¦内容|1¦没有公示|2¦金额不符\n差 300 元|a<b|"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if blocks, err := docx.Outline(b.Bytes()); err != nil || blocks[0].Color != "C00000" || blocks[0].Size != 36 || blocks[0].Align != docx.Center || blocks[0].Bold {
		t.Errorf("the head reads %+v, %v", blocks[0], err)
	}
	for _, name := range []string{"word/styles.xml", "word/settings.xml", "word/fontTable.xml", "word/footer1.xml", "word/footer2.xml", "word/_rels/document.xml.rels"} {
		part(t, b.Bytes(), name)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(p("{{#问题}}") + p("{{序号}}") + p("{{/问题}}"))
	f.Add("<w:tbl>" + row("{{#问题}}{{序号}}", "{{内容}}{{/问题}}") + "</w:tbl>")
	f.Fuzz(func(t *testing.T, body string) {
		tpl, err := docx.Open(file(t, body))
		if err != nil || len(tpl.Problems()) > 0 {
			return
		}
		var b bytes.Buffer
		if err := tpl.Merge(&b, data, "草稿"); err != nil {
			t.Fatal(err)
		}
		part(t, b.Bytes(), "word/document.xml")
		if _, err := docx.Open(b.Bytes()); err != nil {
			t.Fatal(err)
		}
	})
}
