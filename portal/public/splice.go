package public

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
)

// splice is a finished page with holes for what differs between visitors. The
// pieces around the holes are packed once; filling it costs a copy and a
// checksum instead of rendering and packing 20 KB.
type splice struct {
	holes  []string // the mark that stood there
	plain  [][]byte // one more than holes
	packed [][]byte // the same pieces as deflate blocks that end on a whole byte
}

// cut makes a splice of a page: every occurrence of a mark becomes a hole.
func cut(page []byte, marks ...string) *splice {
	s := &splice{}
	for rest := page; ; {
		at, mark := firstOf(rest, marks)
		if mark == "" {
			s.add(rest)
			return s
		}
		s.add(rest[:at])
		s.holes = append(s.holes, mark)
		rest = rest[at+len(mark):]
	}
}

func firstOf(text []byte, marks []string) (at int, mark string) {
	for _, m := range marks {
		if i := bytes.Index(text, []byte(m)); i >= 0 && (mark == "" || i < at) {
			at, mark = i, m
		}
	}
	return at, mark
}

func (s *splice) add(piece []byte) {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // the level is a valid one
	w.Write(piece)                                     // into memory: cannot fail
	w.Flush()
	s.plain = append(s.plain, piece)
	s.packed = append(s.packed, b.Bytes())
}

// fill puts values, by mark, into the holes.
func (s *splice) fill(values map[string]string) []byte {
	var b bytes.Buffer
	for i, piece := range s.plain {
		b.Write(piece)
		if i < len(s.holes) {
			b.WriteString(values[s.holes[i]])
		}
	}
	return b.Bytes()
}

// gzipHead is a gzip header without name and time (RFC 1952 §2.3).
const gzipHead = "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"

// lastBlock is an empty stored block that ends a deflate stream (RFC 1951
// §3.2.4).
const lastBlock = "\x01\x00\x00\xff\xff"

// fillPacked is fill as a gzip file: packed pieces, and the values as stored
// blocks between them. Values are shorter than 64 KB.
func (s *splice) fillPacked(values map[string]string) []byte {
	var b bytes.Buffer
	b.WriteString(gzipHead)
	sum, size := uint32(0), 0
	for i, piece := range s.plain {
		b.Write(s.packed[i])
		sum = crc32.Update(sum, crc32.IEEETable, piece)
		size += len(piece)
		if i == len(s.holes) {
			break
		}
		value := values[s.holes[i]]
		stored(&b, value)
		sum = crc32.Update(sum, crc32.IEEETable, []byte(value))
		size += len(value)
	}
	b.WriteString(lastBlock)
	b.Write(binary.LittleEndian.AppendUint32(nil, sum))
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(size)))
	return b.Bytes()
}

// stored writes text as one stored block that is not the last.
func stored(b *bytes.Buffer, text string) {
	if text == "" {
		return
	}
	n := uint16(len(text))
	b.WriteByte(0)
	b.Write(binary.LittleEndian.AppendUint16(nil, n))
	b.Write(binary.LittleEndian.AppendUint16(nil, ^n))
	b.WriteString(text)
}
