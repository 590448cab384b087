package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/transparency"
)

const villageFile = "code12,parent12,name,level,urban_rural_code\n" +
	"211122111901,211122111000,双柳村,village,220\n" +
	"211102001901,211102001000,苇塘村,village,220\n"

// installation is a portal's folder with everything an operator puts there.
type installation struct {
	t       *testing.T
	data    string
	environ []string
}

// install brings an empty database up to date; further settings are
// "NAME=value", and the last of a name counts.
func install(t *testing.T, further ...string) *installation {
	t.Helper()
	i := &installation{t: t, data: t.TempDir()}
	i.environ = append([]string{"PORTAL_DATA=" + i.data}, further...)
	i.must("migrate", "up")
	return i
}

// furnished is an installation with a village and an administrator.
func furnished(t *testing.T, further ...string) *installation {
	t.Helper()
	i := install(t, further...)
	i.must("import", "divisions", "-write", i.file(villageFile))
	i.must("staff", "add", "-login", "root", "-name", "赵管理", "-unit", "盘锦市委市政府督查室")
	return i
}

// run runs one command and returns what it printed.
func (i *installation) run(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var out bytes.Buffer
	err := run(ctx, args, i.environ, &out)
	return out.String(), err
}

func (i *installation) must(args ...string) string {
	i.t.Helper()
	out, err := i.run(args...)
	if err != nil {
		i.t.Fatalf("portal %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// file is a file that holds text.
func (i *installation) file(text string) string {
	i.t.Helper()
	name := filepath.Join(i.t.TempDir(), "file.csv")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		i.t.Fatal(err)
	}
	return name
}

func (i *installation) set(pair string) { i.environ = append(i.environ, pair) }

func (i *installation) key(name string) string { return filepath.Join(i.data, "keys", name) }

// exec changes the database behind the portal's back.
func (i *installation) exec(statement string) {
	i.t.Helper()
	db, err := store.Open(context.Background(), store.Config{Dir: i.data})
	if err != nil {
		i.t.Fatal(err)
	}
	defer db.Close()
	if err := db.Read(context.Background()).Exec(statement).Error; err != nil {
		i.t.Fatal(err)
	}
}

// bad lists what the doctor's bad lines are about; each must say what to do.
func (i *installation) bad() (about []string) {
	i.t.Helper()
	out, err := i.run("doctor")
	for line := range strings.Lines(out) {
		rest, bad := strings.CutPrefix(line, "BAD ")
		if !bad {
			continue
		}
		about = append(about, strings.Fields(rest)[0])
		if !strings.Contains(line, " → ") {
			i.t.Errorf("does not say what to do: %s", line)
		}
	}
	if (err != nil) != (len(about) > 0) {
		i.t.Errorf("doctor ended with %v and said\n%s", err, out)
	}
	return about
}

// TestDoctor breaks one thing at a time in a healthy installation.
func TestDoctor(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name  string
		spoil func(i *installation) error
		bad   []string
	}{
		{"healthy", func(*installation) error { return nil }, nil},
		{"key open to others", func(i *installation) error { return os.Chmod(i.key(seal.MasterFile), 0o644) }, []string{"keys"}},
		{"key gone", func(i *installation) error { return os.Remove(i.key(seal.EvidenceFile)) }, []string{"keys", "fingerprint"}},
		{"other keys", func(i *installation) error {
			dir := i.t.TempDir()
			i.set("PORTAL_KEYS=" + dir)
			_, err := seal.Create(dir)
			return errors.Join(err, os.Link(i.key(transparency.LogFile), filepath.Join(dir, transparency.LogFile)), os.Link(i.key(transparency.PromiseFile), filepath.Join(dir, transparency.PromiseFile)))
		}, []string{"fingerprint"}},
		{"key of the log gone", func(i *installation) error { return os.Remove(i.key(transparency.LogFile)) }, []string{"keys"}},
		{"database older than the log", func(i *installation) error {
			return os.WriteFile(filepath.Join(i.data, "log.last"), []byte("127.0.0.1:8080/log\n9\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— x y\n"), 0o600)
		}, []string{"log"}},
		{"schema behind", func(i *installation) error {
			i.exec("DELETE FROM goose_db_version WHERE version_id = (SELECT MAX(version_id) FROM goose_db_version)")
			return nil
		}, []string{"schema"}},
		{"limits off", func(i *installation) error { i.set("PORTAL_LIMITS=off"); return nil }, []string{"defences"}},
		{"captcha off", func(i *installation) error { i.set("PORTAL_CAPTCHA=off"); return nil }, []string{"defences"}},
		{"no such folder", func(i *installation) error {
			i.set("PORTAL_KEYS=" + filepath.Join(i.data, "keys"))
			i.set("PORTAL_DATA=" + filepath.Join(i.data, "elsewhere"))
			return nil
		}, []string{"disk", "database"}},
		{"redis refuses", func(i *installation) error { i.set("REDIS_URL=redis://" + freeAddr(i.t) + "/0"); return nil }, []string{"redis"}},
		{"database refuses", func(i *installation) error {
			i.set("DATABASE_URL=postgres://portal@" + freeAddr(i.t) + "/portal?sslmode=disable")
			return nil
		}, []string{"database"}},
		{"no village", func(i *installation) error { i.exec("DELETE FROM division WHERE level = 'village'"); return nil }, []string{"villages"}},
		{"looked at the dates next year", func(i *installation) error {
			i.exec("INSERT INTO lease (name, holder, turn, until, swept_at) VALUES ('watch', 'x', 1, '2026-01-01 00:00:00+00:00', '2099-01-01 00:00:00+00:00')")
			return nil
		}, []string{"watch"}},
		{"no administrator", func(i *installation) error { i.exec("UPDATE account SET state = 'disabled'"); return nil }, []string{"accounts"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			i := furnished(t)
			if err := test.spoil(i); err != nil {
				t.Fatal(err)
			}
			if got := i.bad(); !slices.Equal(got, test.bad) {
				t.Errorf("bad: %v, want %v", got, test.bad)
			}
		})
	}
}

// TestNothingServesWithoutTheDisk: PostgreSQL that acknowledges before it has
// written is found by the doctor, and nothing opens on it.
func TestNothingServesWithoutTheDisk(t *testing.T) {
	t.Parallel()
	server, err := storetest.NewServer(os.TempDir())
	if err != nil {
		storetest.Missing(t, "postgres", err)
	}
	t.Cleanup(server.Remove)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	i := furnished(t, "DATABASE_URL="+server.URL())
	if got := i.bad(); len(got) > 0 {
		t.Fatalf("awake, yet bad: %v", got)
	}
	putToSleep(t, server.URL())
	// The server takes the new setting over in its own time.
	for deadline := time.Now().Add(10 * time.Second); !slices.Equal(i.bad(), []string{"durability"}); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("asleep, and bad is %v", i.bad())
		}
	}
	for _, args := range [][]string{{"serve"}, {"staff", "list"}, {"import", "divisions", "-write", i.file(villageFile)}} {
		if _, err := i.run(args...); err == nil || !strings.Contains(err.Error(), "synchronous_commit=off") {
			t.Errorf("portal %s: %v", args[0], err)
		}
	}
}
