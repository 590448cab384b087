package public_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"minsheng/appeal"
	"minsheng/clock"
	"minsheng/figures"
	"minsheng/household"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/portal"
	"minsheng/portal/gate"
	"minsheng/portal/locale"
	"minsheng/portal/public"
	"minsheng/portal/view"
	"minsheng/portal/view/viewtest"
	"minsheng/region"
	"minsheng/roll"
	"minsheng/staff"
	"minsheng/transparency"
	"minsheng/triage"
)

// Invented places.
const (
	shuangliu = "211122111901" // 甜水镇双柳村
	tianshui  = "211122111000"
)

const story = "去年村里给我家报的危房改造，说是补一万五，到我折子上就一万二。"

// site is the whole portal on SQLite behind a real listener.
type site struct {
	*testing.T
	url     string
	store   *store.Store
	keys    *seal.Keys
	board   *notice.Board
	rolls   *roll.Book
	shelf   *evidence.Shelf
	desk    *intake.Desk
	clocks  *clock.Book
	queue   *triage.Queue
	appeals *appeal.Desk
	papers  *notice.Desk
	objects *objection.Desk
	purse   *household.Purse
	atlas   *region.Atlas
	figures *figures.Board
	views   *view.Renderer
	limits  *gate.Limits
	log     *transparency.Log
	past    atomic.Int64 // by how much the face's clock was moved, nanoseconds
	days    atomic.Int64 // by how much everybody's was
}

// with changes how a site is built.
type with struct{ captcha, limits bool }

func open(t *testing.T, w with) *site {
	t.Helper()
	s := &site{T: t}
	ctx := context.Background()
	var err error
	s.store, err = store.Open(ctx, store.Config{Dir: storetest.SQLiteDir(t), Now: func() time.Time { return time.Now().AddDate(0, 0, int(s.days.Load())) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.store.Close() })
	must := func(what string) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	s.keys, err = seal.Create(t.TempDir())
	must("keys")
	err = region.Seed(ctx, s.store)
	must("seed")
	s.log, err = transparency.New(ctx, transparency.Config{Store: s.store, KeysDir: t.TempDir(), Origin: "portal.test/log", Pad: 1})
	must("log")
	s.atlas, err = region.NewAtlas(ctx, s.store)
	must("atlas")
	result, err := s.atlas.Import(ctx, strings.NewReader("code12,parent12,name,level,urban_rural_code\n"+
		shuangliu+","+tianshui+",双柳村,village,220\n211122111902,"+tianshui+",苇子沟村,village,220\n"), false, nil)
	must("import")
	if result.Added != 2 {
		t.Fatalf("imported %+v", result)
	}
	_, err = s.atlas.StandardUnits(ctx)
	must("units")
	blobs, err := evidence.Folder(t.TempDir())
	must("folder")
	s.shelf = evidence.New(evidence.Config{Store: s.store, Keys: s.keys, Blobs: blobs})
	s.rolls = roll.New(s.store, s.atlas)
	s.board = notice.New(notice.BoardConfig{Store: s.store, Atlas: s.atlas, Rolls: s.rolls, Shelf: s.shelf})
	s.clocks = clock.New(s.store, workday.BuiltIn())
	s.desk = intake.New(intake.Config{Store: s.store, Keys: s.keys, Atlas: s.atlas, Shelf: s.shelf, Clocks: s.clocks})
	people := staff.New(staff.Config{Store: s.store, Keys: s.keys, Atlas: s.atlas, SkipCode: true})
	s.papers = notice.NewDesk(notice.Config{Store: s.store, Keys: s.keys, Atlas: s.atlas, Staff: people, Shelf: s.shelf, Rolls: s.rolls, Clocks: s.clocks})
	s.objects = objection.New(objection.Config{Store: s.store, Keys: s.keys, Atlas: s.atlas, Staff: people, Intake: s.desk, Notices: s.papers,
		Rolls: s.rolls, Shelf: s.shelf, Clocks: s.clocks, Tell: func(_, key string, _ ...any) string { return key }})
	s.purse = household.New(s.store, s.keys, s.atlas)
	s.figures = figures.New(figures.Config{Store: s.store, Atlas: s.atlas, Clocks: clock.New(s.store, workday.BuiltIn())})
	tell := func(lang, key string, pairs ...any) string {
		return viewtest.Of(t).Views.Text(locale.Lang(lang), key, pairs...)
	}
	s.queue = triage.New(triage.Config{Store: s.store, Keys: s.keys, Atlas: s.atlas, Staff: people, Intake: s.desk, Shelf: s.shelf, Clocks: s.clocks, Tell: tell})
	s.appeals = appeal.New(appeal.Config{Store: s.store, Keys: s.keys, Atlas: s.atlas, Triage: s.queue, Intake: s.desk, Shelf: s.shelf, Clocks: s.clocks})
	s.serve(w)
	return s
}

func (s *site) serve(w with) {
	s.Helper()
	look := viewtest.Of(s)
	assets := look.Assets
	s.views = look.Views
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Fatal(err)
	}
	s.url = "http://" + listener.Addr().String()
	base, _ := url.Parse(s.url)
	s.limits = gate.NewLimits(nil, s.keys, w.limits, 1)
	visitors := gate.NewVisitors(s.keys, nil)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	whole, err := portal.New(portal.Config{Store: s.store, View: s.views, Assets: assets, Limits: s.limits,
		Visitors: visitors, BaseURL: base, Log: log,
		Public: public.New(public.Config{Intake: s.desk, Transparency: s.log, Appeals: s.appeals, Clocks: s.clocks, Figures: s.figures, Notices: s.board, Rolls: s.rolls, Objections: s.objects, Purse: s.purse, Atlas: s.atlas, Shelf: s.shelf, View: s.views,
			Assets: assets, Puzzles: gate.NewPuzzles(s.store, s.keys, w.captcha), Limits: s.limits, Visitors: visitors,
			BaseURL: base, Phone: "0427-0000000", Now: s.now, Log: log})})
	if err != nil {
		s.Fatal(err)
	}
	go whole.Serve(listener)
	s.Cleanup(func() { listener.Close() })
}

// now is the face's clock; the store's own goes on as it does.
func (s *site) now() time.Time { return s.store.Now().Add(time.Duration(s.past.Load())) }

func (s *site) wait(d time.Duration) { s.past.Add(int64(d)) }

// page is an answer with its parsed HTML.
type page struct {
	*goquery.Document
	t      *testing.T
	status int
	header http.Header
	body   string
}

func (s *site) get(path string) page {
	s.Helper()
	request, err := http.NewRequest(http.MethodGet, s.url+path, nil)
	if err != nil {
		s.Fatal(err)
	}
	return s.do(request)
}

// post sends a form as a browser without scripts does.
func (s *site) post(path string, fields url.Values) page {
	s.Helper()
	request, err := http.NewRequest(http.MethodPost, s.url+path, strings.NewReader(fields.Encode()))
	if err != nil {
		s.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.do(request)
}

// file is one file of a form: field, name, content.
type file struct{ field, name, content string }

func (s *site) upload(path string, fields url.Values, files ...file) page {
	s.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	// The token stands first on the page, the files behind the words.
	for _, name := range []string{"token", "form"} {
		if fields.Has(name) {
			w.WriteField(name, fields.Get(name))
		}
	}
	for name, values := range fields {
		if name != "token" && name != "form" {
			w.WriteField(name, values[0])
		}
	}
	for _, f := range files {
		part, _ := w.CreateFormFile(f.field, f.name)
		io.WriteString(part, f.content)
	}
	w.Close()
	request, err := http.NewRequest(http.MethodPost, s.url+path, &body)
	if err != nil {
		s.Fatal(err)
	}
	request.Header.Set("Content-Type", w.FormDataContentType())
	return s.do(request)
}

var client = &http.Client{
	Timeout:       30 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (s *site) do(request *http.Request) page {
	s.Helper()
	answer, err := client.Do(request)
	if err != nil {
		s.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.Fatal(err)
	}
	p := page{t: s.T, status: answer.StatusCode, header: answer.Header, body: string(body)}
	if p.Document, err = goquery.NewDocumentFromReader(bytes.NewReader(body)); err != nil {
		s.Fatal(err)
	}
	if strings.HasPrefix(p.header.Get("Content-Type"), "text/html") && len(body) > 0 {
		p.sound(request.Method + " " + request.URL.Path)
	}
	return p
}

// sound checks what holds for every page of the face.
func (p page) sound(what string) {
	p.t.Helper()
	if p.header.Get("Set-Cookie") != "" {
		p.t.Errorf("%s sets a cookie", what)
	}
	if !strings.Contains(p.header.Get("Content-Security-Policy"), "default-src 'none'") {
		p.t.Errorf("%s has no content policy", what)
	}
	p.none(what, "style, script:not([src]), [style], [onclick], [onsubmit], [onchange]", "breaks the content policy")
	if p.one("head title") == "" || p.Find("html[lang]").Length() != 1 || p.Find("h1").Length() != 1 {
		p.t.Errorf("%s lacks a title, a language or its one heading", what)
	}
	p.Find("input, select, textarea").Each(func(_ int, field *goquery.Selection) {
		if kind := field.AttrOr("type", ""); kind == "hidden" || field.Closest("label").Length() > 0 {
			return
		}
		if id := field.AttrOr("id", ""); id == "" || p.Find(`label[for="`+id+`"]`).Length() != 1 {
			p.t.Errorf("%s: field %q has no label", what, field.AttrOr("name", ""))
		}
	})
	p.Find("form[method=post]").Each(func(_ int, form *goquery.Selection) {
		if strings.HasPrefix(form.AttrOr("action", ""), "/household") || strings.HasPrefix(form.AttrOr("action", ""), "/report/about") {
			return // asks, or carries a sealed reference
		}
		if form.Find("input[name=token][value]").Length() == 0 && form.Find("input[name=digits]").Length() == 0 {
			p.t.Errorf("%s: form to %s has no token", what, form.AttrOr("action", ""))
		}
	})
	p.Find("[id]").Each(func(_ int, e *goquery.Selection) {
		if id := e.AttrOr("id", ""); p.Find(`[id="`+id+`"]`).Length() != 1 {
			p.t.Errorf("%s: id %q stands twice", what, id)
		}
	})
	p.Find("img").Each(func(_ int, e *goquery.Selection) {
		if e.AttrOr("alt", "") == "" {
			p.t.Errorf("%s: a picture has no words", what)
		}
	})
	p.Find(`a[href^="#"]`).Each(func(_ int, e *goquery.Selection) {
		if p.Find(`[id="`+e.AttrOr("href", "#")[1:]+`"]`).Length() == 0 {
			p.t.Errorf("%s: %s leads nowhere", what, e.AttrOr("href", ""))
		}
	})
}

func (p page) none(what, selector, why string) {
	p.t.Helper()
	if n := p.Find(selector).Length(); n > 0 {
		p.t.Errorf("%s %s: %d × %s", what, why, n, selector)
	}
}

// one is the text of the only element that selector finds, or "".
func (p page) one(selector string) string {
	found := p.Find(selector)
	if found.Length() != 1 {
		return ""
	}
	return strings.TrimSpace(found.Text())
}

// form collects what a browser would send of the form with that action.
func (p page) form(action string) url.Values {
	p.t.Helper()
	form := p.Find(`form[action^="` + action + `"]`).First()
	if form.Length() == 0 {
		p.t.Fatalf("no form to %s on %q (%d)", action, p.one("title"), p.status)
	}
	values := url.Values{}
	form.Find("input, textarea, select").Each(func(_ int, field *goquery.Selection) {
		name := field.AttrOr("name", "")
		switch {
		case name == "" || field.AttrOr("type", "") == "file":
		case field.AttrOr("type", "") == "radio":
			if _, on := field.Attr("checked"); on {
				values.Set(name, field.AttrOr("value", ""))
			}
		case goquery.NodeName(field) == "textarea":
			values.Set(name, strings.TrimPrefix(field.Text(), "\n"))
		case goquery.NodeName(field) == "select":
			chosen := field.Find("option[selected]")
			if chosen.Length() == 0 {
				chosen = field.Find("option").First()
			}
			values.Set(name, chosen.AttrOr("value", ""))
		default:
			values.Set(name, field.AttrOr("value", ""))
		}
	})
	return values
}

// want fails unless the page has that status.
func (p page) want(status int) page {
	p.t.Helper()
	if p.status != status {
		p.t.Fatalf("%q is %d, want %d; it says %s", p.one("title"), p.status, status, strings.Join(strings.Fields(p.Find("main").Text()), " "))
	}
	return p
}

// filled is an anonymous report about 双柳村 that lacks nothing.
func (s *site) filled() url.Values {
	s.Helper()
	v := s.get("/report?place=" + shuangliu).want(200).form("/receipt")
	v.Set("text", story)
	v.Set("mode", "anonymous")
	// People take their time.
	v.Set("at", fmt.Sprint(s.now().Add(-time.Minute).Unix()))
	s.solve(v)
	return v
}

// solve types the digits of a form's puzzle, when it has one.
func (s *site) solve(v url.Values) {
	s.Helper()
	id := v.Get("captcha_id")
	if id == "" {
		return
	}
	var row struct{ Sealed []byte }
	if err := store.One(s.store.Read(context.Background()).Table("captcha_puzzle").Where("id = ?", id), &row); err != nil {
		s.Fatal(err)
	}
	digits, err := s.keys.Box("captcha").Open(row.Sealed, "captcha:"+id)
	if err != nil {
		s.Fatal(err)
	}
	for i := range digits {
		digits[i] += '0'
	}
	v.Set("captcha", string(digits))
}

// receipt is the number on a receipt page.
func (p page) receipt() string {
	return strings.Join(strings.Fields(p.one(".slip .number")), "")
}

func (s *site) reports() int64 {
	var n int64
	s.store.Read(context.Background()).Table("report").Count(&n)
	return n
}

// put publishes a notice.
func (s *site) put(kind, title string, from, to int) notice.Notice {
	s.Helper()
	today := workday.On(s.store.Now())
	at, end := s.store.Now(), today.Add(to)
	n, err := s.board.Put(context.Background(), notice.Notice{Kind: kind, Title: title, DocNumber: "盘扶贫发〔2026〕12号",
		UnitID: s.atlas.Units()[0].ID, PlaceCode: shuangliu, Body: "第一段\n还是第一段\n\n第二段<b>", State: "published",
		StartsOn: today.Add(from), EndsOn: &end, PublishedAt: &at})
	if err != nil {
		s.Fatal(err)
	}
	return n
}
