package notice

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/roll"
)

func TestFiltersCombine(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		count := map[string]int{}
		for _, kind := range []string{"FUND_ALLOC", "PROJECT_PRE"} {
			for _, place := range []string{panshanAt, shuangliuAt, "211104000000"} {
				for _, year := range []int{2025, 2026} {
					for _, end := range []workday.Date{"2026-03-02", "2026-03-01"} {
						b.put(Notice{Kind: kind, PlaceCode: place, Year: year, UnitID: b.county.ID, EndsOn: until(end)})
						count[kind]++
					}
				}
			}
		}
		b.put(Notice{Kind: "POLICY", PlaceCode: "211100000000", UnitID: b.city.ID, Year: 2026})
		b.put(Notice{Kind: "POLICY", PlaceCode: "211100000000", UnitID: b.city.ID, Year: 2024, State: ended})
		for name, test := range map[string]struct {
			w    Wanted
			want int
		}{
			"all": {Wanted{}, 20}, "kind": {Wanted{Kind: "FUND_ALLOC"}, 12}, "unknown kind": {Wanted{Kind: "LIST"}, 0}, "place": {Wanted{Place: panshanAt}, 16},
			"village": {Wanted{Place: shuangliuAt}, 8}, "year": {Wanted{Year: 2025}, 12}, "no such place": {Wanted{Place: "0"}, 0},
			"running": {Wanted{State: "running"}, 13}, "ended": {Wanted{State: "ended"}, 13}, "unknown state": {Wanted{State: "draft"}, 0},
			"kind and year": {Wanted{Kind: "PROJECT_PRE", Year: 2026}, 6}, "place and kind": {Wanted{Place: tianshuiAt, Kind: "PROJECT_PRE"}, 4},
			"all four":  {Wanted{Place: tianshuiAt, Kind: "PROJECT_PRE", Year: 2026, State: "running"}, 1},
			"long term": {Wanted{Kind: "POLICY", State: "running"}, 1},
		} {
			found, err := b.board.Find(bg, test.w)
			if err != nil || len(found) != test.want {
				t.Errorf("%s: %d, %v; want %d", name, len(found), err, test.want)
			}
		}
		second, err := b.board.Find(bg, Wanted{After: b.last(Wanted{})})
		if err != nil || len(second) != 6 {
			t.Errorf("second page: %d, %v", len(second), err)
		}
	})
}

func (b *till) last(w Wanted) uuid.UUID {
	b.t.Helper()
	found, err := b.board.Find(bg, w)
	b.must(err)
	return found[len(found)-1].ID
}

func TestPagesGoOnWhenAListLeavesAtMidnight(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		b.put(Notice{Kind: "POLICY", PlaceCode: panshanAt, UnitID: b.county.ID})
		at := b.Store.Now()
		list := b.put(Notice{Kind: "LIST_VILLAGE", PlaceCode: shuangliuAt, UnitID: b.village.ID, EndsOn: until(b.today()), PublishedAt: &at})
		b.at("2026-03-03 00:00:00")
		rest, err := b.board.Find(bg, Wanted{After: list.ID})
		if err != nil || len(rest) != 1 {
			t.Errorf("%d, %v", len(rest), err)
		}
		draft := b.put(Notice{Kind: "POLICY", State: draftState, PlaceCode: panshanAt, UnitID: b.county.ID})
		if _, err := b.board.Find(bg, Wanted{After: draft.ID}); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a draft as cursor: %v", err)
		}
	})
}

func TestListsOfPeopleLeaveAtMidnightInShanghai(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		for _, k := range Kinds() {
			n := b.put(Notice{Kind: k.Code, PlaceCode: shuangliuAt, UnitID: b.town.ID, EndsOn: until("2026-03-08")})
			b.at("2026-03-08 23:59:59")
			if _, err := b.board.Published(bg, n.ID); err != nil {
				t.Errorf("%s in its last second: %v", k.Code, err)
			}
			b.at("2026-03-09 00:00:00")
			if _, err := b.board.Published(bg, n.ID); errors.Is(err, store.ErrNotFound) != k.Personal {
				t.Errorf("%s after midnight: %v", k.Code, err)
			}
			b.at("2026-03-02 10:00:00")
		}
	})
}

func TestWhatIsTakenDownLeavesAStub(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		now := b.Store.Now()
		r := b.roll(b.townBy, roll.Households, shuangliuAt, roll.Edit{Label: "张三"})
		full := Notice{Kind: "LIST_VILLAGE", Title: "名单公示", DocNumber: "甜公〔2026〕1号", Body: "张三的电话", Fields: map[string]string{"contact_unit": "x"},
			PlaceCode: shuangliuAt, UnitID: b.town.ID, EndsOn: until("2026-03-08"), RollID: &r.ID, PublicLine: "收到异议1条"}
		pulled, gone := full, full
		pulled.PulledAt = &now
		gone.State, gone.WithdrawnAt, gone.WithdrawnWhy = withdrawn, &now, "名单有误"
		pulled, gone = b.put(pulled), b.put(gone)
		for name, id := range map[string]uuid.UUID{"pulled": pulled.ID, "withdrawn": gone.ID} {
			p, err := b.board.Published(bg, id)
			if err != nil || p.Pulled != (name == "pulled") || p.Withdrawn != (name == "withdrawn") || p.Title != map[string]string{"withdrawn": "名单公示"}[name] || p.UnitID != b.town.ID || p.KindOf.Code != "LIST_VILLAGE" {
				t.Errorf("%s: %+v, %v", name, p, err)
			}
			if p.Body != "" || p.DocNumber != "" || len(p.Fields) > 0 || p.Roll != nil || p.RollID != nil || p.PublicLine != "" || p.EditorID != nil {
				t.Errorf("%s still says %+v", name, p)
			}
			if why := map[string]string{"withdrawn": "名单有误"}[name]; p.WithdrawnWhy != why {
				t.Errorf("%s: reason %q", name, p.WithdrawnWhy)
			}
			if _, err := b.board.Notice(bg, id); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s is listed: %v", name, err)
			}
		}
		later := now.Add(time.Hour)
		never := []Notice{full, full, full}
		never[0].State = draftState
		never[1].State, never[1].PublishedAt = reviewed, &later
		never[2].State, never[2].PublishedAt = withdrawn, &later
		for _, n := range never {
			if _, err := b.board.Published(bg, b.put(n).ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("%s, never published: %v", n.State, err)
			}
		}
		b.at("2026-03-09 00:00:00")
		if _, err := b.board.Published(bg, pulled.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a pulled list after its days: %v", err)
		}
	})
}

func TestACorrectionGoesWithWhatItCorrects(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		list := b.put(Notice{Kind: "LIST_VILLAGE", Title: "名单公示", PlaceCode: shuangliuAt, UnitID: b.town.ID, EndsOn: until("2026-03-08")})
		fix := b.put(Notice{Kind: correction, Title: "更正", PlaceCode: shuangliuAt, UnitID: b.town.ID, EndsOn: until("2026-03-08"), CorrectsID: &list.ID})
		text, _ := json.Marshal(map[string]string{"contact_unit": "镇政府"})
		for i, withheld := range []bool{false, true} {
			b.must(b.Store.Read(bg).Table("notice_revision").Create(map[string]any{"notice_id": list.ID, "n": i + 1, "title": "先前的标题", "body": "",
				"fields": string(text), "roll_version": 0, "correction_id": fix.ID, "withheld": withheld, "at": b.Store.Now()}).Error)
		}
		p, err := b.board.Published(bg, list.ID)
		if err != nil || len(p.Correction) != 1 || p.Correction[0].ID != fix.ID || len(p.Revisions) != 1 || p.Revisions[0].N != 1 || p.Revisions[0].Fields["contact_unit"] != "镇政府" {
			t.Errorf("%+v, %v", p, err)
		}
		if p, err := b.board.Published(bg, fix.ID); err != nil || p.Corrects == nil || p.Corrects.ID != list.ID {
			t.Errorf("%+v, %v", p, err)
		}
		now := b.Store.Now()
		for name, hide := range map[string]func(*Notice){
			"pulled": func(n *Notice) { n.PulledAt = &now }, "withdrawn": func(n *Notice) { n.State = withdrawn }, "over": func(n *Notice) { n.EndsOn = until("2026-03-01") },
		} {
			hidden := list
			hide(&hidden)
			b.put(hidden)
			if _, err := b.board.Published(bg, fix.ID); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("the list is %s: its correction %v", name, err)
			}
		}
	})
}

func TestAPublishedNoticeComesWithAllThatBelongsToIt(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		f := b.fund(10)
		n, projects := b.allocated(f, 10)
		pre := b.put(Notice{Kind: "PROJECT_PRE", PlaceCode: tianshuiAt, UnitID: b.town.ID, EndsOn: until("2026-03-11"), FundID: &f.ID, ProjectID: &projects[0].ID})
		file := b.stage(n.ID, "notice", "a.jpg")
		start := b.stage(n.ID, "notice_start", "b.jpg")
		end := b.stage(n.ID, "notice_end", "c.jpg")
		p, err := b.board.Published(bg, n.ID)
		if err != nil || p.Roll == nil || p.Roll.TotalFen != 10 || p.Fund == nil || len(p.Attached) != 1 || len(p.Photos) != 2 || p.Photos[0].ID != start || p.Photos[1].ID != end {
			t.Fatalf("%+v, %v", p, err)
		}
		if p, err := b.board.Published(bg, pre.ID); err != nil || p.Fund == nil || p.Project == nil || p.Project.ID != projects[0].ID {
			t.Errorf("%+v, %v", p, err)
		}
		for _, id := range []uuid.UUID{file, start, end} {
			_, content, name, err := b.board.OpenFile(bg, n.ID, id)
			if err != nil || name == "" {
				t.Fatalf("a file of a shown notice: %v", err)
			}
			if read, err := io.ReadAll(content); err != nil || len(read) == 0 {
				t.Errorf("%d bytes, %v", len(read), err)
			}
			content.Close()
			if _, _, _, err := b.board.OpenFile(bg, pre.ID, id); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("through another notice: %v", err)
			}
		}
		now := b.Store.Now()
		for name, hide := range map[string]func(*Notice){
			"pulled": func(n *Notice) { n.PulledAt = &now }, "withdrawn": func(n *Notice) { n.State = withdrawn },
			"draft": func(n *Notice) { n.State = draftState }, "an expired list": func(n *Notice) { n.Kind, n.EndsOn = "LIST_VILLAGE", until("2026-03-01") },
		} {
			hidden := n
			hide(&hidden)
			b.put(hidden)
			if _, _, _, err := b.board.OpenFile(bg, n.ID, file); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("a file of %s: %v", name, err)
			}
		}
	})
}

// stage gives a notice a picture and returns its id.
func (b *till) stage(notice uuid.UUID, role, name string) uuid.UUID {
	b.t.Helper()
	var picture bytes.Buffer
	b.must(jpeg.Encode(&picture, image.NewGray(image.Rect(0, 0, 20, 20)), nil))
	form := []byte(uuid.NewString())
	f, err := b.Shelf.Stage(bg, form, name, &picture)
	b.must(err)
	b.do(func(tx *gorm.DB) error {
		_, err := b.Shelf.Bind(tx, form, role, notice)
		return err
	})
	return f.ID
}

func TestOpenIsWhatOnesVillageCanObjectTo(t *testing.T) {
	eachTill(t, func(t *testing.T, b *till) {
		for title, n := range map[string]Notice{
			"village": {Kind: "LIST_VILLAGE", PlaceCode: shuangliuAt, EndsOn: until("2026-03-02")}, "town": {Kind: "LIST_TOWN", PlaceCode: tianshuiAt, EndsOn: until("2026-03-05")},
			"county": {Kind: "PROJECT_LIB", PlaceCode: panshanAt, EndsOn: until("2026-03-06")}, "over": {Kind: "PROJECT_PRE", PlaceCode: shuangliuAt, EndsOn: until("2026-03-01")},
			"announced": {Kind: "LIST_COUNTY", PlaceCode: shuangliuAt, EndsOn: until("2026-03-05")}, "long term": {Kind: "ANNUAL_PLAN", PlaceCode: tianshuiAt},
			"elsewhere": {Kind: "LIST_VILLAGE", PlaceCode: "211122108902", EndsOn: until("2026-03-05")}, "signed": {Kind: "LIST_VILLAGE", State: reviewed, PlaceCode: shuangliuAt, EndsOn: until("2026-03-09")},
		} {
			n.Title, n.UnitID = title, b.town.ID
			b.put(n)
		}
		for place, want := range map[string]string{
			shuangliuAt: "village town county", tianshuiAt: "village town county", panshanAt: "village elsewhere town county", "211104000000": "", "x": "",
		} {
			open, err := b.board.Open(bg, place)
			b.must(err)
			var titles []string
			for _, n := range open {
				titles = append(titles, n.Title)
			}
			wants := strings.Fields(want)
			slices.Sort(titles)
			slices.Sort(wants)
			if !slices.Equal(titles, wants) {
				t.Errorf("open for %s: %v; want %v", place, titles, wants)
			}
		}
	})
}

func TestEachFilterRunsOnAnIndex(t *testing.T) {
	b := newTill(t, store.Config{URL: storetest.PostgresURL(t)})
	kinds := Kinds()
	notices := make([]Notice, 6000)
	for i := range notices {
		at := b.Store.Now().Add(-time.Duration(i) * 4 * time.Hour)
		state := []string{published, ended, ended, archived, draftState}[i%5]
		day := workday.On(at)
		end := day.Add(10)
		notices[i] = Notice{ID: uuid.Must(uuid.NewV7()), Kind: kinds[i%15].Code, Title: "公告", UnitID: b.county.ID, Body: strings.Repeat("说明", 100),
			PlaceCode: []string{panshanAt, tianshuiAt, shuangliuAt, "211104000000"}[i%4], State: state, StartsOn: day, EndsOn: &end,
			PublishedAt: &at, CreatedAt: at, Version: 1, Year: day.Year(), Fields: map[string]string{}}
	}
	b.must(b.Store.Read(bg).CreateInBatches(&notices, 300).Error)
	b.must(b.Store.Read(bg).Exec("ANALYZE notice").Error)
	cursor := notices[3000]
	for i := range 1 << 5 {
		var w Wanted
		for at, set := range []func(){
			func() { w.Kind = "PROJECT_PRE" }, func() { w.Place = tianshuiAt }, func() { w.Year = 2025 },
			func() { w.State = []string{"running", "ended"}[i%2] }, func() { w.After = cursor.ID },
		} {
			if i>>at&1 == 1 {
				set()
			}
		}
		query, ok := b.board.wanted(b.board.public(bg), w)
		if !ok {
			t.Fatalf("%+v asks for nothing", w)
		}
		if w.After != uuid.Nil {
			query = query.Where("(published_at, id) < (?, ?)", cursor.PublishedAt.UTC(), cursor.ID)
		}
		b.indexed(fmt.Sprintf("%+v", w), query, "published_at DESC, id DESC")
	}
	from, beyond, _ := span(shuangliuAt)
	b.indexed("open", b.board.inviting(bg, shuangliuAt, from, beyond), "ends_on, published_at, id")
	b.indexed("corrections", b.board.public(bg).Where("corrects_id = ?", cursor.ID), "published_at, id")
	b.indexed("of a fund", b.board.public(bg).Where("fund_id = ?", cursor.ID), "id")
	b.indexed("of a project", b.board.public(bg).Where("(project_id = ? OR roll_id = ?)", cursor.ID, cursor.ID), "published_at, id")
	b.indexed("without photos", b.unphotographed(b.Store.Read(bg), b.townBy), "published_at DESC, id DESC")
}

// indexed fails when PostgreSQL would read the whole table for a page of notices.
func (b *till) indexed(name string, query *gorm.DB, order string) {
	b.t.Helper()
	sql := query.ToSQL(func(tx *gorm.DB) *gorm.DB {
		return tx.Model(&Notice{}).Order(order).Limit(pageSize).Find(&[]Notice{})
	})
	var lines []string
	b.must(b.Store.Read(bg).Raw("EXPLAIN " + sql).Scan(&lines).Error)
	if plan := strings.Join(lines, "\n"); strings.Contains(plan, "Seq Scan on notice") || !strings.Contains(plan, "Index") {
		b.t.Errorf("%s:\n%s", name, plan)
	}
}
