package docx

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"

	"minsheng/internal/archive"
)

// Why a file is not taken for a template; catalog key docx.<reason>.
var (
	ErrKind     = errors.New("docx: no document of this kind")        // "kind": something else, or a template or form of its own kind
	ErrBroken   = errors.New("docx: cannot be read")                  // "broken"
	ErrBomb     = errors.New("docx: unpacks to too much")             // "bomb"
	ErrMacros   = errors.New("docx: has macros")                      // "macros"
	ErrEmbedded = errors.New("docx: has embedded objects")            // "embedded"
	ErrLinked   = errors.New("docx: refers to something outside")     // "linked"
	ErrField    = errors.New("docx: has a field that fetches things") // "field"
)

// Reason maps a refusal to the end of its catalog key; "" for any other error.
func Reason(err error) string {
	for _, r := range []struct {
		err error
		key string
	}{{ErrKind, "kind"}, {ErrBroken, "broken"}, {ErrBomb, "bomb"}, {ErrMacros, "macros"}, {ErrEmbedded, "embedded"}, {ErrLinked, "linked"}, {ErrField, "field"}} {
		if errors.Is(err, r.err) {
			return r.key
		}
	}
	return ""
}

// Bounds of a document: a form of an office has some dozens of parts and, with a
// picture of a seal, a few megabytes.
var limits = archive.Bounds{Unpacked: 32 << 20, Parts: 500}

// maxPart is how many bytes of markup a part may have that marks are looked for
// in. Ten pages of a form are 200 KB.
const maxPart = 2 << 20

// Template is a docx with marks.
type Template struct {
	parts    archive.Archive
	main     string           // name of the part that holds the text
	trees    map[string]*node // the parts that may hold marks, by name
	marks    []Mark
	problems []Problem
}

// Open reads a template. What must be mended in its marks is told by Problems.
// Errors: ErrKind, ErrBroken, ErrBomb, ErrMacros, ErrEmbedded, ErrLinked,
// ErrField.
func Open(content []byte) (*Template, error) {
	parts, err := archive.Open(bytes.NewReader(content), int64(len(content)), limits)
	switch {
	case errors.Is(err, archive.ErrBomb):
		return nil, ErrBomb
	case err != nil:
		return nil, ErrKind
	}
	t := &Template{parts: parts, trees: map[string]*node{}}
	if err := t.checkTypes(); err != nil {
		return nil, err
	}
	if err := t.checkParts(); err != nil {
		return nil, err
	}
	return t, t.compile()
}

// Marks lists the marks of the template as they stand in it.
func (t *Template) Marks() []Mark { return slices.Clone(t.marks) }

// Problems lists what must be mended before the template can be filled.
func (t *Template) Problems() []Problem { return slices.Clone(t.problems) }

// part reads one part whole. Errors: ErrBroken.
func (t *Template) part(name string) ([]byte, error) {
	r, err := t.parts.Part(name)
	if err != nil {
		return nil, ErrBroken
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		return nil, ErrBroken
	}
	return content, nil
}

// main types of documents; what comes after tells templates and macros apart.
const mainType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

// types is [Content_Types].xml.
type types struct {
	Default []struct {
		Extension   string `xml:",attr"`
		ContentType string `xml:",attr"`
	}
	Override []struct {
		PartName    string `xml:",attr"`
		ContentType string `xml:",attr"`
	}
}

const typesPart = "[Content_Types].xml"

// checkTypes finds the main part, and refuses what runs.
func (t *Template) checkTypes() error {
	content, err := t.part(typesPart)
	if err != nil {
		return ErrKind
	}
	var table types
	if err := xml.Unmarshal(content, &table); err != nil {
		return ErrBroken
	}
	for _, o := range table.Override {
		kind := strings.ToLower(o.ContentType)
		switch {
		case strings.Contains(kind, "macroenabled"), strings.Contains(kind, "vbaproject"), strings.Contains(kind, "vbadata"):
			return ErrMacros
		case kind == mainType:
			t.main = strings.ToLower(strings.TrimPrefix(o.PartName, "/"))
		}
	}
	for name := range t.parts {
		switch {
		case strings.Contains(name, "vbaproject"), strings.Contains(name, "vbadata"):
			return ErrMacros
		case strings.Contains(name, "/embeddings/"), strings.Contains(name, "/activex/"), strings.HasSuffix(name, ".ole"):
			return ErrEmbedded
		}
	}
	if t.main == "" || t.parts[t.main] == nil {
		return ErrKind
	}
	return nil
}

// harmless are the kinds of relations that stay within a document and only show
// something. Whatever else a document can refer to is refused by not being here:
// attached templates, sub-documents, embedded packages, controls, pieces of other
// formats.
var harmless = []string{"officeDocument", "core-properties", "extended-properties", "custom-properties", "thumbnail",
	"styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "font", "numbering", "theme", "themeOverride",
	"header", "footer", "footnotes", "endnotes", "comments", "commentsExtended", "commentsIds", "commentsExtensible", "people",
	"image", "customXml", "customXmlProps", "glossaryDocument", "hyperlink"}

type relations struct {
	Relationship []struct {
		Type       string `xml:",attr"`
		TargetMode string `xml:",attr"`
	}
}

// checkParts reads every part of markup once: relations may lead nowhere else,
// and there is no document type, which could name things to fetch.
func (t *Template) checkParts() error {
	for _, name := range slices.Sorted(names(t.parts)) {
		switch path.Ext(name) {
		case ".rels":
			if err := t.checkRelations(name); err != nil {
				return err
			}
		case ".xml":
			if err := t.wellFormed(name); err != nil {
				return err
			}
		}
	}
	return nil
}

func names(a archive.Archive) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range a {
			if !yield(name) {
				return
			}
		}
	}
}

func (t *Template) checkRelations(name string) error {
	content, err := t.part(name)
	if err != nil {
		return err
	}
	var all relations
	if err := xml.Unmarshal(content, &all); err != nil {
		return ErrBroken
	}
	for _, r := range all.Relationship {
		kind := path.Base(r.Type)
		switch {
		case strings.EqualFold(r.TargetMode, "External"):
			return ErrLinked
		case kind == "vbaProject" || kind == "keyMapCustomizations" || kind == "wordVbaData":
			return ErrMacros
		case !slices.Contains(harmless, kind):
			return ErrEmbedded
		}
	}
	return nil
}

// wellFormed reads a part without keeping it.
func (t *Template) wellFormed(name string) error {
	r, err := t.parts.Part(name)
	if err != nil {
		return ErrBroken
	}
	defer r.Close()
	for d := xml.NewDecoder(r); ; {
		token, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if _, doctype := token.(xml.Directive); err != nil || doctype {
			return ErrBroken
		}
	}
}

// showing are the parts that people read, by how their names begin.
var showing = regexp.MustCompile(`^(header|footer|footnotes|endnotes)[0-9]*\.xml$`)

// compile reads the marks of the text, its headers, footers and notes.
func (t *Template) compile() error {
	folder := path.Dir(t.main)
	all := []string{t.main}
	for _, name := range slices.Sorted(names(t.parts)) {
		if path.Dir(name) == folder && showing.MatchString(path.Base(name)) {
			all = append(all, name)
		}
	}
	for _, name := range all {
		if t.parts[name].UncompressedSize64 > maxPart {
			return ErrBomb
		}
		content, err := t.part(name)
		if err != nil {
			return err
		}
		tree, err := parse(content)
		if err != nil {
			return err
		}
		if tree.root() == nil || name == t.main && (tree.root().name != "w:document" || tree.root().kid("w:body") == nil) {
			return ErrKind // the names of another dialect
		}
		if fetches(tree) {
			return ErrField
		}
		c := &compiler{part: strings.TrimRight(strings.TrimSuffix(path.Base(name), ".xml"), "0123456789"), wheres: map[*node]Where{}}
		c.read(tree)
		c.fold(tree, nil)
		t.trees[name] = tree
		t.marks, t.problems = append(t.marks, c.marks...), append(t.problems, c.problems...)
	}
	return nil
}

// counting are the fields that only count and number what is in the document.
// Others fetch files, ask for input or run something.
var counting = []string{"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "TOC", "PAGEREF", "REF", "NOTEREF", "SEQ", "STYLEREF", "NUMWORDS", "FORMTEXT"}

// fetches reports whether a part has a field that does more than count. Words of
// a field may be cut into pieces; the first one says what it does.
func fetches(tree *node) bool {
	bad := false
	var code strings.Builder
	judge := func(text string) {
		words := strings.Fields(text)
		bad = bad || len(words) > 0 && !slices.Contains(counting, strings.ToUpper(words[0]))
	}
	tree.each(func(n *node) bool {
		switch n.name {
		case "w:fldSimple":
			judge(n.value("instr"))
		case "w:fldChar":
			// Where a field begins, is separated or ends, what stood before is whole.
			judge(code.String())
			code.Reset()
		case "w:instrText", "w:delInstrText":
			for _, k := range n.kids {
				code.WriteString(k.text)
			}
		case "w:altChunk", "w:subDoc", "w:object", "w:control":
			bad = true
		}
		return true
	})
	judge(code.String())
	return bad
}
