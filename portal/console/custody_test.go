package console_test

import (
	"bytes"
	"image"
	"image/jpeg"
	"net/url"
	"strings"
	"testing"

	"filippo.io/age"

	"minsheng/intake"
	"minsheng/staff"
)

// TestTwoCustodiansKeepAndOpenNames goes through the pages: a key is made, handed
// over by the six words, put into escrow; a name is asked for by one and opened by
// the other, and shown to the first alone, marked.
func TestTwoCustodiansKeepAndOpenNames(t *testing.T) {
	h := county(t)
	keeper := h.signedIn("keeper")
	keeper.get("/console/custody").want(200, "管机器的人打得开", "要两名保管员")
	h.hire("second", panshan, staff.IdentityCustodian)
	second := h.signedIn("second")
	p := keeper.send(keeper.get("/console/custody"), step("create"), nil).want(200, "钥匙已生成", "员second", "还没有做保底")
	id, _ := p.Find("input[name=account]").Attr("value")
	words := p.Find("article .six-words").Text()
	if own := second.get("/console/custody").want(200, "念给他听").Find("section .six-words").First().Text(); own == "" || own != words {
		t.Errorf("the two read %q and %q", words, own)
	}
	p = keeper.send(p, "article form", nil).want(422, "没有听他念过")
	p = keeper.send(p, "article form", url.Values{"heard": {"yes"}}).want(200, "已把钥匙交给同事")
	if p.Find("input[value='"+id+"']").Length() > 0 {
		t.Error("who has the key still waits for it")
	}
	three := url.Values{}
	for _, place := range []string{"a", "b", "c"} {
		made, err := age.GenerateX25519Identity()
		h.must(err)
		three.Set("name."+place, "市档案馆")
		three.Set("key."+place, made.Recipient().String())
	}
	three.Set("key.c", three.Get("key.b"))
	p = keeper.send(p, step("escrow"), three).want(422, "三把公钥要各不相同")
	if kept, _ := p.Find("input[name='key.a']").Attr("value"); kept != three.Get("key.a") {
		t.Error("what was typed is lost")
	}
	made, err := age.GenerateX25519Identity()
	h.must(err)
	three.Set("key.c", made.Recipient().String())
	keeper.send(p, step("escrow"), three).want(200, "保底已做好", "保底人1和2的文件")
	part := keeper.get("/console/custody/escrow/ab").want(200)
	if !strings.Contains(part.Header.Get("Content-Disposition"), "custody-1-ab.age") || strings.Contains(part.Text(), "AGE-SECRET") {
		t.Errorf("the part: %v", part.Header)
	}

	path := keeper.openFirst().URL.Path
	keeper.send(keeper.get(path), step("reveal_name"), url.Values{"reason": {"约定入户时间"}}).want(422)
	p = keeper.send(keeper.get(path), step("reveal_name"), url.Values{"purpose": {"visit"}, "reason": {"约定入户时间"}}).want(200, "等另一名保管员打开")
	if strings.Contains(p.Text(), "柳大有") || p.Find(step("reveal_name")+", "+step("look_name")).Length() > 0 {
		t.Error("one custodian alone has a step left")
	}
	second.get("/console").want(200, "同事申请打开反映人身份")
	q := second.get("/console/openings").want(200, "约定入户时间", "员keeper")
	q = second.send(q, ".entry form", nil).want(422)
	second.send(q, ".entry form", url.Values{"give": {"yes"}}).want(200, "已打开给申请的人")
	keeper.get("/console").want(200, "您申请的身份已经打开")
	p = keeper.send(keeper.get(path), step("look_name"), nil).want(200, "柳大有", "13800000000")
	if marks := p.Find(".watermark span"); marks.Length() < 6 || !strings.Contains(marks.First().Text(), "员keeper") {
		t.Errorf("marked %q", marks.Text())
	}
	for who, b := range map[string]*browser{"who asked, on the next page": keeper, "who opened it": second} {
		if strings.Contains(b.get(path).Text(), "柳大有") {
			t.Errorf("the name is shown to %s", who)
		}
	}
}

// TestWhyANameWentOutsideStandsOnTheCaseForCustodians, and for nobody else.
func TestWhyANameWentOutsideStandsOnTheCaseForCustodians(t *testing.T) {
	h := county(t)
	keeper, wang := h.signedIn("keeper"), h.signedIn("wang")
	path := keeper.openFirst().URL.Path
	h.must(h.store.Read(bg).Exec(`INSERT INTO sealed_blob (owner_id, kind, recipient_kind, recipient_id, generation, ciphertext)
		SELECT report_id, 'identity', 'offline', 'x', 1, ? FROM complaint WHERE id = ?`, []byte("age-encryption.org/v1"), path[strings.LastIndex(path, "/")+1:]).Error)
	keeper.send(keeper.get(path), step("take_name"), url.Values{"purpose": {"visit"}, "reason": {"约定入户时间"}}).want(200)
	keeper.get(path).want(200, "带到外面或移送：保管员写的意见", "约定入户时间", "员keeper")
	if text := wang.get(path).want(200).Text(); strings.Contains(text, "带到外面") || strings.Contains(text, "约定入户时间") {
		t.Error("an officer who keeps no names reads why")
	}
	// Also where there is no name to ask for, as when pictures alone were taken.
	h.must(h.store.Read(bg).Exec("UPDATE complaint SET mode = ?", intake.Anonymous).Error)
	if p := keeper.get(path).want(200, "约定入户时间"); p.Find(step("take_name")).Length() > 0 {
		t.Error("a name is offered that there is not")
	}
}

// TestTwoCustodiansOpenPicturesWithoutAName goes through the same pages, which then speak
// of pictures and of no name; who may not open names finds nothing to ask for.
func TestTwoCustodiansOpenPicturesWithoutAName(t *testing.T) {
	h := county(t)
	h.hire("second", panshan, staff.IdentityCustodian)
	h.hire("third", panshan, staff.IdentityCustodian)
	keeper, second := h.signedIn("keeper"), h.signedIn("second")
	second.get("/console/custody").want(200)
	keeper.send(keeper.get("/console/custody"), step("create"), nil).want(200)
	keeper.send(keeper.get("/console/custody"), "article form", url.Values{"heard": {"yes"}}).want(200, "已把钥匙交给同事")
	s := intake.Submission{Token: h.intake.NewForm().Token, PlaceCode: shuangliu, Text: "路灯坏了很久没有人修理", Mode: intake.Anonymous, Channel: intake.Web, Lang: "zh-CN"}
	form, err := h.intake.OpenForm(s.Token)
	h.must(err)
	_, err = h.shelf.Stage(bg, form.Key, "现场.jpg", bytes.NewReader(smallPicture(t)))
	h.must(err)
	receipt, err := h.intake.Submit(bg, s)
	h.must(err)
	var c intake.Complaint
	h.must(h.store.Read(bg).Order("seq DESC").Take(&c).Error)
	path := "/console/cases/" + c.ID.String()
	silent := func(what, text string) {
		t.Helper()
		for _, word := range []string{"姓名", "身份", "名字"} {
			if strings.Contains(text, word) {
				t.Errorf("%s speaks of a name: %s", what, text)
			}
		}
	}
	for _, who := range []string{"wang", "zhao"} {
		if h.signedIn(who).get(path).want(200).Find(step("reveal_pictures")).Length() > 0 {
			t.Errorf("%s is asked to ask", who)
		}
	}
	p := keeper.get(path).want(200)
	if p.Find(step("reveal_name")).Length() > 0 {
		t.Error("a name is offered that there is not")
	}
	silent("the step", p.Find("#do-reveal_pictures").Text())
	p = keeper.send(p, step("reveal_pictures"), url.Values{"purpose": {"visit"}, "reason": {"约定入户时间"}}).want(200, "等另一名保管员打开", "打开照片原件的申请")
	if p.Find(step("reveal_pictures")).Length() > 0 {
		t.Error("it can be asked for twice")
	}
	q := h.signedIn("third").get("/console/openings").want(200, "您这次登录打不开")
	if q.Find(".entry form").Length() > 0 || strings.Contains(q.Text(), "约定入户时间") {
		t.Error("who holds no key reads it, or decides")
	}
	second.get("/console").want(200, "同事申请打开照片原件")
	q = second.get("/console/openings").want(200, "约定入户时间", "员keeper")
	silent("the request", q.Find(".entry").Text())
	second.send(q, ".entry form", url.Values{"give": {"yes"}}).want(200, "已打开给申请的人")
	keeper.get("/console").want(200, "您申请的照片原件已经打开")
	p = keeper.get(path).want(200, "照片原件（带拍摄地点")
	link, is := p.Find("a[href$='/original']").Attr("href")
	if !is || p.Find(step("look_name")).Length() > 0 {
		t.Fatal("no picture to open, or a name to look at")
	}
	silent("what is open", p.Find("section:has(a[href$='/original'])").Text())
	if got := keeper.get(link).want(200); !strings.Contains(got.Header.Get("Content-Disposition"), "original-1.jpg") {
		t.Errorf("sent as %s", got.Header.Get("Content-Disposition"))
	}
	if second.get(path).Find("a[href$='/original']").Length() > 0 {
		t.Error("it is open to who opened it for another")
	}
	page, err := h.intake.Track(bg, receipt.Digits)
	h.must(err)
	if len(page.IdentityOpenings) != 1 || page.IdentityOpenings[0].What != intake.OpenedPictures {
		t.Errorf("the reporter reads %+v", page.IdentityOpenings)
	}
}

func smallPicture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewRGBA(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
