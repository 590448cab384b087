//go:build race

package portal

// The race detector multiplies memory; figures mean nothing under it.
const raceDetector = true
