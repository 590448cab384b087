// Package sheet reads spreadsheets as offices really send them.
//
// Titles above the header, merged cells, headers of two lines, full-width
// digits, 万元 beside 元, subtotals, blank rows, notes below, csv in GBK: all are
// taken for what they are, and every problem is told with its cell. Nothing is
// kept in memory but the row at hand; files that unpack to too much are refused
// before they do.
package sheet
