package roll

import (
	"bytes"
	"fmt"
	"testing"

	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/sheet"
	"minsheng/tray"
)

// BenchmarkImport takes a workbook of 50 000 households the whole way: handed in,
// read dry, read again and imported, each told apart.
func BenchmarkImport(b *testing.B) {
	onBoth(b, func(b *testing.B, h *shelf) {
		keys, err := seal.Create(b.TempDir())
		must(b, err)
		blobs, err := evidence.Folder(b.TempDir())
		must(b, err)
		papers := tray.New(h.store, keys, evidence.New(evidence.Config{Store: h.store, Keys: keys, Blobs: blobs}), h.Targets()...)
		file := workbook(b, 50_000)
		for b.Loop() {
			r := h.create(Households, shuangliu)
			s, err := papers.Put(bg, h.by, "roll.households", &r.ID, "名单.xlsx", bytes.NewReader(file))
			must(b, err)
			trial, err := papers.Try(bg, h.by, s.ID)
			must(b, err)
			if trial.Records != 50_000 || trial.Problems != 0 {
				b.Fatalf("%d records, %d problems", trial.Records, trial.Problems)
			}
			must(b, papers.Import(bg, h.by, s.ID, s.Version))
			must(b, papers.Wait(bg))
			if n := h.now(r.ID).Size; n != 50_000 {
				b.Fatalf("%d rows", n)
			}
		}
	})
}

func workbook(b *testing.B, rows int) []byte {
	var out bytes.Buffer
	w, err := sheet.NewXLSX(&out, "名单", []sheet.Head{{Name: "组", Type: sheet.Text}, {Name: "户主姓名", Type: sheet.Text}, {Name: "家庭人口", Type: sheet.Whole}})
	must(b, err)
	for i := range rows {
		must(b, w.Write(fmt.Sprintf("%d组", i%9+1), "户"+chineseNumber(i), int64(i%6+1)))
	}
	must(b, w.Close())
	return out.Bytes()
}

func chineseNumber(n int) string {
	digits := []rune("零一二三四五六七八九")
	var out []rune
	for ; n > 0 || len(out) == 0; n /= 10 {
		out = append(out, digits[n%10])
	}
	return string(out)
}
