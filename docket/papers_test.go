package docket

import (
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// papers lists the papers of an item as somebody sees them, by kind.
func (w *office) papers(by staff.Officer, item uuid.UUID) map[paper.Kind]paper.Paper {
	w.t.Helper()
	all, err := w.Papers.Of(bg, w.boss, ledger.OfItem, item)
	w.must(err)
	found := map[paper.Kind]paper.Paper{}
	for _, p := range all {
		if _, _, err := w.Papers.Open(bg, by, p.ID); err == nil {
			found[p.Kind] = p
		}
	}
	return found
}

// said is what a paper tells.
func (w *office) said(by staff.Officer, p paper.Paper) map[string]string {
	w.t.Helper()
	_, c, err := w.Papers.Open(bg, by, p.ID)
	w.must(err)
	return c.Fields
}

// Issuing drafts the order, pressing a reminder and, once the item is red, an order
// of supervision; somebody else signs them, and only then the unit reads them. What
// the unit asks goes out at once.
func TestAnItemWritesItsPapers(t *testing.T) {
	each(t, func(t *testing.T, w *office) {
		i := w.ordered()
		order := w.papers(w.boss, i.ID)[paper.Assignment]
		if order.State != paper.Drafted || len(w.papers(w.lead, i.ID)) != 0 {
			t.Errorf("the order is %q, the unit sees %v", order.State, w.papers(w.lead, i.ID))
		}
		said := w.said(w.boss, order)
		if said["主送单位"] != panshanPoor || said["协办单位"] != w.town.Name || said["来源"] != "领导批示" || said["批示"] != i.OriginNote || said["办理要求"] != i.Requirement || said["办结时限"] != paper.Day(*i.DueOn) {
			t.Errorf("%v", said)
		}
		_, err := w.Papers.Sign(bg, w.boss, order.ID, order.Version)
		w.must(err)
		if signed := w.papers(w.lead, i.ID)[paper.Assignment]; signed.Number != i.Number {
			t.Errorf("the unit reads number %q of %q", signed.Number, i.Number)
		}

		w.must(w.do(w.lead, &i, "acknowledge"))
		w.in(func(tx *gorm.DB) error { return w.Escalate(tx, i.ID, w.units[cityDesk].ID) })
		i = w.item(i.ID)
		w.must(w.do(w.above, &i, "press")) // whoever is above presses, and writes nothing in the office's name
		if p, some := w.papers(w.boss, i.ID)[paper.Reminder]; some {
			t.Errorf("the office above drafted %+v", p)
		}
		w.must(w.do(w.officer, &i, "press"))
		if said := w.said(w.boss, w.papers(w.boss, i.ID)[paper.Reminder]); said["催办要求"] != enough || said["原文号"] != i.Number || said["逾期情况"] != "" {
			t.Errorf("%v", said)
		}
		w.must(w.AskExtension(bg, w.lead, i.ID, i.Version, NewExtension{Days: 10, Reason: "银行回单没有到齐", Progress: "已核对六十户"}))
		request := w.papers(w.boss, i.ID)[paper.ExtensionRequest]
		if said := w.said(w.boss, request); request.State != paper.Final || said["申请延至"] != paper.Day(i.DueOn.Add(10)) || said["主送单位"] != panshan {
			t.Errorf("%s: %v", request.State, said)
		}
		i = w.item(i.ID)
		w.on(i.DueOn.Add(14))
		w.must(w.do(w.officer, &i, "press"))
		if said := w.said(w.boss, w.papers(w.boss, i.ID)[paper.SupervisionOrder]); said["督办要求"] != enough || said["前期情况"] == "" {
			t.Errorf("%v", said)
		}
	})
}
