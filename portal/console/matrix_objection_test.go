package console_test

import (
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/crosscheck"
	"minsheng/intake"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/objection"
	"minsheng/roll"
	"minsheng/staff"
	"minsheng/tray"
)

const (
	anObjection   kind = "objection"
	objectionFile kind = "objection file"
	aHit          kind = "hit"
)

// An objection to a town's list lies with the county. The office that published
// the list reads none of it, wherever it lies; nor does one below.
var (
	ofObjections = []standpoint{
		{name: "own unit", unit: panshan, desk: panshan, about: town, sees: everybody},
		{name: "unit above", unit: cityDesk, desk: panshan, about: town, sees: everybody},
		{name: "publisher", unit: town, desk: panshan, about: town},
		{name: "publisher that has the desk", unit: panshan, desk: panshan, about: panshan},
		{name: "below the publisher", unit: town, desk: town, about: panshan},
		{name: "foreign unit", unit: dawa, desk: panshan, about: town},
		{name: "office beside", unit: poor, desk: panshan, about: town},
	}
	// A hit belongs to its village, whoever found it.
	ofHits = []standpoint{
		{name: "county", unit: panshan, sees: everybody},
		{name: "city", unit: cityDesk, sees: everybody},
		{name: "foreign county", unit: dawa},
	}
)

// objectionTable has one row for each route of objections, payments and the
// cross-check.
func objectionTable() map[string]row {
	return map[string]row{
		"GET /console/objections":                  {who: "T S"},
		"GET /console/objections/:id":              {who: "T S", about: anObjection},
		"GET /console/objections/:id/files/:file":  {who: "T S", about: objectionFile},
		"POST /console/objections/:id/acknowledge": {who: "T S", about: anObjection, form: words()},
		"POST /console/objections/:id/message":     {who: "T S", about: anObjection, form: words("text", "您好，正在看。")},
		"POST /console/objections/:id/check":       {who: "T S", about: anObjection, stage: "verifying", form: checkForm},
		"POST /console/objections/:id/sign": {who: "T S", about: anObjection, stage: "visited", form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"check": {f.proposal.String()}, "declared": {"1"}}
		}},
		"POST /console/objections/:id/propose": {who: "T S", about: anObjection, stage: "signed", form: words("outcome", "not_upheld", "answer", notUpheld)},
		"POST /console/objections/:id/rule": {who: "S", about: anObjection, stage: "proposed", form: func(_ *matrix, f fixture) url.Values {
			return url.Values{"proposal": {f.proposal.String()}, "ruling": {"approve"}}
		}},

		"GET /console/payments":                     {who: "P"},
		"GET /console/crosscheck":                   {who: "T S"},
		"POST /console/crosscheck/run":              {who: "T S", form: words()},
		"GET /console/crosscheck/hits/:id":          {who: "T S", about: aHit, recorded: true},
		"POST /console/crosscheck/hits/:id/dismiss": {who: "T S", about: aHit, form: words("reason", "同名不同人")},
		"POST /console/crosscheck/hits/:id/turn":    {who: "T S", about: aHit, form: words("words", "请核实这笔钱是不是发错了。")},
	}
}

func checkForm(m *matrix, _ fixture) url.Values {
	return url.Values{"visited_on": {string(workday.On(m.store.Now()))}, "place": {"双柳村一组"}, "method": {"household_visit"},
		"found": {"家里有车有楼，村民也这么说。"}, "declared": {"1"}, "form": {m.intake.NewForm().Token}}
}

const notUpheld = "经入户核实，该户的车是借来的，符合条件，留在名单上。"

// makeObjection files an objection to the first row of a town's village list and
// brings it to a stage of its life, by other people.
func (m *matrix) makeObjection(r row, at standpoint) fixture {
	m.t.Helper()
	if m.listed.id == uuid.Nil { // no second one goes up while an objection is open
		m.listed = m.makeNotice(row{stage: "published"}, standpoint{desk: town})
	}
	n := m.listed
	form, first := m.intake.NewForm(), 1
	if r.about == objectionFile {
		opened, err := m.intake.OpenForm(form.Token)
		m.must(err)
		m.stage(opened.Key, "房照.pdf")
	}
	_, late, err := m.objects.File(bg, objection.Filing{NoticeID: n.id, RowKey: &first, Kind: objection.WrongIn,
		Submission: intake.Submission{Token: form.Token, Text: "他家在镇上有楼，还开着车。", Mode: intake.Anonymous, Channel: intake.Web, Lang: "zh-CN"}})
	m.must(err)
	if late {
		m.t.Fatal("the objection came too late")
	}
	o := m.lastObjection()
	f := fixture{id: o.ID, file: uuid.New(), proposal: uuid.New(), roll: n.roll}
	if r.about == objectionFile {
		f.file = m.fileOf(o.ReportID)
	}
	for _, step := range []struct {
		stage string
		do    func(c objection.Case) error
	}{
		{"verifying", func(c objection.Case) error { return m.objects.Acknowledge(bg, m.worker, c.ID, c.Version) }},
		{"visited", func(c objection.Case) error {
			return m.objects.Record(bg, m.worker, c.ID, c.Version, objection.Visit{VisitedOn: workday.On(m.store.Now()), Place: "双柳村一组",
				Method: "household_visit", Found: "家里有车有楼。", Declared: true})
		}},
		{"signed", func(c objection.Case) error { return m.objects.Sign(bg, m.city, c.ID, c.Checks[0].ID, c.Version, true) }},
		{"proposed", func(c objection.Case) error {
			return m.objects.Propose(bg, m.worker, c.ID, c.Version, objection.NotUpheld, roll.Edit{}, notUpheld)
		}},
	} {
		if r.stage == "" {
			break
		}
		c, err := m.objects.Open(bg, m.city, o.ID)
		m.must(err)
		m.must(step.do(c))
		if step.stage == r.stage {
			break
		}
	}
	c, err := m.objects.Open(bg, m.city, o.ID)
	m.must(err)
	switch r.stage {
	case "visited":
		f.proposal = c.Checks[0].ID
	case "proposed":
		f.proposal = c.Rulings[0].ID
	}
	f.version = c.Version
	m.exec("UPDATE objection SET desk_unit_id = ?, publisher_id = ? WHERE id = ?", m.units[at.desk].ID, m.units[at.about].ID, o.ID)
	return f
}

func (m *matrix) lastObjection() (o objection.Objection) {
	m.t.Helper()
	m.must(m.store.Read(bg).Order("seq DESC").Take(&o).Error)
	return o
}

// load takes the rows of a sheet for a target, as the tray hands them over. A
// row has a village, a name, a number and a day.
func (h *house) load(target tray.Target, name string, rows ...[4]string) {
	h.t.Helper()
	by := staff.Officer{UnitID: h.units[cityDesk].ID, UnitName: cityDesk, Name: "员", Roles: []staff.Role{staff.Publisher}}
	var all []sheet.Record
	for i, r := range rows {
		text := func(s string) sheet.Value { return sheet.Value{Raw: s, Text: s} }
		all = append(all, sheet.Record{Row: i + 2, Values: map[string]sheet.Value{"place": text(r[0]), "name": text(r[1]), "identity": text(r[2]),
			"programme": text("低保金"), "batch": text("第一批"), "amount": {N: 10000}, "paid_on": {Day: workday.Date(r[3])}, "since": {Day: workday.Date(r[3])}}})
	}
	h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
		_, err := target.Take(tx, by, tray.Sheet{Name: name}, handOut(all))
		return err
	}))
}

func handOut(records []sheet.Record) func() (sheet.Record, error) {
	return func() (sheet.Record, error) {
		if len(records) == 0 {
			return sheet.Record{}, io.EOF
		}
		r := records[0]
		records = records[1:]
		return r, nil
	}
}

func (h *house) reference(kind string) tray.Target {
	h.t.Helper()
	for _, t := range h.checks.Targets() {
		if t.Code == "reference."+kind {
			return t
		}
	}
	h.t.Fatalf("no reference set %s", kind)
	return tray.Target{}
}

// makeHit loads a payment to somebody who died before it, and compares. The
// number has a wrong check digit.
func (m *matrix) makeHit() fixture {
	m.t.Helper()
	name := "赵" + string([]rune(uuid.NewString())[:8])
	number := fmt.Sprintf("21112219500101%03d", uint16(uuid.New().ID())%1000)
	m.load(m.purse.Target(), name+"发放.xlsx", [4]string{"双柳村", name, wrongDigit(number), "2026-03-05"})
	m.load(m.reference(crosscheck.Deceased), name+"死亡.xlsx", [4]string{"双柳村", name, wrongDigit(number), "2026-01-01"})
	_, err := m.checks.Check(bg, m.worker)
	m.must(err)
	var h crosscheck.Hit
	m.must(store.One(m.store.Read(bg).Where("state = 'open'").Order("id DESC").Limit(1), &h))
	return fixture{id: h.ID, version: h.Version}
}

// wrongDigit makes a number of 18 digits that can be nobody's.
func wrongDigit(first17 string) string {
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	digits, sum := first17[:17], 0
	for i, w := range weights {
		sum += int(digits[i]-'0') * w
	}
	right := "10X98765432"[sum%11]
	if right == '1' {
		return digits + "2"
	}
	return digits + "1"
}

// TestHiddenObjectionsLeaveNoTrace compares every list before and after
// somebody objects: the publisher's own office reads the same bytes, counts and
// all, unless it reads notices, which say that a row is frozen.
func TestHiddenObjectionsLeaveNoTrace(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	m.makeObjection(row{}, ofObjections[0]) // there is one already, and its list
	readers := func(unit string) map[string]string {
		return m.readers(unit, "R T S H I A", append(lists(), "/console/objections?state=all", "/console/objections?place="+shuangliu)...)
	}
	for _, at := range ofObjections {
		before := readers(at.unit)
		m.makeObjection(row{stage: "visited"}, at)
		o, knows := m.lastObjection(), 0
		for who, body := range readers(at.unit) {
			letter, _, _ := strings.Cut(who, " ")
			switch {
			case body == before[who]:
			case !has("T S", letter) || at.sees == "":
				t.Errorf("%s, %s: the objection changed the page", at.name, who)
			default:
				knows += strings.Count(body, o.Number())
			}
		}
		// Its number stands on the lists of those who work on it: the test sees.
		if at.sees != "" && knows < 4 {
			t.Errorf("%s: its number stands on %d pages only", at.name, knows)
		}
	}
}
