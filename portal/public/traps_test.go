package public_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"net/url"
	"strings"
	"testing"
)

// trap is a file that must not come in, with what the page says of it.
type trap struct{ what, name, content, says string }

const (
	saysKind     = "这种文件收不了"
	saysMismatch = "文件名和里面的内容对不上"
	saysEmpty    = "这个文件是空的"
	saysLarge    = "每个最多10兆"
	saysMany     = "最多放5个文件，一共25兆"
	saysHuge     = "这张照片尺寸太大"
)

func traps() []trap {
	html := "<!DOCTYPE html><html><script>alert(1)</script></html>"
	svg := `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`
	zip := "PK\x05\x06" + strings.Repeat("\x00", 18)
	return []trap{
		{"a program", "x.exe", "MZ\x90\x00 not for us", saysKind},
		{"a document", "a.docx", "PK\x03\x04\x14\x00\x06\x00[Content_Types].xml", saysKind},
		{"a page called a photo", "a.jpg", html, saysMismatch},
		{"a page", "a.html", html, saysKind},
		{"a drawing with a script", "a.svg", svg, saysKind},
		{"the same called a photo", "a.png", svg, saysMismatch},
		{"an archive", "a.zip", zip, saysKind},
		{"an archive behind a document", "a.pdf", pdf + zip, saysKind},
		{"a document called a photo", "a.jpg", pdf, saysMismatch},
		{"nothing", "a.jpg", "", saysEmpty},
		{"one byte too many", "a.pdf", pdf + strings.Repeat(" ", 10<<20+1-len(pdf)), saysLarge},
		{"a picture of 50 million points", "a.png", bomb(10_000, 5_000), saysHuge},
		{"a name read backwards", "账本\u202egpj.exe", pdf, saysMismatch},
	}
}

// bomb is a valid PNG of w × h grey points in a few kilobytes.
func bomb(w, h int) string {
	var pixels bytes.Buffer
	z := zlib.NewWriter(&pixels)
	for range h {
		z.Write(make([]byte, (w+7)/8+1))
	}
	z.Close()
	part := func(name string, body []byte) string {
		b := append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), name...)
		b = append(b, body...)
		return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	return "\x89PNG\r\n\x1a\n" + part("IHDR", append(head, 1, 0, 0, 0, 0)) + part("IDAT", pixels.Bytes()) + part("IEND", nil)
}

func (s *site) shelved() (n int64) {
	s.store.Read(context.Background()).Table("evidence_file").Count(&n)
	return n
}

// Each trap is refused beside the field of files, in words, with everything
// that was typed and the file that is good.
func TestTrapsAreRefusedBesideTheField(t *testing.T) {
	s := open(t, with{captcha: true})
	for _, c := range traps() {
		t.Run(c.what, func(t *testing.T) {
			s.T = t
			p := s.upload("/receipt", s.full(), file{"files", c.name, c.content}, file{"files", "收据.pdf", pdf}).want(422)
			p.keeps(t, "confidential")
			if wrong := p.one("#files-wrong"); !strings.Contains(wrong, c.says) || strings.ContainsRune(wrong, '\u202e') {
				t.Errorf("beside the files it says %q, want %q", wrong, c.says)
			}
			if names := p.one("#files-list .name"); names != "收据.pdf" {
				t.Errorf("kept %q", names)
			}
			token := p.form("/receipt").Get("token")
			single := s.upload("/report/files", url.Values{"token": {token}}, file{"files", c.name, c.content}).want(422)
			var answer struct {
				ID, Error string
				Again     bool
			}
			if err := json.Unmarshal([]byte(single.body), &answer); err != nil || answer.ID != "" || !strings.Contains(answer.Error, c.says) || answer.Again {
				t.Errorf("alone: %s %v", single.body, err)
			}
		})
	}
	s.T = t
	if n := s.shelved(); n != int64(len(traps())) {
		t.Errorf("%d files lie on the shelf, want the %d good ones", n, len(traps()))
	}
	if n := s.reports(); n != 0 {
		t.Errorf("%d reports", n)
	}
}

// More files, or more of them, than a form takes: the first ones stay.
func TestTooManyFilesKeepTheFirstOnes(t *testing.T) {
	s := open(t, with{captcha: true})
	large := pdf + strings.Repeat(" ", 9_900_000-len(pdf))
	for name, c := range map[string]struct {
		content string
		n, kept int
	}{"six": {pdf, 6, 5}, "more than 25 MB": {large, 3, 2}, "five of almost 10 MB": {large, 5, 2}} {
		v := s.full()
		var files []file
		for i := range c.n {
			// Not the same file again, which would be one.
			files = append(files, file{"files", fmt.Sprintf("%d.pdf", i), strings.Replace(c.content, "1 0 obj", fmt.Sprintf("%d 0 obj", i+1), 1)})
		}
		p := s.upload("/receipt", v, files...).want(422)
		p.keeps(t, "confidential")
		if wrong := p.one("#files-wrong"); !strings.Contains(wrong, saysMany) {
			t.Errorf("%s: beside the files it says %q", name, wrong)
		}
		if n := p.Find("#files-list li").Length(); n != c.kept {
			t.Errorf("%s: %d files kept, want %d", name, n, c.kept)
		}
	}
}

func TestNamesThatReadBackwardsAreStraightened(t *testing.T) {
	s := open(t, with{})
	v := s.full()
	v.Set("mode", "")
	p := s.upload("/receipt", v, file{"files", "../../etc/\u202efdp.账\u200b本.pdf", pdf}).want(422)
	if name := p.one("#files-list .name"); name != "fdp.账本.pdf" {
		t.Errorf("shown as %q", name)
	}
}
