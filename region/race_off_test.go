//go:build !race

package region_test

const underRace = false
