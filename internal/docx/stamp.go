package docx

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"
)

// stamped is what a stamp adds to a document: a mark in each header, headers
// where there are none, and what makes them known.
type stamped struct {
	mark    []byte            // at the beginning of each header
	sectPr  []byte            // of a document that has none
	endless bool              // it has none
	added   map[string][]byte // parts that are new
	changed map[string][]byte // parts that are other
	ids     map[string]string // relation of the new header, by the kind of page
}

// kinds of pages that may have a header of their own (ECMA-376 part 1,
// §17.18.36).
var pageKinds = []string{"default", "first", "even"}

const (
	relationsSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	headerType     = "application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"
	mainSpace      = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
)

// stamp prepares the parts that a stamp needs; "" needs none.
func (t *Template) stamp(words string) stamped {
	if words == "" {
		return stamped{}
	}
	s := stamped{mark: stampMark(words), added: map[string][]byte{}, changed: map[string][]byte{}, ids: map[string]string{}}
	main := t.parts[t.main].Name
	folder := path.Dir(main)
	rels := path.Join(folder, "_rels", path.Base(main)+".rels")
	var lines, overrides bytes.Buffer
	for _, kind := range pageKinds {
		name := path.Join(folder, "stamp-"+kind+".xml")
		s.ids[kind] = "rIdStamp" + kind
		s.added[name] = fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:hdr xmlns:w="%s">%s</w:hdr>`, mainSpace, s.mark)
		fmt.Fprintf(&lines, `<Relationship Id="%s" Type="%s/header" Target="%s"/>`, s.ids[kind], relationsSpace, path.Base(name))
		fmt.Fprintf(&overrides, `<Override PartName="/%s" ContentType="%s"/>`, name, headerType)
	}
	if old, err := t.part(rels); err == nil {
		s.changed[strings.ToLower(rels)] = beforeLast(old, "</Relationships>", lines.Bytes())
	} else {
		s.added[rels] = fmt.Appendf(nil, `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>`, lines.Bytes())
	}
	old, _ := t.part(typesPart) // it was read when the template was opened
	s.changed[strings.ToLower(typesPart)] = beforeLast(old, "</Types>", overrides.Bytes())
	s.endless = true
	t.trees[t.main].each(func(n *node) bool {
		s.endless = s.endless && n.name != "w:sectPr"
		return true
	})
	s.sectPr = fmt.Appendf(nil, "<w:sectPr>%s</w:sectPr>", s.references(nil))
	return s
}

func beforeLast(content []byte, mark string, what []byte) []byte {
	i := bytes.LastIndex(content, []byte(mark))
	if i < 0 {
		return content
	}
	return slices.Concat(content[:i], what, content[i:])
}

// references gives the pages of a section headers of the kinds that it lacks.
func (s stamped) references(sectPr *node) []byte {
	var b bytes.Buffer
	for _, kind := range pageKinds {
		has := false
		if sectPr != nil {
			for _, k := range sectPr.kids {
				has = has || k.name == "w:headerReference" && k.value("type") == kind
			}
		}
		if !has && s.ids[kind] != "" {
			fmt.Fprintf(&b, `<w:headerReference xmlns:r="%s" w:type="%s" r:id="%s"/>`, relationsSpace, kind, s.ids[kind])
		}
	}
	return b.Bytes()
}

// sectPr writes the properties of a section, whose references to headers come
// first.
func (o *output) sectPr(k *node, s scope) {
	more := o.references(k)
	if k.end == nil { // <w:sectPr/>
		o.Write(bytes.TrimSuffix(k.raw, []byte("/>")))
		o.WriteString(">")
		o.Write(more)
		o.WriteString("</w:sectPr>")
		return
	}
	o.Write(k.raw)
	o.Write(more)
	o.all(k.kids, s)
	o.Write(k.end)
}

// stampMark is a paragraph with a large grey word behind the text of the page,
// as office programs themselves write watermarks, and a small line.
func stampMark(words string) []byte {
	var w output
	w.text(words)
	shape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(clean(words))
	return fmt.Appendf(nil, `<w:p><w:pPr><w:jc w:val="right"/></w:pPr><w:r><w:rPr><w:color w:val="999999"/><w:sz w:val="21"/></w:rPr>%s</w:r><w:r><w:rPr><w:noProof/></w:rPr>`+
		`<w:pict xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"><v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">`+
		`<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/><v:f eqn="sum @6 0 @5"/></v:formulas>`+
		`<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>`+
		`<v:shape id="stamp" o:spid="_x0000_s2049" type="#_x0000_t136" style="position:absolute;margin-left:0;margin-top:0;width:360pt;height:140pt;rotation:315;z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;mso-position-vertical-relative:margin" fillcolor="#d9d9d9" stroked="f"><v:fill opacity=".6"/><v:textpath style="font-family:&quot;宋体&quot;;font-size:1pt" string="%s"/></v:shape></w:pict></w:r></w:p>`,
		w.Bytes(), shape)
}
