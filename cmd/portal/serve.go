package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"minsheng/portal"
)

// drainTime is how long requests in flight may take after SIGTERM; the whole
// process is gone within 20 seconds.
const drainTime = 15 * time.Second

// easyMemory is how much the process may hold before it collects garbage more
// often, in bytes. It is no limit: what is in use stays.
const easyMemory = 96 << 20

func serve(ctx context.Context, c call) error {
	log := portal.NewLogger(os.Stderr, c.settings.log)
	slog.SetDefault(log)
	h, err := openRooms(ctx, c.settings, options{})
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.staff.TieSelves(ctx); err != nil {
		return err
	}
	if n, err := h.keeping.Reapply(ctx); err != nil {
		return err
	} else if n > 0 {
		log.Warn("reports that were destroyed came back with an older database: destroyed again", "component", "retention", "count", n)
	}
	if err := h.openSite(log); err != nil {
		return err
	}
	return h.serve(ctx, log)
}

// serve answers until ctx ends, then drains. A second signal ends at once.
func (h *house) serve(ctx context.Context, log *slog.Logger) error {
	// Decoding photographs leaves much garbage at once, and the portal shares a
	// county's small machine. GOMEMLIMIT says otherwise.
	if debug.SetMemoryLimit(-1) == math.MaxInt64 {
		debug.SetMemoryLimit(easyMemory)
	}
	l, err := net.Listen("tcp", h.settings.addr)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	go h.sweepEvery(ctx, 10*time.Minute, log)
	go turn(ctx, log, "notices", noticeInterval, h.desk.Tick)
	go turn(ctx, log, "reports", reportInterval, h.makeReports)
	go h.turnCalendar(ctx, log)
	go turn(ctx, log, "custody", namesInterval, h.keepNames)
	var working sync.WaitGroup
	working.Go(func() { h.watch.Run(ctx, log) })
	working.Go(func() { h.log.Run(ctx, log) })
	defer func() { // the watch is handed on, and a turn of the log ends, before the database is closed
		stop()
		working.Wait()
	}()
	if h.settings.metricsAddr != "" {
		if err := h.serveMetrics(ctx, log); err != nil {
			return err
		}
	}
	failed := make(chan error, 1)
	go func() { failed <- h.site.Serve(l) }()
	log.Info("listening", "component", "serve", "addr", l.Addr().String())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	return h.drain(log)
}

func (h *house) drain(log *slog.Logger) error {
	again := make(chan os.Signal, 1)
	signal.Notify(again, syscall.SIGTERM, os.Interrupt)
	go func() {
		<-again
		os.Exit(1)
	}()
	log.Info("draining", "component", "serve")
	ctx, cancel := context.WithTimeout(context.Background(), drainTime)
	defer cancel()
	return h.site.Drain(ctx)
}

func (h *house) serveMetrics(ctx context.Context, log *slog.Logger) error {
	l, err := net.Listen("tcp", h.settings.metricsAddr)
	if err != nil {
		return fmt.Errorf("PORTAL_METRICS_ADDR: %w", err)
	}
	server := &http.Server{Handler: h.metrics.Handler(), ReadHeaderTimeout: 5 * time.Second}
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			log.Error("metrics listener ended", "component", "metrics")
		}
	}()
	context.AfterFunc(ctx, func() { server.Close() })
	return nil
}

// sweepEvery tends the database and clears away what expired: puzzles, and
// files that were picked but never handed in.
func (h *house) sweepEvery(ctx context.Context, interval time.Duration, log *slog.Logger) {
	for tick := time.NewTicker(interval); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if err := h.store.Tend(ctx); err != nil {
			log.Error("tending the database failed", "component", "sweep")
		}
		if err := h.puzzles.Sweep(ctx); err != nil {
			log.Error("sweep of puzzles failed", "component", "sweep")
		}
		if err := h.sent.Sweep(ctx); err != nil {
			log.Error("sweep of forms failed", "component", "sweep")
		}
		if err := h.keeping.Tend(ctx); err != nil {
			log.Error("clearing away what was destroyed failed", "component", "retention")
		}
		if n, err := h.shelf.Sweep(ctx); err != nil {
			log.Error("sweep of staged files failed", "component", "sweep")
		} else if n > 0 {
			log.Info("staged files expired", "component", "sweep", "count", n)
		}
	}
}

// noticeInterval is how late after midnight a notice may be put up or end in the
// record; what the public sees is decided by the day itself.
const noticeInterval = 20 * time.Second

// reportInterval is how long after its period is over a report may become due when
// nobody looks.
const reportInterval = time.Minute

// makeReports makes the work reports and self-reports of periods that are over. A
// room that fails does not keep the other from its own.
func (h *house) makeReports(ctx context.Context) error {
	return errors.Join(h.bulletin.Tick(ctx), h.selves.Tick(ctx))
}

// turn does what the passing of time asks for, now and each interval, on every
// replica: notices go up and end, reports become due. Whichever is first does it,
// and the others find it done.
func turn(ctx context.Context, log *slog.Logger, component string, interval time.Duration, do func(context.Context) error) {
	for tick := time.NewTicker(interval); ; {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			log.Error("a turn failed", "component", component)
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

// calendarInterval is how late another replica's calendar may be known here.
const calendarInterval = 30 * time.Second

// turnCalendar has every replica count on the calendar that was imported.
func (h *house) turnCalendar(ctx context.Context, log *slog.Logger) {
	for tick := time.NewTicker(calendarInterval); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
		if err := h.clocks.LoadCalendar(ctx); err != nil && ctx.Err() == nil {
			log.Error("reading the calendar failed", "component", "calendar")
		}
	}
}

// namesInterval is how late a name that was open for a day may be closed for good,
// and names that custodians can keep by now may still lie with the portal.
const namesInterval = time.Minute

// keepNames takes back what was opened for a day, and hands names that the portal
// itself keeps over to custodians, on every replica: whichever is first does it.
func (h *house) keepNames(ctx context.Context) error {
	_, err := h.intake.HandOverAll(ctx)
	return errors.Join(err, h.triage.EndNames(ctx))
}

// health asks the running portal whether it is ready; container health checks
// run it.
func health(ctx context.Context, c call) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	_, port, err := net.SplitHostPort(c.settings.addr)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://127.0.0.1:"+port+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", answer.Status)
	}
	fmt.Fprintln(c.out, "ready")
	return nil
}
