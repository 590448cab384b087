package public_test

import (
	"context"
	"io"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/sheet"
	"minsheng/internal/workday"
	"minsheng/staff"
	"minsheng/tray"
)

// The standard's own example of an identity number.
const anID = "11010519491231002X"

// pays loads one payment of 600 yuan and one of 1500.5 to 甄试 of 双柳村.
func (s *site) pays() {
	s.Helper()
	by := staff.Officer{ID: s.person(), Name: "白露", UnitID: s.atlas.Units()[0].ID, Roles: []staff.Role{staff.Publisher}}
	text := func(ref, text string) sheet.Value { return sheet.Value{Ref: ref, Raw: text, Text: text} }
	var left []sheet.Record
	for i, fen := range []int64{60000, 150050} {
		left = append(left, sheet.Record{Row: i + 2, Values: map[string]sheet.Value{
			"place": text("A2", shuangliu), "name": text("B2", "甄试"), "identity": text("C2", anID), "programme": text("D2", "低保"),
			"batch": text("E2", "2026年第三季度"), "amount": {Ref: "F2", N: fen}, "paid_on": {Ref: "G2", Day: workday.Date("2026-09-1" + string(rune('0'+i)))},
			"account": text("H2", "6200000000001234567"),
		}})
	}
	s.transact(func(tx *gorm.DB) error {
		_, err := s.purse.Target().Take(tx, by, tray.Sheet{ID: uuid.New(), UnitID: by.UnitID, Name: "低保.xlsx"}, func() (sheet.Record, error) {
			if len(left) == 0 {
				return sheet.Record{}, io.EOF
			}
			next := left[0]
			left = left[1:]
			return next, nil
		})
		return err
	})
}

func (s *site) person() uuid.UUID {
	s.Helper()
	id, now := uuid.Must(uuid.NewV7()), s.store.Now()
	err := s.store.Read(context.Background()).Table("account").Create(map[string]any{
		"id": id, "login": "x" + id.String(), "name": "白露", "unit_id": s.atlas.Units()[0].ID, "state": "active", "password_salt": []byte{1},
		"password_check": []byte{1}, "must_change": false, "totp_last_step": 0, "created_at": now, "updated_at": now, "version": 1,
	}).Error
	if err != nil {
		s.Fatal(err)
	}
	return id
}

func (s *site) asks(name, last string) url.Values {
	s.Helper()
	v := s.get("/household?place=" + shuangliu).want(200).form("/household")
	v.Set("name", name)
	v.Set("last", last)
	v.Set("go", "look")
	return v
}

func TestAHouseholdFindsItsOwnPaymentsAndReportsOne(t *testing.T) {
	s := open(t, with{captcha: true})
	s.pays()
	v := s.asks("甄试", "31002x")
	s.solve(v)
	found := s.post("/household", v).want(200)
	found.sound("found")
	if found.header.Get("Cache-Control") != "no-store" {
		t.Error("what was found may be kept")
	}
	if text := found.Find(".paid").Text(); !strings.Contains(text, "600.00") || !strings.Contains(text, "1,500.50") || !strings.Contains(text, "4567") || strings.Contains(text, "000000123") {
		t.Errorf("found %q", text)
	}
	said := s.post("/household/received", found.form("/household/received")).want(200)
	if said.Find(".said").Length() != 1 || said.Find(`form[action^="/household/received"]`).Length() != 1 {
		t.Error("what was said is not noted beside its payment")
	}
	report := s.post("/report/about", said.form("/report/about")).want(200)
	v = report.form("/receipt")
	if v.Get("place") != shuangliu || !strings.Contains(v.Get("text"), "没有收到") || strings.Contains(report.body, "甄试") {
		t.Errorf("the form is filled with %v", v)
	}
	v.Set("mode", "anonymous")
	v.Set("at", "1")
	s.solve(v)
	s.post("/receipt", v).want(200)
	var c intake.Complaint
	if err := s.store.Read(context.Background()).Limit(1).Find(&c).Error; err != nil {
		t.Fatal(err)
	}
	if about, err := s.desk.AboutOf(context.Background(), c.ID); err != nil || len(about) != 1 || about[0].Kind != "payment" {
		t.Errorf("it refers to %+v, %v", about, err)
	}
}

// Whoever guesses sees one page, whatever was wrong.
func TestMissesAllLookAlike(t *testing.T) {
	s := open(t, with{})
	s.pays()
	volatile := regexp.MustCompile(`value="[^"]*"`)
	pages := map[string]bool{}
	for _, guess := range [][2]string{{"甄试", "310021"}, {"甄试", "999999"}, {"不在", "31002X"}, {"没有", "000000"}} {
		p := s.post("/household", s.asks(guess[0], guess[1])).want(200)
		pages[volatile.ReplaceAllString(p.body, "")] = true
	}
	if len(pages) != 1 {
		t.Errorf("misses have %d different pages", len(pages))
	}
	hit := s.post("/household", s.asks("甄试", "31002X")).want(200)
	if hit.Find(".paid li").Length() != 2 {
		t.Error("the right number finds nothing")
	}
	v := s.asks("甄试", "31002X")
	v.Set("place", "211122111902")
	if s.post("/household", v).want(200).Find(".paid li").Length() != 0 {
		t.Error("another village finds it")
	}
}

func TestAHouseholdIsToldWhatIsMissing(t *testing.T) {
	s := open(t, with{captcha: true})
	p := s.post("/household", s.asks("", "12")).want(422)
	if p.one("#name-wrong") == "" || p.one("#last-wrong") == "" {
		t.Error("what is missing is not said beside the fields")
	}
	v := s.asks("甄试", "31002X")
	v.Set("captcha", "000000")
	p = s.post("/household", v).want(422)
	if p.one("#captcha-wrong") == "" || p.form("/household").Get("name") != "甄试" {
		t.Error("a wrong puzzle loses what was typed, or is not told")
	}
	s.post("/household/received", url.Values{"ref": {"nonsense"}, "pass": {"nonsense"}}).want(422)
	s.post("/report/about", url.Values{"ref": {"nonsense"}}).want(422)
}

// Nobody tries out the ends of one person's number: after six tries an hour the
// name is closed to everybody, whoever asks.
func TestOnePersonsNumberCannotBeTriedOut(t *testing.T) {
	s := open(t, with{limits: true, captcha: true})
	s.pays()
	// Nor by writing the name in other ways, nor is anybody locked out by who
	// solves no puzzle.
	for range 7 {
		unsolved := s.asks("甄试", "000000")
		unsolved.Set("captcha", "0")
		s.post("/household", unsolved).want(422)
	}
	for i, name := range []string{"甄试", "甄 试", "甄\u200b试", "甄　试", "甄试", "甄试" + strings.Repeat(" ", 194) + "x"} {
		v := s.asks(name, "00000"+string(rune('0'+i)))
		s.solve(v)
		s.post("/household", v).want(200)
	}
	v := s.asks("甄试", "31002X")
	s.solve(v)
	p := s.post("/household", v).want(429)
	if p.header.Get("Retry-After") == "" || p.form("/household").Get("last") != "" {
		t.Error("who has to wait is not told, or the number stays on the page")
	}
}
