package archive_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"testing"

	"minsheng/internal/archive"
)

// packed is an archive of parts (name, content, name, content …).
func packed(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err == nil {
			_, err = io.WriteString(w, parts[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatUnpacksToTooMuchIsRefusedUnread(t *testing.T) {
	small := archive.Bounds{Unpacked: 4 << 20, Parts: 3}
	nothing := string(make([]byte, 2<<20))
	whole := packed(t, "a", "x")
	for name, c := range map[string]struct {
		content []byte
		want    error
	}{
		"some parts":    {packed(t, "a", "x", "b", "y"), nil},
		"no archive":    {[]byte("您好"), archive.ErrBroken},
		"half of one":   {whole[:len(whole)/2], archive.ErrBroken},
		"many parts":    {packed(t, "a", "", "b", "", "c", "", "d", ""), archive.ErrBomb},
		"a large part":  {packed(t, "a", string(make([]byte, 5<<20))), archive.ErrBomb},
		"a packed part": {packed(t, "a", nothing), archive.ErrBomb},
	} {
		if _, err := archive.Open(bytes.NewReader(c.content), int64(len(c.content)), small); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestPartsAreFoundHoweverTheyAreSpelt(t *testing.T) {
	content := packed(t, `Word\Document.xml`, "x")
	a, err := archive.Open(bytes.NewReader(content), int64(len(content)), archive.Bounds{Unpacked: 100, Parts: 1})
	if err != nil {
		t.Fatal(err)
	}
	part, err := a.Part("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer part.Close()
	if text, err := io.ReadAll(part); err != nil || string(text) != "x" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := a.Part("word/styles.xml"); !errors.Is(err, archive.ErrBroken) {
		t.Errorf("a part that is not there: %v", err)
	}
}
