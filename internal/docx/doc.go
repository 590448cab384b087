// Package docx fills documents of office programs (ECMA-376, WordprocessingML)
// with data.
//
// A template is a docx with marks: {{name}} stands for a text; {{#name}} …
// {{/name}}, each in a paragraph of its own or at both ends of a row of a table,
// repeats what is between for each row of a list, or shows it only where a text
// is not empty. That is all: a template computes nothing, fetches nothing and
// runs nothing. Office programs cut marks into pieces when somebody edits them;
// they are found all the same. Whatever is no mark comes out byte for byte as it
// went in.
//
// Templates are handed in by people. Open refuses macros, embedded objects,
// links to other files and fields that fetch something, and says of every mark
// where it stands. What a file or a result may hold in memory is bounded.
package docx
