package notice_test

import (
	"testing"

	"github.com/google/uuid"

	"minsheng/notice"
	"minsheng/staff"
)

// A town is commanded by the supervision office; its money comes from the
// county's poverty office beside that.
func TestATownNamesTheMoneyThatTheCountyHandsIt(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		county, town, elsewhere := d.editor(d.county), d.editor(d.town), d.editor(d.elsewhere)
		fund, err := d.NewFund(ctx, county, notice.Fund{
			Name: "省级财政专项扶贫资金", DocNumber: "辽财农〔2026〕示例1号", Source: "province", TotalFen: 100, Year: 2026, AllocatedOn: "2026-03-02", PlaceCode: "211122000000",
		})
		d.must(err)
		own := notice.Project{ID: uuid.Must(uuid.NewV7()), FundID: &fund.ID, UnitID: d.county.ID, PlaceCode: shuangliu, Name: "危房改造", State: "planned", Version: 1}
		far := notice.Project{ID: uuid.Must(uuid.NewV7()), FundID: &fund.ID, UnitID: d.county.ID, PlaceCode: "211122108902", Name: "大棚", State: "planned", Version: 1}
		d.must(d.Store.Read(ctx).Create(&[]notice.Project{own, far}).Error)

		funds, err := d.FundsFor(ctx, town)
		d.must(err)
		projects, err := d.ProjectsFor(ctx, town)
		d.must(err)
		if len(funds) != 1 || len(projects) != 1 || projects[0].ID != own.ID {
			t.Fatalf("the town is offered %v and %v", funds, projects)
		}
		roster := notice.Draft{Kind: "SUBSIDY_ROSTER", Title: "补助发放公示", PlaceCode: shuangliu, ProjectID: &own.ID, FundID: &fund.ID}
		_, err = d.Begin(ctx, town, roster)
		d.must(err)

		funds, err = d.FundsFor(ctx, elsewhere)
		d.must(err)
		if len(funds) != 0 {
			t.Error("a town of another county is offered the fund")
		}
		roster.PlaceCode = dawaTown
		_, err = d.Begin(ctx, elsewhere, roster)
		d.wrong(err, "fund", "project")
		_, err = d.ProjectsFor(ctx, d.person(d.town, staff.UnitHandler))
		d.is(err, staff.ErrForbidden)
	})
}
