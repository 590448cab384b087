package notice

import (
	"bytes"
	"context"
	"io"

	"minsheng/internal/evidence"
	"minsheng/internal/privacy"
)

// textOf reads the text of an attachment, as far as it has any. A file is as
// small as the shelf takes files (evidence.MaxFileSize), so it is read whole.
func (d *Desk) textOf(ctx context.Context, f evidence.File) (text string, read bool, err error) {
	content, err := d.Shelf.Original(ctx, f.ID)
	if err != nil {
		return "", false, err
	}
	defer content.Close()
	plain, err := io.ReadAll(io.LimitReader(content, evidence.MaxFileSize))
	if err != nil {
		return "", false, err
	}
	return privacy.TextOf(f.ContentType, bytes.NewReader(plain), int64(len(plain)), maxText)
}
