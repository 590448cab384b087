// Package register is the standing book (台账) of supervision items: one line an
// item with everything that an auditor asks for, filtered, and written out as a
// spreadsheet of any length.
package register
