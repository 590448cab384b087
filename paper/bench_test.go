package paper

import (
	"bytes"
	"fmt"
	"testing"

	"minsheng/internal/docx"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

// BenchmarkSign numbers, writes and freezes a paper, on both databases.
func BenchmarkSign(b *testing.B) {
	for name, config := range map[string]func() store.Config{
		"sqlite":   func() store.Config { return store.Config{Dir: storetest.SQLiteDir(b)} },
		"postgres": func() store.Config { return store.Config{URL: storetest.PostgresURL(b), Dir: b.TempDir()} },
	} {
		b.Run(name, func(b *testing.B) {
			o := newOffice(b, config())
			by := o.county()
			for b.Loop() {
				b.StopTimer()
				id := o.put(by.writer, o.order(by.writer))
				b.StartTimer()
				if _, err := o.Sign(bg, by.signer, id, 1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkOpen reads a final paper and compares copy, row and record.
func BenchmarkOpen(b *testing.B) {
	o := newOffice(b, store.Config{Dir: storetest.SQLiteDir(b)})
	by := o.county()
	p := o.final(by, o.order(by.writer))
	for b.Loop() {
		if _, _, err := o.Open(bg, by.writer, p.ID); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkWrite fills the built-in form of rectification orders.
func BenchmarkWrite(b *testing.B) {
	f, _ := FormOf(RectificationOrder)
	for _, rows := range []int{10, 2000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			c := f.filled(f.hard(true, 1), nil)
			for len(c.Lists["问题"]) < rows {
				c.Lists["问题"] = append(c.Lists["问题"], c.Lists["问题"][0])
			}
			var form bytes.Buffer
			if err := docx.Build(&form, f.sheet("盘山县督查室")); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				t, err := docx.Open(form.Bytes())
				if err != nil {
					b.Fatal(err)
				}
				var out bytes.Buffer
				if err := t.Merge(&out, c.data(), ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
