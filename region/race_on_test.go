//go:build race

package region_test

// underRace says that the race detector is watching, which makes code some ten
// times slower.
const underRace = true
