// Package tray holds spreadsheets that were handed in until they are imported.
//
// A sheet is staged sealed for a day, its columns are guessed and corrected (an
// office's habits are remembered), read dry with every problem on its cell, and
// then taken into the portal in one transaction by whichever room it is for.
package tray
