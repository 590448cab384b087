package console_test

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

// A town's notices are written by the town and the offices above it. The
// county's poverty office, which goes on with the towns' lists, reads them.
var (
	ofNotices = []standpoint{
		{name: "own unit", unit: town, desk: town, sees: everybody},
		{name: "unit above", unit: panshan, desk: town, sees: everybody},
		{name: "foreign unit", unit: dawa, desk: town},
		{name: "office beside", unit: poor, desk: town},
	}
	readNotices = append(ofNotices[:3:3], standpoint{name: "office that goes on with it", unit: poor, desk: town, sees: everybody})
	ofSheets    = []standpoint{
		{name: "own unit", unit: town, desk: town, sees: everybody},
		{name: "unit above", unit: panshan, desk: town},
		{name: "foreign unit", unit: dawa, desk: town},
	}
)

// publishTable has one row for each route of the publishing desk.
func publishTable() map[string]row {
	reason := words("reason", "要写清楚公示的理由")
	return map[string]row{
		"GET /console/notices":                  {who: "P N"},
		"GET /console/notices/new":              {who: "P"},
		"POST /console/notices":                 {who: "P", form: beginForm},
		"GET /console/notices/:id":              {who: "P N", about: aList, stage: "draft"},
		"POST /console/notices/:id/save":        {who: "P", about: aNotice, stage: "draft", form: saveForm},
		"POST /console/notices/:id/hand_in":     {who: "P", about: aNotice, stage: "complete", form: words()},
		"POST /console/notices/:id/return":      {who: "N", about: aNotice, stage: "waiting", form: reason},
		"POST /console/notices/:id/approve":     {who: "N", about: aNotice, stage: "waiting", form: words()},
		"POST /console/notices/:id/restore":     {who: "N", about: aNotice, stage: "pulled", form: reason},
		"POST /console/notices/:id/withdraw":    {who: "N", about: aNotice, stage: "published", form: reason},
		"POST /console/notices/:id/lengthen":    {who: "N", about: aNotice, stage: "published", form: lengthenForm},
		"POST /console/notices/:id/correct":     {who: "P", about: aNotice, stage: "published", form: words("reason", "标题里的年份写错了")},
		"POST /console/notices/:id/discard":     {who: "P", about: aNotice, stage: "draft", form: words()},
		"POST /console/notices/:id/minutes":     {who: "P", about: aNotice, stage: "draft", form: minutesForm},
		"POST /console/notices/:id/attach":      {who: "P", about: aNotice, stage: "attaching", form: attachForm},
		"POST /console/notices/:id/detach":      {who: "P", about: aNotice, stage: "attached", form: detachForm},
		"POST /console/notices/:id/dispute":     {who: "P", about: aNotice, stage: "draft", form: disputeForm},
		"GET /console/notices/:id/rows":         {who: "P N", about: aList, stage: "draft"},
		"POST /console/notices/:id/rows":        {who: "P", about: aNotice, stage: "draft", byRoll: true, form: rowForm},
		"POST /console/notices/:id/drop_column": {who: "P", about: aNotice, stage: "draft", byRoll: true, form: words("column", "team")},
		"GET /console/notices/:id/rows.xlsx":    {who: "P N", about: aList, stage: "draft"},
		"GET /console/notices/:id/rows.csv":     {who: "P N", about: aList, stage: "draft"},
		"GET /console/notices/:id/board":        {who: "P N", about: aList, stage: "draft"},
		"GET /console/notices/:id/versions":     {who: "P N", about: aList, stage: "draft"},
		"GET /console/notices/:id/files/:file":  {who: "P N", about: noticeFile, stage: "attached"},

		"POST /console/sheets":             {who: "P", about: aTable, stage: "draft", form: uploadForm, sheet: goodSheet},
		"GET /console/sheets/:id":          {who: "P", about: aSheet},
		"GET /console/sheets/:id/progress": {who: "P", about: aSheet},
		"POST /console/sheets/:id/arrange": {who: "P", about: aSheet, form: words("sheet", "0", "header_from", "1", "header_to", "1", "col.0", "team", "col.1", "label", "col.2", "people")},
		"POST /console/sheets/:id/fix":     {who: "P", about: aSheet, form: words("cell.B2", "赵大宝", "was.B2", "赵大有")},
		"POST /console/sheets/:id/import":  {who: "P", about: aSheet, form: words()},

		"GET /console/duties":                 {who: "P N"},
		"POST /console/duties":                {who: "P", form: oweForm},
		"GET /console/funds":                  {who: "P N"},
		"POST /console/funds":                 {who: "P", form: fundForm},
		"GET /console/projects":               {who: "P N"},
		"POST /console/projects/:id/progress": {who: "P", about: aProject, form: progressForm},
	}
}

const goodSheet = "组,户主姓名,家庭人口\n一组,赵大有,3\n二组,钱二妮,4\n"

func beginForm(m *matrix, _ fixture) url.Values {
	kind := map[string]string{"city": "POLICY", "county": "ANNUAL_PLAN", "town": "LIST_VILLAGE"}[string(m.at.Level)]
	place := map[string]string{"city": "211100000000", "county": "211122000000", "town": shuangliu}[string(m.at.Level)]
	return url.Values{"kind": {kind}, "title": {"双柳村初选名单公示"}, "place": {place}, "year": {"2026"}}
}

// listFields are the answers of a village list.
func listFields(m *matrix) url.Values {
	start := workday.On(m.store.Now())
	return url.Values{"kind": {"LIST_VILLAGE"}, "title": {"双柳村贫困户初选名单公示"}, "place": {shuangliu}, "year": {"2026"}, "starts_on": {string(start)},
		"ends_on": {string(workday.PublicityEnd(start, 7))}, "body": {"经村民代表大会评议,现将名单公示。"}, "field:objection_channel": {"当面、电话、网上都可以提。"},
		"field:contact_unit": {town}, "field:contact_phone": {"0427-0000000"}, "field:contact_address": {"甜水镇"}, "field:report_phone": {"12317"}}
}

func saveForm(m *matrix, _ fixture) url.Values { return listFields(m) }

func lengthenForm(m *matrix, _ fixture) url.Values {
	return url.Values{"ends_on": {string(workday.On(m.store.Now()).Add(20))}}
}

func minutesForm(m *matrix, _ fixture) url.Values {
	return url.Values{"met_on": {string(workday.On(m.store.Now()))}, "present": {"20"}, "entitled": {"30"}, "form": {m.intake.NewForm().Token}}
}

// withFile is the token of a form that already holds a paper.
func (m *matrix) withFile() (string, []byte) {
	m.t.Helper()
	form := m.intake.NewForm()
	opened, err := m.intake.OpenForm(form.Token)
	m.must(err)
	_, err = m.shelf.StagePaper(bg, opened.Key, "分组.csv", strings.NewReader("组,户数\n一组,3\n"))
	m.must(err)
	return form.Token, opened.Key
}

func attachForm(_ *matrix, f fixture) url.Values {
	return url.Values{"role": {"notice"}, "form": {f.token}}
}

func detachForm(_ *matrix, f fixture) url.Values { return url.Values{"file": {f.file.String()}} }

func disputeForm(_ *matrix, f fixture) url.Values { return url.Values{"disputed": {f.token}} }

func rowForm(*matrix, fixture) url.Values {
	return url.Values{"key": {"1"}, "c.label": {"赵大有"}, "c.team": {"三组"}, "c.people": {"5"}}
}

func uploadForm(_ *matrix, f fixture) url.Values {
	return url.Values{"target": {"roll.households"}, "owner": {f.roll.String()}}
}

func oweForm(m *matrix, _ fixture) url.Values {
	place := map[string]string{"city": "211100000000", "county": "211122000000", "town": "211122111000"}[string(m.at.Level)]
	return url.Values{"kind": {"POLICY"}, "about": {"帮扶办法"}, "place": {place}, "on": {string(workday.On(m.store.Now()))}}
}

func fundForm(m *matrix, _ fixture) url.Values {
	place := map[string]string{"city": "211100000000", "county": "211122000000", "town": "211122111000"}[string(m.at.Level)]
	return url.Values{"name": {"第一批扶贫资金" + uuid.NewString()[:6]}, "doc_number": {"盘财农〔2026〕9号"}, "source": {"city"}, "total": {"123,456.70"}, "year": {"2026"},
		"place": {place}, "allocated_on": {string(workday.On(m.store.Now()))}}
}

func progressForm(m *matrix, _ fixture) url.Values {
	return url.Values{"state": {"under_way"}, "on": {string(workday.On(m.store.Now()))}}
}

// upload sends a form that takes a spreadsheet along.
func (m *matrix) upload(path string, form url.Values, content string) answer {
	m.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			m.must(w.WriteField(name, value))
		}
	}
	name := "名单.csv"
	if strings.HasPrefix(content, "PK") {
		name = "格式.docx"
	}
	part, err := w.CreateFormFile("file", name)
	m.must(err)
	io.WriteString(part, content)
	m.must(w.Close())
	res, err := m.b.http.Post(m.base+path, w.FormDataContentType(), &body)
	m.must(err)
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	m.must(err)
	for _, name := range []string{"Date", "X-Request-Id"} {
		res.Header.Del(name)
	}
	return answer{res.StatusCode, http.Header(res.Header), string(said)}
}

// photo stages a small picture for the form of a key.
func (m *matrix) photo(key []byte) {
	m.t.Helper()
	var b bytes.Buffer
	m.must(jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 40, 30)), nil))
	_, err := m.shelf.StagePaper(bg, key, "签字.jpg", &b)
	m.must(err)
}

// makeNotice writes a village list at a town's office and brings it to a stage
// of its life, by other people.
func (m *matrix) makeNotice(r row, at standpoint) fixture {
	m.t.Helper()
	editor, approver := m.person(at.desk, staff.Publisher), m.person(at.desk, staff.NoticeApprover)
	typed := listFields(m)
	d := notice.Draft{Kind: "LIST_VILLAGE", Title: typed.Get("title"), PlaceCode: shuangliu, Year: 2026, Body: typed.Get("body"),
		StartsOn: workday.Date(typed.Get("starts_on")), EndsOn: workday.Date(typed.Get("ends_on")), Fields: map[string]string{}}
	for name := range typed {
		if code, is := strings.CutPrefix(name, "field:"); is {
			d.Fields[code] = typed.Get(name)
		}
	}
	n, err := m.desk.Begin(bg, editor, d)
	m.must(err)
	m.must(m.desk.EditRows(bg, editor, n.ID, 1, []roll.Edit{{Label: "赵大有", Team: "一组", People: 3}, {Label: "钱二妮", Team: "二组", People: 4}}))
	f := fixture{id: n.ID, file: uuid.New(), roll: *n.RollID, token: base64.RawURLEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))}
	if r.stage == "attaching" {
		f.token, _ = m.withFile()
	}
	for _, step := range []struct {
		stage string
		do    func(version int) error
	}{
		{"attached", func(int) error {
			_, key := m.withFile()
			return m.desk.Attach(bg, editor, n.ID, "notice", key)
		}},
		{"complete", func(int) error {
			key := []byte(uuid.NewString())
			m.photo(key)
			return m.desk.SetMinutes(bg, editor, n.ID, roll.Minutes{MetOn: d.StartsOn, Present: 20, Entitled: 30}, key)
		}},
		{"waiting", func(v int) error { return m.desk.HandIn(bg, editor, n.ID, v) }},
		{"published", func(v int) error { return m.desk.Approve(bg, approver, n.ID, v, notice.Approval{}) }},
		{"pulled", func(int) error {
			m.exec("UPDATE notice SET pulled_at = ? WHERE id = ?", m.store.Now(), n.ID)
			return nil
		}},
	} {
		if r.stage == "draft" || r.stage == "attaching" {
			break
		}
		m.must(step.do(m.paper(editor, n.ID).Version))
		if step.stage == r.stage {
			break
		}
	}
	p := m.paper(editor, n.ID)
	f.version, f.rollVersion = p.Version, p.Roll.Version
	if len(p.Files) > 0 {
		f.file = p.Files[0].ID
	}
	return f
}

func (m *matrix) paper(by staff.Officer, id uuid.UUID) notice.Paper {
	m.t.Helper()
	p, err := m.desk.Paper(bg, by, id)
	m.must(err)
	return p
}

// makeSheet lays a spreadsheet into the tray of an office.
func (m *matrix) makeSheet(at standpoint) fixture {
	m.t.Helper()
	n := m.makeNotice(row{stage: "draft"}, at)
	s, err := m.tray.Put(bg, m.person(at.desk, staff.Publisher), "roll.households", &n.roll, "名单.csv", strings.NewReader(goodSheet))
	m.must(err)
	return fixture{id: s.ID, file: uuid.New(), version: s.Version}
}

func (m *matrix) makeProject(at standpoint) fixture {
	m.t.Helper()
	id := uuid.Must(uuid.NewV7())
	m.exec(`INSERT INTO project (id, unit_id, place_code, name, content, amount_fen, state, planned_on, started_on, accepted_on, created_at, version)
		VALUES (?, ?, ?, '通村路', '硬化三公里', 300000000, 'planned', '', '', '', ?, 1)`, id, m.units[at.desk].ID, shuangliu, m.store.Now())
	return fixture{id: id, version: 1}
}
