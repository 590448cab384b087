package privacy_test

import (
	"testing"

	"minsheng/internal/privacy"
)

// BenchmarkFind looks at the cells of one row of a list.
func BenchmarkFind(b *testing.B) {
	row := []string{"17", "一组", "欧阳建华", "3", "因病", "1500.00", "双柳村", "2026-03-05"}
	for b.Loop() {
		for _, cell := range row {
			privacy.Find(cell)
		}
	}
}
