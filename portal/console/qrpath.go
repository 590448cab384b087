package console

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// QR is a code as one SVG path over a square of Size units. It is drawn into
// the page: the secret of a second factor has no address, and no picture of it
// is ever fetched or cached.
type QR struct {
	Size int
	Path string
}

// drawQR draws text with the quiet zone of four units that readers need.
func drawQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return QR{}, err
	}
	const quiet = 4
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			start := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > start {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", start+quiet, y+quiet, x-start, x-start)
			}
		}
	}
	return QR{code.Size + 2*quiet, path.String()}, nil
}
