package world

import (
	"image"
	"image/color"
	"image/draw"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/staff"
	"minsheng/triage"
)

// covered has the neighbour's name covered in a report, and the plate on the picture
// that came with it blackened.
func (p *play) covered() {
	p.step("cover a name in", "ps.shouli2", "well", func(by staff.Officer, c triage.Case) error {
		_, err := p.Triage.Mask(p.ctx, by, c.ID, intake.Masked, "陶大顺")
		return err
	})
	p.step("blacken a plate in", "ps.shouli2", "well", func(by staff.Officer, c triage.Case) error {
		for _, f := range c.Files {
			if err := p.Triage.ClearFile(p.ctx, by, f.ID, triage.FileCheck{Verdict: evidence.Covered, Squares: []int{73, 74, 75}}); err != nil {
				return err
			}
		}
		return nil
	})
}

// lookOver lets somebody look over the evidence of a case before it leaves.
func (p *play) lookOver(who, name string) {
	p.step("look over the evidence of", who, name, func(by staff.Officer, c triage.Case) error {
		var files []uuid.UUID
		for _, check := range c.Checks {
			for _, f := range check.Files {
				files = append(files, f.ID)
			}
		}
		for _, id := range files {
			if err := p.Triage.ClearFile(p.ctx, by, id, triage.FileCheck{Verdict: evidence.Fit}); err != nil {
				return err
			}
		}
		return nil
	})
}

// lorry draws a lorry in a field from behind, with a plate on it.
func lorry(w, h int) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(picture, picture.Bounds(), field(w, h), image.Point{}, draw.Src)
	box := func(x0, y0, x1, y1 int, c color.Color) {
		draw.Draw(picture, image.Rect(w*x0/100, h*y0/100, w*x1/100, h*y1/100), image.NewUniform(c), image.Point{}, draw.Src)
	}
	box(22, 26, 68, 80, color.RGBA{52, 84, 120, 255})
	box(26, 32, 64, 62, color.RGBA{70, 104, 142, 255})
	box(24, 80, 32, 88, color.RGBA{24, 24, 26, 255})
	box(58, 80, 66, 88, color.RGBA{24, 24, 26, 255})
	box(36, 71, 54, 78, color.RGBA{28, 62, 170, 255})
	for i := range 7 { // strokes of a number that belongs to nobody
		box(38+2*i, 72, 39+2*i, 77, color.White)
	}
	return picture
}
