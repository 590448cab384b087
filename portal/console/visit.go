package console

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/internal/store"
	"minsheng/portal/locale"
	"minsheng/portal/view"
	"minsheng/staff"
	"minsheng/triage"
)

// visit is one request by a person of the staff.
type visit struct {
	*Face
	c    *fiber.Ctx
	s    staff.Session
	lang locale.Lang
	form posted

	tally  *triage.Counts // read once for a page
	colors clock.Colors   // of the clock, read with the frame
}

func (f *Face) visit(c *fiber.Ctx) *visit {
	lang := locale.Chinese
	if c.Query("lang") == string(locale.English) {
		lang = locale.English
	}
	return &visit{Face: f, c: c, lang: lang}
}

func (v *visit) ctx() context.Context { return v.c.UserContext() }
func (v *visit) by() staff.Officer    { return v.s.Officer }

// t is a sentence of the catalogs.
func (v *visit) t(key string, pairs ...any) string { return v.View.Text(v.lang, key, pairs...) }

// known is the sentence of key, or of other when the catalogs lack key.
func (v *visit) known(key, other string, pairs ...any) string {
	if text := v.t(key, pairs...); text != key {
		return text
	}
	return v.t(other, pairs...)
}

// href is path with the reader's language carried along.
func (v *visit) href(path string) string { return view.Base{Lang: v.lang}.Href(path) }

// id reads the uuid in the address; anything else does not exist.
func (v *visit) id(name string) (uuid.UUID, error) {
	id, err := uuid.Parse(v.c.Params(name))
	if err != nil {
		return uuid.Nil, store.ErrNotFound
	}
	return id, nil
}

// leave answers a change with the page that shows it and says what happened.
func (v *visit) leave(path, done string) error {
	if done != "" {
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		path += mark + "done=" + done
	}
	return v.c.Redirect(v.href(path), fiber.StatusSeeOther)
}

// show sends a page.
func (v *visit) show(status int, name string, page any) error {
	html, err := v.View.Render(v.lang, "console/"+name, page)
	if err != nil {
		return err
	}
	v.c.Status(status).Type("html", "utf-8")
	return v.c.Send(html)
}

// Frame is what stands around every page of somebody signed in.
type Frame struct {
	view.Base
	Places     []Place
	Officer    staff.Officer
	CSRF       string
	Done       string // what just happened, "" when nothing did
	MaySearch  bool
	SearchText string
}

// Place is one entry of the left column.
type Place struct {
	Href  string
	Key   string // catalog key
	First bool   // of its part
	Here  bool
	Mine  int
	Late  int
}

// places lists the rooms of the console, those that belong together in one part;
// each is shown only to those who may go there.
var places = []struct {
	part int
	path string
	key  string
	may  staff.Permission
}{
	{0, "/console", "console.place.today", staff.OwnAccount},
	{0, alarmsPath, "alarms.title", staff.HearAlarms},
	{1, "/console/cases", "console.place.cases", staff.ReadCases},
	{1, "/console/entry", "console.place.entry", staff.EnterReports},
	{1, "/console/objections", "objections.title", staff.WorkObjections},
	{1, "/console/replies", "console.place.replies", staff.WorkCases},
	{1, openingsPath, "custody.openings.title", staff.RevealIdentity},
	{1, releasesPath, "console.place.releases", staff.RevealIdentity},
	{2, "/console/items", "console.place.items", staff.ReadItems},
	{2, inspectionsPath, "console.place.inspections", staff.WorkInspections},
	{2, fieldPath, "console.place.field", staff.WorkInspections},
	{2, inspectedPath, "console.place.inspected", staff.AnswerOffices},
	{2, ordersPath, "console.place.orders", staff.ReadItems},
	{2, measuresPath, "console.place.measures", staff.ProposeMeasures},
	{2, servedPath, "console.place.served", staff.AnswerOffices},
	{2, referralsPath, "console.place.referrals", staff.SealReferrals},
	{2, selfReportsPath, "console.place.selfreports", staff.SendSelfReports},
	{3, registerPath, "register.title", staff.ReadRegister},
	{3, figuresPath, "figures.title", staff.ReadFigures},
	{3, workReportsPath, "bulletin.reports.title", staff.WritePapers},
	{3, bulletinsPath, "bulletin.title", staff.ReadItems},
	{3, papersPath, "papers.title", staff.ReadItems},
	{4, "/console/notices", "publish.place.notices", staff.ReadNotices},
	{4, publishPath, "bulletin.publish.title", staff.WriteNotices},
	{4, "/console/duties", "publish.place.duties", staff.ReadNotices},
	{4, "/console/funds", "publish.place.funds", staff.ReadNotices},
	{4, "/console/projects", "publish.place.projects", staff.ReadNotices},
	{4, "/console/payments", "payments.title", staff.LoadPayments},
	{4, "/console/crosscheck", "crosscheck.title", staff.CrossCheck},
	{5, custodyPath, "custody.title", staff.RevealIdentity},
	{5, handlingPath, "handling.title", staff.HoldHandling},
	{5, retentionPath, "retention.title", staff.ReadErasures},
	{5, "/console/record", "console.place.record", staff.ReadRecord},
	{5, auditsPath, "audit.title", staff.AuditLooks},
	{5, attemptsPath, "attempts.title", staff.AuditLooks},
	{5, "/console/staff", "console.place.staff", staff.ManageStaff},
	{5, "/console/offices", "console.place.offices", staff.ManageStaff},
	{5, formsPath, "templates.title", staff.KeepTemplates},
	{5, clocksPath, "clocks.title", staff.KeepClocks},
	{5, calendarPath, "calendar.title", staff.KeepClocks},
	{5, yearsPath, "retention.rules", staff.KeepClocks},
	{6, "/console/account", "console.place.account", staff.OwnAccount},
}

// frame makes the frame of a page called title that lies at path.
func (v *visit) frame(path, title string) (Frame, error) {
	officer := v.by()
	f := Frame{
		Base:      view.Base{Lang: v.lang, Path: path, Title: title},
		Officer:   officer,
		CSRF:      v.proof(),
		MaySearch: officer.May(staff.ReadCases),
	}
	if done := v.c.Query("done"); done != "" && v.t("console.done."+done) != "console.done."+done {
		f.Done = v.t("console.done." + done)
	}
	counts, err := v.counts()
	if err != nil {
		return Frame{}, err
	}
	if v.colors, err = v.Clocks.Colors(v.ctx(), ""); err != nil {
		return Frame{}, err
	}
	part := 0
	for _, p := range places {
		if !officer.May(p.may) || p.path == auditsPath && !v.Audits.Reads(officer) {
			continue
		}
		n := counts[p.path]
		f.Places = append(f.Places, Place{Href: f.Href(p.path), Key: p.key, First: p.part != part, Here: within(path, p.path), Mine: n.mine, Late: n.late})
		part = p.part
	}
	return f, nil
}

type count struct{ mine, late int }

// counts says, by place, how much there is mine and how much of it is late.
func (v *visit) counts() (map[string]count, error) {
	out, may := map[string]count{}, v.by().May
	for _, c := range []struct {
		may   bool
		path  string
		count func() (count, error)
	}{
		{v.may(staff.ReadItems), itemsPath, v.itemCount},
		{may(staff.AnswerOffices), inspectedPath, v.owedMaterials},
		{may(staff.ReadItems), ordersPath, v.orderCount},
		{may(staff.SendSelfReports), selfReportsPath, v.owedReports},
		{may(staff.WorkObjections), objectionsPath, v.objectionCount},
		{true, papersPath, v.paperCount},
		{may(staff.RevealIdentity), openingsPath, v.openingCount},
		{may(staff.ReadRegister), registerPath, v.takingCount},
		{may(staff.AgreeErasure), retentionPath, v.erasureCount},
		{may(staff.ManageStaff), "/console/staff", v.roleCount},
		{v.Audits.Reads(v.by()), auditsPath, v.auditCount},
		{may(staff.ReadCases), "/console/cases", v.caseCount},
	} {
		if !c.may {
			continue
		}
		n, err := c.count()
		if err != nil {
			return nil, err
		}
		out[c.path] = n
	}
	held, err := v.Measures.Waiting(v.ctx(), v.by())
	if err != nil {
		return nil, err
	}
	out[measuresPath], out[referralsPath], out[releasesPath] = count{held.Rulings, held.Late}, count{mine: held.Seals}, count{mine: held.Releases}
	if may(staff.HearAlarms) || may(staff.KeepClocks) {
		err = v.countAlarms(out)
	}
	return out, err
}

func (v *visit) objectionCount() (n count, err error) {
	n.mine, n.late, err = v.Objections.Mine(v.ctx(), v.by())
	return n, err
}

func (v *visit) paperCount() (n count, err error) {
	n.mine, err = v.Papers.Waiting(v.ctx(), v.by())
	return n, err
}

func (v *visit) auditCount() (n count, err error) {
	n.mine, err = v.Audits.Waiting(v.ctx(), v.by())
	return n, err
}

// caseCount is what the page has counted anyway, where it has.
func (v *visit) caseCount() (n count, err error) {
	if v.tally != nil {
		return count{v.tally.Mine, v.tally.MineLate}, nil
	}
	n.mine, n.late, err = v.Triage.MyCounts(v.ctx(), v.by())
	return n, err
}

// itemCount counts the items that are the officer's business: those addressed to
// the own office, or those that lie with it as the issuer; and those that are
// late.
func (v *visit) itemCount() (n count, err error) {
	business, late := docket.Filter{Stretch: docket.WithIssuer}, []docket.Filter{{Color: clock.Red}, {Color: clock.Yellow}}
	if v.may(staff.HandleItems) {
		business, late = docket.Filter{Mine: true}, []docket.Filter{{Color: clock.Red, Mine: true}, {Color: clock.Yellow, Mine: true}}
	}
	if n.mine, err = v.Docket.Count(v.ctx(), v.by(), business); err != nil {
		return n, err
	}
	for _, f := range late {
		more, err := v.Docket.Count(v.ctx(), v.by(), f)
		if err != nil {
			return n, err
		}
		n.late += more
	}
	return n, nil
}

// caseCounts counts the officer's cases, once for each page.
func (v *visit) caseCounts() (triage.Counts, error) {
	if v.tally == nil {
		n, err := v.Triage.Counts(v.ctx(), v.by())
		if err != nil {
			return n, err
		}
		v.tally = &n
	}
	return *v.tally, nil
}

// within reports whether the page at path belongs to place.
func within(path, place string) bool {
	path, _, _ = strings.Cut(path, "?")
	return path == place || place != "/console" && strings.HasPrefix(path, place+"/")
}

// unitIDs lists the officer's own office and those below it.
func (v *visit) unitIDs() []uuid.UUID { return v.Atlas.Subtree(v.by().UnitID) }

// is reports whether err is any of the sentinels.
func is(err error, sentinels ...error) bool {
	return slices.ContainsFunc(sentinels, func(s error) bool { return errors.Is(err, s) })
}
