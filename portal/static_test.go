package portal

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"
)

func TestStaticFilesAreKeptForEver(t *testing.T) {
	s, _ := build(t, nil)
	href, err := s.Assets.Href("public.css")
	if err != nil {
		t.Fatal(err)
	}
	file, _ := s.Assets.File(href)
	plain, body := try(t, s, "GET", href)
	if plain.StatusCode != 200 || body != string(file.Plain) || plain.Header.Get("Content-Encoding") != "" {
		t.Errorf("plain: %d, %d bytes", plain.StatusCode, len(body))
	}
	for header, want := range map[string]string{
		"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff",
	} {
		if got := plain.Header.Get(header); got != want {
			t.Errorf("%s: %q", header, got)
		}
	}
	if !strings.HasPrefix(plain.Header.Get("Content-Type"), "text/css") {
		t.Errorf("type %q", plain.Header.Get("Content-Type"))
	}
	packed, body := try(t, s, "GET", href, "Accept-Encoding", "br, gzip")
	if packed.Header.Get("Content-Encoding") != "gzip" || packed.Header.Get("ETag") == plain.Header.Get("ETag") {
		t.Fatalf("packed: headers %v", packed.Header)
	}
	r, err := gzip.NewReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if unpacked, _ := io.ReadAll(r); !bytes.Equal(unpacked, file.Plain) {
		t.Error("packed and plain differ")
	}
	for _, tag := range []string{plain.Header.Get("ETag"), `"other", ` + plain.Header.Get("ETag")} {
		if again, body := try(t, s, "GET", href, "If-None-Match", tag); again.StatusCode != 304 || body != "" {
			t.Errorf("known already: %d, %d bytes", again.StatusCode, len(body))
		}
	}
	if head, body := try(t, s, "HEAD", href); head.StatusCode != 200 || body != "" {
		t.Errorf("HEAD: %d", head.StatusCode)
	}
	for _, path := range []string{"/static/", "/static/public.css", "/static/../go.mod", "/static/%2e%2e/go.mod", href + "x"} {
		if answer, _ := try(t, s, "GET", path); answer.StatusCode != 404 {
			t.Errorf("%s: %d", path, answer.StatusCode)
		}
	}
}
