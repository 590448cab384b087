package roll

import "fmt"

// Invalid says what is wrong with an edit or with minutes: field → key of
// sheet.problem.<key>, as for the cells of a sheet.
type Invalid struct {
	Edit     int // which of the edits, from 0
	Problems map[string]string
}

// Error names the fields only: never what somebody wrote.
func (i *Invalid) Error() string { return fmt.Sprintf("roll: %d fields to be fixed", len(i.Problems)) }

func (i *Invalid) orNil() error {
	if len(i.Problems) == 0 {
		return nil
	}
	return i
}
