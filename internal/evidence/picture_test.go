package evidence_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
	"time"

	"minsheng/internal/evidence"
	"minsheng/internal/store/storetest"
)

// bomb is a valid PNG of w × h grey pixels in a few kilobytes.
func bomb(t *testing.T, w, h int) []byte {
	t.Helper()
	var pixels bytes.Buffer
	z := zlib.NewWriter(&pixels)
	row := make([]byte, (w+7)/8+1)
	for range h {
		z.Write(row)
	}
	z.Close()
	head := binary.BigEndian.AppendUint32(nil, uint32(w))
	head = append(binary.BigEndian.AppendUint32(head, uint32(h)), 1, 0, 0, 0, 0)
	b := []byte("\x89PNG\r\n\x1a\n")
	b = append(b, pngPart("IHDR", head)...)
	b = append(b, pngPart("IDAT", pixels.Bytes())...)
	return append(b, pngPart("IEND", nil)...)
}

func pngPart(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func TestPicturesAreBoundedBeforeTheyAreDecoded(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	for _, c := range []struct {
		w, h int
		want error
	}{
		{10_000, 5_000, evidence.ErrHugePicture}, // 50 million pixels
		{12_001, 8, evidence.ErrHugePicture},
		{8, 12_001, evidence.ErrHugePicture},
		{12_000, 8, nil},
	} {
		b := bomb(t, c.w, c.h)
		if len(b) > 20_000 {
			t.Fatalf("the bomb has %d bytes", len(b))
		}
		if _, err := r.Stage(context.Background(), form, "a.png", bytes.NewReader(b)); !errors.Is(err, c.want) {
			t.Errorf("%d × %d: %v, want %v", c.w, c.h, err, c.want)
		}
	}
}

// exif is a TIFF block that says how the camera was held and where.
func exif(orientation uint16) []byte {
	b := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02")
	b = append(b, 0x01, 0x12, 0, 3, 0, 0, 0, 1, byte(orientation>>8), byte(orientation), 0, 0)
	b = append(b, 0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38) // GPS IFD
	b = append(b, 0, 0, 0, 0)
	return append(b, "GPS 41.2345N 121.9876E iPhone of 张三"...)
}

// inJPEG puts segments behind the start of a JPEG.
func inJPEG(file []byte, segments ...[]byte) []byte {
	b := bytes.Clone(file[:2])
	for _, s := range segments {
		b = append(b, s...)
	}
	return append(b, file[2:]...)
}

func segment(marker byte, body string) []byte {
	b := []byte{0xff, marker}
	b = binary.BigEndian.AppendUint16(b, uint16(len(body)+2))
	return append(b, body...)
}

func TestCopyHoldsNothingButPixels(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	hidden := []string{"GPS 41.2345N", "iPhone of 张三", "<x:xmpmeta", "ICC_PROFILE", "my comment", "hidden at the end", "tEXt"}
	jpg := inJPEG(jpegOf(t, photo(40, 20)),
		segment(0xe1, "Exif\x00\x00"+string(exif(1))),
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"),
		segment(0xe2, "ICC_PROFILE\x00\x01\x01"),
		segment(0xfe, "my comment"))
	jpg = append(jpg, "hidden at the end"...)
	see := photo(40, 20).(*image.RGBA)
	see.SetRGBA(0, 0, color.RGBA{})
	pic := pngOf(t, see)
	pic = bytes.Join([][]byte{pic[:33], pngPart("tEXt", []byte("Comment\x00my comment")), pngPart("eXIf", exif(1)), pic[33:], []byte("hidden at the end")}, nil)
	for name, file := range map[string][]byte{"a.jpg": jpg, "a.png": pic} {
		_, content, _ := r.read(t, r.stage(t, name, file).ID)
		for _, secret := range hidden {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s: %q is in the copy", name, secret)
			}
		}
		if m, _, err := image.Decode(bytes.NewReader(content)); err != nil || m.Bounds().Dx() != 40 {
			t.Errorf("%s: copy: %v", name, err)
		}
	}
}

// The picture is 40 × 20, red at the top left; each orientation says where that
// corner belongs.
func TestPictureIsTurnedAsTheCameraWasHeld(t *testing.T) {
	for o, want := range map[uint16]struct{ w, h, x, y int }{
		1: {40, 20, 5, 5}, 2: {40, 20, 35, 5}, 3: {40, 20, 35, 15}, 4: {40, 20, 5, 15},
		5: {20, 40, 5, 5}, 6: {20, 40, 15, 5}, 7: {20, 40, 15, 35}, 8: {20, 40, 5, 35},
	} {
		r := newRoom(t, storetest.SQLite(t))
		file := inJPEG(jpegOf(t, photo(40, 20)), segment(0xe1, "Exif\x00\x00"+string(exif(o))))
		_, content, _ := r.read(t, r.stage(t, "a.jpg", file).ID)
		m, err := jpeg.Decode(bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if m.Bounds().Dx() != want.w || m.Bounds().Dy() != want.h {
			t.Errorf("orientation %d: %v", o, m.Bounds())
		}
		for _, corner := range [][2]int{{5, 5}, {want.w - 5, 5}, {5, want.h - 5}, {want.w - 5, want.h - 5}} {
			red, _, _, _ := m.At(corner[0], corner[1]).RGBA()
			if isRed, should := red > 0x8000, corner == [2]int{want.x, want.y}; isRed != should {
				t.Errorf("orientation %d: red at %v is %v", o, corner, isRed)
			}
		}
	}
}

func TestOrientationIsFoundInEveryKind(t *testing.T) {
	webp := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x03\x00\x00\x00abc\x00"), "EXIF"...)
	webp = binary.LittleEndian.AppendUint32(webp, uint32(len(exif(6))))
	webp = append(webp, exif(6)...)
	pic := pngOf(t, photo(4, 4))
	pic = bytes.Join([][]byte{pic[:33], pngPart("eXIf", exif(6)), pic[33:]}, nil)
	little := []byte("II\x2a\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00")
	jpg := inJPEG(jpegOf(t, photo(4, 4)), segment(0xe1, "Exif\x00\x00"+string(little)))
	for contentType, file := range map[string][]byte{"image/webp": webp, "image/png": pic, "image/jpeg": jpg} {
		if o := evidence.Orientation(contentType, file); o != 6 {
			t.Errorf("%s: %d, want 6", contentType, o)
		}
		for range 20_000 { // whatever the bytes: an answer, and no panic
			mangled := bytes.Clone(file[:1+rand.IntN(len(file))])
			mangled[rand.IntN(len(mangled))] = byte(rand.Int())
			if o := evidence.Orientation(contentType, mangled); o < 1 || o > 8 {
				t.Fatalf("%s: %d", contentType, o)
			}
		}
	}
}

func TestLargePictureIsBroughtDownEvenly(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	_, content, _ := r.read(t, r.stage(t, "a.jpg", jpegOf(t, photo(4100, 1000))).ID)
	m, err := jpeg.Decode(bytes.NewReader(content))
	if err != nil || m.Bounds().Dx() != 2048 || m.Bounds().Dy() != 500 {
		t.Fatalf("%v, %v; want 2048 × 500", m.Bounds(), err)
	}
	// Stripes one pixel wide must come out as grey, not as some of the stripes.
	stripes := image.NewGray(image.Rect(3, 5, 903, 305))
	for i := range stripes.Pix {
		stripes.Pix[i] = uint8(i % 2 * 255)
	}
	for _, p := range evidence.Reduce(stripes, 300).Pix {
		if p != 255 && (p < 80 || p > 175) {
			t.Fatalf("a stripe came through as %d", p)
		}
	}
	if small := evidence.Reduce(photo(30, 20), 2048); small.Bounds().Dx() != 30 {
		t.Error("a small picture was enlarged")
	}
}

func TestTransparentPictureStaysPNGAndOthersBecomeJPEG(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	glass := image.NewNRGBA(image.Rect(0, 0, 8, 8))
	f, content, name := r.read(t, r.stage(t, "a.png", pngOf(t, glass)).ID)
	if _, err := png.Decode(bytes.NewReader(content)); err != nil || f.ContentType != "image/png" || name != "evidence-1.png" {
		t.Errorf("glass: %s %s %v", f.ContentType, name, err)
	}
	for i, file := range [][]byte{pngOf(t, photo(8, 8)), webp} {
		f, content, name := r.read(t, r.stage(t, "", file).ID)
		if _, err := jpeg.Decode(bytes.NewReader(content)); err != nil || f.ContentType != "image/jpeg" || name != []string{"evidence-2.jpg", "evidence-3.jpg"}[i] {
			t.Errorf("%d: %s %s %v", i, f.ContentType, name, err)
		}
	}
}

func TestPicturesWaitTheirTurnAndLeaveWhenTheVisitorDoes(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	try := func(file []byte) error {
		ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
		defer cancel()
		_, err := r.Stage(ctx, form, "", bytes.NewReader(file))
		return err
	}
	leave := r.Occupy(1)
	if err := try(jpegOf(t, photo(8, 8))); err != nil {
		t.Errorf("one place was free: %v", err)
	}
	leave()
	if evidence.SlotsFor(12_000_000) != 1 || evidence.SlotsFor(24_000_000) != 2 {
		t.Error("two photos of a phone fit, and one that is much larger")
	}
	defer r.Occupy(2)()
	if err := try(jpegOf(t, photo(9, 9))); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no place was free: %v", err)
	}
	if files := r.blobs(t); len(files) != 2 {
		t.Errorf("who left while waiting left %v behind", files)
	}
}
