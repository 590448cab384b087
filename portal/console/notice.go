package console

import (
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/internal/evidence"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

// noticePage is one notice: on the left the paper as the public will see it, on
// the right how far it is and what can be done about it.
type noticePage struct {
	Frame
	Paper    notice.Paper
	Stand    string
	Left     int
	Unit     string
	Place    string
	Full     bool // full names, as on the village board
	Tabs     [2]string
	Table    *rowTable
	More     bool // further rows
	Facts    []fact
	Attached []fileView
	Starts   []fileView
	Ends     []fileView
	Rounds   []round
	Missing  []string
	Found    []exposureView
	Waits    string // why the list may not go on; "" it may
	Sums     *sumsView
	Edit     *noticeForm
	Rows     *Form // uploads a table
	Forms    []Form
	Detach   bool // attachments may be taken away
	Kept     []Field
	Says     string
	Timeline []eventView
	Pulled   bool
}

// fact is one line of a notice: what is asked, what was answered.
type fact struct{ Label, Value string }

// round is one set of minutes.
type round struct {
	roll.Minutes
	Files []fileView
}

// sumsView says how money adds up.
type sumsView struct {
	notice.Sums
	Difference int64 // of what was allocated and what the rows say
}

func (v *visit) showNotice() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.noticeShow(fiber.StatusOK, id, Draft{})
}

func noticePath(id uuid.UUID) string { return "/console/notices/" + id.String() }

// noticeShow shows a notice; draft is a step that could not be taken, with
// every word of it.
func (v *visit) noticeShow(status int, id uuid.UUID, draft Draft) error {
	p, err := v.Notices.Paper(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	frame, err := v.frame(noticePath(id), p.Title)
	if err != nil {
		return err
	}
	page := noticePage{Frame: frame, Paper: p, Unit: v.unitName(p.UnitID), Says: draft.says, Full: v.c.Query("view") == "full"}
	page.Stand, page.Left = v.standing(p.Notice)
	page.Pulled = page.Stand == "pulled"
	page.Tabs = [2]string{noticePath(id), withQuery(noticePath(id), "view", "full")}
	if page.Place, err = v.placeName(map[string]string{}, p.PlaceCode); err != nil {
		return err
	}
	page.Facts, page.Missing, page.Found = v.facts(p), v.missingOf(p), v.exposures(p)
	if err := v.noticePapers(&page); err != nil {
		return err
	}
	if err := v.noticeTable(&page); err != nil {
		return err
	}
	if err := v.noticeSteps(&page, draft); err != nil {
		return err
	}
	return v.show(status, "notice", page)
}

// facts are the answers to what the kind asks, in its order.
func (v *visit) facts(p notice.Paper) []fact {
	var out []fact
	for _, asked := range p.KindOf.Fields {
		value := p.Fields[asked.Code]
		if value == "" {
			continue
		}
		if asked.Type == "choice" {
			value = v.known("notice.choice."+asked.Code+"."+value, "console.field.words")
		}
		out = append(out, fact{v.known("notice.field."+asked.Code, "console.field.words"), value})
	}
	return out
}

// noticePapers sorts the files of a notice by what they are.
func (v *visit) noticePapers(page *noticePage) error {
	p, base := page.Paper, noticePath(page.Paper.ID)+"/files/"
	page.Attached = v.files(base, p.Files)
	page.Starts, page.Ends = v.files(base, kindOfOwner(p.Photos, "notice_start")), v.files(base, kindOfOwner(p.Photos, "notice_end"))
	for _, m := range p.Minutes {
		page.Rounds = append(page.Rounds, round{m, v.files(base, owned(p.MinuteFiles, "minutes", m.ID))})
	}
	if p.Sums != nil {
		page.Sums = &sumsView{*p.Sums, p.Sums.TotalFen - p.Sums.AllocatedFen}
	}
	if p.May != nil && p.State == "draft" {
		if d, _, known := v.refused("hand_in", p.May); known {
			page.Waits = firstProblem(d)
		}
	}
	events, err := v.Notices.Events(v.ctx(), v.by(), p.ID)
	page.Timeline = v.timeline(events)
	return err
}

func kindOfOwner(files []evidence.File, kind string) []evidence.File {
	return slices.DeleteFunc(slices.Clone(files), func(f evidence.File) bool { return f.OwnerKind != kind })
}

// paperRows is how many rows stand on the paper itself; the others have a page.
const paperRows = 20

func (v *visit) noticeTable(page *noticePage) error {
	if page.Paper.Roll == nil {
		return nil
	}
	rows, more, err := v.Rolls.Page(v.ctx(), page.Paper.Roll.ID, roll.Ask{Limit: paperRows})
	if err != nil {
		return err
	}
	who := onWeb
	if page.Full {
		who = onBoard
	}
	table, err := v.table(*page.Paper.Roll, rows, who)
	page.Table, page.More = &table, more
	return err
}

// missingOf lists what a draft still lacks, in the words of its questions.
func (v *visit) missingOf(p notice.Paper) []string {
	if p.State != "draft" {
		return v.missingPhotos(p)
	}
	var out []string
	lacks := func(missing bool, label string) {
		if missing {
			out = append(out, label)
		}
	}
	lacks(p.StartsOn == "" && p.Original == nil, v.t("publish.field.starts_on"))
	lacks(p.Body == "" && p.KindOf.Roll == "", v.t("publish.field.body"))
	for _, asked := range v.asked(p).Fields {
		lacks(asked.Required && p.Fields[asked.Code] == "", v.known("notice.field."+asked.Code, "console.field.words"))
	}
	lacks(p.KindOf.Fund && p.FundID == nil, v.t("publish.field.fund"))
	lacks(p.KindOf.Roll != "" && (p.Roll == nil || p.Roll.Size == 0), v.t("publish.missing.rows"))
	lacks(v.needsMinutes(p) && !hasMinutes(p), v.t("publish.missing.minutes"))
	return out
}

// needsMinutes reports whether a meeting decides on the round that a notice
// opens.
func (v *visit) needsMinutes(p notice.Paper) bool {
	return p.KindOf.Roll == roll.Households || p.KindOf.Roll == roll.Exits
}

func hasMinutes(p notice.Paper) bool {
	return slices.ContainsFunc(p.Minutes, func(m roll.Minutes) bool { return m.Stage == p.KindOf.Stage })
}

// missingPhotos reminds of the pictures of the board, at the start and the end.
func (v *visit) missingPhotos(p notice.Paper) []string {
	var out []string
	for _, need := range []struct {
		kind string
		when bool
	}{{"notice_start", p.State == "published" || p.State == "ended"}, {"notice_end", p.State == "ended"}} {
		if need.when && len(kindOfOwner(p.Photos, need.kind)) == 0 {
			out = append(out, v.t("publish.missing."+need.kind))
		}
	}
	return out
}

// exposureView is one finding of the privacy gate with where it stands.
type exposureView struct {
	notice.Exposure
	Place  string // in words
	What   string
	Column string // name of the column that can be dropped; "" none
	Code   string
}

// exposures puts what the gate finds into words.
func (v *visit) exposures(p notice.Paper) []exposureView {
	var out []exposureView
	for _, e := range p.Found {
		out = append(out, v.exposure(e))
	}
	return out
}

func (v *visit) exposure(e notice.Exposure) exposureView {
	view := exposureView{Exposure: e, Code: e.Column, What: v.known("privacy."+string(e.Kind), "publish.exposed.other")}
	if e.Column != "" {
		view.Column = v.fieldName(e.Column)
	}
	view.Place = v.exposedAt(e)
	return view
}

// exposedAt says where a finding stands.
func (v *visit) exposedAt(e notice.Exposure) string {
	switch {
	case e.Where == "row" && e.Column != "":
		return v.t("publish.exposed.cell", "row", e.Ref, "column", v.fieldName(e.Column))
	case e.Where == "row":
		return v.t("publish.exposed.row", "row", e.Ref)
	case e.Where == "file":
		return v.t("publish.exposed.file", "name", e.Ref)
	case e.Where == "file_name":
		return v.t("publish.exposed.file_name", "name", e.Ref)
	}
	return v.noticeFieldName(e.Where)
}

// noticeFieldName is what a field of a notice is called: title, body,
// field:contact_unit …
func (v *visit) noticeFieldName(code string) string {
	if own, ok := strings.CutPrefix(code, "field:"); ok {
		return v.known("notice.field."+own, "console.field.words")
	}
	return v.known("publish.field."+code, "console.field.words")
}

// sendPaper gives out a file of a notice.
func (v *visit) sendPaper() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	file, err := v.id("file")
	if err != nil {
		return err
	}
	f, content, name, err := v.Notices.OpenFile(v.ctx(), v.by(), id, file)
	if err != nil {
		return err
	}
	return v.deliver(f.ContentType, name, content)
}

func (v *visit) may(p staff.Permission) bool { return v.by().May(p) }
