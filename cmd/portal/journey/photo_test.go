package journey_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"
)

// takenAt is written into the photo's metadata, with where it was taken. It
// must not come out at the other end.
const takenAt = "COMRADE-7 PHONE"

// photo makes a file as a phone's camera makes it: a JPEG that tells where it
// was taken.
func photo(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, withPlace(t, picture(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// picture is a field, a sky and a building with five roofs.
func picture(t *testing.T) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 800, 600))
	fill := func(x0, y0, x1, y1 int, c color.RGBA) {
		draw.Draw(m, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	for y := range 340 {
		fill(0, y, 800, y+1, color.RGBA{uint8(120 + y/4), uint8(170 + y/6), 225, 255})
	}
	for y := 340; y < 600; y++ {
		fill(0, y, 800, y+1, color.RGBA{150, uint8(140 - (y-340)/5), 80, 255})
	}
	for i := range 5 {
		fill(60+i*140, 300, 180+i*140, 400, color.RGBA{232, 236, 228, 255})
		fill(60+i*140, 300, 180+i*140, 312, color.RGBA{120, 60, 50, 255})
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// withPlace puts an EXIF block with camera and GPS position behind the start
// of a JPEG.
func withPlace(t *testing.T, file []byte) []byte {
	t.Helper()
	order := binary.BigEndian
	entry := func(tag, kind uint16, count, value uint32) []byte {
		out := order.AppendUint16(nil, tag)
		out = order.AppendUint16(out, kind)
		out = order.AppendUint32(out, count)
		return order.AppendUint32(out, value)
	}
	// Header, directory of two entries, the camera's name, then the GPS
	// directory and its three fractions.
	const directory, name = 8, 8 + 2 + 2*12 + 4
	gps := uint32(name + len(takenAt) + 1)
	tiff := append([]byte("MM\x00\x2a"), 0, 0, 0, directory)
	tiff = order.AppendUint16(tiff, 2)
	tiff = append(tiff, entry(0x0110, 2, uint32(len(takenAt)+1), name)...)
	tiff = append(tiff, entry(0x8825, 4, 1, gps)...)
	tiff = append(tiff, 0, 0, 0, 0)
	tiff = append(append(tiff, takenAt...), 0)
	tiff = order.AppendUint16(tiff, 2)
	tiff = append(tiff, entry(0x0001, 2, 2, 0x4e000000)...)
	tiff = append(tiff, entry(0x0002, 5, 3, gps+2+2*12+4)...)
	tiff = append(tiff, 0, 0, 0, 0)
	for _, part := range []uint32{41, 1, 7, 1, 11, 1} {
		tiff = order.AppendUint32(tiff, part)
	}
	body := append([]byte("Exif\x00\x00"), tiff...)
	segment := order.AppendUint16([]byte{0xff, 0xe1}, uint16(len(body)+2))
	return append(append(append([]byte{}, file[:2]...), append(segment, body...)...), file[2:]...)
}
