package main

import (
	"context"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/staff"
)

// TestUnlock: a portal with lost or foreign keys would seal what nobody can
// open; it does not start.
func TestUnlock(t *testing.T) {
	t.Parallel()
	t.Run("lost", func(t *testing.T) {
		t.Parallel()
		i := install(t)
		for _, name := range []string{seal.MasterFile, seal.EvidenceFile} {
			if err := os.Remove(i.key(name)); err != nil {
				t.Fatal(err)
			}
		}
		for _, args := range [][]string{{"serve"}, {"migrate", "up"}, {"staff", "list"}} {
			if _, err := i.run(args...); err == nil || !strings.Contains(err.Error(), "safe copy") {
				t.Errorf("portal %s without keys: %v", args[0], err)
			}
		}
		if _, err := os.Stat(i.key(seal.MasterFile)); err == nil {
			t.Error("new keys were made for a database that has its own")
		}
	})
	t.Run("foreign", func(t *testing.T) {
		t.Parallel()
		i, other := install(t), t.TempDir()
		if _, err := seal.Create(other); err != nil {
			t.Fatal(err)
		}
		i.set("PORTAL_KEYS=" + other)
		if _, err := i.run("serve"); err == nil || !strings.Contains(err.Error(), "not the ones") {
			t.Errorf("with foreign keys: %v", err)
		}
	})
	t.Run("at once", func(t *testing.T) {
		t.Parallel()
		storetest.Each(t, func(t *testing.T, s *store.Store) {
			for range 20 { // a race is seldom lost the first time
				if err := s.Read(context.Background()).Exec("DELETE FROM portal_fact WHERE name = 'key_fingerprint'").Error; err != nil {
					t.Fatal(err)
				}
				agree(t, s, t.TempDir())
			}
		})
	})
}

// agree lets replicas come to the same empty folder at the same instant.
func agree(t *testing.T, s *store.Store, dir string) {
	t.Helper()
	var wg sync.WaitGroup
	var mu sync.Mutex
	found := map[string]bool{}
	for range 6 {
		wg.Go(func() {
			keys, err := unlock(context.Background(), s, dir)
			if err != nil {
				t.Errorf("unlock: %v", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			found[fingerprint(keys)+keys.Evidence().Recipient().String()] = true
		})
	}
	wg.Wait()
	if len(found) != 1 {
		t.Errorf("%d sets of keys", len(found))
	}
}

var printed = regexp.MustCompile(`(?m)^password (\S+)$`)

// TestStaffAdd goes from the command line to a first sign-in.
func TestStaffAdd(t *testing.T) {
	t.Parallel()
	i := install(t)
	const city = "盘锦市委市政府督查室"
	if _, err := i.run("staff", "add", "-login", "root", "-name", "赵管理", "-unit", "市督查室"); err == nil || !strings.Contains(err.Error(), city) {
		t.Errorf("a mistyped office is not told the right ones: %v", err)
	}
	if _, err := i.run("staff", "add", "-login", "root", "-name", "赵管理", "-unit", city, "-roles", "emperor"); err == nil {
		t.Error("an unknown role was taken")
	}
	out := i.must("staff", "add", "-login", "root", "-name", "赵管理", "-unit", city)
	password := printed.FindStringSubmatch(out)
	if password == nil {
		t.Fatalf("no password in %q", out)
	}
	if list := i.must("staff", "list"); !strings.Contains(list, "root") || strings.Contains(list, password[1]) {
		t.Errorf("list: %s", list)
	}
	i.firstSignIn("root", password[1], 0)
	again := printed.FindStringSubmatch(i.must("staff", "reset", "-login", "root"))
	if again == nil || again[1] == password[1] {
		t.Fatalf("reset printed %v", again)
	}
	i.firstSignIn("root", again[1], 1) // the code of this half minute is spent
}

var typed = regexp.MustCompile(`portal (staff add [^#\n]+)`)

// TestWhatTheDocsTellToTypeIsTaken on a new installation.
func TestWhatTheDocsTellToTypeIsTaken(t *testing.T) {
	t.Parallel()
	for _, doc := range []string{"README.md", "docs/operations.md"} {
		text, err := os.ReadFile("../../" + doc)
		if err != nil {
			t.Fatal(err)
		}
		commands := typed.FindAllStringSubmatch(string(text), -1)
		if len(commands) == 0 {
			t.Errorf("%s makes no account", doc)
		}
		for _, command := range commands {
			if _, err := install(t).run(strings.Fields(command[1])...); err != nil {
				t.Errorf("%s: portal %s: %v", doc, command[1], err)
			}
		}
	}
}

// firstSignIn sets up a second factor, with the code of some steps from now,
// and a password of one's own.
func (i *installation) firstSignIn(login, password string, steps int) {
	i.t.Helper()
	ctx := context.Background()
	s, err := readSettings(i.environ)
	if err != nil {
		i.t.Fatal(err)
	}
	h, err := openRooms(ctx, s, options{})
	if err != nil {
		i.t.Fatal(err)
	}
	defer h.close()
	cookie, session, err := h.staff.SignIn(ctx, login, password, "Chrome · Android")
	if err != nil || !session.NeedsCode || !session.MustEnrol {
		i.t.Fatalf("the printed password opens %+v, %v", session, err)
	}
	enrolment, err := h.staff.StartEnrolment(ctx, cookie)
	if err != nil {
		i.t.Fatal(err)
	}
	code, err := totp.GenerateCode(enrolment.Secret, time.Now().Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		i.t.Fatal(err)
	}
	if cookie, _, err = h.staff.FinishEnrolment(ctx, cookie, enrolment.Sealed, code); err != nil {
		i.t.Fatal(err)
	}
	if session, err = h.staff.Whose(ctx, cookie); err != nil || session.NeedsCode || !session.MustChange {
		i.t.Fatalf("after the code: %+v, %v", session, err)
	}
	if err := h.staff.ChangePassword(ctx, cookie, password, "纸船 over quiet water"); err != nil {
		i.t.Fatal(err)
	}
	if session, err = h.staff.Whose(ctx, cookie); err != nil || session.MustChange || !session.Officer.May(staff.ManageStaff) {
		i.t.Errorf("after the new password: %+v, %v", session, err)
	}
}

// TestImport goes from a file with a mistake over a rehearsal to the places and
// offices being there.
func TestImport(t *testing.T) {
	t.Parallel()
	i := install(t)
	broken := i.file(strings.Replace(villageFile, "211122111901", "2.11122E+11", 1))
	if out, err := i.run("import", "divisions", "-write", broken); err == nil || !strings.Contains(out, "line 2: ") || !strings.Contains(out, "12 digits") {
		t.Errorf("a broken file: %v\n%s", err, out)
	}
	const office = "name,kind,level,parent,places,phone\n甜水镇人民政府,government,town,盘山县督查室,211122111000,\n" +
		"甜水镇双柳村村民委员会,village_committee,village,甜水镇人民政府,211122111901,\n"
	places, offices := i.file(villageFile), i.file(office)
	for _, step := range []struct {
		args []string
		says []string
	}{
		{[]string{"import", "divisions", places}, []string{"2 new", "1 of the new ones lie below a town that is no longer in use", "rehearsal"}},
		{[]string{"import", "divisions", places}, []string{"2 new"}},
		{[]string{"import", "divisions", places, "-write"}, []string{"2 new"}},
		{[]string{"import", "divisions", "-write", places}, []string{"0 new", "2 unchanged"}},
		{[]string{"import", "units", offices}, []string{"2 new", "rehearsal"}},
		{[]string{"import", "units", "-write", offices}, []string{"2 new"}},
		{[]string{"import", "units", "-write", offices}, []string{"0 new", "2 unchanged"}},
	} {
		out := i.must(step.args...)
		for _, word := range step.says {
			if !strings.Contains(out, word) {
				t.Errorf("portal %s does not say %q:\n%s", strings.Join(step.args, " "), word, out)
			}
		}
	}
	if out, err := i.run("import", "units", i.file(strings.Replace(office, "211122111901,", "211122111901,0427-0000000", 1))); err == nil || !strings.Contains(out, "line 3: name") {
		t.Errorf("an office that is there, with another telephone: %v\n%s", err, out)
	}
	for _, args := range [][]string{{"import"}, {"import", "people", places}, {"import", "units"}, {"import", "units", places, offices}} {
		if _, err := i.run(args...); err == nil {
			t.Errorf("portal %s was accepted", strings.Join(args, " "))
		}
	}
}
