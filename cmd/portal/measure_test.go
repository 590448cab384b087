package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"minsheng/internal/store/storetest"
)

// These benchmarks measure whole processes against each other in one run, as
// scripts/bench does; single figures from different days say nothing. With
// taskset on the machine, servers run on the last core, and scripts/bench puts
// this load generator on the first.

// bareAddr makes this test binary the bare server that pages are compared with.
const bareAddr = "MEASURE_BARE_ADDR"

func TestMain(m *testing.M) {
	if addr := os.Getenv(bareAddr); addr != "" {
		serveBare(addr, os.Getenv("MEASURE_BARE_FILE"))
		return
	}
	var err error
	if binaryDir, err = os.MkdirTemp("", "minsheng-test-"); err != nil {
		panic(err)
	}
	code := m.Run()
	os.RemoveAll(binaryDir)
	os.Exit(code)
}

// serveBare answers every request with the bytes of a file, as a browser that
// takes gzip would get them.
func serveBare(addr, file string) {
	page, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	app := fiber.New(fiber.Config{DisableStartupMessage: true})
	app.Use(func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
		c.Set(fiber.HeaderContentEncoding, "gzip")
		return c.Send(page)
	})
	panic(app.Listen(addr))
}

// onServerCore wraps a command so that it runs on the last core.
func onServerCore(name string, args ...string) *exec.Cmd {
	if taskset, err := exec.LookPath("taskset"); err == nil {
		out, _ := exec.Command("nproc", "--all").Output()
		if n, _ := strconv.Atoi(strings.TrimSpace(string(out))); n > 1 {
			return exec.Command(taskset, append([]string{"-c", strconv.Itoa(n - 1), name}, args...)...)
		}
	}
	return exec.Command(name, args...)
}

// measured is one portal with load data, as a process.
type measured struct {
	addr string
	cmd  *exec.Cmd
}

func startMeasured(b *testing.B, binary string, environ ...string) measured {
	b.Helper()
	addr := freeAddr(b)
	cmd := onServerCore(binary, "serve")
	cmd.Env = append(environ, "PORTAL_ADDR="+addr, "PORTAL_LOG=error")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	awaitReady(b, addr)
	return measured{addr, cmd}
}

// run runs the portal's binary to its end.
func run1(b *testing.B, binary string, environ []string, args ...string) {
	b.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = environ
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("portal %v: %v\n%s", args, err, out)
	}
}

// BenchmarkPages compares cached public pages with bare Fiber sending the same
// bytes: rounds of both in turn, 16 connections, the median of the ratios.
func BenchmarkPages(b *testing.B) {
	binary := buildPortal(b)
	dir := b.TempDir()
	environ := []string{"PORTAL_DATA=" + dir}
	run1(b, binary, environ, "migrate", "up")
	run1(b, binary, environ, "seed", "-complaints", "200", "-notices", "60", "-rows", "20000")
	portal := startMeasured(b, binary, environ...)
	list := firstNotice(b, portal.addr) // the newest is the one of 20 000 rows
	for name, path := range map[string]string{"home": "/", "notices": "/notices", "notice": list, "deep": list + "?after=10000"} {
		b.Run(name, func(b *testing.B) {
			page := fetchGzip(b, portal.addr, path)
			bare := startBare(b, page)
			var ratios, work, rates []float64
			for range 11 {
				ours, ourWork := portal.load(b, path)
				theirs, theirWork := bare.load(b, path)
				ratios, rates = append(ratios, ours/theirs), append(rates, ours)
				work = append(work, theirWork/ourWork)
			}
			b.ReportMetric(median(ratios), "of-bare-fiber")
			b.ReportMetric(median(work), "of-bare-fiber-by-cpu")
			b.ReportMetric(median(rates), "req/s")
			b.ReportMetric(float64(len(page)), "gzip-bytes")
			b.ReportMetric(0, "ns/op")
		})
	}
	b.ReportMetric(portal.memoryMB(b, "VmRSS:"), "MB-after")
}

func firstNotice(b *testing.B, addr string) string {
	b.Helper()
	answer, err := http.Get("http://" + addr + "/notices")
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	page, _ := io.ReadAll(answer.Body)
	at := bytes.Index(page, []byte(`"/notices/0`))
	if at < 0 {
		b.Fatal("no notice on /notices")
	}
	end := bytes.IndexByte(page[at+1:], '"')
	return string(page[at+1 : at+1+end])
}

func fetchGzip(b *testing.B, addr, path string) []byte {
	b.Helper()
	request, _ := http.NewRequest(http.MethodGet, "http://"+addr+path, nil)
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Encoding") != "gzip" {
		b.Fatalf("%s: %s, %q, %v", path, answer.Status, answer.Header.Get("Content-Encoding"), err)
	}
	return page
}

func startBare(b *testing.B, page []byte) measured {
	b.Helper()
	file := filepath.Join(b.TempDir(), "page")
	if err := os.WriteFile(file, page, 0o600); err != nil {
		b.Fatal(err)
	}
	addr := freeAddr(b)
	cmd := onServerCore(os.Args[0])
	cmd.Env = append(os.Environ(), bareAddr+"="+addr, "MEASURE_BARE_FILE="+file)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	for range 100 {
		if answer, err := http.Get("http://" + addr + "/"); err == nil {
			answer.Body.Close()
			return measured{addr, cmd}
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatal("bare server does not answer")
	return measured{}
}

// load asks for path again and again and tells how many answers a second came,
// and how much of the processor each took: other work on the machine disturbs
// the second figure less than the first.
func (m measured) load(b *testing.B, path string) (perSec, nanoseconds float64) {
	b.Helper()
	before := m.processorTime(b)
	started := time.Now()
	perSec = perSecond(m.addr, path)
	return perSec, float64(m.processorTime(b)-before) / (perSec * time.Since(started).Seconds())
}

// processorTime is what the server's threads have run, in nanoseconds (the
// first figure of schedstat).
func (m measured) processorTime(b *testing.B) (sum int64) {
	b.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", m.cmd.Process.Pid))
	if err != nil || len(threads) == 0 {
		b.Fatal("no threads: ", err)
	}
	for _, thread := range threads {
		text, _ := os.ReadFile(thread) // a thread may be gone by now
		first, _, _ := strings.Cut(string(text), " ")
		n, _ := strconv.ParseInt(first, 10, 64)
		sum += n
	}
	return sum
}

// perSecond sends GETs over 16 connections for a second.
func perSecond(addr, path string) float64 {
	client := &fasthttp.HostClient{Addr: addr, MaxConns: 16}
	var done atomic.Int64
	var wg sync.WaitGroup
	started := time.Now()
	until := started.Add(time.Second)
	for range 16 {
		wg.Go(func() {
			request, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
			request.SetRequestURI("http://" + addr + path)
			request.Header.Set("Accept-Encoding", "gzip")
			for time.Now().Before(until) {
				if client.Do(request, answer) == nil && answer.StatusCode() == http.StatusOK {
					done.Add(1)
				}
			}
		})
	}
	wg.Wait()
	client.CloseIdleConnections()
	return float64(done.Load()) / time.Since(started).Seconds()
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}

// BenchmarkSubmission compares reports sent through the whole portal with the
// same rows written straight to PostgreSQL, one connection each, in turns.
// Captcha is off, and so are limits: they would stop a flood, which this is.
func BenchmarkSubmission(b *testing.B) {
	binary := buildPortal(b)
	databaseURL := storetest.PostgresURL(b)
	environ := []string{"PORTAL_DATA=" + b.TempDir(), "DATABASE_URL=" + databaseURL, "PORTAL_CAPTCHA=off", "PORTAL_LIMITS=off"}
	run1(b, binary, environ, "migrate", "up")
	portal := startMeasured(b, binary, environ...)
	idle := portal.memoryMB(b, "VmRSS:")
	rowsOf := newRowCopier(b, databaseURL, func() { submitSome(b, portal.addr, 1, nil) })
	var plain, batch, rates []float64
	for range 7 {
		ours := submitSome(b, portal.addr, 300, nil)
		plain = append(plain, ours/rowsOf.perSecond(b, 300, rowsOf.statements))
		batch = append(batch, ours/rowsOf.perSecond(b, 300, rowsOf.batch))
		rates = append(rates, ours)
	}
	b.ReportMetric(median(plain), "of-pgx-statements")
	b.ReportMetric(median(batch), "of-pgx-batch")
	b.ReportMetric(median(rates), "reports/s")
	b.ReportMetric(idle, "MB-idle")
	b.ReportMetric(portal.memoryMB(b, "VmRSS:"), "MB-after")
	b.ReportMetric(0, "ns/op")
}

// submitSome fetches n forms, filled in further as it says, then times sending
// them, one after another.
func submitSome(b *testing.B, addr string, n int, further map[string]string) (perSecond float64) {
	b.Helper()
	v := villager{http.DefaultClient, &fleet{addrs: []string{addr}}}
	var bodies [][]byte
	for i := range n {
		filled, err := v.form(0, fmt.Sprintf("第%d份:村里给报的危房改造说是补一万五,到折子上就一万二,问会计说是手续费,别人家也都扣了。", i))
		if err != nil {
			b.Fatal(err)
		}
		for name, value := range further {
			filled.Set(name, value)
		}
		bodies = append(bodies, []byte(filled.Encode()))
	}
	client := &fasthttp.HostClient{Addr: addr, MaxConns: 1}
	request, answer := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	started := time.Now()
	for _, body := range bodies {
		request.SetRequestURI("http://" + addr + "/receipt")
		request.Header.SetMethod(http.MethodPost)
		request.Header.SetContentType("application/x-www-form-urlencoded")
		request.SetBody(body)
		if err := client.Do(request, answer); err != nil || answer.StatusCode() != http.StatusOK {
			b.Fatalf("submit: %v, %d", err, answer.StatusCode())
		}
	}
	return float64(n) / time.Since(started).Seconds()
}

// BenchmarkStart measures from starting the process on an existing SQLite
// database to the first page, and the memory it holds then.
func BenchmarkStart(b *testing.B) {
	binary := buildPortal(b)
	environ := []string{"PORTAL_DATA=" + b.TempDir()}
	run1(b, binary, environ, "migrate", "up")
	run1(b, binary, environ, "seed", "-complaints", "1000", "-notices", "60")
	var times, memory []float64
	for range 7 {
		started := time.Now()
		portal := startMeasured(b, binary, environ...)
		answer, err := http.Get((&url.URL{Scheme: "http", Host: portal.addr, Path: "/"}).String())
		if err != nil {
			b.Fatal(err)
		}
		answer.Body.Close()
		times = append(times, float64(time.Since(started).Milliseconds()))
		time.Sleep(2 * time.Second)
		memory = append(memory, portal.memoryMB(b, "VmRSS:"))
		portal.cmd.Process.Kill()
		portal.cmd.Wait()
	}
	b.ReportMetric(median(times), "ms-to-first-page")
	b.ReportMetric(median(memory), "MB-idle")
	b.ReportMetric(0, "ns/op")
}
