package view

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"path"
	"strings"
)

//go:embed static
var static embed.FS

// Asset is one static file, ready to be sent.
type Asset struct {
	Type  string
	Plain []byte
	Gzip  []byte
}

// Assets are the static files under addresses that change with their content.
type Assets struct {
	hrefs map[string]string // "public.css" → "/static/public.3f2a….css"
	files map[string]Asset  // by address
}

// LoadAssets reads and compresses the embedded static files.
func LoadAssets() (*Assets, error) {
	a := &Assets{map[string]string{}, map[string]Asset{}}
	err := fs.WalkDir(static, "static", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := static.ReadFile(name)
		if err != nil {
			return err
		}
		a.add(strings.TrimPrefix(name, "static/"), content)
		return nil
	})
	return a, err
}

func (a *Assets) add(name string, content []byte) {
	sum := sha256.Sum256(content)
	ext := path.Ext(name)
	href := "/static/" + strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:6]) + ext
	var packed bytes.Buffer
	w, _ := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	w.Write(content)
	w.Close()
	a.hrefs[name] = href
	a.files[href] = Asset{Type: mime.TypeByExtension(ext), Plain: content, Gzip: packed.Bytes()}
}

// Href is the address of a static file; an unknown name is an error.
func (a *Assets) Href(name string) (string, error) {
	href, ok := a.hrefs[name]
	if !ok {
		return "", fmt.Errorf("view: no static file %s", name)
	}
	return href, nil
}

// File returns the file at an address.
func (a *Assets) File(href string) (Asset, bool) {
	f, ok := a.files[href]
	return f, ok
}
