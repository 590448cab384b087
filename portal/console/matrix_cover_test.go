package console_test

import (
	"github.com/google/uuid"

	"minsheng/intake"
)

const aMask kind = "mask" // on the words of a case

// coverTable has one row for each route that covers what a reporter wrote and sent.
func coverTable() map[string]row {
	return map[string]row{
		"GET /console/cases/:id/cover":             {who: "T S I", about: aCase},
		"POST /console/cases/:id/cover":            {who: "T S", about: aCase, form: words("words", "手续费", "kind", "mask")},
		"POST /console/cases/:id/cover/:mask/good": {who: "T S", about: aMask, form: words()},
		"POST /console/cases/:id/cover/:mask/lift": {who: "I", about: aMask, form: words()},
	}
}

// makeMask makes a case of whose words some are covered.
func (m *matrix) makeMask(at standpoint) fixture {
	m.t.Helper()
	f := m.makeCase(row{about: aCase}, at)
	c := m.again(f.id)
	mask := intake.Mask{ID: uuid.Must(uuid.NewV7()), ReportID: c.ReportID, OwnerID: c.ReportID, Field: "text", Chars: 4, Kind: intake.Masked, At: m.store.Now()}
	m.must(m.store.Read(bg).Create(&mask).Error)
	f.file = mask.ID
	return f
}
