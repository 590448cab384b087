package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"minsheng/cmd/portal/world"
	"minsheng/portal"
)

// demo serves a throwaway portal full of invented people and places. It reads
// no settings but PORTAL_ADDR and PORTAL_LOG_WITNESSES, and the folder goes when
// it ends: nothing in it waits for a disk.
func demo(ctx context.Context, c call) error {
	flags := flag.NewFlagSet("portal demo", flag.ContinueOnError)
	flags.SetOutput(c.out)
	addr := flags.String("addr", c.settings.addr, "address to listen on")
	if err := flags.Parse(c.args); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "minsheng-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s := settings{
		throwaway: true, addr: *addr, data: dir, keys: filepath.Join(dir, "keys"), captcha: c.settings.captcha, limits: c.settings.limits, replicas: 1,
		baseURL: &url.URL{Scheme: "http", Host: *addr}, phone: "0427-0000000", log: c.settings.log,
		watchEvery: c.settings.watchEvery, officeHours: c.settings.officeHours,
		logEvery: demoLogEvery, logPad: 1, witnesses: c.settings.witnesses,
	}
	log := portal.NewLogger(os.Stderr, s.log)
	past := newTimepiece()
	// A new database gets its offices at once; they must have been there before
	// anything that happens in the demo world.
	past.set(time.Now().AddDate(-1, 0, 0))
	h, err := openRooms(ctx, s, options{skipCode: true, now: past.now})
	if err != nil {
		return err
	}
	defer h.close()
	past.release()
	fmt.Fprintln(c.out, "Filling a throwaway portal with invented people and places …")
	logins, err := world.Build(ctx, h.rooms(past.set), c.out)
	if err != nil {
		return err
	}
	past.release()
	if err := h.openSite(log); err != nil {
		return err
	}
	greet(c.out, s, logins)
	return h.serve(ctx, log)
}

// demoLogEvery is short, so that a proof can be had before anybody looks away.
const demoLogEvery = 2 * time.Second

// rooms hands the domain rooms to the demo world and the load data.
func (h *house) rooms(set func(time.Time)) world.Rooms {
	return world.Rooms{Store: h.store, Keys: h.keys, Atlas: h.atlas, Staff: h.staff, Custody: h.custody, Intake: h.intake, Triage: h.triage,
		Notices: h.notices, Desk: h.desk, Rolls: h.rolls, Tray: h.tray, Objections: h.objects, Purse: h.purse, Checks: h.checks, Shelf: h.shelf, Clocks: h.clocks, Clock: set,
		Papers: h.papers, Docket: h.docket, Appeals: h.appeals, Audits: h.audits, Inspections: h.visits, Orders: h.orders, Measures: h.measures, SelfReports: h.selves,
		Figures: h.figures, Register: h.register, Retention: h.keeping, Bulletins: h.bulletin, Watch: h.watch}
}

func greet(out io.Writer, s settings, logins []world.Login) {
	fmt.Fprintf(out, "\n民声 is at %s — staff at %s/console\n\n", s.baseURL, s.baseURL)
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "login\tpassword\twho")
	for _, l := range logins {
		fmt.Fprintf(table, "%s\t%s\t%s\n", l.Login, l.Password, l.Who)
	}
	table.Flush()
	fmt.Fprintf(out, "\nWhat was paid to a household, at %s/household — village, householder, last six of the number:\n", s.baseURL)
	for _, home := range world.LookUps() {
		fmt.Fprintf(out, "  查我家的补助：%s %s %s\n", home.Village, home.Name, home.LastSix)
	}
	fmt.Fprintln(out, "\nNothing here is real. Everything is gone when this ends (Ctrl-C).")
}

// timepiece can be set back to make a past, and then let go.
type timepiece struct{ ahead atomic.Int64 }

func newTimepiece() *timepiece { return &timepiece{} }

func (c *timepiece) now() time.Time  { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *timepiece) set(t time.Time) { c.ahead.Store(int64(time.Until(t))) }
func (c *timepiece) release()        { c.ahead.Store(0) }
