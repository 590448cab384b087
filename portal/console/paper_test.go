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

	"minsheng/intake"
	"minsheng/internal/docx"
	"minsheng/internal/store"
	"minsheng/ledger"
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

// TestAPaperAboutAnOfficeIsLockedToWhoHoldsTheKey goes through the pages: who holds
// the key of the city reads and takes along what it decided about the county; a
// colleague sees that there is a paper, and why it is shut.
func TestAPaperAboutAnOfficeIsLockedToWhoHoldsTheKey(t *testing.T) {
	h := newHouse(t, false)
	for login, role := range map[string]staff.Role{"shi": staff.TriageOfficer, "lead": staff.Supervisor, "young": staff.Supervisor} {
		h.hire(login, cityDesk, role)
	}
	h.hire("wang", panshan, staff.TriageOfficer)
	shi := h.signedIn("shi")
	h.signedIn("lead")
	shi.send(shi.send(shi.get("/console/handling"), step("create"), nil).want(200, "员lead"), "article form", url.Values{"heard": {"yes"}}).want(200)
	_, err := h.intake.Submit(bg, intake.Submission{Token: h.intake.NewForm().Token, PlaceCode: shuangliu, Text: "县里的人扣了补助三千元。", Mode: intake.Anonymous,
		AccusedLevel: "county", Channel: intake.Web, Lang: "zh-CN"})
	h.must(err)
	var c intake.Complaint
	h.must(store.One(h.store.Read(bg), &c))
	var writer struct{ ID uuid.UUID }
	h.must(h.store.Read(bg).Table("account").Select("id").Where("login = 'shi'").Take(&writer).Error)
	by := staff.Officer{ID: writer.ID, Name: "员shi", UnitID: c.DeskUnitID, UnitName: cityDesk, Roles: []staff.Role{staff.TriageOfficer}}
	note := paper.Draft{Kind: paper.NonAcceptance, Unit: c.DeskUnitID, Subject: ledger.OfComplaint, SubjectID: c.ID, Title: "关于双柳村反映事项的告知书", Content: paper.Content{Fields: map[string]string{
		"收到日期": "2026年1月5日", "反映事项": "补助没有发足", "不予受理理由": "县里的钱已经补发了", "依据": "条例", "应向何处反映": "无"}}}
	var final paper.Paper
	var draft uuid.UUID
	h.must(h.store.Transact(bg, func(tx *gorm.DB) (err error) {
		if final, err = h.papers.Issue(tx, by, note); err == nil {
			draft, err = h.papers.Put(tx, by, note)
		}
		return err
	}))
	at, waiting := "/console/papers/"+final.ID.String(), "/console/papers/"+draft.String()
	shi.get(at).want(200, "县里的钱已经补发了", "关于双柳村反映事项的告知书")
	if p := shi.get(at + "/docx").want(200); p.Header.Get("Content-Type") != "application/vnd.openxmlformats-officedocument.wordprocessingml.document" {
		t.Errorf("a member gets %v", p.Header)
	}
	young := h.signedIn("young")
	for name, p := range map[string]page{
		"a paper":        young.get(at).want(200, "不予受理告知书", final.Number, "持钥匙的同事", "材料钥匙"),
		"a draft":        young.get(waiting).want(200, "不予受理告知书", "签发时编号", "持钥匙的同事"),
		"a list":         young.get("/console/papers?box=final").want(200, final.Number, "已加锁"),
		"drafts":         young.get("/console/papers?box=drafts").want(200, "不予受理告知书", "已加锁"),
		"the case":       young.get("/console/cases/"+c.ID.String()).want(200, final.Number, "不予受理告知书", "已加锁"),
		"a download":     young.get(at+"/docx").want(403, "没有钥匙", "文书"),
		"another":        young.get(waiting+"/docx").want(403, "没有钥匙"),
		"what was tried": young.get(at).want(200, "想下载没有钥匙的文书"),
	} {
		if strings.Contains(p.Text(), "补发了") || strings.Contains(p.Text(), "关于双柳村") || p.Find("article.sheet").Length() > 0 || p.Find("#do-sign").Length() > 0 {
			t.Errorf("%s tells a colleague what it says, or is theirs to sign: %s", name, p.Text())
		}
	}
	var looks int64
	h.must(h.store.Read(bg).Table("look").Where("what = 'print'").Count(&looks).Error)
	if looks != 1 {
		t.Errorf("%d looks are on record of papers that one person saw", looks)
	}
	young.post(waiting+"/sign", young.get(waiting).fill("#do-discard form", url.Values{"version": {"1"}})).want(409, "没有钥匙", "不能审批")
	h.must(h.store.Transact(bg, func(tx *gorm.DB) error {
		var copied struct{ FileID uuid.UUID }
		if err := tx.Table("paper").Select("file_id").Where("id = ?", final.ID).Take(&copied).Error; err != nil {
			return err
		}
		return intake.EraseSheets(tx, copied.FileID)
	}))
	shi.get(at+"/docx").want(410, "已按规定销毁")
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
