package evidence

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
)

// kind is a kind of file that is taken in.
type kind struct {
	media       string
	contentType string
	extensions  []string
	// sniffed lists what http.DetectContentType may call it besides its own
	// content type and "no idea".
	sniffed []string
	// check looks at the whole file, which then lies in memory; nil: its head
	// and its tail are enough.
	check func(content []byte) error
}

const noIdea = "application/octet-stream"

// What is taken in (issue, section D). Anything else is refused by not being
// here: SVG, HTML, XML, HEIC, office files, archives.
var (
	jpegKind = kind{media: "image", contentType: "image/jpeg", extensions: []string{"jpg", "jpeg", "jpe", "jfif"}}
	pngKind  = kind{media: "image", contentType: "image/png", extensions: []string{"png"}}
	webpKind = kind{media: "image", contentType: "image/webp", extensions: []string{"webp"}}
	pdfKind  = kind{media: "pdf", contentType: "application/pdf", extensions: []string{"pdf"}}
	mp3Kind  = kind{media: "audio", contentType: "audio/mpeg", extensions: []string{"mp3"}}
	m4aKind  = kind{media: "audio", contentType: "audio/mp4", extensions: []string{"m4a"}, sniffed: []string{"video/mp4"}}
	amrKind  = kind{media: "audio", contentType: "audio/amr", extensions: []string{"amr"}}
	wavKind  = kind{media: "audio", contentType: "audio/wav", extensions: []string{"wav"}, sniffed: []string{"audio/wave"}}
	mp4Kind  = kind{media: "video", contentType: "video/mp4", extensions: []string{"mp4"}}

	allKinds = []kind{jpegKind, pngKind, webpKind, pdfKind, mp3Kind, m4aKind, amrKind, wavKind, mp4Kind}
)

// tell decides from its first bytes what a file is. ext is the extension of
// its name, or "" when it has none.
//
// A file that is something else than its name promises is ErrMismatch; one
// that is of no kind taken, and does not pretend to be, is ErrKind.
func tell(head []byte, ext string) (kind, error) {
	promised := slices.ContainsFunc(allKinds, func(k kind) bool { return slices.Contains(k.extensions, ext) })
	k, ok := byMagic(head, ext)
	switch {
	case !ok && promised:
		return kind{}, ErrMismatch
	case !ok || !agrees(http.DetectContentType(head), k) || k.media != "image" && hasMarkup(head):
		return kind{}, ErrKind
	case ext != "" && !slices.Contains(k.extensions, ext):
		return kind{}, ErrMismatch
	}
	return k, nil
}

// agrees reports whether the standard library's opinion allows k.
func agrees(sniffed string, k kind) bool {
	return sniffed == noIdea || sniffed == k.contentType || slices.Contains(k.sniffed, sniffed)
}

func byMagic(head []byte, ext string) (kind, bool) {
	for _, m := range []struct {
		prefix string
		kind   kind
	}{
		{"\xff\xd8\xff", jpegKind},
		{"\x89PNG\r\n\x1a\n", pngKind},
		{"%PDF-", pdfKind},
		{"#!AMR\n", amrKind},
		{"#!AMR-WB\n", amrKind},
		{"ID3\x02", mp3Kind},
		{"ID3\x03", mp3Kind},
		{"ID3\x04", mp3Kind},
	} {
		if bytes.HasPrefix(head, []byte(m.prefix)) {
			return m.kind, true
		}
	}
	if len(head) < 12 {
		return kind{}, false
	}
	switch string(head[:4]) + "…" + string(head[8:12]) {
	case "RIFF…WEBP":
		return webpKind, true
	case "RIFF…WAVE":
		return wavKind, true
	}
	if string(head[4:8]) == "ftyp" {
		return byBrand(string(head[8:12]), ext)
	}
	return mp3Kind, isMPEGAudio(head)
}

// byBrand tells MP4 from M4A by the major brand (ISO/IEC 14496-12 §4.3; brands
// as registered at mp4ra.org). Phones write recordings with the brand of
// video, so there the name decides between the two.
func byBrand(brand, ext string) (kind, bool) {
	switch brand {
	case "M4A ", "M4B ":
		return m4aKind, true
	case "isom", "iso2", "iso3", "iso4", "iso5", "iso6", "mp41", "mp42", "avc1", "M4V ", "MSNV", "mmp4", "dash":
		if ext == "m4a" {
			return m4aKind, true
		}
		return mp4Kind, true
	}
	return kind{}, false
}

// isMPEGAudio reports whether head starts with a frame of MPEG audio layer III
// that is followed by another one. Two bytes of sync alone fit one file in two
// thousand.
func isMPEGAudio(head []byte) bool {
	size, ok := frameSize(head)
	if !ok {
		return false
	}
	if len(head) <= size+4 {
		return len(head) == size // a single frame
	}
	_, ok = frameSize(head[size:])
	return ok
}

var (
	rates1   = [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0} // kbit/s, MPEG 1
	rates2   = [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}     // MPEG 2 and 2.5
	samples1 = [4]int{44100, 48000, 32000, 0}
)

// frameSize reads the header of a layer III frame (ISO/IEC 11172-3 §2.4.1.3).
func frameSize(b []byte) (int, bool) {
	if len(b) < 4 {
		return 0, false
	}
	h := binary.BigEndian.Uint32(b)
	version, layer := h>>19&3, h>>17&3
	if h>>21 != 0x7ff || version == 1 || layer != 1 {
		return 0, false
	}
	bitrate, sample, slots := rates1[h>>12&15], samples1[h>>10&3], 144
	if version != 3 {
		bitrate, slots = rates2[h>>12&15], 72
		sample >>= 1
		if version == 0 {
			sample >>= 1
		}
	}
	if bitrate == 0 || sample == 0 {
		return 0, false
	}
	return slots*bitrate*1000/sample + int(h>>9&1), true
}

// hasMarkup reports whether something a browser would run stands where old
// browsers look for it. Pictures may have it: their clean copy will not.
func hasMarkup(head []byte) bool {
	start := strings.ToLower(string(head[:min(len(head), 1024)]))
	for _, mark := range []string{"<html", "<script", "<!doctype", "<svg", "<body", "<iframe", "<?php"} {
		if strings.Contains(start, mark) {
			return true
		}
	}
	return false
}

// archiveTail watches a stream for a ZIP directory that ends where the stream
// ends: what makes a file an archive whatever its first bytes say.
type archiveTail struct {
	seen  int64  // bytes so far
	carry []byte // the last of them
	end   int64  // where the last directory seen would end
}

const directoryEnd = 22 // bytes of the ZIP end-of-directory record without comment

func (a *archiveTail) Write(p []byte) (int, error) {
	// A record that lies across two pieces first, then those inside this one.
	seam := append(a.carry, p[:min(len(p), directoryEnd-1)]...)
	a.scan(seam, a.seen-int64(len(a.carry)))
	a.scan(p, a.seen)
	if len(p) >= directoryEnd-1 {
		seam = p
	}
	a.carry = bytes.Clone(seam[max(0, len(seam)-directoryEnd+1):])
	a.seen += int64(len(p))
	return len(p), nil
}

func (a *archiveTail) scan(window []byte, start int64) {
	for at := 0; ; at++ {
		i := bytes.Index(window[at:], []byte("PK\x05\x06"))
		if i < 0 || at+i+directoryEnd > len(window) {
			return
		}
		at += i
		comment := binary.LittleEndian.Uint16(window[at+20:])
		a.end = start + int64(at) + directoryEnd + int64(comment)
	}
}

func (a *archiveTail) found() bool { return a.seen > 0 && a.end == a.seen }
