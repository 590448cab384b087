package triage

// Reference is a thing that a complaint refers to, as the case shows it: the
// fund, project, list row or payment that the report was opened from.
type Reference struct {
	Kind  string // notice, row, fund, project, payment, hit
	Title string
	Lines [][2]string // catalog key of a label, value
	Href  string      // public address, or ""
}
