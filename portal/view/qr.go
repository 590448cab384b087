package view

import (
	"fmt"
	"strings"

	"rsc.io/qr"
)

// QR is a QR code as a drawing inside the page: no address of its own, so
// nothing secret stands in one.
type QR struct {
	Size int    // modules a side, with the quiet zone
	Path string // of the dark modules, for the d attribute of an SVG path
}

// quiet is the empty border that readers need, in modules (ISO/IEC 18004).
const quiet = 4

// NewQR draws text at level M. Text that is too long for a code is an error.
func NewQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return QR{}, fmt.Errorf("view: %w", err)
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			from := x
			for x < code.Size && code.Black(x, y) {
				x++
			}
			if x > from {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", from+quiet, y+quiet, x-from, x-from)
			}
		}
	}
	return QR{code.Size + 2*quiet, path.String()}, nil
}
