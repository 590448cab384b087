package intake_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

// secrets are what nobody may read in a copy of the database or in a log.
func secrets(s intake.Submission, r intake.Receipt, said ...string) []string {
	all := append(said, r.Digits, strings.Join(r.Groups, " "), s.Token, s.Text, s.Name, s.Phone, s.Who, s.When, s.Amount)
	return append(all, s.Text[:30]) // even a part
}

// everythingStored is all that a thief of the database holds.
func everythingStored(t *testing.T, o *office) []byte {
	t.Helper()
	var all bytes.Buffer
	if !o.store.Postgres() {
		files, err := filepath.Glob(filepath.Join(o.dir, "portal.db*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no database files: %v", err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			o.must(err)
			all.Write(b)
		}
		return all.Bytes()
	}
	var tables []string
	o.must(o.store.Read(ctx).Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'").Scan(&tables).Error)
	for _, table := range tables {
		var rows []string
		o.must(o.store.Read(ctx).Raw("SELECT x::text FROM " + table + " x").Scan(&rows).Error)
		all.WriteString(strings.Join(rows, "\n"))
	}
	return all.Bytes()
}

func TestStolenDatabaseAndLogTellNothing(t *testing.T) {
	for name, database := range map[string]func() store.Config{
		"sqlite":   func() store.Config { return store.Config{Dir: storetest.SQLiteDir(t)} },
		"postgres": func() store.Config { return store.Config{URL: storetest.PostgresURL(t), Dir: t.TempDir()} },
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			before := slog.Default()
			slog.SetDefault(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
			defer slog.SetDefault(before)
			o := open(t, database())
			s := o.filled()
			s.Mode, s.Name, s.Phone, s.Who, s.When, s.Amount = intake.Named, "欧阳建国", "13800000001", "会计老孙头", "去年腊月二十三", "三千零五十块"
			r := o.submit(s)
			o.submit(s)
			page := o.track(r)
			o.must(o.Say(ctx, page.Token, page.Form.Token, "我家门口有棵大柳树"))
			by := o.officer(staff.TriageOfficer)
			o.in(func(tx *gorm.DB) error {
				return o.Reply(tx, by, page.ReportID, nil, intake.Talk, "请把存折拍给我们")
			})
			hidden := secrets(s, r, "我家门口有棵大柳树", "请把存折拍给我们")
			stored := everythingStored(t, o)
			if !bytes.Contains(stored, []byte("双柳村")) {
				t.Fatal("the search sees nothing at all")
			}
			for _, secret := range hidden {
				if bytes.Contains(stored, []byte(secret)) || bytes.Contains(stored, []byte(hex.EncodeToString([]byte(secret)))) {
					t.Errorf("the database holds %q", secret)
				}
			}
			// Whatever fails now is logged.
			gone, cancel := context.WithCancel(ctx)
			cancel()
			_, first := o.Submit(gone, s)
			_, second := o.Track(gone, r.Digits)
			third := o.Say(gone, page.Token, o.NewForm().Token, "我家门口有棵大柳树")
			if first == nil || second == nil || third == nil || log.Len() == 0 {
				t.Fatal("nothing failed, nothing was logged")
			}
			for _, secret := range hidden {
				for _, err := range []error{first, second, third} {
					if strings.Contains(err.Error(), secret) {
						t.Errorf("an error tells %q", secret)
					}
				}
				if strings.Contains(log.String(), secret) {
					t.Errorf("the log tells %q", secret)
				}
			}
		})
	}
}
