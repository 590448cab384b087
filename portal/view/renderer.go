package view

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"text/template/parse"
	"time"

	"minsheng/internal/workday"
	"minsheng/portal/locale"
)

//go:embed all:templates
var templates embed.FS

// Renderer holds the parsed pages.
type Renderer struct {
	catalog *locale.Catalog
	assets  *Assets
	pages   map[locale.Lang]map[string]*template.Template
}

// New parses every page in every language.
func New(catalog *locale.Catalog, assets *Assets) (*Renderer, error) {
	r := &Renderer{catalog, assets, map[locale.Lang]map[string]*template.Template{}}
	for _, lang := range locale.Langs() {
		r.pages[lang] = map[string]*template.Template{}
		for _, face := range []string{"public", "console"} {
			if err := r.parseFace(lang, face); err != nil {
				return nil, err
			}
		}
	}
	return r, nil
}

// parseFace parses what the pages of a face share once. Each page gets those parts
// that it uses and no others: a hundred pages with all of them would take seconds
// to start and a hundred megabytes.
func (r *Renderer) parseFace(lang locale.Lang, face string) error {
	names, err := fs.Glob(templates, path.Join("templates", face, "[^_]*.html"))
	if err != nil {
		return err
	}
	shared := template.New("").Funcs(r.funcs(lang))
	for _, parts := range []string{"templates/shared/*.html", path.Join("templates", face, "_*.html")} {
		if found, _ := fs.Glob(templates, parts); len(found) == 0 {
			continue
		}
		if _, err := shared.ParseFS(templates, parts); err != nil {
			return fmt.Errorf("view: %w", err)
		}
	}
	for _, name := range names {
		page, err := template.New("layout").Funcs(r.funcs(lang)).ParseFS(templates, name)
		if err == nil {
			err = furnish(page, shared)
		}
		if err != nil {
			return fmt.Errorf("view: %w", err)
		}
		r.pages[lang][face+"/"+strings.TrimSuffix(path.Base(name), ".html")] = page.Lookup("layout")
	}
	return nil
}

// furnish adds to a page copies of the parts that it uses, from the layout on.
func furnish(page, shared *template.Template) error {
	wanted := []string{"layout"}
	for _, own := range page.Templates() {
		if own.Tree != nil {
			wanted = append(wanted, uses(own.Tree.Root)...)
		}
	}
	for len(wanted) > 0 {
		name := wanted[0]
		wanted = wanted[1:]
		part := shared.Lookup(name)
		if own := page.Lookup(name); own != nil && own.Tree != nil || part == nil || part.Tree == nil {
			continue // a page that asks for what nobody has fails its test
		}
		if _, err := page.AddParseTree(name, part.Tree.Copy()); err != nil {
			return err
		}
		wanted = append(wanted, uses(part.Tree.Root)...)
	}
	return nil
}

// uses lists the templates that a piece of one calls.
func uses(node parse.Node) (names []string) {
	switch n := node.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, each := range n.Nodes {
				names = append(names, uses(each)...)
			}
		}
	case *parse.TemplateNode:
		names = []string{n.Name}
	case *parse.IfNode:
		names = append(uses(n.List), uses(n.ElseList)...)
	case *parse.RangeNode:
		names = append(uses(n.List), uses(n.ElseList)...)
	case *parse.WithNode:
		names = append(uses(n.List), uses(n.ElseList)...)
	}
	return names
}

// Render returns the page called name ("public/home") filled with data.
func (r *Renderer) Render(lang locale.Lang, name string, data any) ([]byte, error) {
	page, ok := r.pages[lang][name]
	if !ok {
		return nil, fmt.Errorf("view: no page %s in %s", name, lang)
	}
	var b bytes.Buffer
	if err := page.ExecuteTemplate(&b, "layout", data); err != nil {
		return nil, fmt.Errorf("view: %w", err)
	}
	return b.Bytes(), nil
}

// Pages returns the parsed pages of a language by name, for checking them.
func (r *Renderer) Pages(lang locale.Lang) map[string]*template.Template { return r.pages[lang] }

// Text is a sentence of the catalogs outside a page.
func (r *Renderer) Text(lang locale.Lang, key string, pairs ...any) string {
	text, err := r.catalog.Text(lang, key, pairs...)
	if err != nil {
		return key // tests hold every key; a page is better with a key than not at all
	}
	return text
}

func (r *Renderer) funcs(lang locale.Lang) template.FuncMap {
	return template.FuncMap{
		"t":      func(key string, pairs ...any) (string, error) { return r.catalog.Text(lang, key, pairs...) },
		"asset":  r.assets.Href,
		"day":    func(d workday.Date) string { return Day(lang, d) },
		"moment": func(at time.Time) string { return Moment(lang, at) },
		"yuan":   Yuan,
		"prose":  Prose,
		"add":    func(a, b int) int { return a + b },
		"seq":    func(n int) []struct{} { return make([]struct{}, n) },
	}
}

// Day writes a civil day: 2026年12月8日, or 8 Dec 2026.
func Day(lang locale.Lang, d workday.Date) string {
	if d == "" {
		return ""
	}
	if lang == locale.Chinese {
		return d.Time().Format("2006年1月2日")
	}
	return d.Time().Format("2 Jan 2006")
}

// Moment writes an instant on Shanghai's clock, to the minute.
func Moment(lang locale.Lang, at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return Day(lang, workday.On(at)) + " " + at.In(workday.Shanghai).Format("15:04")
}

// Yuan writes an amount of fen in yuan: 1,234,500.00. Whole numbers only, so
// nothing is rounded.
func Yuan(fen int64) string {
	sign, amount := "", uint64(fen)
	if fen < 0 {
		sign, amount = "-", -amount
	}
	whole := strconv.FormatUint(amount/100, 10)
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + "," + whole[at:]
	}
	return fmt.Sprintf("%s%s.%02d", sign, whole, amount%100)
}

// Asset is a static file by its name, with its address; an unknown name is an
// error.
func (r *Renderer) Asset(name string) (href string, file Asset, err error) {
	if href, err = r.assets.Href(name); err != nil {
		return "", Asset{}, err
	}
	file, _ = r.assets.File(href)
	return href, file, nil
}
