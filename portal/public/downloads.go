package public

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/evidence"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/notice"
	"minsheng/portal/view"
	"minsheng/roll"
)

// download is one form in which the rows of a notice can be taken along.
type download struct{ Name, Href string }

// forms of rows: the end of the address, and the content type.
var rowForms = [...]struct{ end, kind string }{
	{"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
	{"csv", "text/csv; charset=utf-8"},
	{"json", "application/json; charset=utf-8"},
}

// mostDownloads is how many tables are written at a time; more visitors are
// asked to try again.
const mostDownloads = 4

func (f *Face) downloads(b view.Base) []download {
	var out []download
	for _, form := range rowForms {
		out = append(out, download{f.View.Text(b.Lang, "notices.download."+form.end), b.Href(b.Path + "/rows." + form.end)})
	}
	return out
}

// rowsAs sends all rows of a notice in one form. Rows of people are not to be
// taken along: there is no such address.
func (f *Face) rowsAs(end, kind string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		n, err := f.asked(c)
		if err != nil {
			return err
		}
		if n.Pulled || n.Withdrawn || n.Roll == nil || n.KindOf.Personal || n.Roll.Kind.Personal() {
			return store.ErrNotFound
		}
		select {
		case f.writing <- struct{}{}:
			defer func() { <-f.writing }()
		default:
			return fiber.ErrServiceUnavailable
		}
		file, size, err := sheet.Spool(func(w io.Writer) error { return f.writeRows(c.UserContext(), w, end, readingOf(c), n) })
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, kind)
		c.Set(fiber.HeaderContentDisposition, fmt.Sprintf(`attachment; filename="notice-%s.%s"`, n.ID.String()[:8], end))
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.SendStream(file, size)
	}
}

// asked is the notice in an address.
func (f *Face) asked(c *fiber.Ctx) (notice.Published, error) {
	id, err := uuid.Parse(c.Params("id"))
	if err != nil {
		return notice.Published{}, store.ErrNotFound
	}
	return f.Notices.Published(c.UserContext(), id)
}

func (f *Face) writeRows(ctx context.Context, w io.Writer, end string, r reading, n notice.Published) error {
	columns := roll.Fields(n.Roll.Kind)
	heads := []sheet.Head{{Name: f.text(r, "rows.number"), Type: sheet.Whole}}
	for _, c := range columns {
		heads = append(heads, sheet.Head{Name: f.rowHead(r, n.Roll.Kind, c.Code), Type: c.Type})
	}
	var out sheet.Writer
	var err error
	switch end {
	case "xlsx":
		out, err = sheet.NewXLSX(w, n.Title, heads)
	case "csv":
		out, err = sheet.NewCSV(w, heads)
	default:
		out, err = f.newJSON(ctx, w, r, n, columns)
	}
	if err != nil {
		return err
	}
	places := map[string]string{}
	err = f.Rolls.Each(ctx, n.Roll.ID, n.Roll.Version, func(row roll.Row) error {
		place, err := f.rowPlace(ctx, places, row)
		if err != nil {
			return err
		}
		return out.Write(rowValues(columns, row, place)...)
	})
	if closeErr := out.Close(); err == nil {
		err = closeErr
	}
	return err
}

// rowValues is a row as sheets take it, from what the web shows.
func rowValues(columns []sheet.Field, row roll.Row, place string) []any {
	values := []any{int64(row.N)}
	for _, c := range columns {
		switch c.Code {
		case "label":
			values = append(values, row.Shown)
		case "people":
			values = append(values, int64(row.People))
		case "amount":
			values = append(values, row.AmountFen)
		case "place":
			values = append(values, place)
		default:
			values = append(values, row.Cells[c.Code])
		}
	}
	return values
}

// jsonRows writes rows as objects by field code, behind what they belong to.
// Amounts are in fen, as amount_fen.
type jsonRows struct {
	w       io.Writer
	columns []sheet.Field
	started bool
}

func (f *Face) newJSON(ctx context.Context, w io.Writer, r reading, n notice.Published, columns []sheet.Field) (*jsonRows, error) {
	h, err := f.head(ctx, r, n)
	if err != nil {
		return nil, err
	}
	about, err := json.Marshal(map[string]any{
		"id": h.ID, "address": f.address("/notices/" + h.ID), "title": n.Title, "kind": n.Kind, "kind_name": h.Kind, "unit": h.Unit,
		"document_number": n.DocNumber, "place": h.Place, "place_code": n.PlaceCode, "year": n.Year, "from": n.StartsOn, "to": n.EndsOn,
		"rows": n.Roll.Size, "total_fen": n.Roll.TotalFen,
	})
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(w, "{\"notice\":%s,\n\"rows\":[", about)
	return &jsonRows{w: w, columns: columns}, err
}

// Write adds one row.
func (j *jsonRows) Write(values ...any) error {
	row := map[string]any{"n": values[0]}
	for i, c := range j.columns {
		code := c.Code
		if c.Type == sheet.Money {
			code += "_fen"
		}
		if values[i+1] != "" {
			row[code] = values[i+1]
		}
	}
	text, err := json.Marshal(row)
	if err != nil {
		return err
	}
	sep := ",\n"
	if !j.started {
		sep, j.started = "\n", true
	}
	_, err = j.w.Write(append([]byte(sep), text...))
	return err
}

// Close ends the list.
func (j *jsonRows) Close() error {
	_, err := io.WriteString(j.w, "\n]}\n")
	return err
}

// attachment is a file of a notice.
type attachment struct{ Name, Kind, Size, Href string }

// attachments lists files; of a notice that names people the board has none.
func (f *Face) attachments(b view.Base, n notice.Published, files []evidence.File) []attachment {
	var out []attachment
	for _, file := range files {
		out = append(out, attachment{
			Name: file.Name, Kind: f.View.Text(b.Lang, "papers."+file.Media), Size: size(file.Size),
			Href: b.Href("/notices/" + n.ID.String() + "/files/" + file.ID.String()),
		})
	}
	return out
}

// noticeFile sends a file of a notice: pictures to be looked at, all else to be
// kept, neither able to do anything.
func (f *Face) noticeFile(c *fiber.Ctx) error {
	n, err := f.asked(c)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(c.Params("file"))
	if err != nil || n.Pulled || n.Withdrawn {
		return store.ErrNotFound
	}
	file, content, name, err := f.Notices.OpenFile(c.UserContext(), n.ID, id)
	if err != nil {
		return err
	}
	how := "attachment"
	if file.Media == "image" {
		how = "inline"
	}
	c.Set(fiber.HeaderContentType, file.ContentType)
	c.Set(fiber.HeaderContentDisposition, how+`; filename="`+name+`"`)
	c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set("X-Robots-Tag", "noindex")
	return c.SendStream(content)
}
