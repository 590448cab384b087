package evidence

import (
	"bytes"
	"encoding/binary"
)

// orientation reads from a picture's EXIF block how the camera was held: 1 to
// 8, and 1 when it does not say. Nothing else of EXIF is ever read.
func orientation(k kind, file []byte) int {
	switch k.contentType {
	case jpegKind.contentType:
		return tiffOrientation(jpegEXIF(file))
	case pngKind.contentType:
		return tiffOrientation(chunk(file, 8, "eXIf", pngChunk))
	}
	return tiffOrientation(bytes.TrimPrefix(chunk(file, 12, "EXIF", riffChunk), []byte("Exif\x00\x00")))
}

// jpegEXIF finds the APP1 segment before the first scan.
func jpegEXIF(file []byte) []byte {
	for at := 2; at+4 <= len(file) && file[at] == 0xff; {
		marker, size := file[at+1], int(binary.BigEndian.Uint16(file[at+2:]))
		if marker == 0xda || size < 2 || at+2+size > len(file) {
			return nil
		}
		body := file[at+4 : at+2+size]
		if marker == 0xe1 && bytes.HasPrefix(body, []byte("Exif\x00\x00")) {
			return body[6:]
		}
		at += 2 + size
	}
	return nil
}

// chunk walks a file of chunks from at and returns the body of the first one
// called name.
func chunk(file []byte, at int, name string, layout func(head []byte) (string, int, int)) []byte {
	for at+8 <= len(file) {
		called, size, trailer := layout(file[at : at+8])
		if size < 0 || size > len(file)-at-8 {
			return nil
		}
		if called == name {
			return file[at+8 : at+8+size]
		}
		at += 8 + size + trailer
	}
	return nil
}

func pngChunk(head []byte) (name string, size, trailer int) {
	return string(head[4:]), int(binary.BigEndian.Uint32(head)), 4
}

func riffChunk(head []byte) (name string, size, trailer int) {
	size = int(binary.LittleEndian.Uint32(head[4:]))
	return string(head[:4]), size, size & 1
}

const orientationTag = 0x0112

// tiffOrientation reads the tag from the first directory of a TIFF block.
func tiffOrientation(b []byte) int {
	if len(b) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.LittleEndian
	if string(b[:2]) == "MM" {
		order = binary.BigEndian
	}
	at := int(order.Uint32(b[4:]))
	if at < 8 || at+2 > len(b) {
		return 1
	}
	entries := int(order.Uint16(b[at:]))
	for at += 2; entries > 0 && at+12 <= len(b); entries, at = entries-1, at+12 {
		if order.Uint16(b[at:]) != orientationTag {
			continue
		}
		if o := int(order.Uint16(b[at+8:])); o >= 1 && o <= 8 {
			return o
		}
		return 1
	}
	return 1
}
