package custody_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/docx"
	"minsheng/internal/seal"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
	"minsheng/triage"
)

// What papers say: the summary, and what a decision found.
const (
	summed = "反映双柳村危房改造补助没有发足"
	ruled  = "会计从折子上扣下三千元"
)

// press is a house that writes papers, of which some people hold the keys.
type press struct {
	handled
	*paper.Press
	signer staff.Officer // a supervisor of the city who holds its key
}

func (h *house) press() press {
	h.t.Helper()
	w := press{handled: h.handled()}
	w.Press = paper.New(paper.Config{Store: h.store, Keys: h.keys, Atlas: h.Atlas, Staff: h.staff, Shelf: h.shelf, Intake: h.intake,
		Guards: map[ledger.Subject]paper.Guard{ledger.OfComplaint: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
			_, err := h.triage.CaseIn(h.store.Read(ctx), by, id)
			return err
		}}})
	h.triage = triage.New(triage.Config{Store: h.store, Keys: h.keys, Atlas: h.Atlas, Staff: h.staff, Intake: h.intake, Shelf: h.shelf, Clocks: h.clocks, Papers: w.Press,
		Tell: func(_, key string, pairs ...any) string { return fmt.Sprint(key, pairs) }})
	w.signer = w.member(cityDesk, w.city)
	return w
}

// member is a supervisor to whom somebody hands their office's key.
func (w press) member(office string, from staff.Officer) staff.Officer {
	w.t.Helper()
	who := w.person(office, staff.Supervisor)
	w.must(w.Ring(custody.Handling).Admit(bg, from, w.key(from), who.ID, w.key(who).Recipient()))
	return who
}

func (w press) version(c intake.Complaint) (n int) {
	w.t.Helper()
	w.must(w.store.Read(bg).Table("complaint").Where("id = ?", c.ID).Pluck("version", &n).Error)
	return n
}

// accept takes a report on: its acceptance is a draft then.
func (w press) accept(c intake.Complaint, officer staff.Officer) {
	w.t.Helper()
	by := w.as(officer)
	w.must(w.triage.Describe(bg, by, c.ID, w.version(c), triage.Description{Summary: summed, Kind: "FUND_WITHHOLD", Programme: "housing", Severity: 2, Demands: []string{"查清去向"}}))
	w.must(w.triage.Accept(bg, by, c.ID, w.version(c)))
}

// decide takes a report to its answer, and to a decision on paper.
func (w press) decide(c intake.Complaint, officer, boss staff.Officer) {
	w.t.Helper()
	w.accept(c, officer)
	by := w.as(officer)
	form := w.staged()
	w.must(w.triage.Verify(bg, by, c.ID, w.version(c), triage.NewVerification{VisitedOn: "2026-01-05", Place: "村部", Method: "review_files", Verifiers: []string{"李核", "王查"}, Found: "看了发放表", FormKey: form}))
	w.must(w.triage.ProposeAnswer(bg, by, c.ID, w.version(c), triage.Answer{Outcome: intake.Substantiated, Findings: []triage.AnswerPart{
		{N: 1, Result: intake.Substantiated, Facts: ruled, Basis: "资金管理办法第五条", Done: "已责令退还"}}}))
	page, err := w.triage.Case(bg, by, c.ID)
	w.must(err)
	w.must(w.triage.Rule(bg, w.as(boss), c.ID, page.Proposals[0].ID, true, ""))
}

// staged is a form with a file, which lies with the portal.
func (w press) staged() []byte {
	w.t.Helper()
	form := []byte(uuid.NewString())
	_, err := w.shelf.Stage(bg, form, "表.pdf", strings.NewReader("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n"+strings.Repeat(" ", 200)+"\n%%EOF\n"))
	w.must(err)
	return form
}

// about are the papers of a case, by kind.
func (w press) about(by staff.Officer, c intake.Complaint) map[paper.Kind]paper.Paper {
	w.t.Helper()
	all, err := w.Of(bg, by, ledger.OfComplaint, c.ID)
	w.must(err)
	of := map[paper.Kind]paper.Paper{}
	for _, p := range all {
		of[p.Kind] = p
	}
	return of
}

// gets is what somebody gets of a paper that says something: its "title words copy"
// as far as they open, and what a download answers.
func (w press) gets(by staff.Officer, c intake.Complaint, k paper.Kind, says string) (string, error) {
	w.t.Helper()
	listed := w.about(by, c)[k]
	one, content, err := w.Press.Open(bg, by, listed.ID)
	if err != nil {
		return "", err
	}
	if one.Kept != listed.Kept || one.Number == "" || one.Number != listed.Number {
		w.t.Errorf("listed as %+v, opened as %+v", listed, one)
	}
	var got []string
	if strings.Contains(listed.Title, "反映事项") && one.Title == listed.Title {
		got = append(got, "title")
	}
	if strings.Contains(fmt.Sprint(content), says) {
		got = append(got, "words")
	}
	_, copied, err := w.Docx(bg, by, listed.ID)
	if err == nil && strings.Contains(textOf(copied), says) {
		got = append(got, "copy")
	}
	return strings.Join(got, " "), err
}

// textOf is what a docx says, "" for anything else.
func textOf(file []byte) string {
	blocks, err := docx.Outline(file)
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, k := range blocks {
		b.WriteString(k.Text)
		for _, r := range k.Rows {
			b.WriteString(strings.Join(r, ""))
		}
	}
	return b.String()
}

// onPaper is what all keys of the portal open of papers that say something: "copy title
// words", each where it is found.
func (w press) onPaper(t *testing.T, says string) (opens string) {
	t.Helper()
	var found []string
	keys := w.opening(t)
	var rows []struct {
		ID                         uuid.UUID
		TitleSealed, ContentSealed []byte
	}
	w.must(w.store.Read(bg).Table("paper").Find(&rows).Error)
	for _, r := range rows {
		for _, key := range keys {
			box := seal.BoxOf(key)
			title, err := box.Open(bytes.TrimPrefix(r.TitleSealed, []byte("sheet/1\n")), "paper:"+r.ID.String()+":title")
			if err == nil && strings.Contains(string(title), "反映事项") {
				found = append(found, "title")
			}
			content, err := box.Open(bytes.TrimPrefix(r.ContentSealed, []byte("sheet/1\n")), "paper:"+r.ID.String()+":content")
			if err == nil && strings.Contains(string(content), says) {
				found = append(found, "words")
			}
		}
	}
	if len(w.disk(t, says)) > 0 {
		found = append(found, "copy")
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}

const (
	whole = "title words copy"
	open  = "copy title words"
)

func TestPapersAboutAnOfficeThatWorksHereLieWithItsHandlers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.press()
		plain, _ := h.report("village", "")
		w.decide(plain, w.county, h.person(panshan, staff.Supervisor))
		if found := w.onPaper(t, ruled); found != open {
			t.Fatalf("of an ordinary matter the search finds %q", found)
		}
		if got, err := w.gets(h.person(panshan, staff.TriageOfficer), plain, paper.Decision, ruled); got != whole || err != nil {
			t.Errorf("a colleague reads of an ordinary matter %q, %v", got, err)
		}
		// What comes of the next matter is not found beside it.
		h.must(h.store.Read(bg).Exec("DELETE FROM content_key WHERE owner_id IN (SELECT id FROM sheet)").Error)
		c, _ := h.report("county", "")
		w.decide(c, w.city, w.signer)
		if found := w.onPaper(t, ruled); found != "" {
			t.Errorf("with the portal's keys: %q", found)
		}
		colleague := h.as(h.person(cityDesk, staff.Supervisor))
		for name, try := range map[string]struct {
			by   staff.Officer
			want string
			err  error
		}{
			"who handles it":        {h.as(w.city), whole, nil},
			"who signed it":         {h.as(w.signer), whole, nil},
			"a colleague":           {colleague, "", intake.ErrLocked},
			"outside their session": {w.city, "", intake.ErrLocked},
		} {
			if got, err := w.gets(try.by, c, paper.Decision, ruled); got != try.want || !errors.Is(err, try.err) {
				t.Errorf("%s gets %q, %v", name, got, err)
			}
		}
		if _, err := w.gets(h.as(w.county), c, paper.Decision, ruled); err == nil {
			t.Error("the accused office opens it")
		}
		one := w.about(colleague, c)[paper.Decision]
		if found, _, err := w.List(bg, colleague, paper.Filter{Box: paper.Issued}); err != nil || len(found) != 1 || found[0].Kept != intake.Locked || found[0].Title != "" || found[0].Number != one.Number {
			t.Errorf("the list of a colleague: %+v, %v", found, err)
		}
		var tried int64
		h.must(h.store.Read(bg).Table("event").Where("kind = 'paper_locked' AND subject_id = ?", one.ID).Count(&tried).Error)
		if tried != 2 {
			t.Errorf("%d attempts are on record", tried)
		}
		// Who cannot read a draft does not sign it.
		draft := w.about(colleague, c)[paper.Acceptance]
		if _, err := w.Sign(bg, colleague, draft.ID, draft.Version); !errors.Is(err, intake.ErrLocked) || draft.Kept != intake.Locked || len(draft.Steps(colleague)) != 1 {
			t.Errorf("a colleague signs unread: %v, may %v", err, draft.Steps(colleague))
		}
		signer := h.as(w.signer)
		for by, want := range map[*staff.Officer]int{&colleague: 0, &signer: 1} {
			if n, err := w.Waiting(bg, *by); n != want || err != nil {
				t.Errorf("%d wait for a signature, %v; want %d", n, err, want)
			}
		}
		if done, err := w.Sign(bg, signer, draft.ID, draft.Version); err != nil || done.Title == "" {
			t.Errorf("who holds the key signs: %v", err)
		}
		if _, text, err := w.Press.Open(bg, signer, draft.ID); err != nil || text.Fields["反映事项"] == "" {
			t.Errorf("and reads: %v, %v", text, err)
		}
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
			var keys []uuid.UUID
			if err := tx.Table("sheet").Where("report_id = ?", c.ReportID).Pluck("id", &keys).Error; err != nil {
				return err
			}
			return intake.EraseSheets(tx, keys...)
		}))
		if got, err := w.gets(signer, c, paper.Decision, ruled); got != "" || !errors.Is(err, intake.ErrErased) {
			t.Errorf("destroyed: %q, %v", got, err)
		}
	})
}

func TestNamingAnOfficeLaterMovesThePapers(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.press()
		poor := h.units["盘山县扶贫开发办公室"]
		h.person(poor.Name, staff.UnitHandler)
		c, _ := h.report("village", "")
		w.accept(c, w.county)
		w.staged()
		draft := w.about(w.county, c)[paper.Acceptance]
		_, err := w.Sign(bg, h.person(panshan, staff.Supervisor), draft.ID, draft.Version)
		h.must(err)
		if got, err := w.gets(w.county, c, paper.Acceptance, summed); got != whole || err != nil {
			t.Fatalf("an ordinary matter: %q, %v", got, err)
		}
		if found := w.onPaper(t, summed); found != open {
			t.Fatalf("of an ordinary matter the search finds %q", found)
		}
		h.must(h.triage.NameSubject(bg, h.as(w.county), c.ID, w.version(c), []uuid.UUID{poor.ID}))
		if found := w.onPaper(t, summed); found != "" {
			t.Errorf("with the portal's keys: %q", found)
		}
		if got, err := w.gets(h.as(w.city), c, paper.Acceptance, summed); got != whole || err != nil {
			t.Errorf("who handles it now: %q, %v", got, err)
		}
		if got, err := w.gets(h.as(h.person(cityDesk, staff.TriageOfficer)), c, paper.Acceptance, summed); got != "" || !errors.Is(err, intake.ErrLocked) {
			t.Errorf("a colleague of theirs: %q, %v", got, err)
		}
	})
}

// TestPapersOfBeforeAreRead: a paper that was signed while the portal kept all of
// them opens as it did, with its copy; and a draft of then is sealed when it is signed.
func TestPapersOfBeforeAreRead(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		w := h.press()
		c, _ := h.report("county", "")
		w.decide(c, w.city, w.signer)
		draft := w.about(h.as(w.city), c)[paper.Acceptance]
		box := h.keys.Box("paper")
		h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
			return tx.Table("paper").Where("id = ?", draft.ID).Updates(map[string]any{
				"title_sealed":   box.Shut([]byte("受理告知书"), "paper:"+draft.ID.String()+":title"),
				"content_sealed": box.Shut([]byte(`{"Fields":{"收到日期":"2026年1月5日","反映事项":"`+ruled+`","受理日期":"2026年1月6日","办理期限":"2026年3月7日","期限依据":"条例"}}`), "paper:"+draft.ID.String()+":content"),
			}).Error
		}))
		colleague := h.as(h.person(cityDesk, staff.Supervisor))
		one, text, err := w.Press.Open(bg, colleague, draft.ID)
		if err != nil || one.Title != "受理告知书" || text.Fields["反映事项"] != ruled {
			t.Errorf("a draft of before: %+v, %v, %v", one, text, err)
		}
		if found := w.onPaper(t, ruled); found != "words" {
			t.Errorf("while it lies with the portal the search finds %q", found)
		}
		if _, err := w.Sign(bg, colleague, draft.ID, draft.Version); err != nil {
			t.Errorf("signed: %v", err)
		}
		if found := w.onPaper(t, ruled); found != "" {
			t.Errorf("once it is signed: %q", found)
		}
		if _, text, err := w.Press.Open(bg, h.as(w.city), draft.ID); err != nil || text.Fields["反映事项"] != ruled {
			t.Errorf("read by who handles it: %v, %v", text, err)
		}
	})
}
