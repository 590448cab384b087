package tray

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"minsheng/internal/evidence"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/staff"
)

func TestASheetIsGuessedTriedFixedAndTaken(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", "名单\n户主,金额(元),备注\n张三丰,1\n李小四,-2\n张三丰,x\n合计,9\n")
		if s.Layout.HeaderFrom != 2 || len(s.Layout.Columns) != 3 || s.Layout.Columns[1].Field != "amount" {
			t.Fatalf("guessed %+v", s.Layout)
		}
		trial := o.try(s.ID)
		if got := keys(trial.List); got != "B4 negative, B5 not_number, A5 twice" || trial.Problems != 3 || trial.Records != 3 || len(trial.Sample) != 3 {
			t.Errorf("problems %q, %d records", got, trial.Records)
		}
		if trial.Totals["amount"] != 900 {
			t.Errorf("totals %v", trial.Totals)
		}
		if err := o.Import(bg, o.by, s.ID, s.Version); !errors.Is(err, ErrProblems) {
			t.Errorf("import with problems: %v", err)
		}
		must(t, o.Fix(bg, o.by, s.ID, s.Version, map[string]string{"B4": "2", "B5": "６元", "A5": "王小五", "nonsense": "1"}))
		if err := o.Fix(bg, o.by, s.ID, s.Version, nil); !errors.Is(err, ErrStale) {
			t.Errorf("fix of an old version: %v", err)
		}
		s = o.now(s.ID)
		if len(s.Fixes) != 3 {
			t.Errorf("fixes %v", s.Fixes)
		}
		must(t, o.Fix(bg, o.by, s.ID, s.Version, map[string]string{"A5": ""}))
		if got := keys(o.try(s.ID).List); got != "A5 twice" {
			t.Errorf("after taking a fix back: %q", got)
		}
		must(t, o.Fix(bg, o.by, s.ID, s.Version+1, map[string]string{"A5": "王小五"}))
		must(t, o.Import(bg, o.by, s.ID, s.Version+2))
		o.wait()
		o.wantState(s.ID, "done", 3)
		s = o.now(s.ID)
		if s.Done != 3 || s.Total != 3 || s.OwnerID == nil || *s.OwnerID != s.ID || len(s.Fixes) != 0 {
			t.Errorf("done: %+v", s)
		}
		must(t, o.Import(bg, o.by, s.ID, s.Version))
		o.wait()
		o.wantState(s.ID, "done", 3)
		if _, err := o.Try(bg, o.by, s.ID); !errors.Is(err, ErrGone) {
			t.Errorf("the file of a sheet that is done: %v", err)
		}
	})
}

func TestOnlyItsOwnOfficeSeesASheet(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		reader := o.by
		reader.Roles = []staff.Role{staff.NoticeApprover}
		for who, want := range map[*staff.Officer]error{&o.others: store.ErrNotFound, &reader: staff.ErrForbidden} {
			_, err := o.Sheet(bg, *who, s.ID)
			_, names := o.Sheets(bg, *who, s.ID)
			_, tried := o.Try(bg, *who, s.ID)
			arranged := o.Arrange(bg, *who, s.ID, s.Version, 0, 1, 1, nil, nil)
			fixed := o.Fix(bg, *who, s.ID, s.Version, nil)
			imported := o.Import(bg, *who, s.ID, s.Version)
			for _, err := range []error{err, names, tried, arranged, fixed, imported} {
				if !errors.Is(err, want) {
					t.Errorf("%v, want %v", err, want)
				}
			}
		}
		if _, err := o.Put(bg, reader, "names", nil, "a.csv", strings.NewReader(four)); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("put without the permission: %v", err)
		}
		if _, err := o.Put(bg, o.by, "nothing", nil, "a.csv", strings.NewReader(four)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("put for no target: %v", err)
		}
		o.wantState(s.ID, "open", 0)
	})
}

func TestWhatCannotBeReadIsRefusedAndLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for name, c := range map[string]struct {
			content io.Reader
			want    error
		}{
			"a.xls":  {strings.NewReader("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), sheet.ErrOld},
			"a.csv":  {strings.NewReader(""), sheet.ErrEmpty},
			"b.csv":  {strings.NewReader("\n\n"), sheet.ErrEmpty},
			"a.png":  {strings.NewReader("\x89PNG\r\n\x1a\n"), sheet.ErrKind},
			"a.xlsx": {bytes.NewReader(bomb(t)), sheet.ErrBomb},
			"c.csv":  {endless{}, evidence.ErrTooLarge},
		} {
			if _, err := o.Put(bg, o.by, "names", nil, name, c.content); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", name, err, c.want)
			}
		}
		for _, table := range []string{"tray_sheet", "evidence_file"} {
			var n int64
			must(t, o.store.Read(bg).Table(table).Count(&n).Error)
			if n != 0 {
				t.Errorf("%d rows in %s", n, table)
			}
		}
	})
}

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// bomb is a workbook that unpacks to two hundred times its size.
func bomb(t *testing.T) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	must(t, err)
	_, err = w.Write(make([]byte, 20<<20))
	must(t, err)
	must(t, z.Close())
	return out.Bytes()
}

func TestAFileIsGoneAfterADay(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		o.age(s.ID, "created_at", 24*time.Hour)
		_, tried := o.Try(bg, o.by, s.ID)
		_, names := o.Sheets(bg, o.by, s.ID)
		for _, err := range []error{tried, names, o.Import(bg, o.by, s.ID, s.Version)} {
			if !errors.Is(err, ErrGone) {
				t.Errorf("after a day: %v", err)
			}
		}
		o.wantState(s.ID, "open", 0) // the page still stands

		s = o.put("names", four)
		must(t, o.shelf.Unstage(bg, formKey(s.ID), s.FileID))
		if _, err := o.Try(bg, o.by, s.ID); !errors.Is(err, ErrGone) {
			t.Errorf("after it was swept: %v", err)
		}
	})
}

func TestHabitsAreRememberedPerOfficeAndTarget(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		const odd = "当家的,钱,备注\n张三丰,1,无\n"
		s := o.put("names", odd)
		if mapped(s.Layout) != 1 {
			t.Fatalf("guessed %+v", s.Layout)
		}
		must(t, o.Arrange(bg, o.by, s.ID, s.Version, 0, 1, 1, map[int]string{0: "label", 1: "amount", 2: ""}, map[int]bool{1: true}))
		trial := o.try(s.ID)
		if trial.Problems != 0 || trial.Sums["amount"] != 1000000 || trial.Sample[0].Values["label"].Text != "张三丰" {
			t.Errorf("arranged: %+v", trial)
		}
		again := o.put("names", odd)
		for i, want := range []string{"label", "amount", ""} {
			if c := again.Layout.Columns[i]; c.Field != want || c.Wan != (i == 1) {
				t.Errorf("column %d is %q, wan %v", i, c.Field, c.Wan)
			}
		}
		told := o.put("names", "单位:元\n当家的,钱,备注\n张三丰,1,无\n")
		if told.Layout.Columns[1].Wan {
			t.Error("a habit went before what the sheet says")
		}
		theirs, err := o.Put(bg, o.others, "names", nil, "a.csv", strings.NewReader(odd))
		must(t, err)
		if mapped(theirs.Layout) != 1 || mapped(o.put("personal", odd).Layout) != 0 {
			t.Error("a habit of one office and target reached another")
		}
	})
}

func TestAnotherHeaderIsReadAnew(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", "户主,金额\n名字,补助\n张三丰,5\n")
		must(t, o.Arrange(bg, o.by, s.ID, s.Version, 0, 2, 2, map[int]string{0: "label", 1: "amount"}, nil))
		s = o.now(s.ID)
		if s.Layout.HeaderTo != 2 || s.Layout.Columns[0].Heading != "名字" || s.Layout.Columns[0].Field != "" {
			t.Errorf("layout %+v", s.Layout)
		}
		must(t, o.Arrange(bg, o.by, s.ID, s.Version, 0, 0, 0, nil, nil))
		if s = o.now(s.ID); s.Layout.HeaderTo != 1 || mapped(s.Layout) != 2 {
			t.Errorf("looked for again: %+v", s.Layout)
		}
		if err := o.Arrange(bg, o.by, s.ID, s.Version, 7, 1, 1, nil, nil); sheet.Reason(err) == "" {
			t.Errorf("a sheet that is not there: %v", err)
		}
		if err := o.Arrange(bg, o.by, s.ID, s.Version, 0, 50, 50, nil, nil); !errors.Is(err, sheet.ErrEmpty) {
			t.Errorf("a header that is not there: %v", err)
		}
	})
}

func TestThePrivacyGateNamesCellsAndColumns(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		const number = "11010519491231002X"
		s := o.put("names", "户主,金额,备注,身份证号\n张三丰,1,电话13800000000,"+number+"\n李小四,2,,"+number+"\n联系电话:13800000000\n")
		if got := o.try(s.ID); keys(got.List) != "C2 personal" || strings.Contains(got.List[0].Raw, "13800000000") || strings.Contains(got.Skips[0].Raw, "13800000000") {
			t.Errorf("problems %+v, skips %+v", got.List, got.Skips)
		}
		must(t, o.Arrange(bg, o.by, s.ID, s.Version, 0, 1, 1, map[int]string{2: "", 3: "note"}, nil))
		got := o.try(s.ID)
		if keys(got.List) != "personal, D2 personal, D3 personal" || got.Problems != 3 || got.List[0].Column != 3 {
			t.Errorf("problems %+v", got.List)
		}
		for _, p := range got.List {
			if strings.Contains(p.Raw, number) {
				t.Errorf("shows %s", p.Raw)
			}
		}
		for _, sample := range o.now(s.ID).Layout.Columns[3].Samples {
			if strings.Contains(sample, number) {
				t.Errorf("sample shows %s", sample)
			}
		}
		must(t, o.Arrange(bg, o.by, s.ID, s.Version+1, 0, 1, 1, map[int]string{3: ""}, nil))
		if got := o.try(s.ID); got.Problems != 0 {
			t.Errorf("with the column dropped: %+v", got.List)
		}
	})
}

func TestNumbersOfPersonalSheetsAreNeverShown(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		const number, account = "11010519491231002X", "6217000000000000012"
		s := o.put("personal", "姓名,身份证号,账号,金额\n张三丰,"+number+","+account+",5\n李小四,"+number+"9,"+account+"ABC,5\n")
		trial := o.try(s.ID)
		if keys(trial.List) != "B3 not_identity, C3 not_account" {
			t.Fatalf("problems %+v", trial.List)
		}
		var all strings.Builder
		for _, p := range trial.List {
			all.WriteString(p.Raw + " ")
		}
		for _, r := range trial.Sample {
			for _, v := range r.Values {
				all.WriteString(v.Raw + " " + v.Text + " ")
			}
		}
		for _, c := range o.now(s.ID).Layout.Columns {
			all.WriteString(strings.Join(c.Samples, " ") + " ")
		}
		for _, hidden := range []string{"19491231", "000000000"} {
			if strings.Contains(all.String(), hidden) {
				t.Errorf("shows %s: %s", hidden, all.String())
			}
		}
		if !strings.Contains(all.String(), "张三丰") {
			t.Errorf("shows nothing: %s", all.String())
		}
	})
}

func TestTheDatabaseHoldsNoWordsOfASheet(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", four)
		must(t, o.Fix(bg, o.by, s.ID, s.Version, map[string]string{"A2": "欧阳小华"}))
		must(t, o.Arrange(bg, o.by, s.ID, s.Version+1, 0, 1, 1, nil, nil))
		var stored struct{ Name, Layout, Fixes string }
		must(t, o.store.Read(bg).Table("tray_sheet").Where("id = ?", s.ID).Take(&stored).Error)
		for _, word := range []string{"名单", "张三丰", "欧阳小华"} {
			if strings.Contains(stored.Name+stored.Layout+stored.Fixes, word) {
				t.Errorf("%s stands in the database", word)
			}
		}
		if now := o.now(s.ID); now.Name != "名单.csv" || now.Fixes["A2"] != "欧阳小华" {
			t.Errorf("read back: %+v", now)
		}
	})
}

func TestTwoColumnsAreNotTheSameThing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", "户主,金额,备注\n张三丰,1,2\n")
		must(t, o.Arrange(bg, o.by, s.ID, s.Version, 0, 1, 1, map[int]string{2: "amount"}, nil))
		if got := keys(o.try(s.ID).List); got != "column_twice" {
			t.Errorf("problems %q", got)
		}
		if err := o.Import(bg, o.by, s.ID, s.Version+1); !errors.Is(err, ErrProblems) {
			t.Errorf("import: %v", err)
		}
	})
}

func TestASheetWithoutRecordsIsNotImported(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		s := o.put("names", "户主,金额\n合计,0\n")
		if err := o.Import(bg, o.by, s.ID, s.Version); !errors.Is(err, ErrProblems) {
			t.Errorf("import: %v", err)
		}
	})
}
