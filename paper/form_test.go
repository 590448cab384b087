package paper

import (
	"archive/zip"
	"bytes"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/docx"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

// reminder is a form of reminders as an office might make it; more stands below.
func reminder(t testing.TB, more ...string) []byte {
	t.Helper()
	s := docx.Sheet{docx.Paragraph{Text: "本县自己的格式", Face: docx.Black, Size: 22, Align: docx.Center, Bold: true}}
	for _, text := range append([]string{"{{发文单位}} {{文号}}", "{{标题}}", "{{主送单位}}：", "{{原文号}}“{{事项}}”{{交办日期}}交办，{{办结时限}}到期。{{逾期情况}}", "{{催办要求}}", "{{日期}}"}, more...) {
		s = append(s, docx.Paragraph{Text: text, Face: docx.Body, Size: 16, Align: docx.Left})
	}
	var b bytes.Buffer
	if err := docx.Build(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (o *office) urge(by staff.Officer) Draft {
	d := o.order(by)
	d.Kind, d.Title = Reminder, "关于催办危房改造补助核查的通知"
	d.Content = Content{Fields: map[string]string{"主送单位": poor, "原文号": "盘县督交〔2026〕1号", "事项": "核查补助", "交办日期": "2026年3月2日", "办结时限": "2026年3月17日", "催办要求": "请抓紧办理。"}}
	return d
}

func TestAnOfficePutsItsOwnFormInForce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by, keeper := o.county(), o.officer(panshan, staff.Administrator)
		first, err := o.Offer(bg, keeper, Reminder, "催办.docx", bytes.NewReader(reminder(t)))
		o.must(err)
		if written, page, err := o.Sample(bg, keeper, Reminder, first.ID); err != nil || !page.says("本县自己的格式", "（催办要求）") || !strings.Contains(textOf(t, written), "（催办要求）") {
			t.Errorf("sample: %+v, %v", page, err)
		}
		if p := o.final(by, o.urge(by.writer)); p.FormID != nil {
			t.Error("a form that was only tried is in force")
		}
		o.must(o.Use(bg, keeper, first.ID, first.Version))
		p := o.final(by, o.urge(by.writer))
		_, page, err := o.Shown(bg, by.writer, p.ID)
		if err != nil || p.FormID == nil || !page.says("本县自己的格式", p.Number, "请抓紧办理。") {
			t.Errorf("in the own form: %+v, %v", page, err)
		}
		if other := o.final(by, o.order(by.writer)); other.FormID != nil {
			t.Error("the form is used for another kind")
		}
		away := desk{o.officer(dawa, staff.TriageOfficer), o.officer(dawa, staff.Supervisor), staff.Officer{}}
		if other := o.final(away, o.urge(away.writer)); other.FormID != nil {
			t.Error("the form is used by another office")
		}
		second, err := o.Offer(bg, keeper, Reminder, "催办2.docx", bytes.NewReader(reminder(t, "第二版")))
		o.must(err)
		o.must(o.Use(bg, keeper, second.ID, second.Version))
		draft := o.put(by.writer, o.urge(by.writer))
		if _, page, err := o.Shown(bg, by.signer, draft); err != nil || !page.says("第二版") {
			t.Errorf("a draft in the second form: %+v, %v", page, err)
		}
		if _, page, err := o.Shown(bg, by.writer, p.ID); err != nil || page.says("第二版") {
			t.Errorf("a final paper changed its form: %+v, %v", page, err)
		}
		o.must(o.BuiltIn(bg, keeper, Reminder))
		if p := o.final(by, o.urge(by.writer)); p.FormID != nil {
			t.Error("the built-in form did not come back")
		}
		if err := o.BuiltIn(bg, keeper, Reminder); !errors.Is(err, step.ErrState) {
			t.Errorf("back twice: %v", err)
		}
		o.must(o.Use(bg, keeper, first.ID, 3))
		history, err := o.History(bg, keeper, Reminder)
		if err != nil || len(history) != 2 || history[0].N != 2 || history[0].State != Replaced || history[1].State != InForce || history[1].ByName != keeper.Name {
			t.Errorf("history: %+v, %v", history, err)
		}
		if kinds := o.events(ledger.OfTemplate, first.ID); !slices.Equal(kinds, []string{"template_offered", "template_in_force", "template_in_force"}) {
			t.Errorf("events %v", kinds)
		}
		if kinds := o.events(ledger.OfTemplate, second.ID); !slices.Equal(kinds, []string{"template_offered", "template_in_force", "template_retired"}) {
			t.Errorf("events %v", kinds)
		}
		lines, err := o.OwnForms(bg, keeper)
		if err != nil || len(lines) != 20 || !slices.ContainsFunc(lines, func(l KindForm) bool { return l.Kind == Reminder && l.Own != nil && l.Own.N == 1 }) {
			t.Errorf("%d kinds, %v", len(lines), err)
		}
	})
}

func TestADocumentThatIsNoFormIsNamed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		keeper := o.officer(panshan, staff.Administrator)
		offer := func(k Kind, name string, content []byte) error {
			_, err := o.Offer(bg, keeper, k, name, bytes.NewReader(content))
			return err
		}
		var unfit *Unfit
		if err := offer(Reminder, "a.docx", reminder(t, "{{单位名}}", "{{#问题}}", "x", "{{/问题}}", "{{#批示}}")); !errors.As(err, &unfit) {
			t.Fatal(err)
		}
		var found []string
		for _, p := range unfit.Problems {
			found = append(found, p.Code+" "+p.Name)
			if p.Where.Paragraph < 8 || p.Where.Part != "document" {
				t.Errorf("%+v", p)
			}
		}
		slices.Sort(found)
		if !slices.Equal(found, []string{"open 批示", "unknown 单位名", "unknown 问题"}) || len(unfit.Missing) != 0 {
			t.Errorf("%v, missing %v", found, unfit.Missing)
		}
		if err := offer(RectificationOrder, "a.docx", reminder(t, "{{问题}}", "{{依据条款}}")); !errors.As(err, &unfit) {
			t.Fatal(err)
		}
		codes := map[string]string{}
		for _, p := range unfit.Problems {
			codes[p.Name] = p.Code
		}
		if codes["问题"] != "list" || codes["依据条款"] != "outside" || codes["催办要求"] != "unknown" || !slices.Equal(unfit.Missing, []string{"交换意见情况", "整改时限", "问题"}) {
			t.Errorf("%v, missing %v", codes, unfit.Missing)
		}
		for name, c := range map[string]struct {
			kind    Kind
			name    string
			content []byte
			want    error
		}{
			"no such kind": {"letter", "a.docx", reminder(t), store.ErrNotFound},
			"another name": {Reminder, "a.pdf", reminder(t), evidence.ErrKind},
			"a text":       {Reminder, "a.docx", []byte("催办"), evidence.ErrKind},
			"a bomb":       {Reminder, "a.docx", bomb(t), docx.ErrBomb},
		} {
			if err := offer(c.kind, c.name, c.content); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		var left int64
		o.must(o.Store.Read(bg).Table("evidence_file").Count(&left).Error)
		if history, err := o.History(bg, keeper, Reminder); err != nil || len(history) != 0 || left != 0 {
			t.Errorf("%d forms and %d files of what was refused, %v", len(history), left, err)
		}
	})
}

// repacked is a docx with one more part.
func repacked(t testing.TB, content []byte, name string, part []byte) []byte {
	t.Helper()
	old, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range old.File {
		if err := z.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	w, err := z.Create(name)
	if err == nil {
		_, err = w.Write(part)
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a form with a part that unpacks to 2 MB of nothing.
func bomb(t testing.TB) []byte {
	t.Helper()
	return repacked(t, reminder(t), "word/media/x.png", make([]byte, 2<<20))
}

func TestWhoKeepsForms(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		keeper, other, officer := o.officer(panshan, staff.Administrator), o.officer(dawa, staff.Administrator), o.officer(panshan, staff.Supervisor)
		form, err := o.Offer(bg, keeper, Reminder, "a.docx", bytes.NewReader(reminder(t)))
		o.must(err)
		for name, do := range map[string]func(by staff.Officer) error{
			"offer": func(by staff.Officer) error {
				_, err := o.Offer(bg, by, Reminder, "a.docx", bytes.NewReader(reminder(t)))
				return err
			},
			"use":     func(by staff.Officer) error { return o.Use(bg, by, form.ID, 1) },
			"back":    func(by staff.Officer) error { return o.BuiltIn(bg, by, Reminder) },
			"list":    func(by staff.Officer) error { _, err := o.OwnForms(bg, by); return err },
			"history": func(by staff.Officer) error { _, err := o.History(bg, by, Reminder); return err },
			"file":    func(by staff.Officer) error { _, err := o.FormFile(bg, by, Reminder, form.ID); return err },
			"sample":  func(by staff.Officer) error { _, _, err := o.Sample(bg, by, Reminder, form.ID); return err },
		} {
			if err := do(officer); !errors.Is(err, staff.ErrForbidden) {
				t.Errorf("%s by a supervisor: %v", name, err)
			}
		}
		if err := o.Use(bg, other, form.ID, 1); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another office uses it: %v", err)
		}
		if _, err := o.FormFile(bg, other, Reminder, form.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another office reads it: %v", err)
		}
		if _, err := o.FormFile(bg, keeper, Assignment, form.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("as another kind: %v", err)
		}
		for _, id := range []uuid.UUID{uuid.Nil, form.ID} {
			content, err := o.FormFile(bg, keeper, Reminder, id)
			if err != nil || !strings.Contains(textOf(t, content), "{{催办要求}}") {
				t.Errorf("%s: %v", id, err)
			}
		}
		if err := o.Use(bg, keeper, form.ID, 0); !errors.Is(err, step.ErrStale) {
			t.Errorf("an older page: %v", err)
		}
		o.must(o.Use(bg, keeper, form.ID, 1))
		if err := o.Use(bg, keeper, form.ID, 2); !errors.Is(err, step.ErrState) {
			t.Errorf("in force already: %v", err)
		}
	})
}

func TestOfTwoFormsOneIsInForce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		keeper := o.officer(panshan, staff.Administrator)
		var forms [2]OwnForm
		for i := range forms {
			form, err := o.Offer(bg, keeper, Reminder, "a.docx", bytes.NewReader(reminder(t, strings.Repeat("版", i+1))))
			o.must(err)
			forms[i] = form
		}
		var wg sync.WaitGroup
		for _, form := range forms {
			wg.Go(func() {
				if err := o.Use(bg, keeper, form.ID, 1); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		var n int64
		o.must(o.Store.Read(bg).Table("paper_form").Where("state = 'in_force'").Count(&n).Error)
		if n != 1 {
			t.Errorf("%d forms are in force", n)
		}
	})
}

func TestFormsStayAsTheyWereHandedIn(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by, keeper := o.county(), o.officer(panshan, staff.Administrator)
		form, err := o.Offer(bg, keeper, Reminder, "a.docx", bytes.NewReader(reminder(t)))
		o.must(err)
		o.must(o.Use(bg, keeper, form.ID, 1))
		for _, s := range []string{"DELETE FROM paper_form", "UPDATE paper_form SET size = 1", "UPDATE paper_form SET sha256 = id", "DELETE FROM evidence_file WHERE owner_kind = 'template'", "UPDATE evidence_file SET original = 'x' WHERE owner_kind = 'template'"} {
			if err := o.exec(s); err == nil {
				t.Errorf("%s was allowed", s)
			}
		}
		other, err := o.Offer(bg, keeper, Reminder, "b.docx", bytes.NewReader(reminder(t, "另一版")))
		o.must(err)
		blob := func(form OwnForm) string {
			var name string
			o.must(o.Store.Read(bg).Raw("SELECT original FROM evidence_file WHERE owner_id = ?", form.ID).Scan(&name).Error)
			return filepath.Join(o.blobs, name[:2], name[2:4], name)
		}
		id := o.put(by.writer, o.urge(by.writer))
		for name, change := range map[string]func() error{
			"another's": func() error { return swap(blob(form), blob(other)) }, "spoiled": func() error { return spoil(blob(form)) },
		} {
			o.must(change())
			if _, err := o.Sign(bg, by.signer, id, 1); !errors.Is(err, ErrChanged) {
				t.Errorf("written in a form that is %s: %v", name, err)
			}
		}
	})
}
