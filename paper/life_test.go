package paper

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"minsheng/internal/archive"
	"minsheng/internal/docx"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

func TestAPaperIsDraftedByOneAndSignedByAnother(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		d := o.order(by.writer)
		id := o.put(by.writer, d)
		if again := o.put(by.signer, d); again != id || o.row(id).DraftedBy != by.signer.ID {
			t.Error("a second draft was begun beside the first")
		}
		d.Content.Fields["办理要求"] = "逐户核对。"
		o.put(by.writer, d)
		one, page, err := o.Shown(bg, by.signer, id)
		o.must(err)
		if one.State != Drafted || one.Number != "" || one.Hash() != "" || !page.says(panshan, "（签发时编号）", "逐户核对。", "（签发日期）") {
			t.Errorf("draft: %+v", page)
		}
		_, draft, err := o.Docx(bg, by.signer, id)
		o.must(err)
		if text := textOf(t, draft); !strings.Contains(text, "逐户核对。") || !stampedWith(t, draft, Stamp) {
			t.Errorf("draft as docx: %s", text)
		}
		if _, err := o.Sign(bg, by.writer, id, 3); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("an officer signs: %v", err)
		}
		done, err := o.Sign(bg, by.signer, id, 3)
		o.must(err)
		if done.State != Final || done.Number != "盘县督交〔2026〕1号" || len(done.SHA256) != 32 {
			t.Errorf("final: %+v", done)
		}
		_, copied, err := o.Docx(bg, by.writer, id)
		o.must(err)
		if text := textOf(t, copied); hex.EncodeToString(hashOf(copied)) != done.Hash() || stampedWith(t, copied, Stamp) || !strings.Contains(text, done.Number) || !strings.Contains(text, "2026年3月2日") {
			t.Errorf("copy: %s", text)
		}
		if _, page, err := o.Shown(bg, by.writer, id); err != nil || !page.says(done.Number, by.signer.Name, "2026年3月2日") {
			t.Errorf("page: %+v, %v", page, err)
		}
		if kinds := o.events(ledger.OfPaper, id); !slices.Equal(kinds, []string{"paper_drafted", "paper_redrafted", "paper_redrafted", "paper_issued"}) {
			t.Errorf("events %v", kinds)
		}
		events, err := ledger.Of(bg, o.Store, ledger.OfItem, d.SubjectID)
		if err != nil || len(events) != 1 || events[0].Kind != "paper_issued" || events[0].Body["number"] != done.Number || events[0].Body["hash"] != done.Hash() {
			t.Errorf("the item's record: %+v, %v", events, err)
		}
		d.Content.Fields["办理要求"] = "改了。"
		if next := o.put(by.writer, d); next == id {
			t.Error("a final paper was written over")
		}
	})
}

func TestSigningIsForSomebodyElseOfTheOffice(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		id := o.put(by.signer, o.order(by.signer))
		if _, err := o.Sign(bg, by.signer, id, 1); !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who drafted signs: %v", err)
		}
		err := o.Store.Transact(bg, func(tx *gorm.DB) error { _, err := o.Finish(tx, by.signer, id); return err })
		if !errors.Is(err, step.ErrSamePerson) {
			t.Errorf("who drafted finishes: %v", err)
		}
		for _, unit := range []string{cityDesk, dawa, poor} {
			if _, err := o.Sign(bg, o.officer(unit, staff.Supervisor), id, 1); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s signs: %v", unit, err)
			}
		}
		if _, err := o.Sign(bg, by.other, id, 0); !errors.Is(err, step.ErrStale) {
			t.Errorf("an older page: %v", err)
		}
		if _, err := o.Sign(bg, by.other, id, 1); err != nil {
			t.Error(err)
		}
		if _, err := o.Sign(bg, by.other, id, 2); !errors.Is(err, step.ErrState) {
			t.Errorf("twice: %v", err)
		}
		hidden := o.put(by.writer, o.order(by.writer))
		o.hide(o.row(hidden).SubjectID)
		if _, err := o.Sign(bg, by.signer, hidden, 1); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("about something hidden: %v", err)
		}
	})
}

func TestOfTwoWhoSignOneDoes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		for range 5 {
			id := o.put(by.writer, o.order(by.writer))
			var wg sync.WaitGroup
			errs := make([]error, 2)
			for i, who := range []staff.Officer{by.signer, by.other} {
				wg.Go(func() { _, errs[i] = o.Sign(bg, who, id, 1) })
			}
			wg.Wait()
			won, lost := errs[0], errs[1]
			if won != nil {
				won, lost = lost, won
			}
			if won != nil || !errors.Is(lost, step.ErrStale) {
				t.Fatalf("%v and %v", errs[0], errs[1])
			}
		}
		o.noGaps(by, 5)
		// Who is late has written no copy that nobody would find.
		if copies, err := filepath.Glob(filepath.Join(o.blobs, "??", "??", "*")); err != nil || len(copies) != 5 {
			t.Errorf("%d copies of 5 papers, %v", len(copies), err)
		}
	})
}

// noGaps fails unless the county has numbered so many orders, each once.
func (o *office) noGaps(by desk, want int) {
	o.t.Helper()
	found, _, err := o.List(bg, by.signer, Filter{Box: Issued})
	o.must(err)
	seen := map[string]bool{}
	for _, p := range found {
		seen[p.Number] = true
	}
	for n := range want {
		if number := fmt.Sprintf("盘县督交〔2026〕%d号", n+1); !seen[number] {
			o.t.Errorf("%s is missing among %v", number, seen)
		}
	}
	if len(found) != want {
		o.t.Errorf("%d papers, want %d", len(found), want)
	}
}

func TestNumbersNeitherRepeatNorSkip(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		undone := errors.New("undone")
		var wg sync.WaitGroup
		var mu sync.Mutex
		for range 2 {
			wg.Go(func() {
				for i := range 6 {
					err := step.Again(func() error {
						return o.Store.Transact(bg, func(tx *gorm.DB) error {
							if _, err := o.Issue(tx, by.writer, o.order(by.writer)); err != nil {
								return err
							}
							if i%3 == 2 {
								return undone
							}
							return nil
						})
					})
					if err != nil && !errors.Is(err, undone) {
						mu.Lock()
						t.Error(err)
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		o.noGaps(by, 8)
		o.at(time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC)) // midnight in Shanghai
		next := o.final(by, o.order(by.writer))
		letter := o.order(by.writer)
		letter.Kind, letter.Content = Circular, Content{Fields: map[string]string{"主送单位": poor, "通报类型": "表扬", "情况": "办理及时。"}}
		if other := o.final(by, letter); next.Number != "盘县督交〔2027〕1号" || other.Number != "盘县督通〔2027〕1号" {
			t.Errorf("in the new year: %s, %s", next.Number, other.Number)
		}
		carries := o.order(by.writer)
		carries.Number = "盘县督交〔2025〕7号"
		if p := o.final(by, carries); p.Number != carries.Number {
			t.Errorf("number of its subject: %s", p.Number)
		}
	})
}

func TestWhoMayWriteWhat(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		handler := o.officer(poor, staff.UnitHandler)
		ask := o.order(handler)
		ask.Kind, ask.Title = ExtensionRequest, "关于延期办理的申请"
		ask.Content = Content{Fields: map[string]string{"主送单位": panshan, "原文号": "盘县督交〔2026〕1号", "事项": "核查补助", "原办结时限": "2026年3月17日", "申请延至": "2026年4月1日", "延期理由": "农户外出", "目前进展": "已核对 30 户"}}
		secret := o.order(by.signer)
		secret.Kind, secret.Subject, secret.Content = Referral, ledger.OfReferral, Content{}
		with := func(change func(d *Draft)) Draft { d := o.order(by.writer); change(&d); return d }
		invalid := func(field, key string) func(error) bool {
			return func(err error) bool {
				var wrong *step.Invalid
				return errors.As(err, &wrong) && wrong.Problems[field] == key
			}
		}
		is := func(want error) func(error) bool { return func(err error) bool { return errors.Is(err, want) } }
		for name, c := range map[string]struct {
			by   staff.Officer
			d    Draft
			want func(error) bool
		}{
			"officer":                 {by.writer, o.order(by.writer), is(nil)},
			"handler asks":            {handler, ask, is(nil)},
			"handler orders":          {handler, o.order(handler), is(staff.ErrForbidden)},
			"registrar":               {o.officer(panshan, staff.Registrar), o.order(by.writer), is(staff.ErrForbidden)},
			"another office":          {o.officer(dawa, staff.TriageOfficer), o.order(by.writer), is(store.ErrNotFound)},
			"supervisor refers":       {by.signer, secret, is(nil)},
			"officer refers":          {by.writer, secret, is(staff.ErrForbidden)},
			"officer writes secretly": {by.writer, with(func(d *Draft) { d.Secret = true }), is(staff.ErrForbidden)},
			"no such kind":            {by.writer, with(func(d *Draft) { d.Kind = "letter" }), is(store.ErrNotFound)},
			"no title":                {by.writer, with(func(d *Draft) { d.Title = " 题 " }), invalid("title", "paper_title")},
			"long title":              {by.writer, with(func(d *Draft) { d.Title = strings.Repeat("题", 121) }), invalid("title", "paper_title")},
			"long text":               {by.writer, with(func(d *Draft) { d.Content.Fields["批示"] = strings.Repeat("长", maxText+1) }), invalid("content", "paper_long")},
			"unknown field":           {by.writer, with(func(d *Draft) { d.Content.Fields["姓名"] = "x" }), func(err error) bool { return err != nil && strings.Contains(err.Error(), "姓名") }},
			"unknown list":            {by.writer, with(func(d *Draft) { d.Content.Lists = map[string][]map[string]string{"问题": nil} }), func(err error) bool { return err != nil && strings.Contains(err.Error(), "问题") }},
			"not text":                {by.writer, with(func(d *Draft) { d.Content.Fields["批示"] = "\xff" }), func(err error) bool { return err != nil }},
		} {
			if err := o.tryPut(c.by, c.d); !c.want(err) {
				t.Errorf("%s: %v", name, err)
			}
		}
		lacking := o.order(by.writer)
		delete(lacking.Content.Fields, "办结时限")
		id := o.put(by.writer, lacking)
		if _, err := o.Sign(bg, by.signer, id, 1); !invalid("办结时限", "paper_missing")(err) {
			t.Errorf("signed though it lacks something: %v", err)
		}
		nobody := o.officer(poor, staff.TriageOfficer)
		boss := o.officer(poor, staff.Supervisor)
		id = o.put(nobody, o.order(nobody))
		if _, err := o.Sign(bg, boss, id, 1); !invalid("number", "paper_doc_mark")(err) {
			t.Errorf("an office without a mark orders: %v", err)
		}
	})
}

func TestTwoWhoBeginADraftShareIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		d := o.order(by.writer)
		var wg sync.WaitGroup
		for _, who := range []staff.Officer{by.writer, by.signer} {
			wg.Go(func() {
				if err := step.Again(func() error { return o.tryPut(who, d) }); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		all, err := o.Of(bg, by.signer, d.Subject, d.SubjectID)
		if err != nil || len(all) != 1 || all[0].Version != 2 {
			t.Errorf("%+v, %v", all, err)
		}
	})
}

func TestADraftThatIsNotWantedGoes(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		by := o.county()
		d := o.order(by.writer)
		id := o.put(by.writer, d)
		if err := o.Discard(bg, o.officer(panshan, staff.Registrar), id, 1, "不用发了"); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a registrar: %v", err)
		}
		if err := o.Discard(bg, o.officer(dawa, staff.Supervisor), id, 1, "不用发了"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("another office: %v", err)
		}
		o.must(o.Discard(bg, by.signer, id, 1, "不用发了"))
		if _, err := o.Sign(bg, by.signer, id, 2); !errors.Is(err, step.ErrState) {
			t.Errorf("signed all the same: %v", err)
		}
		if all, err := o.Of(bg, by.signer, d.Subject, d.SubjectID); err != nil || len(all) != 0 {
			t.Errorf("still listed: %v, %v", all, err)
		}
		if next := o.put(by.writer, d); next == id {
			t.Error("the discarded draft came back")
		}
		if err := o.Discard(bg, by.signer, o.final(by, o.order(by.writer)).ID, 2, "不用发了"); !errors.Is(err, step.ErrState) {
			t.Errorf("a final paper: %v", err)
		}
	})
}

// stampedWith reports whether a docx bears a stamp.
func stampedWith(t testing.TB, content []byte, words string) bool {
	t.Helper()
	parts, err := archive.Open(bytes.NewReader(content), int64(len(content)), archive.Bounds{Unpacked: 32 << 20, Parts: 100})
	if err != nil {
		t.Fatal(err)
	}
	header, err := parts.Part("word/stamp-default.xml")
	if err != nil {
		return false
	}
	defer header.Close()
	text, err := io.ReadAll(header)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(text), words)
}

// textOf is what a docx says.
func textOf(t testing.TB, content []byte) string {
	t.Helper()
	blocks, err := docx.Outline(content)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, k := range blocks {
		b.WriteString(k.Text + "\n")
		for _, r := range k.Rows {
			b.WriteString(strings.Join(r, "\t") + "\n")
		}
	}
	return b.String()
}
