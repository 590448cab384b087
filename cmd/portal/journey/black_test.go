package journey_test

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"slices"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/input"
)

// smear is how far the black of a square may reach beyond it, in pixels: eight are
// painted, and JPEG smears over as many.
const smear = 16

// drawnBlack has an officer draw over what a picture must not show. The copy that
// leaves is black there, and as it was everywhere else.
func drawnBlack(t *testing.T, browser context.Context, base, dir string) {
	o := &officer{tab: open(t, browser, base, "", desk, &album{dir: dir, about: "-black"})}
	o.signIn("ps.shouli")
	o.visit("/console/cases")
	o.press(o.row("大棚"))
	o.visit(ask[string](o.tab, `location.pathname`) + "/cover")
	o.visit(ask[string](o.tab, `new URL(document.querySelector('main a[href*="/cover/of/"]').href).pathname`))
	before := o.pixels(`document.querySelector('[data-blacken] img').src`)
	o.shot("to-blacken")

	o.draws(23, 26)
	o.draws(36, 46)
	o.draws(81, 81)
	o.draws(24, 24) // drawing over black takes it away
	want := []int{23, 25, 26, 36, 46, 81}
	if got := ask[[]int](o.tab, `[...document.querySelectorAll('.squares input:checked')].map(i => +i.value)`); !slices.Equal(got, want) {
		t.Fatalf("squares drawn over: %v, want %v", got, want)
	}
	o.expect(o.press(`.blacken button[value=covered]`), http.StatusOK)
	after := o.pixels(`document.querySelector('img.leaves').src`)
	o.shot("blackened")
	if after.Bounds() != before.Bounds() {
		t.Fatalf("the copy is %v, the picture %v", after.Bounds(), before.Bounds())
	}
	w, h := before.Bounds().Dx(), before.Bounds().Dy()
	for y := range h {
		for x := range w {
			was, is := light(before, x, y), light(after, x, y)
			if slices.Contains(want, y*10/h*10+x*10/w) {
				if is > 24 {
					t.Fatalf("under the black at %d, %d something of %d is left", x, y, is)
				}
			} else if (is-was > 24 || was-is > 24) && !near(want, x, y, w, h) {
				t.Fatalf("at %d, %d, where nobody drew, %d became %d", x, y, was, is)
			}
		}
	}
}

// draws moves the mouse from one square of the grid to another with its button held.
func (o *officer) draws(from, to int) {
	o.t.Helper()
	middle := func(n int) (x, y float64) {
		at := ask[[]float64](o.tab, `(() => {
			const grid = document.querySelector('.squares');
			grid.scrollIntoView({block: 'center'});
			const box = grid.querySelector('input[value="`+strconv.Itoa(n)+`"]').getBoundingClientRect();
			return [box.x + box.width / 2, box.y + box.height / 2];
		})()`)
		return at[0], at[1]
	}
	mouse := func(what input.DispatchMouseEventType, x, y float64, held int64) {
		o.do("draw", call(input.DispatchMouseEvent, input.DispatchMouseEventParams{Type: what, X: x, Y: y, Button: input.MouseButtonLeft, Buttons: held, ClickCount: 1}))
	}
	x0, y0 := middle(from)
	x1, y1 := middle(to)
	mouse(input.DispatchMouseEventTypeMousePressed, x0, y0, 1)
	const steps = 20
	for n := 1.0; n <= steps; n++ {
		mouse(input.DispatchMouseEventTypeMouseMoved, x0+(x1-x0)*n/steps, y0+(y1-y0)*n/steps, 1)
	}
	mouse(input.DispatchMouseEventTypeMouseReleased, x1, y1, 0)
}

// pixels is the picture at an address that an expression gives, as it is sent.
func (o *officer) pixels(address string) image.Image {
	o.t.Helper()
	answer := o.download(ask[string](o.tab, address))
	defer answer.Body.Close()
	file, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		o.t.Fatalf("picture: %s, %v", answer.Status, err)
	}
	picture, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		o.t.Fatal(err)
	}
	return picture
}

// light is how light a pixel is, from 0 to 255.
func light(m image.Image, x, y int) int {
	r, g, b, _ := m.At(m.Bounds().Min.X+x, m.Bounds().Min.Y+y).RGBA()
	return int(r+g+b) / 3 >> 8
}

// near reports whether a pixel lies within reach of a square's black.
func near(squares []int, x, y, w, h int) bool {
	return slices.ContainsFunc(squares, func(n int) bool {
		square := image.Rect(n%10*w/10, n/10*h/10, (n%10+1)*w/10, (n/10+1)*h/10)
		return image.Pt(x, y).In(square.Inset(-smear))
	})
}
