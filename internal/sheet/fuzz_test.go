package sheet_test

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"minsheng/internal/sheet"
	"minsheng/internal/sheet/sheettest"
)

// exercise reads a file in every way; what it is matters as little as what each
// column is taken for. Every error has to be a refusal.
func exercise(t *testing.T, file []byte, name string) {
	b, err := sheet.Open(bytes.NewReader(file), int64(len(file)), name)
	if err != nil {
		refusal(t, err)
		return
	}
	fields := sheettest.Fields()
	for i := range b.Sheets() {
		l, err := b.Guess(i, fields, nil)
		refusal(t, err)
		for c := range l.Columns {
			l.Columns[c].Field = fields[c%len(fields)].Code
		}
		_, err = b.Read(context.Background(), l, fields, map[string]string{"A2": "x"}, func(r sheet.Record, ps []sheet.Problem) error {
			if r.Row <= l.HeaderTo {
				t.Errorf("row %d of the header is a record", r.Row)
			}
			for _, v := range r.Values {
				if v.N < 0 || v.Text == "" {
					t.Errorf("understood %+v", v)
				}
			}
			return nil
		})
		refusal(t, err)
	}
}

func refusal(t *testing.T, err error) {
	if err != nil && sheet.Reason(err) == "" {
		t.Errorf("no refusal: %v", err)
	}
}

// loose are the parts of a workbook, and a container for other ones.
func loose(f *testing.F, file []byte) map[string]string {
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		f.Fatal(err)
	}
	parts := map[string]string{}
	for _, p := range z.File {
		content, err := p.Open()
		if err != nil {
			f.Fatal(err)
		}
		text, err := io.ReadAll(content)
		if err != nil {
			f.Fatal(err)
		}
		parts[p.Name] = string(text)
	}
	return parts
}

func packed(t *testing.T, parts map[string]string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range parts {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

const (
	sharedPart = "xl/sharedStrings.xml"
	stylesPart = "xl/styles.xml"
)

func FuzzMarkupDoesNotPanic(f *testing.F) {
	var base map[string]string
	for _, s := range sheettest.Ugly() {
		if strings.HasSuffix(s.FileName, ".xlsx") {
			base = loose(f, s.File)
			f.Add(base[sheettest.SheetPart], base[sharedPart], base[stylesPart])
		}
	}
	for _, rows := range []string{
		`<row><c t="s"><v>99</v></c></row>`, `<row></c></row>`, `</c><v>1</v><c r="A1"/>`, `<row><row><c><c></c></row>`, `<c r="A1"><v>1</v></c>`,
		`<row r="1"><c r="?"><is><t>&#x110000;&bad;_xZZZZ_&</t></is></c></row>`, `<row r="1"><c><v>1e400</v></c><c><v>-9e15</v></c></row>`, `<row r="a">`,
		`<row r="1"><c s="99999" t="b"><v>x</v></c><c><f/></c></row><!-- > --><![CDATA[<]]>`,
	} {
		f.Add("<worksheet><sheetData>"+rows+`</sheetData><mergeCells><mergeCell ref="B2:A1"/><mergeCell ref="A1:XFD1048576"/></mergeCells></worksheet>`, "<sst><si/><si><t/></si></sst>", base[stylesPart])
	}
	f.Fuzz(func(t *testing.T, page, shared, styles string) {
		parts := map[string]string{}
		for name, text := range base {
			parts[name] = text
		}
		parts[sheettest.SheetPart], parts[sharedPart], parts[stylesPart] = page, shared, styles
		exercise(t, packed(t, parts), "a.xlsx")
	})
}

func FuzzFilesDoNotPanic(f *testing.F) {
	for _, s := range sheettest.Ugly() {
		f.Add(s.File, s.FileName)
	}
	f.Add([]byte("姓名,金额\n\"张\n三\",=1\n,合计\n"), "a.csv")
	f.Add([]byte("\ufeff,,,\n;;;\t\n"), "a.csv")
	f.Fuzz(func(t *testing.T, file []byte, name string) { exercise(t, file, name) })
}
