package notice

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/privacy"
	reading "minsheng/internal/prose"
	"minsheng/roll"
)

// Exposed lists what the privacy gate found. Nothing was saved or published.
type Exposed struct{ Findings []Exposure }

// Error counts; what was found is nobody's to log.
func (e *Exposed) Error() string { return "notice: personal data found" }

// Exposure is one finding with where it stands.
type Exposure struct {
	Where    string // title, body, doc_number, field:<code>, row, file, file_name
	Ref      string // row number, name of the file as cleaned
	Kind     privacy.Kind
	Masked   string
	Token    string // names the finding when an approver lets it through
	Column   string // of rows: the field that could be dropped (Desk.DropColumn), "" for the name
	Disputed bool   // an editor said that it is a false alarm
	Released string // reason, when an approver let it through
}

// Limits of one look: enough to mend what is there and bounded whatever is.
const (
	maxExposures = 200     // that stand in the way
	maxText      = 2 << 20 // bytes read of an attachment
)

// token names a finding: only what was found in that place has it.
func (d *Desk) token(place string, kind privacy.Kind, text string) string {
	sum := d.Keys.MAC("notice-finding", []byte(place+"\x00"+string(kind)+"\x00"+text))
	return base64.RawURLEncoding.EncodeToString(sum)
}

// checkText looks through one text, such as the name of a fund.
func (d *Desk) checkText(where, text string) []Exposure {
	l := d.looks(nil)
	l.text(Exposure{Where: where}, where, text)
	return l.found
}

// look is one search through a notice.
type look struct {
	desk  *Desk
	known map[string]pass
	found []Exposure
	has   map[string]bool
	open  int // findings that nobody let through
}

// pass is what was said about a finding.
type pass struct {
	disputed bool
	released string
}

func (d *Desk) looks(known map[string]pass) *look {
	return &look{desk: d, known: known, has: map[string]bool{}}
}

func (l *look) full() bool { return l.open >= maxExposures }

// text looks through one text; place is what tells it from all others of the
// notice. Kinds that are spared may stand there.
func (l *look) text(at Exposure, place, text string, spared ...privacy.Kind) {
	if text == "" || l.full() {
		return
	}
	for _, f := range privacy.Find(text) {
		if slices.Contains(spared, f.Kind) {
			continue
		}
		token := l.desk.token(place, f.Kind, text[f.Start:f.End])
		if l.has[token] {
			continue
		}
		l.has[token] = true
		said := l.known[token]
		at.Kind, at.Masked, at.Token, at.Disputed, at.Released = f.Kind, f.Masked, token, said.disputed, said.released
		l.found = append(l.found, at)
		if at.Released == "" {
			if l.open++; l.full() {
				return
			}
		}
	}
}

// words looks through what a notice says. Telephones of offices may stand in
// the fields that ask for them; a mobile number may not.
func (l *look) words(n Notice) {
	for _, part := range []struct{ where, text string }{{"title", n.Title}, {"doc_number", n.DocNumber}, {"body", n.Body}} {
		l.text(Exposure{Where: part.where}, part.where, part.text)
	}
	l.text(Exposure{Where: "body"}, "body", reading.Words(n.Body))
	types := fieldTypes(n.Kind)
	for _, code := range sortedKeys(n.Fields) {
		where := "field:" + code
		if types[code] == "phone" || code == "contact_phone" || code == "report_phone" {
			l.text(Exposure{Where: where}, where, n.Fields[code], privacy.Landline, privacy.HeaderWord)
			continue
		}
		l.text(Exposure{Where: where}, where, n.Fields[code])
	}
}

// row looks through one row of a table.
func (l *look) row(key, number int, label, team string, cells map[string]string) {
	ref := strconv.Itoa(number)
	place := "row:" + strconv.Itoa(key) + ":"
	l.text(Exposure{Where: "row", Ref: ref}, place+"label", label)
	l.text(Exposure{Where: "row", Ref: ref, Column: "team"}, place+"team", team)
	for _, field := range sortedKeys(cells) {
		l.text(Exposure{Where: "row", Ref: ref, Column: field}, place+field, cells[field])
	}
}

// file looks through the name and the text of an attachment. read is false when
// there is no text to read: a person has to look.
func (l *look) file(ctx context.Context, f evidence.File) (read bool, err error) {
	l.text(Exposure{Where: "file_name", Ref: f.Name}, "file_name", f.Name)
	if f.Media == "image" {
		return false, nil
	}
	text, read, err := l.desk.textOf(ctx, f)
	if err == nil && read {
		l.text(Exposure{Where: "file", Ref: f.Name}, "file:"+f.Name, text)
	}
	return read, err
}

// exposed looks through all that a notice would publish: what it says, its
// rows, those that wait to be changed, its attachments. unread are attachments
// that only a person can look through. Without table its rows are left out: a
// page does not wait for tens of thousands of them.
func (d *Desk) exposed(ctx context.Context, n Notice, known map[string]pass, table bool) (found []Exposure, unread []evidence.File, err error) {
	l := d.looks(known)
	l.words(n)
	if table && n.RollID != nil && n.State == draftState {
		err = d.Rolls.Each(ctx, *n.RollID, 0, func(r roll.Row) error {
			l.row(r.Key, r.N, r.Label, r.Team, r.Cells)
			return nil
		})
		if err != nil {
			return nil, nil, err
		}
	}
	kept, err := backingOf(d.Store.Read(ctx), n.ID)
	if err != nil {
		return nil, nil, err
	}
	l.edits(kept.Edits)
	files, err := d.Shelf.Of(ctx, attachment, n.ID)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range files {
		read, err := l.file(ctx, f)
		if err != nil {
			return nil, nil, err
		}
		if !read {
			unread = append(unread, f)
		}
	}
	return l.found, unread, nil
}

// edits looks through changes of rows; added ones have no number yet.
func (l *look) edits(edits []roll.Edit) {
	for _, e := range edits {
		if !e.Gone {
			l.row(e.Key, e.Key, e.Label, e.Team, e.Cells)
		}
	}
}

// blocking are the findings that stand in an editor's way: those that nobody
// called a false alarm.
func blocking(found []Exposure) error {
	return refuse(found, func(e Exposure) bool { return e.Released == "" && !e.Disputed })
}

// unreleased are those that stand in an approver's way.
func unreleased(found []Exposure) error {
	return refuse(found, func(e Exposure) bool { return e.Released == "" })
}

func refuse(found []Exposure, stands func(Exposure) bool) error {
	var left []Exposure
	for _, e := range found {
		if stands(e) {
			left = append(left, e)
		}
	}
	if len(left) == 0 {
		return nil
	}
	return &Exposed{Findings: left}
}

// passes reads what was said about findings of a notice.
func passes(db *gorm.DB, id uuid.UUID) (map[string]pass, error) {
	var rows []override
	if err := db.Where("notice_id = ?", id).Limit(10 * maxExposures).Find(&rows).Error; err != nil {
		return nil, err
	}
	known := map[string]pass{}
	for _, r := range rows {
		known[base64.RawURLEncoding.EncodeToString(r.Finding)] = pass{disputed: r.AskedBy != nil, released: r.Reason}
	}
	return known, nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
