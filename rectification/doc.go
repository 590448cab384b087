// Package rectification sees that what was found wrong is put right.
//
// An order: ordered → plan handed in → plan approved → in progress → report
// handed in → checked on site by somebody else → struck off, or a new round. A
// later look may open it again. Money recovered, and returned to households, is
// counted in fen.
package rectification
