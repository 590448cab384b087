package console_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/docx"
	"minsheng/paper"
	"minsheng/staff"
)

// papered is a house where an issued item of the county has a draft reminder.
func papered(t *testing.T) (h *house, m *matrix, draft uuid.UUID) {
	t.Helper()
	m = newMatrix(t, still(t))
	draft = m.makePaper(row{about: myDraft}, ofDrafts[0]).id
	return m.house, m, draft
}

func TestAPaperIsReadAndSigned(t *testing.T) {
	h, _, draft := papered(t)
	h.hire("qian", panshan, staff.Supervisor)
	h.hire("qicao", panshan, staff.TriageOfficer)
	signer, drafter := h.signedIn("qian"), h.signedIn("qicao")
	at := "/console/papers/" + draft.String()
	list := signer.get("/console/papers").want(200, "关于催办危房改造补助核查的通知", "等您签发", "未编号")
	if got := list.text("nav.places a[aria-current] .count"); got != "2" { // and the order that issuing the item drafted
		t.Errorf("%q papers wait", got)
	}
	page := signer.get(at).want(200, "草稿", "请抓紧办理。", "签发时编号")
	if stamp, _ := page.Find("article.sheet").Attr("data-stamp"); stamp != paper.Stamp {
		t.Errorf("a draft bears %q", stamp)
	}
	if page.Find(`link[href*="/static/paper."]`).Length() != 1 {
		t.Error("no style for printing")
	}
	drafter.get(at).want(200, "草稿")
	if p := drafter.get(at); p.Find("#do-sign").Length() != 0 || p.Find("#do-discard").Length() != 1 {
		t.Error("an officer is offered to sign, or not to discard")
	}
	stale := page.fill("#do-sign form", url.Values{"version": {"0"}})
	signer.post(at+"/sign", stale).want(409, "草稿")
	done := signer.send(page, "#do-sign form", nil).want(200, "已签发", "盘县督催〔", "SHA-256", "签发文书")
	if _, drafted := done.Find("article.sheet").Attr("data-stamp"); drafted || done.Find("#do-sign").Length() != 0 {
		t.Error("a final paper looks like a draft")
	}
	hash := done.text("code.hash")
	file := signer.get(at + "/docx")
	if file.Header.Get("Content-Type") != "application/vnd.openxmlformats-officedocument.wordprocessingml.document" || !strings.Contains(file.Header.Get("Content-Disposition"), "docx") || file.Header.Get("Content-Security-Policy") != "sandbox; default-src 'none'" {
		t.Errorf("file: %v", file.Header)
	}
	signer.get("/console/papers?box=final&year=2019").want(200, "还没有发出的文书")
	signer.get("/console/papers?box=final").want(200, "盘县督催〔")
	var item struct{ SubjectID uuid.UUID }
	h.must(h.store.Read(bg).Table("paper").Select("subject_id").Where("id = ?", draft).Take(&item).Error)
	about := signer.get("/console/items/"+item.SubjectID.String()).want(200, "文书", "签发文书")
	if about.Find(`.papers-of a[href="`+at+`"]`).Length() != 1 {
		t.Errorf("the item does not lead to its paper: %s", about.text(".papers-of"))
	}
	wrong := signer.send(done, "#do-void form", url.Values{"reason": {"错"}}).want(422, "2 到 150 个字")
	void := signer.send(wrong, "#do-void form", url.Values{"reason": {"办结时限写错"}}).want(200, "已作废", "办结时限写错")
	if void.text("code.hash") != hash {
		t.Error("a void paper lost its hash")
	}
}

func TestADraftSaysWhatItLacks(t *testing.T) {
	h, m, _ := papered(t)
	item := m.makeItem(row{stage: "issued"}, ofDrafts[0])
	d := h.reminding(m.worker, item.id)
	delete(d.Content.Fields, "催办要求")
	var id uuid.UUID
	h.must(h.store.Transact(bg, func(tx *gorm.DB) (err error) { id, err = h.papers.Put(tx, m.worker, d); return err }))
	h.hire("qian", panshan, staff.Supervisor)
	b := h.signedIn("qian")
	page := b.get("/console/papers/"+id.String()).want(200, "签发前还缺", "催办要求")
	b.send(page, "#do-sign form", nil).want(422, "还不能签发，缺：催办要求")
	b.send(page, "#do-discard form", url.Values{"reason": {"不用催了"}}).want(200, "不发了", "不用催了")
}

func TestAChangedPaperIsNotShown(t *testing.T) {
	h, _, draft := papered(t)
	h.hire("qian", panshan, staff.Supervisor)
	b := h.signedIn("qian")
	at := "/console/papers/" + draft.String()
	b.send(b.get(at), "#do-sign form", nil).want(200, "已签发")
	var blobs []string
	h.must(filepath.Walk(h.blobs, func(path string, info os.FileInfo, err error) error {
		if err == nil && !info.IsDir() {
			blobs = append(blobs, path)
		}
		return err
	}))
	var name string
	h.must(h.store.Read(bg).Raw("SELECT original FROM evidence_file WHERE owner_kind = 'paper'").Scan(&name).Error)
	for _, path := range blobs {
		if filepath.Base(path) == name {
			h.must(os.Truncate(path, 300))
		}
	}
	for _, path := range []string{at, at + "/docx"} {
		p := b.get(path).want(500, "可能被改动过", "发现文书被改动")
		if p.Find("article.sheet").Length() != 0 || strings.Contains(p.Text(), "请抓紧办理") {
			t.Errorf("%s shows it all the same", path)
		}
	}
}

func TestAnOfficeMakesItsOwnForm(t *testing.T) {
	h := newHouse(t, false)
	h.hire("guan", panshan, staff.Administrator)
	b := h.signedIn("guan")
	b.get("/console/templates").want(200, "交办单", "问题线索移送单", "现成的格式")
	at := "/console/templates/reminder"
	page := b.get(at).want(200, "（催办要求）", "{{催办要求}}", "正在使用", "还没有交过自己的格式")
	used := b.bytes(at + "/docx")
	if tpl, err := docx.Open(used); err != nil || len(tpl.Marks()) < 8 {
		t.Errorf("the form in use: %v", err)
	}
	refused := b.upload(page, "#do-offer form", "催办.docx", ownReminder("{{单位名}}{{#问题}}")).want(422, "不认识的标记“单位名”", "正文第6段", "各占一段")
	if refused.Find("#do-offer[open]").Length() != 1 {
		t.Error("the form for another file is shut")
	}
	b.upload(page, "#do-offer form", "催办.docx", "PK\x03\x04").want(422, "不是 docx 文件")
	b.upload(page, "#do-offer form", "催办.txt", "催办").want(422, "不是 docx 文件")
	b.send(page, "#do-offer form", nil).want(422, "选")
	looked := b.upload(page, "#do-offer form", "催办.docx", ownReminder("")).want(200, "检查通过", "本单位的格式", "自己的格式 第1版", "还没启用")
	inForce := b.send(looked, "#do-use form", nil).want(200, "已启用", "正在使用")
	b.send(looked, "#do-use form", nil).want(200, "已启用") // a double click
	b.send(looked, "#do-use form", url.Values{"csrf": {h.csrf(b)}}).want(409)
	b.get("/console/templates").want(200, "自己的格式 第1版")
	if tpl, err := docx.Open(b.bytes(at + "/docx")); err != nil || len(tpl.Marks()) != 10 {
		t.Errorf("the form in use is not the own one: %v", err)
	}
	if text := b.bytes(at + "/sample"); !bytes.HasPrefix(text, []byte("PK")) {
		t.Error("no sample")
	}
	b.send(inForce, "#do-back form", nil).want(200, "已改回现成的格式", "以前用过")
	b.get(at + "?form=" + uuid.NewString()).want(404)
	b.get("/console/templates/letter").want(404)
}

func TestAFormFromElsewhereIsNotTaken(t *testing.T) {
	h := newHouse(t, false)
	h.hire("guan", panshan, staff.Administrator)
	b := h.signedIn("guan")
	page := b.get("/console/templates/reminder")
	page.Find("#do-offer input[name=csrf]").SetAttr("value", "guessed")
	b.upload(page, "#do-offer form", "催办.docx", ownReminder("")).want(403)
	var forms, files int64
	h.must(h.store.Read(bg).Table("paper_form").Count(&forms).Error)
	h.must(h.store.Read(bg).Table("evidence_file").Count(&files).Error)
	if forms+files != 0 {
		t.Errorf("%d forms and %d files were taken", forms, files)
	}
}

// bytes is a file that the browser gets.
func (b *browser) bytes(path string) []byte {
	b.h.t.Helper()
	res, err := b.http.Get(b.h.base + path)
	b.h.must(err)
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	b.h.must(err)
	return content
}

// upload sends a form with a file.
func (b *browser) upload(p page, selector, name, content string) page {
	b.h.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, values := range p.fill(selector, nil) {
		for _, value := range values {
			b.h.must(w.WriteField(field, value))
		}
	}
	part, err := w.CreateFormFile("files", name)
	b.h.must(err)
	io.WriteString(part, content)
	b.h.must(w.Close())
	action, _ := p.Find(selector).Attr("action")
	res, err := b.http.Post(b.h.base+action, w.FormDataContentType(), &body)
	b.h.must(err)
	return b.read(res)
}
