package public_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"minsheng/intake"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/roll"
)

func (s *site) objections() (all []objection.Objection) {
	s.Helper()
	if err := s.store.Read(context.Background()).Order("seq").Limit(50).Find(&all).Error; err != nil {
		s.Fatal(err)
	}
	return all
}

func (s *site) village(title string) (notice.Notice, roll.Roll) {
	s.Helper()
	office, err := s.atlas.AddTownOffice(context.Background(), tianshui)
	if err != nil {
		s.Fatal(err)
	}
	return s.list("LIST_VILLAGE", title, roll.Households, households(12), func(n *notice.Notice) { n.UnitID = office.ID })
}

func TestAnObjectionToARowHasAReceiptAndFreezesIt(t *testing.T) {
	s := open(t, with{captcha: true})
	n, r := s.village("双柳村贫困户初选名单公示")
	link, ok := s.get(at(n)).want(200).Find(`a[href*="/objections/new"][href*="row=7"]`).Attr("href")
	if !ok {
		t.Fatal("no way to object beside row 7")
	}
	form := s.get(link).want(200)
	form.sound("form")
	if text := form.Find(".about").Text(); !strings.Contains(text, n.Title) || !strings.Contains(text, "第7号") || strings.Contains(form.body, households(12)[6].Label) {
		t.Errorf("the form says it is about %q", text)
	}
	v := form.form("/objections")
	v.Set("at", "1")
	s.solve(v)
	v.Set("mode", "anonymous")
	refused := s.post("/objections", v).want(422)
	if refused.one("#objection-wrong") == "" {
		t.Error("nobody says that a reason must be chosen")
	}
	v = refused.form("/objections")
	v.Set("objection", "WRONG_IN")
	v.Set("captcha", "000000")
	wrong := s.post("/objections", v).want(422)
	v = wrong.form("/objections")
	if v.Get("objection") != "WRONG_IN" || v.Get("row") != "7" || v.Get("mode") != "anonymous" {
		t.Errorf("what was chosen is lost: %v", v)
	}
	s.solve(v)
	receipt := s.post("/objections", v).want(200).receipt()
	if again := s.post("/objections", v).want(200).receipt(); len(receipt) != 20 || again != receipt {
		t.Errorf("receipts %q and %q", receipt, again)
	}
	all := s.objections()
	if len(all) != 1 || all[0].Kind != "WRONG_IN" || all[0].RowKey == nil || *all[0].RowKey != 7 || *all[0].RollID != r.ID {
		t.Fatalf("stored %+v", all)
	}
	if held, err := s.rolls.Holds(context.Background(), r.ID); err != nil || held[7] != 1 {
		t.Errorf("held %v, %v", held, err)
	}
	s.wait(2 * time.Second)
	row := s.get(at(n)).want(200).Find(".rows tbody tr").Eq(6).Text()
	if !strings.Contains(row, "有异议,正在核实") && !strings.Contains(row, "有异议，正在核实") {
		t.Errorf("row 7 says %q", row)
	}
	status := s.post("/track", url.Values{"digits": {receipt}}).want(200)
	if text := status.Find("main").Text(); !strings.Contains(text, n.Title) || !strings.Contains(text, "不够格的上了名单") {
		t.Errorf("the receipt opens %q", strings.Join(strings.Fields(text), " "))
	}
	done := s.post("/track/withdraw", url.Values{"token": {status.form("/track/say").Get("token")}, "sure": {"yes"}}).want(200)
	if done.Find(".note.good").Length() == 0 {
		t.Error("withdrawing is not confirmed")
	}
	if held, _ := s.rolls.Holds(context.Background(), r.ID); len(held) != 0 {
		t.Errorf("still held: %v", held)
	}
}

func TestWhoIsMissingCanBeNamedWithoutAStory(t *testing.T) {
	s := open(t, with{})
	n, _ := s.village("双柳村贫困户初选名单公示")
	v := s.get("/objections/new?notice=" + n.ID.String() + "&kind=MISSED").want(200).form("/objections")
	if v.Get("objection") != "MISSED" {
		t.Errorf("the reason of the address is not chosen: %v", v)
	}
	v.Set("mode", "anonymous")
	p := s.post("/objections", v).want(422)
	if p.one("#household-wrong") == "" {
		t.Error("nobody asks which household is missing")
	}
	v = p.form("/objections")
	v.Set("household", "甄某")
	if len(s.post("/objections", v).want(200).receipt()) != 20 {
		t.Error("no receipt")
	}
}

// After its last day a list has left the web; whoever still has the form open
// loses no word: it becomes a complaint.
func TestALateObjectionBecomesAComplaint(t *testing.T) {
	s := open(t, with{})
	n, r := s.village("双柳村贫困户初选名单公示")
	v := s.get("/objections/new?notice=" + n.ID.String() + "&row=3").want(200).form("/objections")
	v.Set("objection", "WRONG_IN")
	v.Set("mode", "anonymous")
	v.Set("text", "他家在县里有楼,去年才买的车,公平点行不行")
	s.exec("UPDATE notice SET ends_on = '2020-01-01' WHERE id = ?", n.ID)
	if len(s.post("/objections", v).want(200).receipt()) != 20 {
		t.Fatal("no receipt")
	}
	var c intake.Complaint
	if err := s.store.Read(context.Background()).Limit(1).Find(&c).Error; err != nil || c.Kind != "HH_INELIGIBLE" {
		t.Fatalf("stored %+v, %v", c, err)
	}
	about, err := s.desk.AboutOf(context.Background(), c.ID)
	if err != nil || len(about) != 2 || about[1].RefID != r.ID || about[1].RowKey != 3 {
		t.Errorf("it refers to %+v, %v", about, err)
	}
}

func TestALostListStillTakesReports(t *testing.T) {
	s := open(t, with{})
	for _, address := range []string{"/objections/new?notice=nonsense", "/objections/new?notice=0190aaaa-0000-7000-8000-000000000000&row=1"} {
		if to := s.get(address).want(303).header.Get("Location"); to != "/report?about=list" {
			t.Errorf("%s leads to %s", address, to)
		}
	}
}

func TestObjectingStartsWithTheListsOfOnesPlace(t *testing.T) {
	s := open(t, with{})
	n, _ := s.village("双柳村贫困户初选名单公示")
	start := s.get("/objections/new").want(200)
	start.sound("start")
	villages := s.get("/objections/new?town=" + tianshui).want(200)
	if villages.Find(`option[value="`+shuangliu+`"]`).Length() != 1 {
		t.Error("the town's villages are not offered")
	}
	lists := s.get("/objections/new?town=" + tianshui + "&place=" + shuangliu).want(200)
	if lists.Find(`a[href^="`+at(n)+`"]`).Length() != 1 {
		t.Error("the open list is not shown")
	}
	none := s.get("/objections/new?place=211122111902").want(200)
	if none.Find(".empty").Length() != 1 || none.Find(`a[href*="/report?about=list"]`).Length() != 1 {
		t.Error("a place without lists leads nowhere")
	}
}

// "This list shows my ID number" takes it off the web with the next page.
func TestSayingThatAListExposesMePullsIt(t *testing.T) {
	s := open(t, with{})
	n, _ := s.village("双柳村贫困户初选名单公示")
	s.get(at(n)).want(200)
	v := s.get("/objections/new?notice=" + n.ID.String() + "&kind=PRIVACY").want(200).form("/objections")
	v.Set("mode", "anonymous")
	s.post("/objections", v).want(200)
	s.wait(2 * time.Second)
	p := s.get(at(n)).want(200)
	if p.Find(".rows").Length() != 0 || strings.Contains(p.body, "王*柱") {
		t.Error("the list is still shown")
	}
}

func TestAReportCarriesWhatItIsAbout(t *testing.T) {
	s := open(t, with{})
	n, r := s.village("双柳村贫困户初选名单公示")
	p := s.get("/report?notice=" + n.ID.String() + "&row=4").want(200)
	if text := p.Find(".about").Text(); !strings.Contains(text, n.Title) || !strings.Contains(text, "第4号") {
		t.Errorf("the form says %q", text)
	}
	v := p.form("/receipt")
	if v.Get("place") != shuangliu {
		t.Errorf("the place is %q", v.Get("place"))
	}
	v.Set("text", "这一户的情况跟写的不一样,麻烦查一查")
	v = s.post("/receipt", v).want(422).form("/receipt") // the mode is missing
	v.Set("mode", "anonymous")
	s.post("/receipt", v).want(200)
	var c intake.Complaint
	if err := s.store.Read(context.Background()).Limit(1).Find(&c).Error; err != nil {
		t.Fatal(err)
	}
	about, err := s.desk.AboutOf(context.Background(), c.ID)
	if err != nil || len(about) != 2 || about[0].RefID != n.ID || about[1].RefID != r.ID || about[1].RowKey != 4 {
		t.Errorf("it refers to %+v, %v", about, err)
	}
	s.get("/report?project=0190aaaa-0000-7000-8000-000000000000").want(200)
}

func (s *site) exec(statement string, values ...any) {
	s.Helper()
	if done := s.store.Read(context.Background()).Exec(statement, values...); done.Error != nil || done.RowsAffected == 0 {
		s.Fatalf("%s: %v, %d rows", statement, done.Error, done.RowsAffected)
	}
}
