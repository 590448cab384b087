//go:build race

package sheet_test

// slower is how much the race detector slows the reading down, at most.
const slower = 20
