package notice_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"minsheng/internal/privacy"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/roll"
)

// Numbers that the standard itself prints, and a telephone nobody has.
const (
	idNumber = "11010519491231002X"
	mobile   = "13800000000"
)

// pdfScan is a PDF without a text layer.
const pdfScan = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

func TestTheGateLooksEverywhere(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		for where, expose := range map[string]func(*notice.Draft){
			"title":               func(in *notice.Draft) { in.Title = "关于" + idNumber + "的公示" },
			"doc_number":          func(in *notice.Draft) { in.DocNumber = "电" + mobile },
			"body":                func(in *notice.Draft) { in.Body = "联系人电话１３８ ００００ ００００" },
			"body ":               func(in *notice.Draft) { in.Body = "联系人电话138**0000**0000" },
			"body  ":              func(in *notice.Draft) { in.Body = "联系人电话[1380](https://a.example/)0000000" },
			"field:beneficiaries": func(in *notice.Draft) { in.Fields["beneficiaries"] = "赵甲 " + idNumber },
			"field:contact_phone": func(in *notice.Draft) { in.Fields["contact_phone"] = mobile },
		} {
			in, where := d.project(), strings.TrimSpace(where)
			expose(&in)
			_, err := d.Begin(ctx, editor, in)
			found := d.found(err)
			if len(found) != 1 || found[0].Where != where || found[0].Token == "" || strings.Contains(found[0].Masked, mobile) {
				t.Errorf("%s at beginning: %+v", where, found)
			}
			n := d.begin(editor, d.project())
			found = d.found(d.Save(ctx, editor, n.ID, n.Version, in))
			if len(found) != 1 || found[0].Where != where {
				t.Errorf("%s at saving: %+v", where, found)
			}
			if d.now(n.ID).Version != n.Version {
				t.Errorf("%s was stored", where)
			}
		}
	})
}

func TestAnOfficesTelephoneMayStand(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		in := d.project()
		in.Fields["contact_phone"], in.Fields["report_phone"] = "0427-5000000", "12317、0427-5000000"
		d.begin(d.editor(d.village), in)
	})
}

func TestTheGateLooksAtRowsAndFiles(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		n := d.begin(editor, d.list())
		for _, c := range []struct {
			row    roll.Edit
			column string
		}{
			{roll.Edit{Label: "赵甲" + mobile, People: 3}, ""},
			{roll.Edit{Label: "赵甲", Team: "一组 " + mobile, People: 3}, "team"},
			{roll.Edit{Label: "赵甲", People: 3, Cells: map[string]string{"note": idNumber}}, "note"},
		} {
			found := d.found(d.EditRows(ctx, editor, n.ID, d.table(n.ID).Version, []roll.Edit{c.row}))
			if len(found) != 1 || found[0].Where != "row" || found[0].Column != c.column {
				t.Errorf("%+v", found)
			}
		}
		for name, content := range map[string]string{
			"名册.csv":               "姓名,备注\n赵甲," + idNumber + "\n",
			"表头.csv":               "姓名,身份证号\n赵甲,\n",
			idNumber + ".csv":      "姓名\n赵甲\n",
			"赵甲" + mobile + ".csv": "姓名\n赵甲\n",
		} {
			if found := d.found(d.Attach(ctx, editor, n.ID, "notice", d.stage(name, content))); !strings.HasPrefix(found[0].Where, "file") {
				t.Errorf("%s: %+v", name, found)
			}
		}
		p, err := d.Paper(ctx, editor, n.ID)
		if err != nil || len(p.Files) != 0 {
			t.Fatalf("%d attached, %v", len(p.Files), err)
		}
	})
}

// TestWhatASheetBroughtInIsLookedAtAgain puts rows in as an import does, that
// the desk did not see.
func TestWhatASheetBroughtInIsLookedAtAgain(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.village), d.approver(d.village)
		n := d.begin(editor, d.list())
		rows := households("赵甲", "钱乙", "孙丙")
		for i := range rows {
			rows[i].Cells["note"] = fmt.Sprintf("1380000000%d", i)
		}
		d.amend(n.ID, rows)
		d.minutes(editor, n.ID)
		found := d.found(d.HandIn(ctx, editor, n.ID, d.now(n.ID).Version))
		if len(found) != 3 || found[2].Ref != "3" || found[2].Column != "note" {
			t.Fatalf("%+v", found)
		}
		d.wrong(d.DropColumn(ctx, editor, n.ID, d.table(n.ID).Version, "label"), "column")
		d.must(d.DropColumn(ctx, editor, n.ID, d.table(n.ID).Version, "note"))
		d.wrong(d.DropColumn(ctx, editor, n.ID, d.table(n.ID).Version, "note"), "column")
		row, err := d.Rolls.Row(ctx, *n.RollID, 1)
		if err != nil || row.Cells["note"] != "" || row.Cells["cause"] != "illness" || row.Team != "一组" {
			t.Fatalf("%+v, %v", row, err)
		}
		d.handIn(editor, n.ID)
		d.approve(approver, n.ID)
	})
}

func TestAFalseAlarmIsLetThroughByAnApproverOnly(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.village), d.approver(d.village)
		in := d.project()
		in.Body = "备注 " + mobile
		n := d.begin(editor, d.project())
		found := d.found(d.Save(ctx, editor, n.ID, n.Version, in))
		d.wrong(d.Dispute(ctx, editor, n.ID, "x"), "disputed")
		in.Disputed = []string{found[0].Token}
		d.must(d.Save(ctx, editor, n.ID, n.Version, in))
		d.handIn(editor, n.ID)
		approve := func(release map[string]string) error {
			return d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, notice.Approval{Release: release})
		}
		if left := d.found(approve(nil)); len(left) != 1 || !left[0].Disputed || left[0].Token != found[0].Token {
			t.Fatalf("%+v", left)
		}
		d.found(approve(map[string]string{"other": "这是项目编号"}))
		d.wrong(approve(map[string]string{found[0].Token: "对"}), "release:"+found[0].Token)
		d.must(approve(map[string]string{found[0].Token: "这是项目编号，不是电话"}))
		events, err := ledger.Of(ctx, d.Store, ledger.OfNotice, n.ID, "notice_finding_released")
		if err != nil || len(events) != 1 || *events[0].ActorID != approver.ID || events[0].Body["findings"] != "1" {
			t.Fatalf("%+v, %v", events, err)
		}
	})
}

// TestAReleaseFitsOneFindingOnly calls one finding a false alarm, then moves and
// changes what stands there: neither the editor nor the approver gets that past
// with the token of the first.
func TestAReleaseFitsOneFindingOnly(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.village), d.approver(d.village)
		first := d.project()
		first.Body = "备注 " + mobile
		_, err := d.Begin(ctx, editor, first)
		token := d.found(err)[0].Token
		for what, change := range map[string]func(*notice.Draft){
			"another number in its place":        func(in *notice.Draft) { in.Body = "备注 13800000001" },
			"the same number elsewhere":          func(in *notice.Draft) { in.Body, in.Title = "一、工程概况", "项目"+mobile+"公示" },
			"the same number in a field":         func(in *notice.Draft) { in.Body, in.Fields["bidding"] = "一、工程概况", mobile },
			"a second number beside the allowed": func(in *notice.Draft) { in.Body += " " + idNumber },
		} {
			in := d.project()
			in.Body, in.Disputed = first.Body, []string{token}
			n := d.begin(editor, in)
			in.Disputed = nil
			change(&in)
			found := d.found(d.Save(ctx, editor, n.ID, n.Version, in))
			for _, e := range found {
				if e.Token == token {
					t.Errorf("%s has the same token", what)
				}
				in.Disputed = append(in.Disputed, e.Token)
			}
			d.must(d.Save(ctx, editor, n.ID, n.Version, in))
			d.handIn(editor, n.ID)
			release := map[string]string{token: "这是编号，不是电话"}
			if left := d.found(d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, notice.Approval{Release: release})); len(left) != 1 {
				t.Errorf("%s: %+v", what, left)
			}
		}
	})
}

func TestDisputedRowsAndFilesComeIn(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.village), d.approver(d.village)
		n := d.begin(editor, d.list())
		rows := []roll.Edit{{Label: "赵甲", People: 3, Cells: map[string]string{"note": mobile}}}
		edit := func() error { return d.EditRows(ctx, editor, n.ID, d.table(n.ID).Version, rows) }
		form := d.stage("说明.csv", "编号\n"+mobile+"\n")
		attach := func() error { return d.Attach(ctx, editor, n.ID, "notice", form) }
		release := map[string]string{}
		for _, step := range []func() error{edit, attach} {
			for _, e := range d.found(step()) {
				release[e.Token] = "这是户编号，不是电话"
				d.must(d.Dispute(ctx, editor, n.ID, e.Token))
			}
		}
		d.must(attach())
		// A new row has no key yet: what was disputed for it does not cover the row
		// that it becomes, which is disputed at handing in.
		d.must(edit())
		d.minutes(editor, n.ID)
		for _, e := range d.found(d.HandIn(ctx, editor, n.ID, d.now(n.ID).Version)) {
			release[e.Token] = "这是户编号，不是电话"
			d.must(d.Dispute(ctx, editor, n.ID, e.Token))
		}
		d.handIn(editor, n.ID)
		if left := d.found(d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, notice.Approval{})); len(left) != 2 {
			t.Fatalf("%+v", left)
		}
		d.must(d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, notice.Approval{Release: release}))
	})
}

func TestFilesWithoutTextNeedALook(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor, approver := d.editor(d.village), d.approver(d.village)
		n := d.begin(editor, d.project())
		d.must(d.Attach(ctx, editor, n.ID, "notice", d.stage("批复.pdf", pdfScan)))
		d.must(d.Attach(ctx, editor, n.ID, "notice", d.photo()))
		d.handIn(editor, n.ID)
		p, err := d.Paper(ctx, approver, n.ID)
		if err != nil || len(p.Unread) != 2 {
			t.Fatalf("%d, %v", len(p.Unread), err)
		}
		d.wrong(d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, notice.Approval{}), "unread_files")
		d.must(d.Approve(ctx, approver, n.ID, d.now(n.ID).Version, notice.Approval{UnreadFiles: true}))
	})
}

func TestWhatIsFoundIsBounded(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		n := d.begin(editor, d.list())
		var rows []roll.Edit
		for i := range 260 {
			rows = append(rows, roll.Edit{Label: "赵甲", People: 1, Cells: map[string]string{"note": fmt.Sprintf("13800000%03d", i)}})
		}
		d.amend(n.ID, rows)
		d.minutes(editor, n.ID)
		if found := d.found(d.HandIn(ctx, editor, n.ID, d.now(n.ID).Version)); len(found) != 200 || found[0].Kind != privacy.Mobile {
			t.Errorf("%d findings", len(found))
		}
	})
}

func TestAttachmentsOfADraftAndPhotosOfTheBoard(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		editor := d.editor(d.village)
		n := d.begin(editor, d.project())
		d.wrong(d.Attach(ctx, editor, n.ID, "notice", nil), "files")
		d.is(d.Attach(ctx, editor, n.ID, "identity", d.photo()), step.ErrState)
		d.wrong(d.Attach(ctx, editor, n.ID, "notice_start", d.stage("表.csv", "项目\n通组路\n")), "files")
		d.must(d.Attach(ctx, editor, n.ID, "notice", d.stage("表.csv", "项目\n通组路\n")))
		d.must(d.Attach(ctx, editor, n.ID, "notice", d.stage("另一张.csv", "项目\n桥\n")))
		p, err := d.Paper(ctx, editor, n.ID)
		if err != nil || len(p.Files) != 2 || len(p.Unread) != 0 {
			t.Fatalf("%+v, %v", p.Files, err)
		}
		d.must(d.Detach(ctx, editor, n.ID, p.Files[0].ID))
		p, err = d.Paper(ctx, editor, n.ID)
		if err != nil || len(p.Files) != 1 || p.Files[0].Name != "另一张.csv" {
			t.Fatalf("%+v, %v", p.Files, err)
		}
		d.handIn(editor, n.ID)
		d.is(d.Attach(ctx, editor, n.ID, "notice", d.photo()), step.ErrState)
		d.is(d.Detach(ctx, editor, n.ID, p.Files[0].ID), step.ErrState)
		d.approve(d.approver(d.village), n.ID)
		d.is(d.Attach(ctx, editor, n.ID, "notice", d.photo()), step.ErrState)
		d.must(d.Attach(ctx, editor, n.ID, "notice_start", d.photo()))
		p, err = d.Paper(ctx, editor, n.ID)
		if err != nil || len(p.Photos) != 1 || !slices.Contains(p.Actions, "photos") {
			t.Fatalf("%+v, %v", p, err)
		}
		f, content, _, err := d.OpenFile(ctx, editor, n.ID, p.Photos[0].ID)
		if err != nil || f.Media != "image" {
			t.Fatal(f, err)
		}
		content.Close()
		other := d.begin(editor, d.project())
		if _, _, _, err := d.OpenFile(ctx, editor, other.ID, p.Photos[0].ID); err == nil {
			t.Error("a file of another notice was given out")
		}
		var exposed *notice.Exposed
		if errors.As(d.Detach(ctx, editor, n.ID, p.Photos[0].ID), &exposed) {
			t.Error("unexpected finding")
		}
		d.is(d.Detach(ctx, editor, n.ID, p.Photos[0].ID), step.ErrState)
	})
}

// TestFilesOfAListOfPeopleStayWithStaff: a photo of the board has the names that
// the web masks.
func TestFilesOfAListOfPeopleStayWithStaff(t *testing.T) {
	eachDesk(t, func(t *testing.T, d *desks) {
		for want, in := range []notice.Draft{d.list(), d.project()} {
			var rows []roll.Edit
			if in.Kind == "LIST_VILLAGE" {
				rows = households("赵甲")
			}
			n := d.publish(d.village, in, rows...)
			editor := d.editor(d.village)
			d.must(d.Attach(ctx, editor, n.ID, "notice_start", d.photo()))
			paper, err := d.Paper(ctx, editor, n.ID)
			d.must(err)
			p, err := d.board.Published(ctx, n.ID)
			if err != nil || len(p.Photos) != want || len(paper.Photos) != 1 {
				t.Fatalf("%s shows %d photos, %v", in.Kind, len(p.Photos), err)
			}
			_, content, _, err := d.board.OpenFile(ctx, n.ID, paper.Photos[0].ID)
			if want == 0 {
				d.is(err, store.ErrNotFound)
				continue
			}
			d.must(err)
			content.Close()
		}
	})
}
