package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// Lang is a language the portal speaks.
type Lang string

const (
	Chinese Lang = "zh-CN"
	English Lang = "en"
)

// Langs lists the languages, the first being the default.
func Langs() []Lang { return []Lang{Chinese, English} }

//go:embed zh-CN/*.json en/*.json
var files embed.FS

// Catalog finds sentences.
type Catalog struct{ texts map[Lang]map[string]string }

// Load reads all catalogs. It fails when a key stands twice in one language.
func Load() (*Catalog, error) {
	c := &Catalog{texts: map[Lang]map[string]string{}}
	for _, lang := range Langs() {
		c.texts[lang] = map[string]string{}
		names, err := fs.Glob(files, path.Join(string(lang), "*.json"))
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			if err := c.read(lang, name); err != nil {
				return nil, err
			}
		}
	}
	return c, nil
}

func (c *Catalog) read(lang Lang, name string) error {
	raw, err := files.ReadFile(name)
	if err != nil {
		return err
	}
	var texts map[string]string
	if err := json.Unmarshal(raw, &texts); err != nil {
		return fmt.Errorf("locale: %s: %w", name, err)
	}
	for key, text := range texts {
		if _, twice := c.texts[lang][key]; twice {
			return fmt.Errorf("locale: %s: key %s stands twice", name, key)
		}
		c.texts[lang][key] = text
	}
	return nil
}

// Keys returns all keys of a language.
func (c *Catalog) Keys(lang Lang) map[string]string { return c.texts[lang] }

// Text returns the sentence of key with {name} replaced from the pairs "name",
// value, …. When a pair is called "n" and is 1, the variant key#one is used if
// there is one. A missing key is an error.
func (c *Catalog) Text(lang Lang, key string, pairs ...any) (string, error) {
	text, ok := c.texts[lang][key]
	if !ok {
		return "", fmt.Errorf("locale: no %s text for %q", lang, key)
	}
	if len(pairs)%2 != 0 {
		return "", fmt.Errorf("locale: %q: names and values do not pair up", key)
	}
	old := make([]string, 0, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		name, value := fmt.Sprint(pairs[i]), fmt.Sprint(pairs[i+1])
		if one, has := c.texts[lang][key+"#one"]; has && name == "n" && value == "1" {
			text = one
		}
		old = append(old, "{"+name+"}", value)
	}
	return strings.NewReplacer(old...).Replace(text), nil
}

// Has reports whether key is known in lang.
func (c *Catalog) Has(lang Lang, key string) bool {
	_, ok := c.texts[lang][key]
	return ok
}
