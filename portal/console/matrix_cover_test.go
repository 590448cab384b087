package console_test

import (
	"strings"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/evidence"
)

const (
	aMask kind = "mask" // on the words of a case
	aCopy kind = "copy" // of a file of a case, that waits for a second look

	reportedFile kind = "reported"      // evidence of an item, in the hands of who issues items
	reportedCopy kind = "reported copy" // of it, that waits for a second look
)

// coverTable has one row for each route that covers what a reporter wrote and sent.
func coverTable() map[string]row {
	return map[string]row{
		"GET /console/cases/:id/cover":             {who: "T S I", about: aCase},
		"POST /console/cases/:id/cover":            {who: "T S", about: aCase, form: words("words", "手续费", "kind", "mask")},
		"POST /console/cases/:id/cover/:mask/good": {who: "T S", about: aMask, form: words()},
		"POST /console/cases/:id/cover/:mask/lift": {who: "I", about: aMask, form: words()},

		"GET /console/cases/:id/cover/of/:file":        {who: "T S I", about: aFile},
		"GET /console/cases/:id/cover/of/:file/copy":   {who: "T S I", about: aCopy, recorded: true},
		"POST /console/cases/:id/cover/of/:file":       {who: "T S", about: aFile, form: words("verdict", "fit")},
		"POST /console/cases/:id/cover/of/:file/agree": {who: "T S", about: aCopy, form: words()},

		"GET /console/items/:id/cover/of/:file":        {who: "T S", about: reportedFile, stage: "reported"},
		"GET /console/items/:id/cover/of/:file/copy":   {who: "T S", about: reportedCopy, stage: "reported", recorded: true},
		"POST /console/items/:id/cover/of/:file":       {who: "T S", about: reportedFile, stage: "reported", form: words("verdict", "fit")},
		"POST /console/items/:id/cover/of/:file/agree": {who: "T S", about: reportedCopy, stage: "reported", form: words()},
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

// makeCopy makes a case with a file in whose place a copy may leave.
func (m *matrix) makeCopy(at standpoint) fixture {
	m.t.Helper()
	return m.withCopy(m.makeCase(row{about: aFile}, at))
}

func (m *matrix) withCopy(f fixture) fixture {
	m.t.Helper()
	c := evidence.Clearance{FileID: f.file, Verdict: evidence.Replaced, ByID: m.worker.ID, At: m.store.Now(), Version: 1}
	m.must(m.shelf.Replace(bg, strings.NewReader("%PDF-1.4"), "application/pdf", &c))
	m.must(m.store.Read(bg).Create(&c).Error)
	f.version = c.Version
	return f
}
