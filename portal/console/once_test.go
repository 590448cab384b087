package console_test

import (
	"net/url"
	"sync"
	"testing"

	"minsheng/staff"
)

// A form that is sent twice from one page does its work once; what was changed in
// it, or comes from a page opened anew, is meant.
func TestAFormSentTwiceMakesOneThing(t *testing.T) {
	h := newHouse(t, false)
	h.hire("author", panshan, staff.TriageOfficer)
	author := h.signedIn("author")
	p := author.get("/console/bulletins/new")
	form := p.fill(".entry form", url.Values{"tone": {"praise"}, "scope": {"internal"}, "title": {"关于表扬的通报"},
		"body": {"按期办结群众反映事项，予以表扬。"}, "named": {h.units[poor].ID.String()}})
	circulars := func() (n int64) {
		h.must(h.store.Read(bg).Table("circular").Count(&n).Error)
		return n
	}
	var both sync.WaitGroup
	led := make([]string, 2)
	for i := range led {
		both.Go(func() { led[i] = author.post("/console/bulletins", form).want(200, "草稿已存").URL.Path })
	}
	both.Wait()
	if led[0] != led[1] || circulars() != 1 {
		t.Errorf("sent twice, it led to %v and made %d", led, circulars())
	}
	form.Set("title", "")
	author.post("/console/bulletins", form).want(422)
	author.post("/console/bulletins", form).want(422)
	form.Set("title", "关于再次表扬的通报")
	author.post("/console/bulletins", form).want(200)
	if n := circulars(); n != 2 {
		t.Errorf("changed after going back: %d", n)
	}
	form.Set("csrf", author.get("/console/bulletins/new").fill(".entry form", nil).Get("csrf"))
	author.post("/console/bulletins", form).want(200)
	if n := circulars(); n != 3 {
		t.Errorf("from a page opened anew: %d", n)
	}
}
