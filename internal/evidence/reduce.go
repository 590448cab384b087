package evidence

import (
	"image"
	"image/draw"
)

// reduce draws src so that neither side is longer than limit. Each new pixel is
// the mean of the area it covers, so thin strokes of writing stay. It goes row
// by row: the resamplers of x/image/draw keep 32 bytes for every column of the
// result and row of the source, 400 MB for the largest picture allowed.
func reduce(src image.Image, limit int) *image.RGBA {
	b := src.Bounds()
	w, h := fit(b.Dx(), b.Dy(), limit)
	dst := image.NewRGBA(image.Rect(0, 0, w, h))
	if w == b.Dx() && h == b.Dy() {
		draw.Draw(dst, dst.Bounds(), src, b.Min, draw.Src)
		return dst
	}
	across, down := spans(b.Dx(), w), spans(b.Dy(), h)
	line := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	thin := make([]float32, 4*w)
	sum := make([]float32, 4*w)
	held := -1 // the source row that thin holds
	for y, rows := range down {
		clear(sum)
		for i, weight := range rows.weights {
			if row := rows.first + i; row != held {
				draw.Draw(line, line.Bounds(), src, image.Pt(b.Min.X, b.Min.Y+row), draw.Src)
				narrow(thin, line.Pix, across)
				held = row
			}
			for j, v := range thin {
				sum[j] += weight * v
			}
		}
		out := dst.Pix[y*dst.Stride:]
		for j, v := range sum {
			out[j] = uint8(min(v+0.5, 255))
		}
	}
	return dst
}

// fit is the size of w × h brought down to limit, never up.
func fit(w, h, limit int) (int, int) {
	switch {
	case w <= limit && h <= limit:
		return w, h
	case w >= h:
		return limit, max(1, (h*limit+w/2)/w)
	}
	return max(1, (w*limit+h/2)/h), limit
}

// span is which source pixels make one new pixel, and how much of each.
type span struct {
	first   int
	weights []float32 // their sum is 1
}

func spans(from, to int) []span {
	all := make([]span, to)
	for i := range all {
		// The new pixel covers [i·from, (i+1)·from) in units of 1/to.
		start, end := i*from, (i+1)*from
		first, last := start/to, (end-1)/to
		all[i] = span{first: first}
		for p := first; p <= last; p++ {
			covered := min(end, (p+1)*to) - max(start, p*to)
			all[i].weights = append(all[i].weights, float32(covered)/float32(from))
		}
	}
	return all
}

// narrow sums a row of RGBA pixels into thin.
func narrow(thin []float32, pix []byte, across []span) {
	for x, s := range across {
		var r, g, b, a float32
		p := pix[4*s.first:]
		for i, weight := range s.weights {
			r += weight * float32(p[4*i])
			g += weight * float32(p[4*i+1])
			b += weight * float32(p[4*i+2])
			a += weight * float32(p[4*i+3])
		}
		thin[4*x], thin[4*x+1], thin[4*x+2], thin[4*x+3] = r, g, b, a
	}
}

// turn applies an EXIF orientation (1 to 8; CIPA DC-008 §4.6.5.1).
func turn(m *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return m
	}
	w, h := m.Rect.Dx(), m.Rect.Dy()
	to := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		to = image.Rect(0, 0, h, w)
	}
	dst := image.NewRGBA(to)
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			tx, ty := place(x, y, w, h, orientation)
			copy(dst.Pix[dst.PixOffset(tx, ty):][:4], m.Pix[m.PixOffset(x, y):][:4])
		}
	}
	return dst
}

// place is where the stored pixel x, y belongs on screen.
func place(x, y, w, h, orientation int) (int, int) {
	switch orientation {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
