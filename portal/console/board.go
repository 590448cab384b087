package console

import (
	"bytes"
	"errors"
	"io"
	"mime"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/region"
	"minsheng/roll"
)

// boardPage is a notice for the village board: full names, printed and put up.
type boardPage struct {
	view.Base
	Paper    notice.Paper
	Unit     region.Unit
	Place    string
	Table    *rowTable
	Days     int // of publicity; 0 for the long term
	Facts    []fact
	Hotline  string
	QR       view.QR
	Address  string // that the QR code leads to
	Objects  bool   // objections are invited
	BackHref string
	Size     int
	People   int
	TotalFen int64
	Money    bool
}

// board shows the paper to be put up. It holds all rows: the board has one page.
func (v *visit) board() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	p, err := v.Notices.Paper(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	page := boardPage{Base: view.Base{Lang: v.lang, Path: noticePath(id) + "/board", Title: p.Title}, Paper: p,
		Hotline: v.Phone, BackHref: v.href(noticePath(id)), Objects: !p.KindOf.Announcement}
	if page.Unit, err = v.Atlas.Unit(p.UnitID); err != nil {
		return err
	}
	if page.Place, err = v.placeName(map[string]string{}, p.PlaceCode); err != nil {
		return err
	}
	if p.EndsOn != nil && p.StartsOn != "" {
		page.Days = p.EndsOn.Sub(p.StartsOn) + 1
	}
	page.Facts = v.facts(p)
	if v.BaseURL != nil {
		page.Address = v.BaseURL.JoinPath("v", p.PlaceCode).String()
		if page.QR, err = view.NewQR(page.Address); err != nil {
			return err
		}
	}
	if err := v.boardRows(&page); err != nil {
		return err
	}
	return v.show(fiber.StatusOK, "board", page)
}

func (v *visit) boardRows(page *boardPage) error {
	r, err := v.rollShown(page.Paper)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var rows []roll.Row
	err = v.Rolls.Each(v.ctx(), r.ID, 0, func(row roll.Row) error { rows = append(rows, row); return nil })
	if err != nil {
		return err
	}
	table, err := v.table(r, rows, onBoard)
	page.Table, page.Size, page.People, page.TotalFen = &table, r.Size, r.People, r.TotalFen
	page.Money = hasColumn(r.Kind, "amount")
	return err
}

// exportRows hands the whole table to the office, as a workbook or as csv.
func exportRows(ending string) func(v *visit) error {
	return func(v *visit) error {
		p, r, err := v.paperWithRoll()
		if err != nil {
			return err
		}
		var out bytes.Buffer
		if err := v.writeRows(&out, ending, p.Title, r); err != nil {
			return err
		}
		kind := map[string]string{"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}[ending]
		return v.deliver(kind, p.Title+"."+ending, io.NopCloser(&out))
	}
}

// writeRows writes every row with real types; texts that a spreadsheet would
// take for a formula are made harmless by the writer.
func (v *visit) writeRows(out io.Writer, ending, title string, r roll.Roll) error {
	columns := v.columns(r.Kind, inOffice)
	var heads []sheet.Head
	for _, c := range columns {
		heads = append(heads, sheet.Head{Name: c.Name, Type: exportType(c)})
	}
	w, err := v.rowWriter(out, ending, title, heads)
	if err != nil {
		return err
	}
	places := map[string]string{}
	err = v.Rolls.Each(v.ctx(), r.ID, 0, func(row roll.Row) error {
		var values []any
		for _, c := range columns {
			value, err := v.exported(row, c, places)
			if err != nil {
				return err
			}
			values = append(values, value)
		}
		return w.Write(values...)
	})
	return errors.Join(err, w.Close())
}

// exportType keeps numbers numbers and makes everything else text.
func exportType(c column) sheet.Type {
	if c.Type == sheet.Money && c.Code == "amount" || c.Code == "n" || c.Code == "people" {
		return c.Type
	}
	return sheet.Text
}

func (v *visit) rowWriter(out io.Writer, ending, title string, heads []sheet.Head) (sheet.Writer, error) {
	if ending == "csv" {
		return sheet.NewCSV(out, heads)
	}
	return sheet.NewXLSX(out, title, heads)
}

func (v *visit) exported(row roll.Row, c column, places map[string]string) (any, error) {
	switch c.Code {
	case "n":
		return int64(row.N), nil
	case "people":
		return int64(row.People), nil
	case "amount":
		return row.AmountFen, nil
	}
	return v.value(row, c, inOffice, places)
}

// deliver sends a file as an attachment that can do nothing.
func (v *visit) deliver(contentType, name string, content io.ReadCloser) error {
	v.c.Set(fiber.HeaderContentType, contentType)
	v.c.Set(fiber.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	v.c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	v.c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	v.c.Set(fiber.HeaderCacheControl, "private, no-store")
	return v.c.SendStream(content)
}
