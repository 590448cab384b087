package evidence_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"minsheng/internal/evidence"
	"minsheng/internal/store/storetest"
)

// webp is one pixel, lossy.
var webp, _ = base64.StdEncoding.DecodeString("UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA")

func ftyp(brand string) []byte {
	return append([]byte("\x00\x00\x00\x20ftyp"+brand+"\x00\x00\x02\x00"+brand+"mp42\x00\x00\x00\x08mdat"), make([]byte, 64)...)
}

// mp3 is two frames of layer III at 128 kbit/s, 44.1 kHz.
func mp3() []byte {
	frame := append([]byte{0xff, 0xfb, 0x90, 0x00}, make([]byte, 413)...)
	return append(frame, frame...)
}

// zip is an empty archive with a comment: the least that every unpacker opens.
func zip(comment string) []byte {
	return append([]byte("PK\x05\x06"+strings.Repeat("\x00", 16)), append([]byte{byte(len(comment)), 0}, comment...)...)
}

const docx = "PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00[Content_Types].xml word/document.xml"

func TestWhatIsTakenIsDecidedByBytesAndNameTogether(t *testing.T) {
	jpg, png := jpegOf(t, photo(4, 4)), pngOf(t, photo(4, 4))
	html := []byte("<!DOCTYPE html><html><script>alert(1)</script></html>")
	for _, c := range []struct {
		what, name string
		content    []byte
		want       error
	}{
		{"photo", "a.jpg", jpg, nil},
		{"photo, capitals", "IMG_0001.JPEG", jpg, nil},
		{"photo without extension", "mmexport1720000000", jpg, nil},
		{"photo with a date for an ending", "现场.2024", jpg, nil},
		{"png", "a.png", png, nil},
		{"webp", "a.webp", webp, nil},
		{"pdf", "账本.pdf", pdf(300), nil},
		{"mp3 with tag", "a.mp3", append([]byte("ID3\x03\x00\x00\x00\x00\x00\x10"), mp3()...), nil},
		{"mp3 without tag", "a.mp3", mp3(), nil},
		{"m4a", "a.m4a", ftyp("M4A "), nil},
		{"m4a as phones write it", "录音.m4a", ftyp("mp42"), nil},
		{"mp4", "a.mp4", ftyp("isom"), nil},
		{"mp4 without extension", "video", ftyp("mp42"), nil},
		{"amr", "a.amr", append([]byte("#!AMR\n"), 0x3c, 0x91, 0x17, 0x16), nil},
		{"amr wide", "a.amr", append([]byte("#!AMR-WB\n"), 0x24, 0x91, 0x17, 0x16), nil},
		{"wav", "a.wav", []byte("RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00"), nil},

		{"empty", "a.jpg", nil, evidence.ErrEmpty},
		{"png called jpg", "a.jpg", png, evidence.ErrMismatch},
		{"photo called html", "a.html", jpg, evidence.ErrMismatch},
		{"photo called exe behind a direction mark", "photo\u202egpj.exe", jpg, evidence.ErrMismatch},
		{"html called jpg", "a.jpg", html, evidence.ErrMismatch},
		{"text called pdf", "a.pdf", []byte("看看这个"), evidence.ErrMismatch},
		{"heic called jpg", "a.jpg", ftyp("heic"), evidence.ErrMismatch},
		{"html", "a.html", html, evidence.ErrKind},
		{"html without extension", "a", html, evidence.ErrKind},
		{"svg", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), evidence.ErrKind},
		{"xml", "a.xml", []byte(`<?xml version="1.0"?><a/>`), evidence.ErrKind},
		{"heic", "a.heic", ftyp("heic"), evidence.ErrKind},
		{"quicktime", "a.mov", ftyp("qt  "), evidence.ErrKind},
		{"gif", "a.gif", []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00"), evidence.ErrKind},
		{"gif that is script", "a", []byte("GIF89a=1;alert(1)//"), evidence.ErrKind},
		{"docx", "a.docx", []byte(docx), evidence.ErrKind},
		{"zip", "a.zip", zip(""), evidence.ErrKind},
		{"old word", "a.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 word"), evidence.ErrKind},
		{"program", "a", []byte("\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00"), evidence.ErrKind},
		{"pdf after other bytes", "a", []byte("junk %PDF-1.4 and so on"), evidence.ErrKind},
		{"sync bytes of mp3 without a frame behind", "a", append([]byte{0xff, 0xfb, 0x90, 0}, bytes.Repeat([]byte{1}, 600)...), evidence.ErrKind},
		{"pdf that is a page", "a.pdf", []byte("%PDF-1.4 <html><script>alert(1)</script>"), evidence.ErrKind},
		{"mp3 that is a page", "a.mp3", []byte("ID3\x03\x00\x00\x00\x00\x00\x10<SCRIPT src=x>"), evidence.ErrKind},
		{"pdf that is an archive", "a.pdf", append(pdf(300), zip("")...), evidence.ErrKind},
		{"pdf that is an archive with comment", "a.pdf", append(pdf(300), zip("%%EOF")...), evidence.ErrKind},
		{"recording that is an archive", "a.m4a", append(ftyp("M4A "), zip("")...), evidence.ErrKind},
		{"broken photo", "a.jpg", jpg[:40], evidence.ErrBroken},
		{"photo cut short", "a.jpg", jpg[:len(jpg)/2], evidence.ErrBroken},
	} {
		t.Run(c.what, func(t *testing.T) {
			r := newRoom(t, storetest.SQLite(t))
			_, err := r.Stage(context.Background(), form, c.name, bytes.NewReader(c.content))
			if !errors.Is(err, c.want) {
				t.Fatalf("Stage(%s) = %v, want %v", c.name, err, c.want)
			}
			if (evidence.Reason(err) == "") != (c.want == nil) {
				t.Errorf("Reason(%v) = %q", err, evidence.Reason(err))
			}
			if files := r.blobs(t); c.want != nil && len(files) != 0 {
				t.Errorf("a refused file left %v", files)
			}
		})
	}
}

// An archive's directory may lie anywhere relative to the pieces in which a
// file is read.
func TestArchiveBehindAFileIsFoundWhereverItLies(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	for size := 20<<10 - 30; size <= 20<<10+3; size++ {
		_, err := r.Stage(context.Background(), form, "a.pdf", bytes.NewReader(append(pdf(size), zip("x")...)))
		if !errors.Is(err, evidence.ErrKind) {
			t.Fatalf("archive after %d bytes: %v", size, err)
		}
	}
	r.stage(t, "a.pdf", append(pdf(1000), append(zip(""), "%%EOF"...)...)) // not where an archive ends
}
