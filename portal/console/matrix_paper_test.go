package console_test

import (
	"bytes"
	"net/url"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/docx"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

const (
	aPaper  kind = "paper"    // final, about an item: read where the item is seen
	myDraft kind = "my draft" // in the hands of the office that signs
	myPaper kind = "my paper" // final, in the hands of the office that signed
	aForm   kind = "form"     // an office's own form, in its own hands
	aKind   kind = "kind"     // a kind of papers
)

// A paper is read in its office, above it, and where it is addressed to: always
// only by who may see the item that it is about. A draft is signed in its office.
var (
	ofPapers = []standpoint{
		{name: "own unit", unit: panshan, desk: panshan, sees: "T S"},
		{name: "unit above", unit: cityDesk, desk: panshan, sees: "T S"},
		{name: "addressed unit", unit: poor, desk: panshan, sees: "T S H"},
		{name: "foreign unit", unit: dawa, desk: panshan},
		{name: "unit not addressed", unit: town, desk: panshan},
		{name: "accused unit", unit: panshan, desk: cityDesk, about: panshan},
		{name: "recused", unit: panshan, desk: panshan, recused: true},
	}
	ofDrafts = []standpoint{
		{name: "own unit", unit: panshan, desk: panshan, sees: "T S"},
		{name: "unit above", unit: cityDesk, desk: panshan},
		{name: "addressed unit", unit: poor, desk: panshan},
		{name: "foreign unit", unit: dawa, desk: panshan},
		{name: "recused", unit: panshan, desk: panshan, recused: true},
	}
	ofForms = []standpoint{
		{name: "own unit", unit: panshan, desk: panshan, sees: everybody},
		{name: "foreign unit", unit: dawa, desk: panshan},
	}
)

// paperTable has one row for each route of papers and their forms.
func paperTable() map[string]row {
	reason := words("reason", "文号用错了")
	return map[string]row{
		"GET /console/papers":              {who: "T S H"},
		"GET /console/papers/:id":          {who: "T S H", about: aPaper},
		"GET /console/papers/:id/docx":     {who: "T S H", about: aPaper},
		"POST /console/papers/:id/sign":    {who: "S", about: myDraft, form: words()},
		"POST /console/papers/:id/void":    {who: "S", about: myPaper, form: reason},
		"POST /console/papers/:id/discard": {who: "T S H", about: myDraft, form: reason},

		"GET /console/templates":              {who: "A"},
		"GET /console/templates/:kind":        {who: "A", about: aKind},
		"GET /console/templates/:kind/docx":   {who: "A", about: aKind},
		"GET /console/templates/:kind/sample": {who: "A", about: aKind},
		"POST /console/templates/:kind/offer": {who: "A", about: aKind, sheet: ownReminder("")},
		"POST /console/templates/:kind/use": {who: "A", about: aForm, form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"id": {f.proposal.String()}}
		}},
		"POST /console/templates/:kind/back": {who: "A", about: aKind, stage: paper.InForce, form: words()},
	}
}

// ownReminder is a docx that can be an office's form of reminders; more stands
// below.
func ownReminder(more string) string {
	var s docx.Sheet
	for _, text := range []string{"本单位的格式", "{{发文单位}} {{文号}} {{标题}}", "{{主送单位}} {{原文号}} {{事项}} {{交办日期}} {{办结时限}}", "{{催办要求}}", "{{日期}}", more} {
		s = append(s, docx.Paragraph{Text: text, Face: docx.Body, Size: 16, Align: docx.Left})
	}
	var b bytes.Buffer
	if err := docx.Build(&b, s); err != nil {
		panic(err)
	}
	return b.String()
}

// reminding is a draft that reminds of an item.
func (h *house) reminding(by staff.Officer, item uuid.UUID) paper.Draft {
	return paper.Draft{Kind: paper.Reminder, Unit: by.UnitID, To: h.units[poor].ID, Subject: ledger.OfItem, SubjectID: item, Title: "关于催办危房改造补助核查的通知",
		Content: paper.Content{Fields: map[string]string{"主送单位": poor, "原文号": "盘县督交〔2026〕1号", "事项": "核查危房改造补助发放", "交办日期": "2026年3月2日", "办结时限": "2026年3月17日", "催办要求": "请抓紧办理。"}}}
}

// makePaper makes a paper about an issued item, by other people of its office.
func (m *matrix) makePaper(r row, at standpoint) fixture {
	m.t.Helper()
	item, by := m.makeItem(row{stage: "issued"}, at), m.worker
	if at.desk == cityDesk {
		by = m.city
	}
	var id uuid.UUID
	m.must(m.store.Transact(bg, func(tx *gorm.DB) (err error) {
		if r.about == myDraft {
			id, err = m.papers.Put(tx, by, m.reminding(by, item.id))
			return err
		}
		p, err := m.papers.Issue(tx, by, m.reminding(by, item.id))
		id = p.ID
		return err
	}))
	f := fixture{id: id, version: 1}
	if r.about != myDraft {
		f.version = 2
	}
	return f
}

// makeForm hands in a form of reminders for the office at the desk.
func (m *matrix) makeForm(r row, at standpoint) fixture {
	m.t.Helper()
	by := m.person(at.desk, staff.Administrator)
	form, err := m.papers.Offer(bg, by, paper.Reminder, "催办.docx", bytes.NewReader([]byte(ownReminder(uuid.NewString()))))
	m.must(err)
	if r.stage == paper.InForce {
		m.must(m.papers.Use(bg, by, form.ID, form.Version))
	}
	return fixture{id: uuid.New(), kind: string(paper.Reminder), proposal: form.ID, version: form.Version}
}
