// Package locale holds every sentence that people read, in each language.
//
// Catalogs are flat JSON files, one folder a language, one file a face of the
// portal. Chinese is written first; English says the same, as plainly. A key
// that is missing is an error, never an empty place on a page.
package locale
