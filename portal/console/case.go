package console

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/portal/view"
	"minsheng/retention"
	"minsheng/staff"
	"minsheng/triage"
)

// casePage is one complaint with its story on the left and what can be done
// about it on the right.
type casePage struct {
	Frame
	Case       triage.Case
	Words      wordsView
	Items      []docket.Item // that came of it
	Clock      *view.Why
	Late       int
	Color      clock.Color
	Files      []fileView
	Talk       []turn
	Say        *Form // the reply box
	Replies    []replyLink
	Checks     []checkView
	Papers     []paperLine
	Timeline   []eventView
	Forms      []Form
	Seldom     []Form // steps needed now and then, folded away
	SeldomOpen bool
	Kept       []Field // words of a step that is gone
	Says       string
	Open       *triage.Proposal
	Past       []triage.Proposal
	Revealed   *revealed
	Names      []triage.NameOpening // requests to open the name, or pictures; for custodians
	Outside    []triage.Reason      // why the name, or pictures, were taken outside; for custodians
	Originals  []fileView           // pictures as they came that are open to the officer, without a name
	End        ending
	Gone       *retention.Erasure // what was destroyed of it; nil nothing
	KeepHref   string             // to what keeps it; "" for who has no business there
	AuditHref  string             // of the audit that this report of retaliation began; "" none, or not to be read
}

type fileView struct {
	evidence.File
	Href   string
	Image  bool
	Label  string
	Weight string
	Cover  string // where it is looked over before it leaves; "" elsewhere
	Locked bool   // the session holds no key for it
}

type turn struct {
	intake.Message
	Pieces []intake.Piece // of its words
	Files  []fileView
}

type checkView struct {
	triage.Verification
	Files []fileView
}

type replyLink struct{ Title, Body string }

func (v *visit) showCase() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.caseShow(fiber.StatusOK, id, Draft{}, nil)
}

// caseShow shows a case; draft is a step that could not be taken, with every
// word of it.
func (v *visit) caseShow(status int, id uuid.UUID, draft Draft, shown *revealed) error {
	c, err := v.Triage.Case(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	frame, err := v.frame("/console/cases/"+id.String(), c.Number()+" "+c.PlaceName)
	if err != nil {
		return err
	}
	page := casePage{Frame: frame, Case: c, Revealed: shown, Says: draft.says, Words: wordsOf(c.Narrative, triage.ReadsCovered(v.by()))}
	if page.Clock, err = v.clockOf(c); err != nil {
		return err
	}
	if page.Items, err = v.Docket.OfCase(v.ctx(), v.by(), id); err != nil {
		return err
	}
	if page.End, err = v.endingOf(c); err != nil {
		return err
	}
	if page.Gone, err = v.Retention.Gone(v.ctx(), v.by(), c.ReportID, c.Erased); err != nil {
		return err
	}
	if page.Outside, err = v.Triage.Reasons(v.ctx(), v.by(), id); err != nil {
		return err
	}
	page.KeepHref = v.keepHref(retention.Case(id))
	if err := v.auditOf(&page); err != nil {
		return err
	}
	page.Late, page.Color = c.Late, v.colors.Of(c.Late)
	page.Files = v.filesOf(c, owned(c.Files, "report", c.ReportID))
	for _, m := range c.Messages {
		page.Talk = append(page.Talk, turn{m, m.Pieces(triage.ReadsCovered(v.by())), v.filesOf(c, m.Files)})
	}
	for _, check := range c.Checks {
		page.Checks = append(page.Checks, checkView{check, v.caseFiles(id, check.Files)})
	}
	if page.Papers, err = v.papersOf(ledger.OfComplaint, id); err != nil {
		return err
	}
	page.Timeline = v.timeline(c.Events)
	for i, p := range c.Proposals {
		if p.State == "open" {
			page.Open = &c.Proposals[i]
		} else {
			page.Past = append(page.Past, p)
		}
	}
	if err := v.caseForms(&page, draft); err != nil {
		return err
	}
	return v.show(status, "case", page)
}

// auditOf leads to the audit that a report of retaliation began, for who may read
// it.
func (v *visit) auditOf(page *casePage) error {
	if !page.Case.Audit || !v.by().May(staff.AuditLooks) {
		return nil
	}
	_, err := v.Audits.Open(v.ctx(), v.by(), page.Case.ID, time.Time{})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	page.AuditHref = page.Href(auditsPath + "/" + page.Case.ID.String())
	return err
}

// owned are the files that came with one message or report.
func owned(files []evidence.File, kind string, owner uuid.UUID) []evidence.File {
	var out []evidence.File
	for _, f := range files {
		if f.OwnerKind == kind && f.OwnerID != nil && *f.OwnerID == owner {
			out = append(out, f)
		}
	}
	return out
}

// clockOf explains the deadline that the case's date comes from.
func (v *visit) clockOf(c triage.Case) (*view.Why, error) {
	if c.DueOn == nil {
		return nil, nil
	}
	pauses, err := v.Clocks.Pauses(v.ctx(), c.ID)
	if err != nil {
		return nil, err
	}
	for _, d := range slices.Backward(c.Deadlines) {
		if d.Rule == c.DueRule && d.DueOn == *c.DueOn {
			return v.whyDate(d, pauses), nil
		}
	}
	return nil, nil
}

func (v *visit) day() workday.Date { return workday.On(v.Now()) }

// weight writes a number of bytes as people say it.
func weight(bytes int64) string {
	if bytes < 1<<20 {
		return itoa(int(max(1, bytes>>10))) + " KB"
	}
	return strconv.FormatFloat(float64(bytes)/(1<<20), 'f', 1, 64) + " MB"
}

// filesOf are files that the reporter of a case sent.
func (v *visit) filesOf(c triage.Case, files []evidence.File) []fileView {
	views := v.caseFiles(c.ID, files)
	for i := range views {
		views[i].Locked = c.Locked[views[i].ID]
	}
	return views
}

func (v *visit) caseFiles(id uuid.UUID, files []evidence.File) []fileView {
	return v.files("/console/cases/"+id.String()+"/files/", files)
}

func (v *visit) files(base string, files []evidence.File) []fileView {
	var out []fileView
	for _, f := range files {
		out = append(out, fileView{File: f, Href: base + f.ID.String(), Image: f.Media == "image", Label: v.t("media." + f.Media), Weight: weight(f.Size)})
	}
	return out
}

// sendFile gives out the clean copy as an attachment that can do nothing.
func (v *visit) sendFile() error {
	of, err := v.id("id")
	if err != nil {
		return err
	}
	if err := v.Triage.MaySee(v.ctx(), v.by(), of); err != nil {
		return err
	}
	id, err := v.id("file")
	if err != nil {
		return err
	}
	f, err := v.Triage.OpenFile(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	return v.giveFile(f)
}

func (v *visit) giveFile(f triage.OpenedFile) error {
	v.c.Set(fiber.HeaderContentType, f.ContentType)
	v.c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+f.DownloadName+`"`)
	v.c.Set(fiber.HeaderContentSecurityPolicy, "sandbox; default-src 'none'")
	v.c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	v.c.Set(fiber.HeaderCacheControl, "private, no-store")
	return v.c.SendStream(f.Content)
}

// act runs one step of a case and shows the case again: changed, or with the
// words beside what is wrong.
func (v *visit) act(action triage.Action, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	err = do(id, number(v.form.get("version")))
	if err == nil {
		return v.afterStep(id, string(action))
	}
	draft, status, ok := v.refused(string(action), err)
	if !ok {
		return err
	}
	return v.caseShow(status, id, draft, nil)
}

// afterStep goes back to the case, or to the queue when the step took the case
// out of the officer's sight.
func (v *visit) afterStep(id uuid.UUID, done string) error {
	switch triage.Action(done) {
	case triage.Describe, triage.NameSubject, triage.NamePerson, triage.Transfer, triage.Rule, triage.Recuse, triage.Again:
		if _, err := v.Triage.Case(v.ctx(), v.by(), id); errors.Is(err, store.ErrNotFound) {
			return v.leave("/console/cases", done)
		}
	}
	return v.leave("/console/cases/"+id.String(), done)
}
