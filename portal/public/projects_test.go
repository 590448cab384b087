package public_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/roll"
)

// money stores a fund of 10 000 yuan with an allocation of two rows, each of
// which became a project.
func (s *site) money() (notice.Fund, notice.Notice, []notice.Project) {
	s.Helper()
	today := workday.On(s.store.Now())
	fund := notice.Fund{ID: uuid.Must(uuid.NewV7()), UnitID: s.atlas.Units()[0].ID, PlaceCode: tianshui, Name: "2026年第一批扶贫资金", DocNumber: "盘财指〔2026〕7号",
		Source: "province", TotalFen: 100_000_000, Year: 2026, AllocatedOn: today.Add(-9), CreatedAt: s.store.Now(), Version: 1}
	s.transact(func(tx *gorm.DB) error { return tx.Create(&fund).Error })
	rows := allocations(2)
	rows[0].AmountFen, rows[1].AmountFen = 60_000_000, 30_000_050
	n, r := s.list("FUND_ALLOC", "资金分配结果公告", roll.Allocation, rows, func(n *notice.Notice) { n.FundID = &fund.ID })
	projects := make([]notice.Project, 2)
	for i := range projects {
		key := i + 1
		projects[i] = notice.Project{ID: uuid.Must(uuid.NewV7()), FundID: &fund.ID, RollID: &r.ID, RowKey: &key, UnitID: fund.UnitID, PlaceCode: shuangliu,
			Name: rows[i].Label, Content: "硬化道路", AmountFen: rows[i].AmountFen, State: "planned", CreatedAt: s.store.Now(), Version: 1}
	}
	projects[1].State, projects[1].StartedOn = "under_way", today.Add(-1)
	s.transact(func(tx *gorm.DB) error { return tx.Create(&projects).Error })
	return fund, s.again(n), projects
}

func TestWhereMoneyComesFromAndGoes(t *testing.T) {
	s := open(t, with{})
	fund, n, projects := s.money()
	p := s.get(at(n)).want(200)
	for i, project := range projects {
		row := p.Find(".rows tbody tr").Eq(i)
		if row.Find(`a[href="/projects/`+project.ID.String()+`"]`).Text() != project.Name || row.Find(`a[href="/report?project=`+project.ID.String()+`"]`).Length() != 1 {
			t.Errorf("row %d leads to no project: %s", i, row.Text())
		}
	}
	if state := p.Find(".rows .mark-state").Eq(1).Text(); !strings.HasPrefix(state, s.views.Text("zh-CN", "project.under_way")) {
		t.Errorf("the second project is %q", state)
	}
	main := strings.Join(strings.Fields(p.Find("main").Text()), " ")
	if !strings.Contains(main, "1,000,000.00 元") || !strings.Contains(main, "900,000.50 元") || p.Find(`a[href="/funds/`+fund.ID.String()+`"]`).Length() != 1 {
		t.Errorf("the money: %s", main)
	}
	p = s.get("/funds/" + fund.ID.String()).want(200)
	for _, amount := range []string{"1,000,000.00", "900,000.50"} {
		if !strings.Contains(p.Find(".sums").Text(), amount) {
			t.Errorf("no %s in %s", amount, p.Find(".sums").Text())
		}
	}
	if p.Find(".list li").Length() != 2 || p.Find(`.list a[href^="/report?project="]`).Length() != 2 {
		t.Errorf("the fund lists %s", p.Find(".list").Text())
	}
	p = s.get("/projects/" + projects[1].ID.String()).want(200)
	if p.Find(".steps .done").Length() != 1 || p.Find(".steps .now").Length() != 1 || p.Find(`a.main[href="/report?project=`+projects[1].ID.String()+`"]`).Length() != 1 ||
		p.Find(`a[href="/funds/`+fund.ID.String()+`"]`).Length() != 1 || !strings.Contains(p.Find("main").Text(), n.Title) {
		t.Errorf("the project: %s", p.Find("main").Text())
	}
	for _, nowhere := range []string{"/projects/nix", "/projects/" + uuid.NewString(), "/funds/nix", "/funds/" + uuid.NewString(), "/funds/" + fund.ID.String() + "?after=nix"} {
		s.get(nowhere).want(404)
	}
}

func TestMoneyOfNoPublishedNoticeIsNotShown(t *testing.T) {
	s := open(t, with{})
	fund, n, projects := s.money()
	now := s.store.Now()
	n.PulledAt = &now
	s.again(n)
	s.get("/funds/" + fund.ID.String()).want(404)
	s.get("/projects/" + projects[0].ID.String()).want(404)
}
