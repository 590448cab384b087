// Package viewtest parses the pages once for all tests of a package: in every
// language it takes longer than most tests.
package viewtest

import (
	"sync"
	"testing"

	"minsheng/portal/locale"
	"minsheng/portal/view"
)

// Look is how the site looks and speaks.
type Look struct {
	Catalog *locale.Catalog
	Assets  *view.Assets
	Views   *view.Renderer
}

// Of returns the look of the site.
func Of(t testing.TB) Look {
	t.Helper()
	l, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var parsed = sync.OnceValues(func() (l Look, err error) {
	if l.Catalog, err = locale.Load(); err != nil {
		return l, err
	}
	if l.Assets, err = view.LoadAssets(); err != nil {
		return l, err
	}
	l.Views, err = view.New(l.Catalog, l.Assets)
	return l, err
})
