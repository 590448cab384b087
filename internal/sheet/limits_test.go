package sheet_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"minsheng/internal/sheet"
	"minsheng/internal/sheet/sheettest"
)

func sheetOf(before string, n int, each func(int) string, after string) []byte {
	return sheettest.Parts(map[string]io.Reader{sheettest.SheetPart: sheettest.SheetXML(before, n, each, after)})
}

func opening(file []byte, name string) error {
	b, err := sheet.Open(bytes.NewReader(file), int64(len(file)), name)
	if err != nil {
		return err
	}
	_, err = b.Guess(0, sheettest.Fields(), nil)
	return err
}

func TestWhatIsNoSheetOrTooMuchOfOneIsRefusedEarly(t *testing.T) {
	full := func(i int) string { return fmt.Sprintf(`<row r="%d"><c r="A%d"><v>%d</v></c></row>`, i, i, i*7919) }
	lying := sheetOf("", 3000, full, "")
	lie(t, lying, sheettest.SheetPart, 100)
	for name, c := range map[string]struct {
		file []byte
		name string
		want error
	}{
		"zip bomb":           {sheettest.Parts(map[string]io.Reader{"xl/media/x.png": bytes.NewReader(make([]byte, 30<<20))}), "a.xlsx", sheet.ErrBomb},
		"bomb of one text":   {sheettest.Parts(map[string]io.Reader{sheettest.SheetPart: strings.NewReader("<worksheet>" + strings.Repeat("甲乙", 100_000))}), "a.xlsx", sheet.ErrBomb},
		"lying directory":    {lying, "a.xlsx", sheet.ErrBroken},
		"too many rows":      {sheetOf("", sheet.MaxRows+1, full, ""), "a.xlsx", sheet.ErrTooLong},
		"wide":               {sheetOf("", 1, func(int) string { return `<row r="1"><c r="XFD1"><v>1</v></c></row>` }, ""), "a.xlsx", sheet.ErrTooWide},
		"wide csv":           {[]byte(strings.Repeat("甲,", sheet.MaxColumns+1)), "a.csv", sheet.ErrTooWide},
		"commas":             {bytes.Repeat([]byte{','}, 1<<20), "a.csv", sheet.ErrTooWide},
		"old":                {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)), "a.xls", sheet.ErrOld},
		"other archive":      {sheettest.Parts(map[string]io.Reader{"_rels/.rels": nil}), "a.xlsx", sheet.ErrKind},
		"half an archive":    {sheetOf("", 10, full, "")[:2000], "a.xlsx", sheet.ErrBroken},
		"no sheet":           {sheettest.Parts(map[string]io.Reader{sheettest.SheetPart: nil}), "a.xlsx", sheet.ErrBroken},
		"document type":      {sheettest.Parts(map[string]io.Reader{sheettest.SheetPart: strings.NewReader(`<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>`)}), "a.xlsx", sheet.ErrBroken},
		"rows backwards":     {sheetOf("", 3, func(i int) string { return full(9 - i) }, ""), "a.xlsx", sheet.ErrBroken},
		"merges over merges": {sheetOf("", 2, full, "<mergeCells>"+strings.Repeat(`<mergeCell ref="A1:B9"/>`, 5000)+"</mergeCells>"), "a.xlsx", sheet.ErrBroken},
		"page of the web":    {[]byte("<html><table><tr><td>姓名"), "a.csv", sheet.ErrKind},
		"binary":             {[]byte("姓名,金额\x00\x01\n"), "a.csv", sheet.ErrKind},
		"text":               {[]byte("姓名,金额\n"), "a.doc", sheet.ErrKind},
		"nothing":            {nil, "a.csv", sheet.ErrEmpty},
		"no header":          {[]byte("1,2\n3,4\n"), "a.csv", sheet.ErrEmpty},
		"quotation mark":     {[]byte("姓名,金额\n\"" + strings.Repeat("甲,1\n", 50_000)), "a.csv", sheet.ErrBroken},
	} {
		t.Run(name, func(t *testing.T) {
			if err := opening(c.file, c.name); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
}

// lie makes the directory of an archive say that a part is shorter than it is.
func lie(t *testing.T, file []byte, part string, size uint32) {
	for at := 0; ; {
		i := bytes.Index(file[at:], []byte("PK\x01\x02"))
		if i < 0 {
			t.Fatal("no such part")
		}
		at += i + 46
		if bytes.HasPrefix(file[at:], []byte(part)) {
			binary.LittleEndian.PutUint32(file[at-46+24:], size)
			return
		}
	}
}

func TestTooManyRowsOfACSVEndTheReading(t *testing.T) {
	b := open(t, []byte("姓名,金额\n"+strings.Repeat("甲,1\n", sheet.MaxRows+1)), "a.csv")
	l, err := b.Guess(0, sheettest.Fields(), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Read(context.Background(), l, sheettest.Fields(), nil, func(sheet.Record, []sheet.Problem) error { return nil })
	if !errors.Is(err, sheet.ErrTooLong) {
		t.Errorf("read: %v", err)
	}
}

// Programs write a dimension of a million rows, or rows down to the millionth
// with nothing but a format, for sheets of two.
func TestRowsOfNothingButFormatDoNoHarm(t *testing.T) {
	file := sheetOf(`<dimension ref="A1:XFD1048576"/><cols><col min="2" max="2" hidden="1"/></cols>`, 100_000, func(i int) string {
		switch i {
		case 1:
			return `<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c><c r="B1" t="inlineStr"><is><t>金额</t></is></c><c r="XFD1" s="1"/></row>`
		case 2:
			return `<row r="5" hidden="1"><c r="A5" t="inlineStr"><is><r><t>张三</t></r><r><t>丰&amp;_x0041_</t></r><rPh sb="0" eb="1"><t>zhang</t></rPh></is></c><c r="B5"><v>1.2E3</v></c></row>`
		}
		return fmt.Sprintf(`<row r="%d" s="1" customFormat="1" ht="%d"/>`, i*10, i*7919%97)
	}, "")
	b := open(t, file, "a.xlsx")
	l, err := b.Guess(0, sheettest.Fields(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !l.Columns[1].Hidden || l.Columns[0].Hidden {
		t.Errorf("hidden columns are not told: %+v", l.Columns)
	}
	found, err := b.Read(context.Background(), l, sheettest.Fields(), nil, func(r sheet.Record, p []sheet.Problem) error {
		if r.Row != 5 || r.Values["label"].Text != "张三丰&A" || r.Values["amount"].N != 120000 || len(p) > 0 {
			t.Errorf("record %+v, problems %v", r, p)
		}
		return nil
	})
	if err != nil || found.Records != 1 || found.Hidden != 1 || len(found.Skips) != 3 {
		t.Errorf("%v, %+v", err, found)
	}
}

func TestReadingStopsWhenNobodyWaits(t *testing.T) {
	b := open(t, sheettest.Rows(2000), "a.xlsx")
	l, err := b.Guess(0, sheettest.Fields(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	_, err = b.Read(ctx, l, sheettest.Fields(), nil, func(sheet.Record, []sheet.Problem) error {
		if n++; n == 10 {
			cancel()
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || n > 600 {
		t.Errorf("%v after %d records", err, n)
	}
	stop := errors.New("enough")
	if _, err = b.Read(context.Background(), l, sheettest.Fields(), nil, func(sheet.Record, []sheet.Problem) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of the caller: %v", err)
	}
}

func TestReadingHoldsLittleMemory(t *testing.T) {
	file := sheettest.Rows(15_000)
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	b := open(t, file, "a.xlsx")
	peak, n := uint64(0), 0
	l, err := b.Guess(0, sheettest.Fields(), nil)
	if err != nil {
		t.Fatal(err)
	}
	found, err := b.Read(context.Background(), l, sheettest.Fields(), nil, func(sheet.Record, []sheet.Problem) error {
		if n++; n%3_000 == 0 {
			runtime.GC() // what is still held, not what waits to be collected
			runtime.ReadMemStats(&now)
			peak = max(peak, now.HeapAlloc)
		}
		return nil
	})
	if err != nil || found.Records != 15_000 || found.Problems != 0 {
		t.Fatalf("%v, %+v", err, found)
	}
	if held := int64(peak) - int64(before.HeapAlloc); held > 8<<20 {
		t.Errorf("%d MB are held while reading", held>>20)
	}
}

func BenchmarkReadFiftyThousandRows(b *testing.B) {
	const rows = 50_000
	file := sheettest.Rows(rows)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		book, err := sheet.Open(bytes.NewReader(file), int64(len(file)), "a.xlsx")
		if err != nil {
			b.Fatal(err)
		}
		l, err := book.Guess(0, sheettest.Fields(), nil)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := book.Read(context.Background(), l, sheettest.Fields(), nil, func(sheet.Record, []sheet.Problem) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
