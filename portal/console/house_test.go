package console_test

import (
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"minsheng/accountability"
	"minsheng/appeal"
	"minsheng/audit"
	"minsheng/bulletin"
	"minsheng/clock"
	"minsheng/crosscheck"
	"minsheng/custody"
	"minsheng/docket"
	"minsheng/figures"
	"minsheng/household"
	"minsheng/inspection"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/paper"
	"minsheng/portal"
	"minsheng/portal/console"
	"minsheng/portal/gate"
	"minsheng/portal/locale"
	"minsheng/portal/public"
	"minsheng/portal/view/viewtest"
	"minsheng/rectification"
	"minsheng/region"
	"minsheng/register"
	"minsheng/retention"
	"minsheng/roll"
	"minsheng/selfreport"
	"minsheng/staff"
	"minsheng/staff/stafftest"
	"minsheng/transparency"
	"minsheng/tray"
	"minsheng/triage"
	"minsheng/watch"
)

// Invented villages (block codes 9xx).
const villagesCSV = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
`

const (
	cityDesk  = "盘锦市委市政府督查室"
	panshan   = "盘山县督查室"
	poor      = "盘山县扶贫开发办公室"
	shuangliu = "211122111901"
	password  = "qiufeng-maihao-4471"
)

var bg = context.Background()

// house is the whole site with empty rooms, listening on this machine.
type house struct {
	t        *testing.T
	base     string
	store    *store.Store
	withCode bool // people owe a second factor, and a password of their own
	staff    *staff.Desk
	keys     *seal.Keys
	custody  *custody.Desk
	intake   *intake.Desk
	triage   *triage.Queue
	rolls    *roll.Book
	desk     *notice.Desk
	tray     *tray.Tray
	purse    *household.Purse
	objects  *objection.Desk
	checks   *crosscheck.Bench

	clocks   *clock.Book
	papers   *paper.Press
	docket   *docket.Desk
	appeals  *appeal.Desk
	audits   *audit.Desk
	visits   *inspection.Desk
	orders   *rectification.Desk
	measures *accountability.Desk
	selves   *selfreport.Desk
	figures  *figures.Board
	register *register.Book
	keeping  *retention.Desk
	bulletin *bulletin.Desk
	watch    *watch.Watch

	atlas *region.Atlas
	shelf *evidence.Shelf
	units map[string]region.Unit
	blobs string // folder of the files
}

// newHouse builds it; withCode asks for the second factor, as everywhere but
// in the demo.
func newHouse(t *testing.T, withCode bool) *house {
	t.Helper()
	return newHouseOn(t, storetest.SQLite(t), withCode)
}

// newHouseOn builds it on a database.
func newHouseOn(t *testing.T, s *store.Store, withCode bool) *house {
	t.Helper()
	h := &house{t: t, store: s, withCode: withCode, units: map[string]region.Unit{}}
	h.must(region.Seed(bg, h.store))
	keys, err := testKeys()
	h.must(err)
	h.atlas, err = region.NewAtlas(bg, h.store)
	h.must(err)
	_, err = h.atlas.Import(bg, strings.NewReader(villagesCSV), false, nil)
	h.must(err)
	units, err := h.atlas.StandardUnits(bg)
	h.must(err)
	for _, u := range units {
		h.units[u.Name] = u
	}
	h.blobs = t.TempDir()
	blobs, err := evidence.Folder(h.blobs)
	h.must(err)
	look := viewtest.Of(t)
	catalog, assets, views := look.Catalog, look.Assets, look.Views
	tell := func(lang, key string, pairs ...any) string {
		text, err := catalog.Text(locale.Lang(lang), key, pairs...)
		if err != nil {
			t.Error(err)
		}
		return text
	}
	h.clocks = clock.New(h.store, workday.BuiltIn())
	h.shelf = evidence.New(evidence.Config{Store: h.store, Keys: keys, Blobs: blobs})
	h.staff = staff.New(staff.Config{Store: h.store, Keys: keys, Atlas: h.atlas, SkipCode: !withCode})
	h.keys = keys
	h.custody = custody.New(custody.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Staff: h.staff})
	h.intake = intake.New(intake.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Shelf: h.shelf, Clocks: h.clocks, Custody: h.custody})
	h.rolls = roll.New(h.store, h.atlas)
	board := notice.New(notice.BoardConfig{Store: h.store, Atlas: h.atlas, Rolls: h.rolls, Shelf: h.shelf})
	h.desk = notice.NewDesk(notice.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Rolls: h.rolls, Clocks: h.clocks})
	h.purse = household.New(h.store, keys, h.atlas)
	h.objects = objection.New(objection.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Staff: h.staff, Intake: h.intake, Notices: h.desk,
		Rolls: h.rolls, Shelf: h.shelf, Clocks: h.clocks, Tell: tell})
	h.checks = crosscheck.New(crosscheck.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Purse: h.purse, Intake: h.intake})
	h.tray = tray.New(h.store, keys, h.shelf, append(append(h.rolls.Targets(), h.checks.Targets()...), h.purse.Target())...)
	h.triage = triage.New(triage.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Staff: h.staff, Intake: h.intake, Shelf: h.shelf, Clocks: h.clocks, Notices: board, Purse: h.purse, Tell: tell})
	h.supervise(keys)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	h.must(err)
	h.base = "http://" + listener.Addr().String()
	base, _ := url.Parse(h.base)
	signed, err := transparency.New(bg, transparency.Config{Store: h.store, KeysDir: t.TempDir(), Origin: "portal.test/log", Pad: 1})
	h.must(err)
	limits, visitors := gate.NewLimits(nil, keys, true, 1), gate.NewVisitors(keys, nil)
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	site, err := portal.New(portal.Config{
		Public: public.New(public.Config{Intake: h.intake, Transparency: signed, Clocks: h.clocks, Figures: h.figures, Appeals: h.appeals, Notices: board, Rolls: h.rolls, Objections: h.objects, Purse: h.purse, Atlas: h.atlas, Shelf: h.shelf, View: views, Assets: assets,
			Puzzles: gate.NewPuzzles(h.store, keys, false), Limits: limits, Visitors: visitors, BaseURL: base, Now: h.store.Now, Log: log}),
		Store: h.store, View: views, Assets: assets, Limits: limits, Visitors: visitors, BaseURL: base, Log: log,
		Console: console.New(console.Config{Transparency: signed, Staff: h.staff, Custody: h.custody, Triage: h.triage, Intake: h.intake, Notices: h.desk, Board: board, Rolls: h.rolls, Tray: h.tray,
			Objections: h.objects, Purse: h.purse, Checks: h.checks,
			Clocks: h.clocks, Papers: h.papers, Docket: h.docket, Appeals: h.appeals, Audits: h.audits, Inspections: h.visits, Orders: h.orders, Measures: h.measures,
			SelfReports: h.selves, Figures: h.figures, Register: h.register, Retention: h.keeping, Bulletins: h.bulletin, Watch: h.watch, Sent: gate.NewSent(h.store), Phone: "0427-0000000", Atlas: h.atlas, Shelf: h.shelf,
			View: views, Limits: limits, Visitors: visitors, BaseURL: base, Now: h.store.Now, Log: log}),
	})
	h.must(err)
	go site.Serve(listener)
	t.Cleanup(func() {
		site.Drain(bg)
		listener.Close()
	})
	return h
}

// supervise builds the rooms of what follows from cases.
func (h *house) supervise(keys *seal.Keys) {
	h.papers = paper.New(paper.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Intake: h.intake,
		Guards: map[ledger.Subject]paper.Guard{
			ledger.OfComplaint: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
				_, err := h.triage.CaseIn(h.store.Read(ctx), by, id)
				return err
			},
			ledger.OfItem:       func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return h.docket.MaySee(ctx, by, id) },
			ledger.OfBulletin:   func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return h.bulletin.MaySee(ctx, by, id) },
			ledger.OfInspection: func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return h.visits.MayRead(ctx, by, id) },
			ledger.OfOrder:      func(ctx context.Context, by staff.Officer, id uuid.UUID) error { return h.orders.MayRead(ctx, by, id) },
			ledger.OfReferral: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
				return h.measures.MaySeal(ctx, by, id)
			},
			ledger.OfMeasure: func(ctx context.Context, by staff.Officer, id uuid.UUID) error {
				return h.measures.MayRead(ctx, by, id)
			},
		}})
	h.appeals = appeal.New(appeal.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Triage: h.triage, Intake: h.intake, Shelf: h.shelf, Clocks: h.clocks})
	h.audits = audit.New(audit.Config{Store: h.store, Keys: keys, Triage: h.triage, Intake: h.intake, Clocks: h.clocks, Atlas: h.atlas,
		Disclosers: map[ledger.Subject]clock.Discloser{ledger.OfComplaint: h.triage.Keeper().(clock.Discloser)}})
	h.docket = docket.New(docket.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Staff: h.staff, Triage: h.triage, Shelf: h.shelf, Clocks: h.clocks, Papers: h.papers})
	h.visits = inspection.New(inspection.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Clocks: h.clocks,
		Docket: h.docket, Papers: h.papers,
		Finders:    map[ledger.Subject]inspection.Finder{ledger.OfComplaint: h.triage.Numbered, ledger.OfItem: h.docket.Numbered},
		Disclosers: map[ledger.Subject]clock.Discloser{ledger.OfComplaint: h.triage.Keeper().(clock.Discloser), ledger.OfItem: h.docket.Keeper().(clock.Discloser)},
		Looked: func(ctx context.Context, by staff.Officer, complaint uuid.UUID) error {
			return h.triage.Looked(ctx, by, complaint, triage.SawItem)
		}})
	h.orders = rectification.New(rectification.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Clocks: h.clocks,
		Docket: h.docket, Inspections: h.visits, Papers: h.papers})
	h.measures = accountability.New(accountability.Config{Store: h.store, Keys: keys, Atlas: h.atlas, Staff: h.staff, Triage: h.triage,
		Shelf: h.shelf, Clocks: h.clocks, Docket: h.docket, Inspections: h.visits, Orders: h.orders, Papers: h.papers,
		Finders: map[ledger.Subject]accountability.Finder{ledger.OfComplaint: h.triage.Numbered, ledger.OfItem: h.docket.Numbered, ledger.OfInspection: h.visits.Numbered, ledger.OfOrder: h.orders.Numbered}})
	h.selves = selfreport.New(selfreport.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Shelf: h.shelf, Clocks: h.clocks})
	h.figures = figures.New(figures.Config{Store: h.store, Atlas: h.atlas, Clocks: h.clocks})
	h.keeping = retention.New(retention.Config{Store: h.store, Atlas: h.atlas, Triage: h.triage, Objections: h.objects, Shelf: h.shelf, Also: []retention.Also{h.appeals.Erase}, File: filepath.Join(h.t.TempDir(), "erased")})
	h.register = register.New(register.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Clocks: h.clocks, Triage: h.triage, Docket: h.docket,
		Rectified: register.OfOrders(h.orders), Accounted: register.OfMeasures(h.measures), CalledBack: register.OfCalls(h.appeals)})
	h.bulletin = bulletin.New(bulletin.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Clocks: h.clocks, Docket: h.docket,
		Notices: h.desk, Figures: h.figures, Sources: bulletin.SourcesOf(h.visits, h.orders), Papers: h.papers})
	h.watch = watch.New(watch.Config{Store: h.store, Atlas: h.atlas, Staff: h.staff, Clocks: h.clocks, Keepers: map[ledger.Subject]clock.Keeper{
		ledger.OfComplaint: h.triage.Keeper(), ledger.OfObjection: h.objects.Keeper(), ledger.OfItem: h.docket.Keeper(), ledger.OfBulletin: h.bulletin,
	}, Waiting: h.triage.Waiting, Trust: func(context.Context) error { return nil }})
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// testKeys are the same for every house, so that a password has to be hashed
// only once.
var testKeys = sync.OnceValues(func() (*seal.Keys, error) {
	dir, err := os.MkdirTemp("", "keys-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	return seal.Create(dir)
})

// hashed is what is stored of the password that everybody in the tests has:
// hashing it is made to be slow, and all houses have the same keys.
var hashed struct {
	sync.Mutex
	of map[bool]stored // where a code is asked for, and where passwords are cheap
}

// stored is what is stored of a password.
type stored struct{ PasswordSalt, PasswordCheck []byte }

// csrf is what a page opened anew proves itself with.
func (h *house) csrf(b *browser) string {
	h.t.Helper()
	proof, _ := b.get("/console").Find("input[name=csrf]").Attr("value")
	return proof
}

// still is a database whose clock all but stands: what a page says of the time is
// the same however long the test takes.
func still(t *testing.T) *store.Store {
	t.Helper()
	var calls atomic.Int64
	began := time.Now()
	s, err := store.Open(bg, store.Config{Dir: storetest.SQLiteDir(t), Now: func() time.Time {
		return began.Add(time.Duration(calls.Add(1)) * time.Microsecond)
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// hire adds a person to an office.
func (h *house) hire(login, unit string, roles ...staff.Role) {
	h.t.Helper()
	u, ok := h.units[unit]
	if !ok {
		h.t.Fatalf("no office %s", unit)
	}
	hashed.Lock()
	defer hashed.Unlock()
	known, is := hashed.of[h.withCode]
	if is {
		h.employ(login, "员"+login, u, known.PasswordSalt, known.PasswordCheck, roles...)
		return
	}
	_, err := h.staff.AddFromCommandLine(bg, staff.NewAccount{Login: login, Name: "员" + login, UnitID: u.ID, Roles: roles, Password: password})
	h.must(err)
	h.must(store.One(h.store.Read(bg).Table("account").Select("password_salt, password_check").Where("login = ?", login), &known))
	if hashed.of == nil {
		hashed.of = map[bool]stored{}
	}
	hashed.of[h.withCode] = known
}

// employ writes an account into the database.
func (h *house) employ(login, name string, u region.Unit, salt, check []byte, roles ...staff.Role) uuid.UUID {
	h.t.Helper()
	id, now := uuid.Must(uuid.NewV7()), h.store.Now()
	h.must(h.store.Read(bg).Table("account").Create(map[string]any{
		"id": id, "login": login, "name": name, "unit_id": u.ID, "state": "active", "password_salt": salt,
		"password_check": check, "must_change": h.withCode, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error)
	for _, r := range roles {
		h.must(h.store.Read(bg).Table("account_role").Create(map[string]any{"account_id": id, "role": string(r), "granted_at": now}).Error)
	}
	return id
}

// report hands in what a villager says.
func (h *house) report(text string) intake.Receipt {
	h.t.Helper()
	r, err := h.intake.Submit(bg, intake.Submission{
		Token: h.intake.NewForm().Token, PlaceCode: shuangliu, Text: text, Mode: intake.Confidential,
		Name: "柳大有", Phone: "13800000000", Kind: "FUND_WITHHOLD", Channel: intake.Web, Lang: "zh-CN",
	})
	h.must(err)
	return r
}

// browser is somebody at a computer.
type browser struct {
	h    *house
	http http.Client
}

// page is what the browser shows.
type page struct {
	h      *house
	Status int
	URL    *url.URL
	Header http.Header
	*goquery.Document
}

func (h *house) browser() *browser {
	jar, _ := cookiejar.New(nil)
	return &browser{h: h, http: http.Client{Jar: jar}}
}

// signedIn is a browser in which login has signed in: its session stands in the
// database as signing in leaves it, without the time that a password takes.
func (h *house) signedIn(login string) *browser {
	h.t.Helper()
	var who struct{ ID uuid.UUID }
	h.must(store.One(h.store.Read(bg).Table("account").Select("id").Where("login = ?", login), &who))
	b := h.browser()
	at, _ := url.Parse(h.base)
	b.http.Jar.SetCookies(at, []*http.Cookie{{Name: "s", Value: stafftest.SignIn(h.t, h.store, h.keys, who.ID), Path: "/"}})
	return b
}

func (b *browser) get(path string) page {
	b.h.t.Helper()
	res, err := b.http.Get(b.h.base + path)
	b.h.must(err)
	return b.read(res)
}

func (b *browser) post(path string, form url.Values) page {
	b.h.t.Helper()
	res, err := b.http.PostForm(b.h.base+path, form)
	b.h.must(err)
	return b.read(res)
}

func (b *browser) read(res *http.Response) page {
	b.h.t.Helper()
	defer res.Body.Close()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	b.h.must(err)
	return page{b.h, res.StatusCode, res.Request.URL, res.Header, doc}
}

// fill is the form at selector as the page offers it, with some answers.
func (p page) fill(selector string, answers url.Values) url.Values {
	p.h.t.Helper()
	form := p.Find(selector)
	if form.Length() != 1 {
		p.h.t.Fatalf("%s: %d forms at %s\n%s", p.URL, form.Length(), selector, p.text("main"))
	}
	values := url.Values{}
	form.Find("input[name], textarea[name], select[name]").Each(func(_ int, s *goquery.Selection) {
		name, _ := s.Attr("name")
		value, _ := s.Attr("value")
		kind, _ := s.Attr("type")
		_, checked := s.Attr("checked")
		switch {
		case goquery.NodeName(s) == "textarea":
			value = s.Text()
		case goquery.NodeName(s) == "select":
			value, _ = s.Find("option[selected]").Attr("value")
		case (kind == "radio" || kind == "checkbox") && !checked, kind == "file":
			return
		}
		values.Add(name, value)
	})
	for name, answer := range answers {
		values[name] = answer
	}
	return values
}

// send fills the form at selector and sends it where it says.
func (b *browser) send(p page, selector string, answers url.Values) page {
	b.h.t.Helper()
	values := p.fill(selector, answers)
	action, _ := p.Find(selector).Attr("action")
	return b.post(action, values)
}

func (p page) text(selector string) string {
	return strings.Join(strings.Fields(p.Find(selector).Text()), " ")
}

// want fails unless the page has that status and says all of that.
func (p page) want(status int, words ...string) page {
	p.h.t.Helper()
	if p.Status != status {
		p.h.t.Fatalf("%s: %d, want %d\n%s", p.URL, p.Status, status, p.text("body"))
	}
	for _, w := range words {
		if !strings.Contains(p.Text(), w) {
			p.h.t.Errorf("%s does not say %q\n%s", p.URL, w, p.text("main"))
		}
	}
	return p
}

// formOf picks the forms of the person called name.
func formOf(name string) func(int, *goquery.Selection) bool {
	return func(_ int, s *goquery.Selection) bool {
		return strings.Contains(s.Closest("details").Find("summary").Text(), name)
	}
}
