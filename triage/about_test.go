package triage

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/household"
	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

// published is an office that can describe what complaints refer to.
func published(t *testing.T, s *store.Store) (*office, *notice.Board, *roll.Book) {
	o := newOffice(t, s)
	rolls := roll.New(s, o.atlas)
	board := notice.New(notice.BoardConfig{Store: s, Atlas: o.atlas, Rolls: rolls, Shelf: o.shelf})
	o.notices, o.purse = board, household.New(s, o.keys, o.atlas)
	return o, board, rolls
}

// listed publishes a list of two households and lets somebody object to the
// second.
func (o *office) listed(board *notice.Board, rolls *roll.Book) notice.Notice {
	o.t.Helper()
	by := o.officer(panshanPoor, staff.Publisher)
	today := workday.On(o.store.Now())
	last := today.Add(6)
	var list roll.Roll
	o.must(o.store.Transact(bg, func(tx *gorm.DB) (err error) {
		if list, err = rolls.Create(tx, by, roll.Households, shuangliu, 2026); err != nil {
			return err
		}
		rows := []roll.Edit{{Label: "王甲一", PlaceCode: shuangliu, People: 3}, {Label: "李乙二", PlaceCode: shuangliu, People: 4}}
		if list, err = rolls.Amend(tx, list.ID, list.Version, rows, "", uuid.Nil); err != nil {
			return err
		}
		minutes := roll.Minutes{RollID: list.ID, Stage: roll.Village, MetOn: today, Present: 30, Entitled: 40}
		if _, err := rolls.SetMinutes(tx, by, minutes); err != nil {
			return err
		}
		if err := rolls.Advance(tx, list.ID, roll.Village, today, last); err != nil {
			return err
		}
		key := 2
		return rolls.Hold(tx, uuid.Must(uuid.NewV7()), list.ID, &key)
	}))
	at := o.store.Now().Add(-time.Minute)
	n, err := board.Put(bg, notice.Notice{
		Kind: "LIST_VILLAGE", Title: "双柳村贫困户初选名单公示", UnitID: by.UnitID, PlaceCode: shuangliu,
		State: "published", StartsOn: today, EndsOn: &last, PublishedAt: &at, RollID: &list.ID,
	})
	o.must(err)
	return n
}

// paid records a payment.
func (o *office) paid() uuid.UUID {
	o.t.Helper()
	batch, id := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	o.must(o.store.Read(bg).Create(&household.Batch{ID: batch, UnitID: o.units[panshan].ID, Title: "第一季度", FileHash: batch[:], Size: 1, At: o.store.Now()}).Error)
	o.must(o.store.Read(bg).Create(&household.Payment{
		ID: id, BatchID: batch, Row: 2, PlaceCode: shuangliu, LookKey: []byte{1}, NameKey: []byte{2},
		NameSealed: o.purse.SealName(id, "王甲一"), Programme: "低保", Label: "2026年第一季度", AmountFen: 120050, PaidOn: "2026-01-15",
	}).Error)
	return id
}

// reported hands in a report that was opened from things.
func (o *office) reported(about ...intake.About) intake.Complaint {
	o.t.Helper()
	_, err := o.intake.Submit(bg, intake.Submission{
		Token: o.intake.NewForm().Token, PlaceCode: shuangliu, Text: "这笔钱我家没有收到，想问问。", Mode: intake.Anonymous, About: about,
	})
	o.must(err)
	var c intake.Complaint
	o.must(o.store.Read(bg).Order("seq DESC").Take(&c).Error)
	return c
}

func TestACaseShowsWhatItRefersTo(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o, board, rolls := published(t, s)
		n, pay := o.listed(board, rolls), o.paid()
		c := o.reported(
			intake.About{Kind: "notice", RefID: n.ID}, intake.About{Kind: "row", RefID: n.ID, RowKey: 2},
			intake.About{Kind: "row", RefID: *n.RollID, RowKey: 1}, intake.About{Kind: "payment", RefID: pay},
			intake.About{Kind: "project", RefID: uuid.New()}, // is not there, and is left out
		)
		by := o.officer(panshan, staff.TriageOfficer)
		got, err := o.Case(bg, by, c.ID)
		o.must(err)
		if len(got.About) != 4 {
			t.Fatalf("shows %+v", got.About)
		}
		if a := got.About[0]; a.Kind != "notice" || a.Title != n.Title || a.Href != "/notices/"+n.ID.String() {
			t.Errorf("notice %+v", a)
		}
		held := [2]string{"about.objections", "1"}
		if a := got.About[1]; a.Kind != "row" || a.Title != n.Title || !slices.Contains(a.Lines, held) {
			t.Errorf("row under objection %+v", a)
		}
		if a := got.About[2]; slices.Contains(a.Lines, held) {
			t.Errorf("another row %+v", a)
		}
		want := [][2]string{{"about.batch", "2026年第一季度"}, {"about.amount", "1200.50"}, {"about.paid_on", "2026-01-15"}, {"about.place", c.PlaceName}}
		if a := got.About[3]; a.Title != "低保" || !slices.Equal(a.Lines, want) {
			t.Errorf("payment %+v", a)
		}
		for _, a := range got.About {
			for _, line := range a.Lines {
				if line[1] == "李乙二" || line[1] == "王甲一" {
					t.Errorf("%s names somebody", a.Kind)
				}
			}
		}
		// What the message said is withheld from whom a part of it is about.
		c.OwnerID = &by.ID
		o.must(s.Read(bg).Model(&intake.Complaint{}).Where("id = ?", c.ID).Updates(map[string]any{"owner_id": by.ID}).Error)
		parts, err := o.Split(bg, by, c.ID, c.Version, []string{"反映补助名单公示不规范的问题"})
		o.must(err)
		part, err := o.Case(bg, by, parts[0])
		if err != nil || len(part.About) != 4 {
			t.Errorf("the part shows %+v, %v", part.About, err)
		}
		o.stepBack(c, by)
		if part, err = o.Case(bg, by, parts[0]); err != nil || !part.Withheld || len(part.About) != 0 {
			t.Errorf("withheld %v, shows %+v, %v", part.Withheld, part.About, err)
		}
	})
}

func TestACaseThatTheOfficeFoundSaysByWhichRule(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o, _, _ := published(t, s)
		by, hit := o.officer(panshan, staff.TriageOfficer), uuid.Must(uuid.NewV7())
		o.must(s.Read(bg).Table("cross_hit").Create(map[string]any{
			"id": hit, "fingerprint": hit[:], "rule": "deceased", "place_code": shuangliu, "unit_id": by.UnitID, "rows": "[]",
			"amount_fen": 300000, "state": "open", "reason": "", "found_at": s.Now(), "version": 1,
		}).Error)
		var found uuid.UUID
		o.must(s.Transact(bg, func(tx *gorm.DB) (err error) {
			found, err = o.intake.Found(tx, by, shuangliu, "比对发现：已去世的人还在领钱。", "FUND_FRAUD_CLAIM", []intake.About{{Kind: "hit", RefID: hit}})
			return err
		}))
		c, err := o.Case(bg, by, found)
		o.must(err)
		if len(c.About) != 1 || !slices.Equal(c.About[0].Lines, [][2]string{{"crosscheck.deceased", "3000.00"}}) || c.About[0].Title != c.PlaceName {
			t.Errorf("shows %+v", c.About)
		}
	})
}
