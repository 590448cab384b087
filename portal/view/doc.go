// Package view turns page values into HTML.
//
// Every page has a template set of its own: the shared parts, the parts of its
// face (templates/<face>/_*.html, among them the layout) and the page. Sets are
// parsed once a language at start; a page is rendered whole before a byte is
// sent. The package knows no domain: it shows what it is given.
package view
