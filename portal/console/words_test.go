package console_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/intake"
	"minsheng/portal/console"
	"minsheng/staff"
	"minsheng/triage"
)

// nasty is what somebody types who tries to make a page do things.
const nasty = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{.}}{{t "x"}}</textarea></title>`

// harmless fails when a page would do what nasty says.
func (m *matrix) harmless(name string, got answer) {
	m.t.Helper()
	if got.status != 200 && got.status != 422 {
		m.t.Errorf("%s: %d", name, got.status)
	}
	for _, alive := range []string{"<script>alert", "<img src=x", "onerror=alert(2)>", "</textarea></title>"} {
		if strings.Contains(got.body, alive) {
			at := strings.Index(got.body, alive)
			m.t.Errorf("%s holds %s: %s", name, alive, got.body[max(0, at-80):at+len(alive)])
		}
	}
	if !strings.Contains(got.header.Get("Content-Security-Policy"), "script-src 'self'") {
		m.t.Errorf("%s has the policy %q", name, got.header.Get("Content-Security-Policy"))
	}
}

// TestWordsAreShownAndDoNothing takes nasty words everywhere that anybody can
// type, and then reads every page that shows them.
func TestWordsAreShownAndDoNothing(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	m.exec("UPDATE account SET name = ? WHERE id = ?", nasty[:40], m.me)
	shows := func(name string, got answer) {
		t.Helper()
		m.harmless(name, got)
		if !strings.Contains(got.body, "&lt;script&gt;alert(1)") {
			t.Errorf("%s does not show the words", name)
		}
	}
	public := func(path string, form url.Values) answer { return m.ask(m.browser(), "POST", path, form) }
	report := url.Values{"token": {m.intake.NewForm().Token}, "place": {shuangliu}, "mode": {"named"}, "name": {nasty[:48]}, "phone": {"13800000000"},
		"text": {nasty + "村里的路还没修"}, "who": {nasty}, "when": {nasty}, "amount": {nasty[:60]}, "at": {"1"}}
	wrong := url.Values{}
	for name, values := range report {
		wrong[name] = values
	}
	for _, bad := range []string{"phone", "kind", "accused", "mode", "place", "town", "captcha_id", "captcha", "about", "via", "website", "go"} {
		wrong.Set(bad, nasty)
	}
	wrong.Set("go", "redraw")
	shows("the form again", public("/receipt", wrong))
	slip := public("/receipt", report)
	m.harmless("the receipt", slip)
	var c intake.Complaint
	m.must(m.store.Read(bg).Order("seq DESC").Take(&c).Error)
	digits := strings.Join(strings.Fields(m.receiptIn(slip)), "")
	m.become(staff.Supervisor, panshan)
	id := "/console/cases/" + c.ID.String()
	post := func(path string, pairs ...string) answer {
		form := words(pairs...)(m, fixture{})
		form.Set("csrf", m.csrf)
		form.Set("version", strconv.Itoa(m.again(c.ID).Version))
		return m.ask(m.b, "POST", path, form)
	}
	get := func(path string) answer { return m.ask(m.b, "GET", path, nil) }
	shows("the queue of a report", get("/console/cases"))
	shows("a refused step", post(id+"/describe", "summary", nasty, "kind", nasty, "severity", nasty, "programme", nasty))
	for _, done := range []answer{
		post(id+"/describe", "summary", nasty, "kind", "FUND_WITHHOLD", "severity", "2", "demands", nasty),
		post(id+"/message", "text", nasty), post(id+"/decline", "reason", nasty, "where_to", nasty),
		post("/console/cases/views", "name", nasty[:29], "query", "text="+url.QueryEscape(nasty)),
		post("/console/replies", "title", nasty[:29], "body", nasty),
	} {
		if done.status != 303 {
			t.Fatalf("nasty words were not taken: %d\n%s", done.status, done.body)
		}
	}
	shows("the case", get(id))
	shows("the case in English", get(id+"?lang=en"))
	shows("the queue", get("/console/cases"))
	shows("today", get("/console"))
	shows("replies", get("/console/replies"))
	shows("a search", get("/console/cases?text="+url.QueryEscape(nasty)))
	for _, name := range []string{"kind", "place", "state", "mode", "channel", "severity", "due", "after", "done", "lang", "finished"} {
		m.harmless("the queue by "+name, get("/console/cases?"+name+"="+url.QueryEscape(nasty)))
	}
	m.harmless("the door", m.ask(m.browser(), "GET", "/console/signin?next="+url.QueryEscape("/console/"+nasty), nil))
	opened := public("/track", url.Values{"digits": {digits}})
	shows("the tracking page", opened)
	shows("the digits again", public("/track", url.Values{"digits": {nasty}, "draft": {nasty}}))
	m.become(staff.Auditor, cityDesk)
	m.harmless("the record", get("/console/record"))
	m.become(staff.Administrator, cityDesk)
	shows("the accounts", get("/console/staff"))
	m.become(staff.Registrar, panshan)
	shows("a call", post("/console/entry", "form", m.intake.NewForm().Token, "text", nasty, "place", nasty, "who", nasty))
}

func (m *matrix) receiptIn(a answer) string {
	m.t.Helper()
	_, rest, found := strings.Cut(a.body, `class="number"`)
	if !found {
		m.t.Fatalf("no receipt: %d\n%s", a.status, a.body)
	}
	rest, _, _ = strings.Cut(rest, "</p>")
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, rest)
}

// Words of a case that went all the way, each in a field of its own.
var (
	ofReporter = []string{told[:60], "扣我家三千块的会计", "柳大有", "13800000000", "再补一句,账本在村部柜子里", "去年腊月"}
	ofOffice   = []string{"反映危房改造补助没有发全", "补发三千元", "请问是哪一年", "走访三户,都说少发", "扣下三千元", "同意答复", "约定入户时间", "村部小屋"}
	ofItem     = []string{"核查危房改造补助发放", "请核查甜水镇危房改造补助是否足额发到农户", "逐户核对发放表与存折", "已经逐户核对完毕,正在补发"}
)

// story is a case with everything a case can hold, and its item.
func (m *matrix) story() (c intake.Complaint, item uuid.UUID, digits string) {
	m.t.Helper()
	r, err := m.intake.Submit(bg, intake.Submission{Token: m.intake.NewForm().Token, PlaceCode: shuangliu, Text: told, Mode: intake.Confidential,
		Name: "柳大有", Phone: "13800000000", Kind: "FUND_WITHHOLD", Who: "扣我家三千块的会计", When: "去年腊月", Channel: intake.Web, Lang: "zh-CN"})
	m.must(err)
	m.must(m.store.Read(bg).Order("seq DESC").Take(&c).Error)
	keeper := m.person(panshan, staff.IdentityCustodian)
	do := func(err error) { m.t.Helper(); m.must(err); c = m.again(c.ID) }
	do(m.triage.Describe(bg, m.worker, c.ID, c.Version, triage.Description{Summary: ofOffice[0], Kind: "FUND_WITHHOLD", Severity: 2, Demands: []string{ofOffice[1]}}))
	do(m.triage.AskMore(bg, m.worker, c.ID, c.Version, ofOffice[2]))
	opened, err := m.intake.Track(bg, r.Digits)
	m.must(err)
	do(m.intake.Say(bg, opened.Token, opened.Form.Token, ofReporter[4]))
	do(m.triage.Accept(bg, m.worker, c.ID, c.Version))
	do(m.triage.Verify(bg, m.worker, c.ID, c.Version, triage.NewVerification{VisitedOn: opened.Received, Place: ofOffice[7], Method: "interview", Verifiers: []string{"李核", "王查"}, Found: ofOffice[3]}))
	second := m.person(panshan, staff.IdentityCustodian)
	do(m.triage.AskName(bg, keeper, m.key(keeper), c.ID, "visit: "+ofOffice[6]))
	asked, err := m.triage.NamesOf(bg, second, c.ID)
	m.must(err)
	do(m.triage.RuleName(bg, second, m.key(second), asked[0].ID, true))
	item, err = m.docket.Convert(bg, m.worker, c.ID, c.Version, docket.NewItem{Title: ofItem[0], Summary: ofItem[1], Requirement: ofItem[2], Urgency: "normal", Lead: m.units[poor].ID})
	do(err)
	var i docket.Item
	for _, s := range []struct {
		by   staff.Officer
		code string
	}{{m.worker, "issue"}, {m.handler, "acknowledge"}, {m.handler, "report"}} {
		i = docket.Item{}
		m.must(m.store.Read(bg).Where("id = ?", item).Take(&i).Error)
		do(m.docket.Step(bg, s.by, item, i.Version, s.code, docket.Entry{Body: ofItem[3]}))
	}
	do(m.triage.ProposeAnswer(bg, m.worker, c.ID, c.Version, triage.Answer{Outcome: intake.Substantiated, Findings: []triage.AnswerPart{
		{N: 1, Result: intake.Substantiated, Facts: ofOffice[4], Basis: "应足额发放。", Done: "已责令改正。"}}}))
	do(m.triage.Rule(bg, m.boss, c.ID, m.proposal(c.ID), true, ofOffice[5]))
	return c, item, r.Digits
}

// TestSomeSeeNothingOfACase reads every page that the roles without cases can
// reach, about a case that has been through everything.
func TestSomeSeeNothingOfACase(t *testing.T) {
	t.Parallel()
	m := newMatrix(t, still(t))
	c, item, digits := m.story()
	words := func(more ...[]string) (all []string) {
		all = append(append(all, ofReporter...), digits, digits[:4]+" "+digits[4:8])
		for _, list := range more {
			all = append(all, list...)
		}
		return all
	}
	number := []string{c.Number(), c.ID.String(), c.ReportID.String()}
	for letter, secret := range map[string][]string{
		"A": words(ofOffice, ofItem, number), "U": words(ofOffice, ofItem, []string{c.Number()}), "H": words(ofOffice[1:], number),
		"P": words(ofOffice, ofItem, number), "N": words(ofOffice, ofItem, number), "R": words(ofOffice, ofItem, number),
		// Who works the case reads it; names open only to who asks for them.
		"T": {"柳大有", "13800000000", digits}, "S": {"柳大有", "13800000000", digits}, "I": {"柳大有", "13800000000", digits},
	} {
		unit := panshan
		if letter == "H" {
			unit = poor
		}
		m.become(letters[letter], unit)
		pages := 0
		for _, route := range console.Routes() {
			if route.Method != "GET" {
				continue
			}
			ids := []string{c.ID.String(), item.String(), m.units[unit].ID.String(), m.me.String()}
			if !strings.Contains(route.Path, ":") {
				ids = ids[:1]
			}
			for _, id := range ids {
				for _, query := range []string{"", "?lang=en", "?finished=1", "?text=" + url.QueryEscape("危房")} {
					path := strings.NewReplacer(":id", id, ":file", uuid.NewString()).Replace(route.Path) + query
					got := m.ask(m.b, "GET", path, nil)
					if got.status == 200 {
						pages++
					}
					for _, word := range secret {
						if strings.Contains(got.body, word) {
							t.Errorf("%s reads %q at %s", letters[letter], word, path)
						}
					}
				}
			}
		}
		if pages < 8 {
			t.Errorf("%s reached %d pages only", letters[letter], pages)
		}
	}
	m.become(staff.UnitHandler, poor)
	if got := m.ask(m.b, "GET", "/console/items/"+item.String(), nil); !strings.Contains(got.body, ofItem[1]) || !strings.Contains(got.body, ofItem[3]) {
		t.Error("the handler does not read the item: the test sees nothing")
	}
	m.become(staff.Auditor, panshan)
	if got := m.ask(m.b, "GET", "/console/record", nil); !strings.Contains(got.body, "无权查看，已拒绝") {
		t.Errorf("the record tells nothing of what was refused: the test sees nothing\n%s", got.body)
	}
	m.become(staff.TriageOfficer, panshan)
	got := m.ask(m.b, "GET", "/console/cases/"+c.ID.String(), nil)
	for _, word := range append(append([]string{}, ofReporter[:2]...), ofOffice[:5]...) {
		if !strings.Contains(got.body, word) {
			t.Errorf("the case page does not show %q: the test sees nothing", word)
		}
	}
}

// camera is a photo that says where it was taken, and by whom.
func camera(t *testing.T) []byte {
	t.Helper()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewRGBA(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	exif := "Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x1a\x00\x00\x00\x00GPS 41.2345N 121.9876E phone of 柳大有"
	b := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return append(append(b, exif...), photo.Bytes()[2:]...)
}

// TestWhatOfficersDownload hands a photo in as villagers do and one as
// officers do, and loads both down.
func TestWhatOfficersDownload(t *testing.T) {
	h := county(t)
	photo := camera(t)
	if !bytes.Contains(photo, []byte("GPS 41.2345N")) {
		t.Fatal("the photo says nothing to begin with")
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, field := range [][2]string{{"token", h.intake.NewForm().Token}, {"place", shuangliu}, {"mode", "anonymous"}, {"text", told}} {
		form.WriteField(field[0], field[1])
	}
	part, _ := form.CreateFormFile("files", "柳大有家\u202egpj.房子.jpg")
	part.Write(photo)
	form.Close()
	villager := h.browser()
	res, err := villager.http.Post(h.base+"/receipt", form.FormDataContentType(), &body)
	h.must(err)
	villager.read(res).want(200)
	wang := h.signedIn("wang")
	queue := wang.get("/console/cases")
	last, _ := queue.Find("a[data-row]").Last().Attr("href")
	p := wang.get(last).want(200)
	p = wang.send(p, step("claim"), nil).want(200)
	p = wang.send(p, step("accept"), nil).want(200)
	check := url.Values{"visited_on": {"2026-01-05"}, "method": {"interview"}, "verifiers": {"员wang\n员zhao"}, "found": {"走访三户,都说少发。"}}
	p = wang.sendFiles(p, step("verify"), check, map[string][]byte{"现场.jpg": photo}).want(200)
	files := p.Find(".files a[href*='/files/']")
	if files.Length() < 2 {
		t.Fatalf("%d files on the page", files.Length())
	}
	for i := range files.Length() {
		href, _ := files.Eq(i).Attr("href")
		res, err := wang.http.Get(h.base + href)
		h.must(err)
		content, err := io.ReadAll(res.Body)
		h.must(err)
		res.Body.Close()
		if picture, _, err := image.Decode(bytes.NewReader(content)); err != nil || picture.Bounds().Dx() != 40 {
			t.Errorf("%s is no picture: %v", href, err)
		}
		for _, secret := range []string{"GPS", "Exif", "柳大有", "121.9876"} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%s holds %s", href, secret)
			}
		}
		for name, want := range map[string]string{"Content-Disposition": "attachment; filename=\"evidence-", "Content-Security-Policy": "sandbox; default-src 'none'",
			"X-Content-Type-Options": "nosniff", "Content-Type": "image/jpeg", "Cache-Control": "private, no-store"} {
			if got := res.Header.Get(name); !strings.HasPrefix(got, want) {
				t.Errorf("%s is sent with %s %q", href, name, got)
			}
		}
	}
}

// TestTrapsInACheckAreRefusedWithItsWords hands in what is no evidence with a
// check; the page says so beside the files and keeps every word.
func TestTrapsInACheckAreRefusedWithItsWords(t *testing.T) {
	h := county(t)
	wang := h.signedIn("wang")
	p := wang.send(wang.openFirst(), step("claim"), nil).want(200)
	p = wang.send(p, step("accept"), nil).want(200)
	check := url.Values{"visited_on": {"2026-01-05"}, "method": {"interview"}, "verifiers": {"员wang\n员zhao"}, "found": {"走访三户,都说少发。"}}
	var small bytes.Buffer
	h.must(png.Encode(&small, image.NewRGBA(image.Rect(0, 0, 40, 30))))
	pdf := []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n")
	large := append(pdf[:len(pdf):len(pdf)], bytes.Repeat([]byte(" "), 10<<20)...)
	nines := map[string][]byte{}
	for _, name := range []string{"1.pdf", "2.pdf", "3.pdf", "4.pdf", "5.pdf", "6.pdf"} {
		nines[name] = []byte(strings.Replace(string(pdf), "1 0", name[:1]+" 0", 1))
	}
	for what, c := range map[string]struct {
		files map[string][]byte
		says  string
	}{
		"a program":              {map[string][]byte{"宏.exe": []byte("MZ\x90\x00")}, "这种文件收不了"},
		"a page called a photo":  {map[string][]byte{"a.jpg": []byte("<!DOCTYPE html><script>alert(1)</script>")}, "文件名和里面的内容对不上"},
		"a drawing":              {map[string][]byte{"a.svg": []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`)}, "这种文件收不了"},
		"an archive":             {map[string][]byte{"a.zip": []byte("PK\x05\x06" + strings.Repeat("\x00", 18))}, "这种文件收不了"},
		"nothing":                {map[string][]byte{"a.jpg": {}}, "这个文件是空的"},
		"ten megabytes and more": {map[string][]byte{"a.pdf": large}, "每个最多10兆"},
		"six files":              {nines, "最多放5个文件"},
		"a name read backwards":  {map[string][]byte{"账\u202egpj.exe": small.Bytes()}, "文件名和里面的内容对不上"},
		"a broken picture":       {map[string][]byte{"a.png": small.Bytes()[:50]}, "这个文件打不开"},
	} {
		fresh := wang.get(strings.TrimSuffix(p.URL.Path, "/verify"))
		back := wang.sendFiles(fresh, step("verify"), check, c.files)
		if back.Status != 422 || !strings.Contains(back.text("#do-verify"), c.says) {
			t.Errorf("%s: %d, %s", what, back.Status, back.text("#do-verify .wrong"))
			continue
		}
		if back.text("#verify-found") != check.Get("found") || !strings.Contains(back.Find("#verify-verifiers").Text(), "员zhao") {
			t.Errorf("%s: the words are lost", what)
		}
		if strings.ContainsRune(back.text("#do-verify"), '\u202e') {
			t.Errorf("%s: the name turns the page round", what)
		}
	}
	var checks int64
	h.must(h.store.Read(bg).Table("verification").Count(&checks).Error)
	if checks != 0 {
		t.Errorf("%d checks were recorded", checks)
	}
}
