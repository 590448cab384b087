package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"minsheng/custody"
	"minsheng/intake"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/portal/gate"
	"minsheng/staff"
	"minsheng/transparency"
)

// finding is what one check says: how it stands and, when it is not well, what
// to do.
type finding struct {
	about, stands, remedy string
	bad                   bool
}

const (
	leastFree = 1 << 30 // bytes
	mostSkew  = 5 * time.Second
)

// doctor checks everything the installation stands on and prints a line each.
// It changes nothing.
func doctor(ctx context.Context, c call) error {
	findings := []finding{
		{about: "settings", stands: "public address " + c.settings.baseURL.String()},
		checkSwitches(c.settings),
		checkDisk(c.settings.data),
	}
	findings = append(findings, checkKeys(c.settings.keys)...)
	findings = append(findings, checkDatabase(ctx, c.settings)...)
	findings = append(findings, checkRedis(ctx, c.settings))
	bad := 0
	for _, f := range findings {
		mark := "ok  "
		if f.bad {
			mark = "BAD "
			bad++
		}
		fmt.Fprintf(c.out, "%s%-11s %s", mark, f.about, f.stands)
		if f.remedy != "" {
			fmt.Fprintf(c.out, " → %s", f.remedy)
		}
		fmt.Fprintln(c.out)
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d checks need attention", bad, len(findings))
	}
	return nil
}

func checkSwitches(s settings) finding {
	if !s.captcha || !s.limits {
		return finding{"defences", "captcha or limits are off", "set PORTAL_CAPTCHA=on and PORTAL_LIMITS=on", true}
	}
	return finding{about: "defences", stands: "captcha and limits are on"}
}

func checkDisk(dir string) finding {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		return finding{"disk", "cannot look at " + dir, "make the folder, or set PORTAL_DATA", true}
	}
	free := disk.Bavail * uint64(disk.Bsize)
	stands := fmt.Sprintf("%.1f GB free in %s", float64(free)/(1<<30), dir)
	if free < leastFree {
		return finding{"disk", stands, "make room: below 1 GB files of evidence may be refused", true}
	}
	return finding{about: "disk", stands: stands}
}

func checkKeys(dir string) []finding {
	var findings []finding
	for _, name := range []string{seal.MasterFile, seal.EvidenceFile, transparency.LogFile, transparency.PromiseFile} {
		file := filepath.Join(dir, name)
		info, err := os.Stat(file)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			findings = append(findings, finding{"keys", file + " is not there", "run 'portal migrate up', or put the safe copy back", true})
		case err != nil:
			findings = append(findings, finding{"keys", "cannot look at " + file, "let the portal's user read it", true})
		case info.Mode().Perm()&0o377 != 0:
			findings = append(findings, finding{"keys", fmt.Sprintf("%s has mode %04o", file, info.Mode().Perm()), "chmod 0400 " + file, true})
		default:
			findings = append(findings, finding{about: "keys", stands: file + " is for its owner only"})
		}
	}
	return findings
}

func checkDatabase(ctx context.Context, s settings) []finding {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if s.databaseURL == "" {
		if _, err := os.Stat(filepath.Join(s.data, "portal.db")); err != nil {
			return []finding{{"database", "no database in " + s.data, "run 'portal migrate up'", true}}
		}
	}
	db, err := store.Open(ctx, store.Config{URL: s.databaseURL, Dir: s.data})
	if err != nil {
		return []finding{{"database", "does not answer", "start it, check DATABASE_URL", true}}
	}
	defer db.Close()
	findings := []finding{checkDurable(ctx, db), checkSchema(ctx, db), checkSealed(ctx, db, s.keys), checkClock(ctx, db)}
	if findings[1].bad {
		return findings // what is not there yet cannot be counted
	}
	return append(findings, checkVillages(ctx, db), checkAdministrator(ctx, db), checkCustody(ctx, db, s), checkHandling(ctx, db), checkWatch(ctx, db), checkLog(ctx, db, s))
}

func checkDurable(ctx context.Context, db *store.Store) finding {
	if err := db.Durable(ctx); err != nil {
		return finding{"durability", err.Error(), "set it to on: a power cut would lose acknowledged reports", true}
	}
	return finding{about: "durability", stands: "what is acknowledged is on disk"}
}

func checkSchema(ctx context.Context, db *store.Store) finding {
	behind, err := db.Behind(ctx)
	if err != nil {
		return finding{"schema", "cannot be read", "check the database user's rights", true}
	}
	if behind > 0 {
		return finding{"schema", fmt.Sprintf("lacks %d migrations", behind), "run 'portal migrate up'", true}
	}
	return finding{about: "schema", stands: "up to date"}
}

// checkSealed compares the keys with the fingerprint the database remembers.
func checkSealed(ctx context.Context, db *store.Store, dir string) finding {
	keys, err := seal.Load(dir)
	if err != nil {
		return finding{"fingerprint", "keys cannot be loaded", "see the lines about keys", true}
	}
	var known string
	err = db.Read(ctx).Raw("SELECT value FROM portal_fact WHERE name = 'key_fingerprint'").Scan(&known).Error
	if err != nil || known != fingerprint(keys) {
		return finding{"fingerprint", "the keys are not the ones the database was sealed with", "put the right keys back from the safe copy", true}
	}
	return finding{about: "fingerprint", stands: "keys fit the database (" + known + ")"}
}

// checkVillages: without villages people can only say in which town it was.
func checkVillages(ctx context.Context, db *store.Store) finding {
	var n int64
	if err := db.Read(ctx).Raw("SELECT COUNT(*) FROM division WHERE level = 'village'").Scan(&n).Error; err != nil {
		return finding{"villages", "cannot be counted", "check the database user's rights", true}
	}
	if n == 0 {
		return finding{"villages", "no village has been imported", "'portal import divisions -write FILE'; until then people can only name a town", true}
	}
	return finding{about: "villages", stands: fmt.Sprintf("%d imported", n)}
}

func checkAdministrator(ctx context.Context, db *store.Store) finding {
	var n int64
	err := db.Read(ctx).Raw(`SELECT COUNT(*) FROM account JOIN account_role ON account_role.account_id = account.id
		WHERE account.state = 'active' AND account_role.role = ?`, staff.Administrator).Scan(&n).Error
	if err != nil {
		return finding{"accounts", "cannot be counted", "check the database user's rights", true}
	}
	if n == 0 {
		return finding{"accounts", "there is no active administrator", "'portal staff add -login … -name … -unit …'", true}
	}
	return finding{about: "accounts", stands: fmt.Sprintf("active administrators: %d", n)}
}

// checkCustody: as long as nobody else holds a key to reporters' names, whoever has
// the machine with its keys can read them.
func checkCustody(ctx context.Context, db *store.Store, s settings) finding {
	keys, err := custody.Offices(db.Read(ctx), custody.Identity)
	server, failed := intake.PortalKeeps(db.Read(ctx))
	err = errors.Join(err, failed)
	switch {
	case err != nil:
		return finding{"custody", "cannot be counted", "check the database user's rights", true}
	case keys == 0 && len(s.offline) == 0:
		return finding{about: "custody", stands: "reporters' names are sealed with this machine's own key",
			remedy: "two custodians make their office's key at /console/custody; with one person only, set PORTAL_OFFLINE_RECIPIENT"}
	case server:
		return finding{about: "custody", stands: fmt.Sprintf("offices with a key: %d; some names still lie with the portal", keys),
			remedy: "'portal serve' hands them over; offices under no key keep theirs until one above makes one"}
	}
	return finding{about: "custody", stands: fmt.Sprintf("offices with a key: %d; no name opens with this machine's keys", keys)}
}

// checkHandling: as long as an office has no key for handling, whoever has the machine
// with its keys reads what is reported to it about offices that work with the portal.
func checkHandling(ctx context.Context, db *store.Store) finding {
	keys, err := custody.Offices(db.Read(ctx), custody.Handling)
	switch {
	case err != nil:
		return finding{"handling", "cannot be counted", "check the database user's rights", true}
	case keys == 0:
		return finding{about: "handling", stands: "words about offices that work here are sealed with this machine's own key",
			remedy: "two people who work cases or objections make their office's key at /console/handling, first in the highest office"}
	}
	return finding{about: "handling", stands: fmt.Sprintf("offices with a key: %d; other offices' words lie with the portal", keys)}
}

func checkClock(ctx context.Context, db *store.Store) finding {
	skew, err := db.ClockSkew(ctx)
	if err != nil {
		return finding{"clock", "cannot be compared", "check the database", true}
	}
	stands := fmt.Sprintf("%s from the database's", skew.Abs().Round(time.Millisecond))
	if skew.Abs() > mostSkew {
		return finding{"clock", stands, "let both machines keep time with NTP; the portal calls itself not ready", true}
	}
	return finding{about: "clock", stands: stands}
}

// checkWatch: who looked at the dates with a clock that was ahead keeps everybody
// from looking again until that time has come.
func checkWatch(ctx context.Context, db *store.Store) finding {
	var leases []struct{ SweptAt *time.Time }
	if err := db.Read(ctx).Table("lease").Select("swept_at").Where("name = 'watch'").Limit(1).Find(&leases).Error; err != nil {
		return finding{"watch", "cannot be read", "check the database user's rights", true}
	}
	if len(leases) == 0 || leases[0].SweptAt == nil {
		return finding{about: "watch", stands: "nobody has looked at the dates yet: 'portal serve' does"}
	}
	last := leases[0].SweptAt.UTC()
	if ahead := last.Sub(db.Now()); ahead > time.Minute {
		return finding{"watch", "stands still until " + last.Format(time.RFC3339) + ", when somebody looked with a clock that was ahead",
			"wait, or UPDATE lease SET swept_at = NULL", true}
	}
	return finding{about: "watch", stands: "looked at the dates last at " + last.Format(time.RFC3339)}
}

// logRemedies say what to do when the public log is not signed.
var logRemedies = map[error]string{
	transparency.ErrNoKey:     "put log.key and promise.key back from the safe copy",
	transparency.ErrOtherKey:  "put the right log.key back from the safe copy",
	transparency.ErrBehind:    "the database was put back from an older copy: put a newer one back, or begin a new log ('portal log rotate NAME') and say so in public",
	transparency.ErrDifferent: "run 'portal verify database'; then put a sound copy back, or begin a new log ('portal log rotate NAME') and say so in public",
	transparency.ErrClock:     "set the machine's clock",
}

// checkLog makes no keys: where there are none, the lines about keys say so.
func checkLog(ctx context.Context, db *store.Store, s settings) finding {
	if _, err := transparency.LoadKeys(s.keys); err != nil {
		return finding{about: "log", stands: "its keys cannot be loaded: see the lines about keys"}
	}
	l, err := transparency.New(ctx, s.ofLog(db))
	if err != nil {
		return finding{"log", "cannot be read", "check the database user's rights", true}
	}
	if err := l.Refused(); err != nil {
		return finding{"log", err.Error(), logRemedies[err], true}
	}
	c, err := l.Newest(ctx)
	if errors.Is(err, store.ErrNotFound) {
		return finding{about: "log", stands: "nothing has been signed yet: 'portal serve' does"}
	}
	if err != nil {
		return finding{"log", "cannot be read", "check the database user's rights", true}
	}
	return finding{about: "log", stands: fmt.Sprintf("%s, %d leaves signed at %s", l.Name(), c.Size, c.SignedAt.Format(time.RFC3339))}
}

func checkRedis(ctx context.Context, s settings) finding {
	if s.redisURL == "" {
		return finding{about: "redis", stands: "not used: each process counts its own limits"}
	}
	client, err := gate.RedisClient(s.redisURL)
	if err != nil {
		return finding{"redis", "REDIS_URL cannot be read", "redis://host:6379/0", true}
	}
	defer client.Close()
	if err := client.Ping(ctx).Err(); err != nil {
		return finding{"redis", "does not answer", "start it; meanwhile each process counts its own limits", true}
	}
	return finding{about: "redis", stands: "answers"}
}
