package world

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
)

// stage puts a made-up photograph of a field under a wide sky into a form.
func (p *play) stage(form []byte, name string) error {
	return p.picture(form, name, field(640, 480))
}

func (p *play) picture(form []byte, name string, drawn image.Image) error {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, drawn, &jpeg.Options{Quality: 80}); err != nil {
		return err
	}
	_, err := p.Shelf.Stage(p.ctx, form, name, &file)
	return err
}

// field draws sky, the red beach and ploughed furrows.
func field(w, h int) image.Image {
	picture := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{170, uint8(200 - y/8), 225, 255}
			if y > h/2 {
				c = color.RGBA{uint8(130 + (x+y)%40), 52, 48, 255}
			}
			if y > h*3/4 && (x+2*y)%48 < 24 {
				c = color.RGBA{96, 84, 60, 255}
			}
			picture.SetRGBA(x, y, c)
		}
	}
	return picture
}
