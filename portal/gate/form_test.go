package gate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

type taken struct{ field, filename, content string }

// outcome is what came of a form.
type outcome struct {
	values url.Values
	fault  error
}

// formDoor reads forms and hands over what came of them.
func formDoor(t *testing.T, file func(field, filename string, r io.Reader) error) (addr string, outcomes chan outcome) {
	outcomes = make(chan outcome, 1)
	addr = door(t, func(app *fiber.App) {
		app.Use(Guard(func(string) int64 { return 26 << 20 }))
		app.Post("/", func(c *fiber.Ctx) error {
			values, err := Form(c, 1000, file)
			outcomes <- outcome{values, err}
			return c.SendString("read")
		})
	})
	return addr, outcomes
}

// sendForm sends a form and waits until it was read.
func sendForm(t *testing.T, addr string, outcomes chan outcome, contentType, body string) (url.Values, error) {
	t.Helper()
	say(t, addr, post("/", fmt.Sprintf("Connection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n", contentType, len(body)), body))
	select {
	case o := <-outcomes:
		return o.values, o.fault
	case <-time.After(5 * time.Second):
		t.Fatal("the form was not read")
		return nil, nil
	}
}

func TestFormHandsFieldsAndFilesOver(t *testing.T) {
	var files []taken
	addr, outcomes := formDoor(t, func(field, filename string, r io.Reader) error {
		content, err := io.ReadAll(io.LimitReader(r, 100_000)) // less than there is of the second
		files = append(files, taken{field, filename, string(content)})
		return err
	})
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("what", "补助款没有发到手里")
	w.WriteField("mode", "anonymous")
	photo, _ := w.CreateFormFile("photo", "照片 1.jpg")
	photo.Write([]byte("first"))
	w.WriteField("what", "再说一句")
	video, _ := w.CreateFormFile("photo", `..\..\路\b".mp4`)
	video.Write(bytes.Repeat([]byte("v"), 300_000))
	w.CreateFormFile("photo", "")
	w.Close()
	got, fault := sendForm(t, addr, outcomes, w.FormDataContentType(), body.String())
	if fault != nil {
		t.Fatal(fault)
	}
	if fmt.Sprint(got["what"]) != "[补助款没有发到手里 再说一句]" || got.Get("mode") != "anonymous" || len(got) != 2 {
		t.Errorf("fields %v", got)
	}
	if len(files) != 2 || files[0] != (taken{"photo", "照片 1.jpg", "first"}) || len(files[1].content) != 100_000 {
		t.Fatalf("%d files, the first %+v", len(files), files[0])
	}
	if strings.Trim(files[1].content, "v") != "" {
		t.Error("the second file holds something of its neighbours")
	}
}

func TestPlainFormIsReadToo(t *testing.T) {
	addr, outcomes := formDoor(t, nil)
	got, fault := sendForm(t, addr, outcomes, "application/x-www-form-urlencoded; charset=UTF-8", "a=1&b=%E6%9D%91&a=2")
	if fault != nil || fmt.Sprint(got["a"]) != "[1 2]" || got.Get("b") != "村" {
		t.Errorf("%v, %v", got, fault)
	}
}

func TestFormRefusesWhatIsTooMuchOrBroken(t *testing.T) {
	field := func(name, value string) string {
		return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n"
	}
	const kind, end = "multipart/form-data; boundary=b", "--b--\r\n"
	for name, c := range map[string]struct {
		contentType, body string
		want              error
	}{
		"field just fits":            {kind, field("a", strings.Repeat("x", 1000)) + end, nil},
		"field too long":             {kind, field("a", strings.Repeat("x", 1001)) + end, ErrFormTooLarge},
		"200 fields":                 {kind, strings.Repeat(field("a", "x"), 200) + end, nil},
		"201 fields":                 {kind, strings.Repeat(field("a", "x"), 201) + end, ErrFormTooLarge},
		"too much together":          {kind, strings.Repeat(field(strings.Repeat("n", 600), strings.Repeat("x", 1000)), 180) + end, ErrFormTooLarge},
		"300 files":                  {kind, strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"p\"; filename=\"f\"\r\n\r\nx\r\n", 300) + end, ErrFormTooLarge},
		"9 MB of part header":        {kind, "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nX: " + strings.Repeat("x", 9<<20) + "\r\n\r\n1\r\n" + end, ErrFormTooLarge},
		"9 MB before the first part": {kind, strings.Repeat("x\r\n", 3<<20) + field("a", "x") + end, ErrFormTooLarge},
		"9 MB after the last part":   {kind, field("a", "x") + end + strings.Repeat("x", 9<<20), ErrFormTooLarge},
		"no end":                     {kind, field("a", "x"), ErrForm},
		"no name":                    {kind, "--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n" + end, ErrForm},
		"no disposition":             {kind, "--b\r\n\r\n1\r\n" + end, ErrForm},
		"no boundary":                {"multipart/form-data", field("a", "x") + end, ErrForm},
		"mixed":                      {"multipart/mixed; boundary=b", field("a", "x") + end, ErrForm},
		"JSON":                       {"application/json", `{"a":1}`, ErrForm},
		"plain, 201 fields":          {"application/x-www-form-urlencoded", strings.Repeat("a=1&", 201), ErrFormTooLarge},
		"plain, field too long":      {"application/x-www-form-urlencoded", "a=" + strings.Repeat("x", 1001), ErrFormTooLarge},
		"plain, broken escape":       {"application/x-www-form-urlencoded", "a=%zz", ErrForm},
	} {
		addr, outcomes := formDoor(t, func(string, string, io.Reader) error { return nil })
		if _, fault := sendForm(t, addr, outcomes, c.contentType, c.body); !errors.Is(fault, c.want) {
			t.Errorf("%s: %v, want %v", name, fault, c.want)
		}
	}
}

func TestWhatCameBeforeABadFileIsKept(t *testing.T) {
	bad := errors.New("not a picture")
	addr, outcomes := formDoor(t, func(string, string, io.Reader) error { return bad })
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("what", "写好的话")
	photo, _ := w.CreateFormFile("photo", "a.exe")
	photo.Write(bytes.Repeat([]byte("MZ"), 50_000))
	w.Close()
	got, fault := sendForm(t, addr, outcomes, w.FormDataContentType(), body.String())
	if fault != bad || got.Get("what") != "写好的话" {
		t.Errorf("fault %v, fields %v", fault, got)
	}
}
