package console

import (
	"errors"
	"net/url"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/notice"
	"minsheng/roll"
)

// rowsPage is the table of a notice in full, for the office.
type rowsPage struct {
	Frame
	Paper    notice.Paper
	Roll     roll.Roll
	Stand    string
	Table    rowTable
	Orders   []lens
	Search   Field
	Order    string
	Next     string
	First    string
	MayEdit  bool
	AddHref  string
	Edit     *Form // changes or adds one row
	EditKey  int
	Remove   bool // the row of Edit can be taken out
	Kept     int  // changes that wait for an approver
	Clear    string
	Says     string
	Upload   *Form
	Versions string
	Holds    int // objections against the list as a whole
}

// rowOrders are the orders of rows that have an index.
var rowOrders = []roll.Order{roll.ByNumber, roll.ByName, roll.ByPeople, roll.ByAmount}

// rollShown is the roll whose rows a notice shows or changes.
func (v *visit) rollShown(p notice.Paper) (roll.Roll, error) {
	if p.Roll != nil {
		return *p.Roll, nil
	}
	if p.Original == nil || p.Original.RollID == nil {
		return roll.Roll{}, store.ErrNotFound
	}
	return v.Rolls.Roll(v.ctx(), *p.Original.RollID)
}

// paperWithRoll opens a notice that has a table, or shows one.
func (v *visit) paperWithRoll() (notice.Paper, roll.Roll, error) {
	id, err := v.id("id")
	if err != nil {
		return notice.Paper{}, roll.Roll{}, err
	}
	p, err := v.Notices.Paper(v.ctx(), v.by(), id)
	if err != nil {
		return p, roll.Roll{}, err
	}
	r, err := v.rollShown(p)
	return p, r, err
}

func (v *visit) noticeRowsPage() error { return v.rowsShow(fiber.StatusOK, Draft{}) }

func (v *visit) rowsShow(status int, draft Draft) error {
	p, r, err := v.paperWithRoll()
	if err != nil {
		return err
	}
	path := noticePath(p.ID) + "/rows"
	frame, err := v.frame(path, v.t("publish.rows.title", "title", p.Title))
	if err != nil {
		return err
	}
	page := rowsPage{Frame: frame, Paper: p, Roll: r, Stand: standOf(p.Notice), Says: draft.says, Holds: p.Holds[0], Versions: noticePath(p.ID) + "/versions"}
	page.MayEdit, page.Kept = contains(p.Actions, "rows"), len(p.Edits)
	if err := v.rowsTable(&page, path); err != nil {
		return err
	}
	if page.MayEdit {
		page.AddHref, page.Clear = withQuery(path, "edit", "0"), path
		if r.Stage == roll.Draft {
			page.Upload = v.uploadForm("roll."+string(r.Kind), &r.ID, path, draft)
		}
		if err := v.rowForm(&page, draft); err != nil {
			return err
		}
	}
	return v.show(status, "notice-rows", page)
}

// rowsTable reads one page of rows, as the address asks for them.
func (v *visit) rowsTable(page *rowsPage, path string) error {
	ask := roll.Ask{Order: roll.ByNumber, Search: v.c.Query("q"), After: number(v.c.Query("after"))}
	for _, o := range rowOrders {
		if v.c.Query("order") == string(o) {
			ask.Order = o
		}
	}
	rows, more, err := v.Rolls.Page(v.ctx(), page.Roll.ID, ask)
	if err != nil {
		return err
	}
	if page.Table, err = v.table(page.Roll, rows, inOffice); err != nil {
		return err
	}
	q := url.Values{}
	if ask.Search != "" {
		q.Set("q", ask.Search)
	}
	for _, o := range rowOrders {
		if o == roll.ByPeople && !hasColumn(page.Roll.Kind, "people") || o == roll.ByAmount && !hasColumn(page.Roll.Kind, "amount") {
			continue
		}
		q.Set("order", string(o))
		page.Orders = append(page.Orders, lens{Key: string(o), Href: path + "?" + q.Encode(), On: o == ask.Order, N: -1})
	}
	q.Set("order", string(ask.Order))
	if ask.After > 0 {
		page.First = path + "?" + q.Encode()
	}
	if more {
		page.Next = withQuery(path+"?"+q.Encode(), "after", itoa(rows[len(rows)-1].Key))
	}
	page.Order, page.Search = string(ask.Order), Field{Name: "q", ID: "rows-q", Value: ask.Search, Label: v.t("publish.rows.search"), Bare: true}
	if page.MayEdit {
		for i, line := range page.Table.Lines {
			if line.Status != "held" {
				page.Table.Lines[i].Edit = withQuery(path, "edit", itoa(line.Key)) + "#do-rows"
			}
			page.Table.Lines[i].Object = waiting(page.Paper.Edits, line.Key)
		}
	}
	return nil
}

// waiting says what a kept change will do to a row.
func waiting(edits []roll.Edit, key int) string {
	for _, e := range edits {
		if e.Key == key && e.Gone {
			return "gone"
		}
		if e.Key == key {
			return "changed"
		}
	}
	return ""
}

func hasColumn(k roll.Kind, code string) bool {
	for _, f := range roll.Fields(k) {
		if f.Code == code {
			return true
		}
	}
	return false
}

// rowForm asks for one row: the one the address names, a new one, or the one
// that came back.
func (v *visit) rowForm(page *rowsPage, draft Draft) error {
	text := v.c.Query("edit")
	if draft.step == "rows" {
		text = draft.typed.get("key")
	}
	if text == "" {
		return nil
	}
	key, row := number(text), roll.Row{PlaceCode: page.Paper.PlaceCode}
	if key > 0 {
		var err error
		if row, err = v.Rolls.Row(v.ctx(), page.Roll.ID, key); errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return err
		}
	}
	f := Form{Code: "rows", Post: page.Href(noticePath(page.Paper.ID) + "/rows"), CSRF: page.CSRF, Version: page.Roll.Version, Lang: string(v.lang), Open: true, Primary: true}
	f.Label, f.Button = v.t("publish.rows.change", "n", key), v.t("publish.rows.save")
	if key == 0 {
		f.Label = v.t("publish.rows.add")
	}
	f.Fields = append([]Field{{Name: "key", Kind: "hidden", Value: itoa(key)}}, v.rowFields(page.Roll, row, key)...)
	f = v.dress(draft.apply(v, f), draft)
	page.Edit, page.EditKey, page.Remove = &f, key, key > 0
	page.Says = ""
	return nil
}

// rowFields are the columns of a row as questions, and why it is changed.
func (v *visit) rowFields(r roll.Roll, row roll.Row, key int) []Field {
	var out []Field
	for _, asked := range roll.Fields(r.Kind) {
		f := Field{Name: "c." + asked.Code, Kind: "text", Label: v.rollField(r.Kind, asked.Code), Required: asked.Required, Max: asked.Max}
		switch {
		case asked.Code == "label":
			f.Value = row.Label
		case asked.Code == "team":
			f.Value = row.Team
		case asked.Code == "people":
			f.Kind = "number"
			if key > 0 {
				f.Value = itoa(row.People)
			}
		case asked.Code == "amount":
			if key > 0 {
				f.Value = plainYuan(row.AmountFen)
			}
			f.Hint = v.t("publish.hint.yuan")
		case asked.Type == sheet.YesNo:
			f.Kind, f.Options = "select", append([]Option{{Label: v.t("console.choose")}}, v.options("publish.yesno.", []string{"yes", "no"})...)
			f = with(f, row.Cells[asked.Code])
		case asked.Code == "cause":
			f.Kind, f.Options = "select", append([]Option{{Label: v.t("console.choose")}}, v.options("publish.cause.", roll.Causes())...)
			f = with(f, row.Cells[asked.Code])
		default:
			f.Value = row.Cells[asked.Code]
		}
		out = append(out, f)
	}
	if r.Stage != roll.Draft {
		out = append(out, v.pub(v.pick("reason_code", "select", v.options("publish.reason.", rowReasons))))
	}
	return out
}

// rowReasons are why a published row may be changed.
var rowReasons = []string{"typo", "duplicate", "withdrawn_by_household", "moved", "deceased", "recheck"}

// editRow changes, adds or removes one row.
func (v *visit) editRow() error {
	p, r, err := v.paperWithRoll()
	if err != nil {
		return err
	}
	edits, err := v.typedEdits(r)
	if err == nil {
		if err = v.dispute(p.ID); err == nil {
			err = v.Notices.EditRows(v.ctx(), v.by(), p.ID, number(v.form.get("version")), edits)
		}
	}
	if err == nil {
		return v.leave(noticePath(p.ID)+"/rows", "notice_rows")
	}
	draft, status, ok := v.refused("rows", err)
	if !ok {
		return err
	}
	beside := map[string]string{}
	for field, says := range draft.problems {
		if field != "reason_code" {
			field = "c." + field
		}
		beside[field] = says
	}
	draft.problems = beside
	return v.rowsShow(status, draft)
}

// typedEdits is the form of a row as a change; none takes kept changes back.
func (v *visit) typedEdits(r roll.Roll) ([]roll.Edit, error) {
	if v.form.get("clear") != "" {
		return nil, nil
	}
	e := roll.Edit{Key: number(v.form.get("key")), Gone: v.form.get("gone") != "", Reason: v.form.get("reason_code"), Cells: map[string]string{}}
	if r.Stage != roll.Draft && !contains(rowReasons, e.Reason) {
		return nil, missing("reason_code", "choose")
	}
	if e.Gone {
		return []roll.Edit{e}, nil
	}
	for _, f := range roll.Fields(r.Kind) {
		value := v.form.get("c." + f.Code)
		switch f.Code {
		case "label":
			e.Label = value
		case "team":
			e.Team = value
		case "people":
			e.People = number(value)
		case "amount":
			fen, ok := yuan(value)
			if !ok {
				return nil, missing("amount", "amount")
			}
			e.AmountFen = fen
		default:
			e.Cells[f.Code] = value
		}
	}
	place, err := v.rowPlace(r, e.Key)
	e.PlaceCode = place
	return []roll.Edit{e}, err
}

// rowPlace keeps a row where it lies: the village that a form names is words.
func (v *visit) rowPlace(r roll.Roll, key int) (string, error) {
	if key == 0 {
		return "", nil
	}
	row, err := v.Rolls.Row(v.ctx(), r.ID, key)
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	return row.PlaceCode, err
}

func (v *visit) uploadForm(target string, owner *uuid.UUID, from string, draft Draft) *Form {
	f := Form{Code: "upload", Files: false, Lang: string(v.lang), CSRF: v.proof(), Button: v.t("publish.upload.go"), Label: v.t("publish.upload.title"), Primary: true}
	f.Post = withQuery(v.href("/console/sheets"), "from", from)
	f.Fields = []Field{{Name: "target", Kind: "hidden", Value: target}}
	if owner != nil {
		f.Fields = append(f.Fields, Field{Name: "owner", Kind: "hidden", Value: owner.String()})
	}
	file := v.pub(v.ask("file", "file", 0))
	file.Accept, file.One = ".xlsx,.csv", true
	f.Fields = append(f.Fields, file)
	f = v.dress(draft.apply(v, f), draft)
	return &f
}
