package gate

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"net/url"

	"github.com/gofiber/fiber/v2"
)

var (
	// ErrForm means that the body is not the form it says it is.
	ErrForm = errors.New("gate: not a form")
	// ErrFormTooLarge means too many fields, or too much in one or in all.
	ErrFormTooLarge = errors.New("gate: form too large")
)

const (
	// MaxField is the most one field may hold, in bytes.
	MaxField  = 64 << 10
	maxFields = 200
	maxParts  = 220       // fields and files together
	maxText   = 256 << 10 // all fields together
	maxHeader = 8 << 10   // names and types of one part; a part's own reader would take 10 MB
)

// Form reads the posted form: its fields, at most maxField bytes each (0 means
// MaxField) and 200 of them, and its files. Each file is handed to file as it
// arrives, one after the other, in the order of the page; what file does not
// read of it is skipped, and nothing is kept on disk. A file field left empty
// is not handed over. When file returns an error, reading stops; the fields
// that came before are returned beside every error. A nil file skips files.
// Errors: ErrForm, ErrFormTooLarge, ErrSlow, ErrCut, and file's own.
func Form(c *fiber.Ctx, maxField int, file func(field, filename string, r io.Reader) error) (url.Values, error) {
	return newForm(maxField, file).read(c)
}

// FormInto is Form for pages whose fields say what is to become of their
// files: file is also given the fields that stand before it on the page, and
// only reads them.
func FormInto(c *fiber.Ctx, maxField int, file func(before url.Values, field, filename string, r io.Reader) error) (url.Values, error) {
	f := newForm(maxField, nil)
	f.file = func(field, filename string, r io.Reader) error { return file(f.values, field, filename, r) }
	return f.read(c)
}

func newForm(maxField int, file func(field, filename string, r io.Reader) error) *form {
	if maxField <= 0 || maxField > MaxField {
		maxField = MaxField
	}
	return &form{values: url.Values{}, maxField: maxField, file: file}
}

func (f *form) read(c *fiber.Ctx) (url.Values, error) {
	kind, params, err := mime.ParseMediaType(c.Get(fiber.HeaderContentType))
	switch {
	case kind == fiber.MIMEApplicationForm:
		return f.plain(c.Body())
	case err == nil && kind == fiber.MIMEMultipartForm && params["boundary"] != "":
		return f.parts(Stream(c, StallLimit), params["boundary"])
	case kind == "" && len(c.Body()) == 0:
		return f.values, nil
	}
	return f.values, ErrForm
}

type form struct {
	values   url.Values
	maxField int
	file     func(field, filename string, r io.Reader) error
	fields   int
	text     int
}

func (f *form) plain(body []byte) (url.Values, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return f.values, ErrForm
	}
	for name, all := range values {
		for _, value := range all {
			if err := f.add(name, value); err != nil {
				return f.values, err
			}
		}
	}
	return f.values, nil
}

func (f *form) add(name, value string) error {
	f.fields++
	f.text += len(name) + len(value)
	if f.fields > maxFields || f.text > maxText || len(value) > f.maxField {
		return ErrFormTooLarge
	}
	f.values.Add(name, value)
	return nil
}

func (f *form) parts(body io.Reader, boundary string) (url.Values, error) {
	fence := &fence{r: body}
	parts := multipart.NewReader(fence, boundary)
	for n := 0; ; n++ {
		fence.limit(maxHeader)
		part, err := parts.NextRawPart()
		if err == io.EOF {
			// Whatever stands after the last boundary is no part of the form.
			_, err = io.Copy(io.Discard, fence)
			return f.values, fence.explain(err)
		}
		if err != nil {
			return f.values, fence.explain(err)
		}
		if n == maxParts {
			return f.values, ErrFormTooLarge
		}
		fence.lift()
		if err := f.part(part); err != nil {
			return f.values, fence.explain(err)
		}
	}
}

func (f *form) part(p *multipart.Part) error {
	name, filename, isFile, err := disposition(p.Header)
	if err != nil {
		return err
	}
	if !isFile {
		value, err := io.ReadAll(io.LimitReader(p, int64(f.maxField)+1))
		if err != nil {
			return err
		}
		return f.add(name, string(value))
	}
	if filename != "" && f.file != nil {
		if err := f.file(name, filename, p); err != nil {
			return &fileError{err}
		}
	}
	// The fence around the next header counts from where this part ends.
	_, err = io.Copy(io.Discard, p)
	return err
}

func disposition(h textproto.MIMEHeader) (name, filename string, isFile bool, err error) {
	kind, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil || kind != "form-data" || params["name"] == "" {
		return "", "", false, ErrForm
	}
	filename, isFile = params["filename"]
	return params["name"], filename, isFile, nil
}

// fileError carries what a file's taker returned past explain.
type fileError struct{ error }

// fence bounds how much may be read in search of the next part.
type fence struct {
	r      io.Reader
	fenced bool
	left   int
	err    error // first error of r, which multipart wraps in texts of its own
	over   bool
}

func (f *fence) limit(n int) { f.fenced, f.left = true, n }
func (f *fence) lift()       { f.fenced = false }

func (f *fence) Read(p []byte) (int, error) {
	if f.fenced && f.left <= 0 {
		f.over = true
		return 0, ErrFormTooLarge
	}
	n, err := f.r.Read(p)
	f.left -= n
	if err != nil && err != io.EOF && f.err == nil {
		f.err = err
	}
	return n, err
}

func (f *fence) explain(err error) error {
	var taken *fileError
	switch {
	case err == nil:
		return nil
	case f.err != nil:
		return f.err
	case errors.As(err, &taken):
		return taken.error
	case f.over, errors.Is(err, ErrFormTooLarge):
		return ErrFormTooLarge
	default:
		return ErrForm
	}
}
