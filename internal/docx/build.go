package docx

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
)

// Sheet is a document to be made: what stands on it from top to bottom.
type Sheet []Element

// Element is a Paragraph or a Table.
type Element interface{ markup(b *bytes.Buffer) }

// Align is where the lines of a paragraph stand.
type Align string

// Alignments.
const (
	Justify Align = "both"
	Left    Align = "left"
	Center  Align = "center"
	Right   Align = "right"
)

// Face is the type of a text: a Chinese font by name, with what office programs
// put in its place when they lack it.
type Face string

// Faces of official papers (GB/T 9704-2012 §5.2.2, §7).
const (
	Title Face = "方正小标宋简体"
	Body  Face = "仿宋_GB2312"
	Black Face = "黑体"
	Kai   Face = "楷体_GB2312"
	Song  Face = "宋体"
)

// instead names what stands in for faces that are not on every computer.
var instead = []struct{ face, other Face }{{Title, Song}, {Body, "仿宋"}, {Black, "SimHei"}, {Kai, "楷体"}, {Song, "SimSun"}}

// Paragraph is one paragraph. Lengths are in characters of its own size unless
// they say otherwise.
type Paragraph struct {
	Text      string
	Face      Face
	Size      int // points
	Bold      bool
	Color     string // "C00000"; "" black
	Align     Align
	First     int  // indent of the first line
	Left      int  // indent of all lines
	Right     int  // indent at the right
	Before    int  // points above
	After     int  // points below
	Line      int  // points from line to line; 0 single
	Ruled     bool // a red line below
	KeepsNext bool // stays on the page of what follows
}

// Table has a row of headings, unless they are all "", and rows.
type Table struct {
	Headings []string
	Widths   []int // of columns, in parts of the whole
	Rows     []Row
	Size     int // points
}

// Row is a row of a table.
type Row []string

// Measures of the page in twentieths of a point: A4 with the margins 37 mm above,
// 35 mm below, 28 mm left and 26 mm right (GB/T 9704-2012 §5.2.1).
const (
	pageWidth, pageHeight               = 11906, 16838
	marginTop, marginBottom             = 2098, 1984
	marginLeft, marginRight             = 1588, 1474
	textWidth                           = pageWidth - marginLeft - marginRight
	wordSpace                           = `xmlns:w="` + mainSpace + `" xmlns:r="` + relationsSpace + `"`
	header                              = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	packageRelations, packageContentURI = "http://schemas.openxmlformats.org/package/2006/relationships", "http://schemas.openxmlformats.org/package/2006/content-types"
)

func (p Paragraph) markup(b *bytes.Buffer) {
	b.WriteString("<w:p><w:pPr>")
	if p.KeepsNext {
		b.WriteString("<w:keepNext/>")
	}
	if p.Ruled {
		b.WriteString(`<w:pBdr><w:bottom w:val="single" w:sz="18" w:space="6" w:color="C00000"/></w:pBdr>`)
	}
	fmt.Fprintf(b, `<w:spacing w:before="%d" w:after="%d"`, 20*p.Before, 20*p.After)
	if p.Line > 0 {
		fmt.Fprintf(b, ` w:line="%d" w:lineRule="exact"`, 20*p.Line)
	}
	b.WriteString("/>")
	fmt.Fprintf(b, `<w:ind w:leftChars="%d" w:left="%d" w:rightChars="%d" w:right="%d" w:firstLineChars="%d" w:firstLine="%d"/>`,
		100*p.Left, 20*p.Left*p.Size, 100*p.Right, 20*p.Right*p.Size, 100*p.First, 20*p.First*p.Size)
	fmt.Fprintf(b, `<w:jc w:val="%s"/></w:pPr>`, p.Align)
	run(b, p.Text, p.Face, p.Size, p.Bold, p.Color)
	b.WriteString("</w:p>")
}

func run(b *bytes.Buffer, text string, face Face, size int, bold bool, color string) {
	if text == "" {
		return
	}
	fmt.Fprintf(b, `<w:r><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="%s" w:cs="Times New Roman"/>`, face)
	if bold {
		b.WriteString("<w:b/>")
	}
	if color != "" {
		fmt.Fprintf(b, `<w:color w:val="%s"/>`, color)
	}
	fmt.Fprintf(b, `<w:sz w:val="%d"/><w:szCs w:val="%d"/></w:rPr>`, 2*size, 2*size)
	var o output
	o.text(text)
	b.Write(o.Bytes())
	b.WriteString("</w:r>")
}

func (t Table) markup(b *bytes.Buffer) {
	fmt.Fprintf(b, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>`, textWidth)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		fmt.Fprintf(b, `<w:%s w:val="single" w:sz="4" w:space="0" w:color="000000"/>`, side)
	}
	b.WriteString(`</w:tblBorders><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	widths := t.columns()
	for _, width := range widths {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, width)
	}
	b.WriteString("</w:tblGrid>")
	for _, h := range t.Headings {
		if h != "" {
			t.row(b, t.Headings, widths, true)
			break
		}
	}
	for _, row := range t.Rows {
		t.row(b, row, widths, false)
	}
	b.WriteString("</w:tbl>")
}

func (t Table) columns() []int {
	whole := 0
	for _, w := range t.Widths {
		whole += w
	}
	var widths []int
	for _, w := range t.Widths {
		widths = append(widths, textWidth*w/max(whole, 1))
	}
	return widths
}

// row writes a row; one of headings stands again on every page, and one below
// headings stays on one.
func (t Table) row(b *bytes.Buffer, cells Row, widths []int, heads bool) {
	b.WriteString("<w:tr><w:trPr>")
	if len(t.Headings) > 0 {
		b.WriteString("<w:cantSplit/>")
	}
	if heads {
		b.WriteString("<w:tblHeader/>")
	}
	b.WriteString("</w:trPr>")
	for i, text := range cells {
		fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>`, widths[i])
		face, align := Body, Left
		if heads || len(cells) == 2 && i == 0 && len(t.Headings) == 0 {
			face, align = Black, Center
		}
		Paragraph{Text: text, Face: face, Size: t.Size, Align: align, Before: 3, After: 3}.markup(b)
		b.WriteString("</w:tc>")
	}
	b.WriteString("</w:tr>")
}

// Build writes the sheet as a docx: A4 in the manner of official papers, with
// the number of the page at the outer side below.
func Build(w io.Writer, s Sheet) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, `%s<w:document %s><w:body>`, header, wordSpace)
	for _, e := range s {
		e.markup(&b)
	}
	fmt.Fprintf(&b, `<w:sectPr><w:footerReference w:type="default" r:id="rId4"/><w:footerReference w:type="even" r:id="rId5"/>`+
		`<w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="1400" w:gutter="0"/></w:sectPr></w:body></w:document>`,
		pageWidth, pageHeight, marginTop, marginRight, marginBottom, marginLeft)
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, content string }{
		{typesPart, contentTypes},
		{"_rels/.rels", header + `<Relationships xmlns="` + packageRelations + `"><Relationship Id="rId1" Type="` + relationsSpace + `/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", b.String()},
		{"word/_rels/document.xml.rels", documentRelations},
		{"word/styles.xml", styles},
		{"word/settings.xml", settings},
		{"word/fontTable.xml", fontTable()},
		{"word/footer1.xml", footer(Right)},
		{"word/footer2.xml", footer(Left)},
	} {
		if err := put(z, part.name, []byte(part.content)); err != nil {
			return err
		}
	}
	return z.Close()
}

const (
	wordType     = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	contentTypes = header + `<Types xmlns="` + packageContentURI + `"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + mainType + `"/><Override PartName="/word/styles.xml" ContentType="` + wordType + `styles+xml"/><Override PartName="/word/settings.xml" ContentType="` + wordType + `settings+xml"/>` +
		`<Override PartName="/word/fontTable.xml" ContentType="` + wordType + `fontTable+xml"/><Override PartName="/word/footer1.xml" ContentType="` + wordType + `footer+xml"/><Override PartName="/word/footer2.xml" ContentType="` + wordType + `footer+xml"/></Types>`
	documentRelations = header + `<Relationships xmlns="` + packageRelations + `"><Relationship Id="rId1" Type="` + relationsSpace + `/styles" Target="styles.xml"/><Relationship Id="rId2" Type="` + relationsSpace + `/settings" Target="settings.xml"/>` +
		`<Relationship Id="rId3" Type="` + relationsSpace + `/fontTable" Target="fontTable.xml"/><Relationship Id="rId4" Type="` + relationsSpace + `/footer" Target="footer1.xml"/><Relationship Id="rId5" Type="` + relationsSpace + `/footer" Target="footer2.xml"/></Relationships>`
	styles = header + `<w:styles ` + wordSpace + `><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="仿宋_GB2312" w:cs="Times New Roman"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault></w:docDefaults>` +
		`<w:style w:type="paragraph" w:default="1" w:styleId="a"><w:name w:val="Normal"/><w:qFormat/></w:style></w:styles>`
	settings = header + `<w:settings ` + wordSpace + `><w:evenAndOddHeaders/><w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat></w:settings>`
)

// footer says — 1 — in 14 points, one character from the outer side (GB/T
// 9704-2012 §7.5).
func footer(side Align) string {
	var b bytes.Buffer
	indent := `<w:ind w:rightChars="100" w:right="280"/>`
	if side == Left {
		indent = `<w:ind w:leftChars="100" w:left="280"/>`
	}
	fmt.Fprintf(&b, `%s<w:ftr %s><w:p><w:pPr>%s<w:jc w:val="%s"/></w:pPr>`, header, wordSpace, indent, side)
	run(&b, "— ", Song, 14, false, "")
	for _, part := range []string{`<w:fldChar w:fldCharType="begin"/>`, `<w:instrText xml:space="preserve"> PAGE </w:instrText>`, `<w:fldChar w:fldCharType="separate"/>`, `<w:t>1</w:t>`, `<w:fldChar w:fldCharType="end"/>`} {
		fmt.Fprintf(&b, `<w:r><w:rPr><w:rFonts w:ascii="宋体" w:hAnsi="宋体" w:eastAsia="宋体"/><w:sz w:val="28"/></w:rPr>%s</w:r>`, part)
	}
	run(&b, " —", Song, 14, false, "")
	b.WriteString("</w:p></w:ftr>")
	return b.String()
}

// fontTable tells office programs what to use for a face that they lack.
func fontTable() string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s<w:fonts %s>", header, wordSpace)
	for _, f := range instead {
		fmt.Fprintf(&b, `<w:font w:name="%s"><w:altName w:val="%s"/><w:charset w:val="86"/><w:family w:val="auto"/></w:font>`, f.face, f.other)
	}
	b.WriteString("</w:fonts>")
	return b.String()
}
