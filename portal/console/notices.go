package console

import (
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/staff"
)

// noticesPage is the list of what the office and those below it publish.
type noticesPage struct {
	Frame
	Lenses   []lens
	Kinds    Field
	Stand    string
	Rows     []noticeRow
	Next     string
	First    string
	MayWrite bool
	Filtered bool
}

// noticeRow is one line of a list of notices.
type noticeRow struct {
	notice.Notice
	Stand string
	Unit  string
	Place string
	Left  int // days of publicity, today counted; 0 when there is no end or it is over
	Why   string
}

// stands are the states of a notice as people of the office ask for them.
var stands = []string{"draft", "waiting", "running", "ended", "withdrawn", "pulled"}

// standOf is the word for the state that a notice is in.
func standOf(n notice.Notice) string {
	switch {
	case n.PulledAt != nil && n.State != "withdrawn":
		return "pulled"
	case n.State == "draft" && n.HandedInAt != nil:
		return "waiting"
	case n.State == "draft" && n.Returned != "":
		return "returned"
	case n.State == "published":
		return "running"
	}
	return n.State // draft, reviewed, ended, archived, withdrawn
}

// standing is standOf with the days that are left. One whose days are over is
// shown so before the portal has put it away.
func (v *visit) standing(n notice.Notice) (stand string, left int) {
	stand = standOf(n)
	if n.State != "published" {
		return stand, 0
	}
	left, over := notice.Standing(n, v.day())
	if over && stand == "running" {
		stand = "ended"
	}
	return stand, left
}

func (v *visit) notices() error {
	frame, err := v.frame("/console/notices", v.t("publish.notices.title"))
	if err != nil {
		return err
	}
	f := notice.Filter{Stand: v.known1("stand", stands), Kind: v.known1("kind", noticeKinds())}
	f.After, _ = uuid.Parse(v.c.Query("after"))
	page := noticesPage{Frame: frame, Stand: f.Stand, MayWrite: v.by().May(staff.WriteNotices), Filtered: f.Stand != "" || f.Kind != ""}
	list, err := v.Notices.List(v.ctx(), v.by(), f)
	if err != nil {
		return err
	}
	if len(list) == listPage {
		page.Next = withQuery(noticesAddress(f), "after", list[len(list)-1].ID.String())
	}
	if f.After != uuid.Nil {
		page.First = noticesAddress(f)
	}
	if list, err = v.pulledFirst(list, f); err != nil {
		return err
	}
	if page.Rows, err = v.noticeRows(list); err != nil {
		return err
	}
	page.Lenses, page.Kinds = v.noticeLenses(f), v.kindFilter(f.Kind)
	return v.show(fiber.StatusOK, "notices", page)
}

// listPage is how many lines the publishing rooms hand out at a time.
const listPage = 50

// known1 is the value of a name of the address if it is one of those known.
func (v *visit) known1(name string, known []string) string {
	if value := v.c.Query(name); slices.Contains(known, value) {
		return value
	}
	return ""
}

func noticeKinds() []string {
	var out []string
	for _, k := range notice.Kinds() {
		out = append(out, k.Code)
	}
	return out
}

// noticesAddress is the list under a filter, from its beginning.
func noticesAddress(f notice.Filter) string {
	q := url.Values{}
	if f.Stand != "" {
		q.Set("stand", f.Stand)
	}
	if f.Kind != "" {
		q.Set("kind", f.Kind)
	}
	if len(q) == 0 {
		return "/console/notices"
	}
	return "/console/notices?" + q.Encode()
}

// pulledFirst puts what an objection took off the web on top for those who must
// look at it.
func (v *visit) pulledFirst(list []notice.Notice, f notice.Filter) ([]notice.Notice, error) {
	if f.Stand != "" || f.After != uuid.Nil || !v.by().May(staff.ApproveNotices) {
		return list, nil
	}
	pulled, err := v.Notices.List(v.ctx(), v.by(), notice.Filter{Stand: "pulled", Kind: f.Kind})
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(n notice.Notice) bool { return n.PulledAt != nil && standOf(n) == "pulled" })
	return append(pulled, list...), nil
}

func (v *visit) noticeRows(list []notice.Notice) ([]noticeRow, error) {
	places := map[string]string{}
	var out []noticeRow
	for _, n := range list {
		row := noticeRow{Notice: n, Unit: v.unitName(n.UnitID)}
		row.Stand, row.Left = v.standing(n)
		var err error
		if row.Place, err = v.placeName(places, n.PlaceCode); err != nil {
			return nil, err
		}
		out = append(out, row)
	}
	return out, nil
}

// unitName is how an office is called, "" when it is unknown.
func (v *visit) unitName(id uuid.UUID) string {
	u, err := v.Atlas.Unit(id)
	if err != nil {
		return ""
	}
	return u.Name
}

// placeName is the full name of a place, looked up once for each page.
func (v *visit) placeName(known map[string]string, code string) (string, error) {
	if name, ok := known[code]; ok {
		return name, nil
	}
	d, err := v.Atlas.Division(v.ctx(), code)
	if err != nil {
		return "", err
	}
	known[code] = d.FullName
	return d.FullName, nil
}

func (v *visit) noticeLenses(f notice.Filter) []lens {
	out := []lens{{Key: "all", Href: noticesAddress(notice.Filter{Kind: f.Kind}), On: f.Stand == "", N: -1}}
	for _, stand := range stands {
		out = append(out, lens{Key: stand, Href: noticesAddress(notice.Filter{Stand: stand, Kind: f.Kind}), On: f.Stand == stand, N: -1})
	}
	return out
}

func (v *visit) kindFilter(chosen string) Field {
	f := Field{Name: "kind", ID: "f-kind", Kind: "select", Bare: true, Label: v.t("publish.field.kind")}
	f.Options = append([]Option{{Label: v.t("console.any")}}, v.options("notice.", noticeKinds())...)
	return with(f, chosen)
}

// since is how many whole days ago an instant was.
func since(at *time.Time, now time.Time) int {
	if at == nil {
		return 0
	}
	return max(0, workday.On(now).Sub(workday.On(*at)))
}
