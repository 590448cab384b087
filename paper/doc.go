// Package paper makes the documents that leave an office: from data, as a file
// that any office program opens and as a page that prints on A4.
//
// A paper is a draft, marked as one, until somebody else signs it; then it gets
// its number, which never repeats and leaves no gap, and is frozen with its
// hash. Offices may put their own form, a docx with placeholders, in place of
// the built-in one.
package paper
