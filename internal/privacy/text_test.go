package privacy_test

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"minsheng/internal/privacy"
	"minsheng/internal/sheet"
)

const (
	typePDF  = "application/pdf"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

func textOf(t testing.TB, contentType string, file []byte, limit int) (string, bool) {
	t.Helper()
	text, read, err := privacy.TextOf(contentType, bytes.NewReader(file), int64(len(file)), limit)
	if err != nil {
		t.Fatal(err)
	}
	return text, read
}

// kindsIn lists what is found in a text.
func kindsIn(text string) string {
	var kinds []string
	for _, f := range privacy.Find(text) {
		kinds = append(kinds, string(f.Kind))
	}
	return strings.Join(kinds, " ")
}

// TestTextOfPrintedPDF reads a page that a browser printed: fonts by glyph, the
// table drawn piece by piece.
func TestTextOfPrintedPDF(t *testing.T) {
	file, err := os.ReadFile("testdata/notice.pdf")
	if err != nil {
		t.Fatal(err)
	}
	text, read := textOf(t, typePDF, file, 1<<20)
	if !read {
		t.Error("not read")
	}
	for _, want := range []string{"双柳村2026年补贴发放公", "11010519491231002X\t13800000000\t1500.00", "138-0000-0000"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
	if got := kindsIn(text); got != "header_word header_word id_number mobile id_number mobile" {
		t.Errorf("found %s", got)
	}
	if text, read := textOf(t, typePDF, file, 40); read || len(text) > 40 || !strings.HasPrefix(text, "双柳村") {
		t.Errorf("of 40 bytes: %v %q", read, text)
	}
}

// pdfOf is a PDF of one page with its content, resources and further objects
// (from number 5 on).
func pdfOf(content, resources string, more ...string) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write([]byte(content))
	w.Close()
	objects := append([]string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<<" + resources + ">>>>",
		fmt.Sprintf("<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream", z.Len(), z.String()),
	}, more...)
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

const latin = "/Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>>>"

func TestTextOfPDF(t *testing.T) {
	image := "<</Subtype/Image/Width 1700/Height 2300/Length 0>>stream\n\nendstream"
	form := "<</Subtype/Form/Resources<<" + latin + ">>/Length 44>>stream\nBT /F1 10 Tf 9 9 Td (13800000000) Tj ET      \nendstream"
	for _, c := range []struct {
		name string
		file []byte
		read bool
		want string
	}{
		{"words", pdfOf("BT /F1 10 Tf 50 700 Td (tel 13800000000) Tj ET", latin), true, "mobile"},
		{"drawn digit by digit", pdfOf("BT /F1 10 Tf 50 700 Td (138) Tj 16 0 Td (0000) Tj 22 0 Td (0000) Tj ET", latin), true, "mobile"},
		{"two columns", pdfOf("BT /F1 10 Tf 50 700 Td (3000) Tj 200 0 Td (13800000000) Tj ET", latin), true, "mobile"},
		{"kerned", pdfOf("BT /F1 10 Tf 50 700 Td [(138) -20 (0000) 15 (0000)] TJ ET", latin), true, "mobile"},
		{"inside a form", pdfOf("/X1 Do", "/XObject<</X1 5 0 R>>", form), true, "mobile"},
		{"codes that are characters", pdfOf("BT /F1 10 Tf 50 700 Td <624B673A00310033003800300030003000300030003000300030> Tj ET",
			"/Font<</F1<</Type/Font/Subtype/Type0/Encoding/UniGB-UTF16-H>>>>"), true, "mobile"},
		{"letters nobody can tell", pdfOf("BT /F1 10 Tf 50 700 Td <001100120013001400150016> Tj ET",
			"/Font<</F1<</Type/Font/Subtype/Type0/Encoding/Identity-H>>>>"), false, ""},
		{"a scan", pdfOf("q 595 0 0 842 0 0 cm /X1 Do Q", "/XObject<</X1 5 0 R>>", image), false, ""},
		{"a scan with words beside", pdfOf("BT /F1 10 Tf 50 700 Td (13800000000) Tj ET /X1 Do", latin+"/XObject<</X1 5 0 R>>", image), false, "mobile"},
		{"an empty page", pdfOf(" ", latin), true, ""},
		{"a form inside itself", pdfOf("/X1 Do", "/XObject<</X1 5 0 R>>",
			"<</Subtype/Form/Resources<</XObject<</X1 5 0 R>>>>/Length 6>>stream\n/X1 Do\nendstream"), false, ""},
		{"no PDF", []byte("%PDF-1.4\nnothing"), false, ""},
		{"cut off", pdfOf("BT ET", latin)[:150], false, ""},
		{"an enormous table", bytes.Replace(pdfOf("BT ET", latin), []byte("/Size 5"), []byte("/Size 99999999999"), 1), false, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, read := textOf(t, typePDF, c.file, 1<<20)
			if got := kindsIn(text); read != c.read || got != c.want {
				t.Errorf("read %v, found %q in %q", read, got, text)
			}
		})
	}
}

// TestBombOfAPDFStops: ten megabytes that unpack to gigabytes.
func TestBombOfAPDFStops(t *testing.T) {
	bomb := pdfOf(strings.Repeat("BT /F1 10 Tf 50 700 Td (13800000000) Tj ET\n", 300_000), latin)
	if text, read := textOf(t, typePDF, bomb, 1<<16); read || len(text) > 1<<16 {
		t.Errorf("read %v, %d bytes", read, len(text))
	}
}

func TestTextOfSpreadsheets(t *testing.T) {
	f := excelize.NewFile()
	f.SetSheetName("Sheet1", "名单")
	f.SetSheetRow("名单", "A1", &[]any{"户主", "金额"})
	f.SetSheetRow("名单", "A2", &[]any{"张老三", 1500})
	f.NewSheet("联系人")
	f.SetSheetRow("联系人", "A1", &[]any{"姓名", "手机号"})
	f.SetSheetRow("联系人", "A2", &[]any{"李四", "13800000000"})
	f.SetColVisible("联系人", "B", false)
	f.SetSheetVisible("联系人", false)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	text, read := textOf(t, typeXLSX, b.Bytes(), 1<<20)
	if want := "名单\n户主\t金额\n张老三\t1500\n联系人\n姓名\t手机号\n李四\t13800000000\n"; !read || !strings.HasPrefix(text, want) {
		t.Errorf("%v %q", read, text)
	}
	if got := kindsIn(text); got != "header_word mobile" {
		t.Errorf("found %s", got)
	}
	if text, read := textOf(t, typeXLSX, b.Bytes(), 10); read || len(text) > 10 {
		t.Errorf("of ten bytes: %v %q", read, text)
	}
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String("姓名,身份证号\n张老三,11010519491231002X\n")
	if err != nil {
		t.Fatal(err)
	}
	text, read = textOf(t, "text/csv; charset=gbk", []byte(gbk), 1<<20)
	if got := kindsIn(text); !read || got != "header_word id_number" {
		t.Errorf("%v %q in %q", read, got, text)
	}
}

func TestWhatHasNoText(t *testing.T) {
	for _, kind := range []string{"image/jpeg", "", "application/zip"} {
		if text, read := textOf(t, kind, []byte("13800000000"), 100); read || text != "" {
			t.Errorf("%s: %v %q", kind, read, text)
		}
	}
	_, read, err := privacy.TextOf(typeXLSX, strings.NewReader("PK\x03\x04 nothing"), 12, 100)
	if read || sheet.Reason(err) == "" {
		t.Errorf("a broken workbook: %v %v", read, err)
	}
	if _, read, err := privacy.TextOf(typePDF, failing{}, 1000, 100); read || !errors.Is(err, errGone) {
		t.Errorf("a file that cannot be read: %v %v", read, err)
	}
}

var errGone = errors.New("gone")

// failing is a file that is gone.
type failing struct{}

func (failing) ReadAt([]byte, int64) (int, error) { return 0, errGone }

func FuzzTextOfPDF(f *testing.F) {
	f.Add(pdfOf("BT /F1 10 Tf 50 700 Td (tel 13800000000) Tj [(a) 5] TJ ET q Q 1 0 0 1 0 0 cm /X Do T* ' \"", latin))
	f.Add([]byte("%PDF-1.4\n1 0 obj\n<</Size 3/W[1 1 1]/Type/XRef/Root 1 0 R/Length 0>>stream\n\nendstream\nendobj\nstartxref\n9\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		start := time.Now()
		text, _, err := privacy.TextOf(typePDF, bytes.NewReader(file), int64(len(file)), 1000)
		if err != nil || len(text) > 1000 || time.Since(start) > 8*time.Second {
			t.Errorf("%d bytes, %v, %v", len(text), err, time.Since(start))
		}
	})
}

// What goes along with a workbook in no cell is looked through like its cells.
func TestTextOfAWorkbookBesideItsCells(t *testing.T) {
	const number = "11010519491231002X"
	for name, hide := range map[string]func(f *excelize.File) error{
		"comment": func(f *excelize.File) error {
			return f.AddComment("Sheet1", excelize.Comment{Cell: "A1", Text: number})
		},
		"footer": func(f *excelize.File) error {
			return f.SetHeaderFooter("Sheet1", &excelize.HeaderFooterOptions{OddFooter: "&C" + number})
		},
		"properties": func(f *excelize.File) error {
			return f.SetDocProps(&excelize.DocProperties{Description: number})
		},
		"choices": func(f *excelize.File) error {
			v := excelize.NewDataValidation(true)
			v.SetSqref("A1:A2")
			if err := v.SetDropList([]string{number}); err != nil {
				return err
			}
			return f.AddDataValidation("Sheet1", v)
		},
		"shape": func(f *excelize.File) error {
			return f.AddShape("Sheet1", &excelize.Shape{Cell: "C3", Type: "rect", Paragraph: []excelize.RichTextRun{{Text: number}}})
		},
		"link": func(f *excelize.File) error {
			return f.SetCellHyperLink("Sheet1", "A1", "tel:13800000000", "External")
		},
		"nothing": func(*excelize.File) error { return nil },
	} {
		f := excelize.NewFile()
		err := errors.Join(f.SetCellValue("Sheet1", "A1", "户主"), hide(f))
		var out bytes.Buffer
		if err = errors.Join(err, f.Write(&out), f.Close()); err != nil {
			t.Fatal(name, err)
		}
		text, read := textOf(t, typeXLSX, out.Bytes(), 1<<20)
		if found := kindsIn(text) != ""; found != (name != "nothing") || !read {
			t.Errorf("%s: %q, read %v", name, text, read)
		}
	}
}
