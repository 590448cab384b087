package notice_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/notice"
	"minsheng/roll"
)

// panshan is the county whose poverty office allocates.
const panshan = "211122000000"

func (d *desks) allocation(total int64) notice.Draft {
	d.t.Helper()
	f, err := d.NewFund(ctx, d.editor(d.county), notice.Fund{PlaceCode: panshan, Name: "省级专项扶贫资金", DocNumber: "辽财农〔2026〕示例1号",
		Source: "province", TotalFen: total, Year: 2026, AllocatedOn: d.today()})
	d.must(err)
	return notice.Draft{Kind: "FUND_ALLOC", Title: "盘山县资金分配结果公告", PlaceCode: panshan, Year: 2026, Body: "一、资金名称",
		StartsOn: d.today(), FundID: &f.ID, Fields: contact("fund_use", "修路打井", "fund_principle", "按项目")}
}

func shares(amounts ...int64) []roll.Edit {
	var rows []roll.Edit
	for _, fen := range amounts {
		rows = append(rows, roll.Edit{Label: "通村路硬化", PlaceCode: tianshui, AmountFen: fen, Cells: map[string]string{"content": "水泥路"}})
	}
	return rows
}

// TestAnAllocationThatDoesNotAddUpNeedsAReason walks the whole way: the fund,
// its allocation, the projects it becomes, and a correction of its rows.
func TestAnAllocationThatDoesNotAddUpNeedsAReason(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.county), d.approver(d.county)
		n := d.begin(editor, d.allocation(1000))
		d.rows(editor, n.ID, shares(400, 601))
		d.handIn(editor, n.ID)
		version := d.now(n.ID).Version
		paper, err := d.Paper(ctx, approver, n.ID)
		if err != nil || paper.Sums == nil || !paper.Sums.Differs || paper.Sums.AllocatedFen != 1001 {
			t.Fatalf("the approver sees %+v, %v", paper.Sums, err)
		}
		d.is(d.Approve(ctx, approver, n.ID, version, notice.Approval{}), notice.ErrMismatch)
		if _, err := d.board.Fund(ctx, *n.FundID, uuid.Nil); err == nil {
			t.Fatal("the public sees the fund before its notice")
		}
		d.must(d.Approve(ctx, approver, n.ID, version, notice.Approval{Mismatch: "其中1分四舍五入"}))
		d.projectsAre(n.ID, 400, 601)

		d.goTo("2026-03-05", 9*time.Hour)
		c, err := d.Correct(ctx, editor, n.ID, "金额写错了一分")
		d.must(err)
		in := d.allocation(5)
		in.FundID = n.FundID
		in.Fields["original_number"], in.Fields["correction_reason"], in.Fields["corrected"] = n.Title, "金额写错了一分", "第二行改为600分"
		d.must(d.Save(ctx, editor, c.ID, c.Version, in))
		edits := shares(600)
		edits[0].Key, edits[0].Reason = 2, "typo"
		d.must(d.EditRows(ctx, editor, c.ID, d.table(n.ID).Version, edits))
		d.handIn(editor, c.ID)
		paper, err = d.Paper(ctx, approver, c.ID)
		if err != nil || paper.Sums == nil || paper.Sums.Differs || paper.Sums.AllocatedFen != 1000 {
			t.Fatalf("of the correction the approver sees %+v, %v", paper.Sums, err)
		}
		d.approve(approver, c.ID)
		d.projectsAre(n.ID, 400, 600)
		v, err := d.board.Fund(ctx, *n.FundID, uuid.Nil)
		if err != nil || v.Sums.Differs || v.Sums.AllocatedFen != 1000 || v.Sums.ProjectsFen != 1000 || len(v.Projects) != 2 {
			t.Errorf("%+v, %v", v, err)
		}
		board, err := d.Duties(ctx, editor)
		if err != nil || len(board.Met) != 1 || board.Met[0].Kind != "FUND_ALLOC" || *board.Met[0].NoticeID != n.ID {
			t.Errorf("met: %+v, %v", board.Met, err)
		}
	})
}

// projectsAre compares the amounts of the projects that rows became, by key.
func (d *desks) projectsAre(id uuid.UUID, want ...int64) {
	d.t.Helper()
	keys := make([]int, len(want))
	for i := range want {
		keys[i] = i + 1
	}
	found, err := d.board.ProjectsOfRows(ctx, *d.now(id).RollID, keys...)
	d.must(err)
	for i, fen := range want {
		if found[i+1].AmountFen != fen || found[i+1].State != "planned" {
			d.t.Errorf("row %d became %+v; want %d fen", i+1, found[i+1], fen)
		}
	}
}
