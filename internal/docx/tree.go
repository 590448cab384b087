package docx

import (
	"bytes"
	"encoding/xml"
	"io"
)

// node is a piece of markup as it stands in its part. Elements have a name and
// may have kids; everything else (texts, comments) is only raw.
type node struct {
	name string // "w:p", with the prefix that it has
	raw  []byte // start tag, or all of it
	end  []byte // end tag; nil when the start tag closes itself
	text string // of character data, as it reads
	kids []*node
	attr []xml.Attr

	marks   []mark   // of a paragraph
	section *section // what stands in place of a run of siblings
}

// deepest is how deep markup may be nested; office programs reach 40.
const deepest = 200

// parse reads a part into a tree whose root holds all of it. Errors: ErrBroken.
func parse(part []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(part))
	root := &node{}
	open := []*node{root}
	for {
		from := d.InputOffset()
		token, err := d.RawToken()
		if err == io.EOF && len(open) == 1 {
			return root, nil
		}
		if err != nil {
			return nil, ErrBroken
		}
		raw := part[from:d.InputOffset()]
		top := open[len(open)-1]
		switch token := token.(type) {
		case xml.StartElement:
			n := &node{name: full(token.Name), raw: raw, attr: token.Copy().Attr}
			top.kids = append(top.kids, n)
			if open = append(open, n); len(open) > deepest {
				return nil, ErrBroken
			}
		case xml.EndElement:
			if len(open) == 1 || top.name != full(token.Name) {
				return nil, ErrBroken
			}
			if len(raw) > 0 { // nothing was read where the start tag closed itself
				top.end = raw
			}
			open = open[:len(open)-1]
		case xml.Directive: // a document type: nothing that an office program writes
			return nil, ErrBroken
		case xml.CharData:
			top.kids = append(top.kids, &node{raw: raw, text: string(token)})
		default:
			top.kids = append(top.kids, &node{raw: raw})
		}
	}
}

func full(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

// value is an attribute of an element by its local name, "" when it has none.
func (n *node) value(local string) string {
	for _, a := range n.attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// kid is the first child of that name, or nil.
func (n *node) kid(name string) *node {
	for _, k := range n.kids {
		if k.name == name {
			return k
		}
	}
	return nil
}

// each calls do for every element below n, parents first, and goes into those
// for which do reports true.
func (n *node) each(do func(*node) bool) {
	for _, k := range n.kids {
		if k.name != "" && do(k) {
			k.each(do)
		}
	}
}

// root is the element of a part.
func (n *node) root() *node {
	for _, k := range n.kids {
		if k.name != "" {
			return k
		}
	}
	return nil
}
