package sheettest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// Rows is a workbook with so many records of eight columns, as Excel writes it.
func Rows(n int) []byte {
	f := excelize.NewFile()
	defer f.Close()
	s, err := f.NewStreamWriter("Sheet1")
	must(err)
	must(s.SetRow("A1", []any{"村", "组", "户主姓名", "家庭人口", "补助金额(元)", "发放日期", "是否签字", "备注"}))
	for i := range n {
		cell, err := excelize.CoordinatesToCellName(1, i+2)
		must(err)
		must(s.SetRow(cell, []any{"双柳村", fmt.Sprintf("%d组", i%9+1), fmt.Sprintf("张%d", i), i%7 + 1, float64(i%100000) + 0.5, "2026-03-05", "是", "无"}))
	}
	must(s.Flush())
	var out bytes.Buffer
	must(f.Write(&out))
	return out.Bytes()
}

// Parts is a container with parts of one's own in place of those of a plain
// workbook; a part that is nil is left out.
func Parts(own map[string]io.Reader) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	plain := workbook([][]any{{"姓名", "金额"}, {"张三丰", 1}}, nil)
	base, err := zip.NewReader(bytes.NewReader(plain), int64(len(plain)))
	must(err)
	for _, part := range base.File {
		if _, replaced := own[part.Name]; replaced {
			continue
		}
		content, err := part.Open()
		must(err)
		add(w, part.Name, content)
		must(content.Close())
	}
	for name, content := range own {
		if content != nil {
			add(w, name, content)
		}
	}
	must(w.Close())
	return out.Bytes()
}

func add(w *zip.Writer, name string, content io.Reader) {
	part, err := w.Create(name)
	must(err)
	_, err = io.Copy(part, content)
	must(err)
}

// SheetPart is the name of the only sheet of Parts.
const SheetPart = "xl/worksheets/sheet1.xml"

// SheetXML is a sheet whose rows are written by each(1), each(2) … up to n.
func SheetXML(before string, n int, each func(row int) string, after string) io.Reader {
	var out bytes.Buffer
	out.WriteString(`<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` + before + `<sheetData>`)
	for i := 1; i <= n; i++ {
		out.WriteString(each(i))
	}
	out.WriteString(`</sheetData>` + after + `</worksheet>`)
	return &out
}
