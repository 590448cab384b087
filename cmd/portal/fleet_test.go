package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// fleet is several portals, as processes, on one database and one key folder.
type fleet struct {
	t       testing.TB
	binary  string
	environ []string
	dir     string
	addrs   []string

	mu    sync.Mutex
	procs []*exec.Cmd
}

// newFleet brings the database up to date and prepares n replicas; further
// settings are "NAME=value", and the last of a name counts. Without a database
// address they use SQLite.
func newFleet(t testing.TB, n int, databaseURL string, further ...string) *fleet {
	t.Helper()
	f := &fleet{t: t, binary: buildPortal(t), dir: t.TempDir(), procs: make([]*exec.Cmd, n)}
	f.environ = append([]string{
		"PORTAL_DATA=" + f.dir, "DATABASE_URL=" + databaseURL,
		"PORTAL_CAPTCHA=off", "PORTAL_LIMITS=off", "PORTAL_LOG=error",
	}, further...)
	for range n {
		f.addrs = append(f.addrs, freeAddr(t))
	}
	migrate := exec.Command(f.binary, "migrate", "up")
	migrate.Env = f.environ
	if out, err := migrate.CombinedOutput(); err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	t.Cleanup(func() {
		for i := range f.procs {
			f.kill(i)
		}
	})
	return f
}

// start starts replica i; it may take a while to be ready.
func (f *fleet) start(i int) {
	cmd := exec.Command(f.binary, "serve")
	cmd.Env = append([]string{"PORTAL_ADDR=" + f.addrs[i]}, f.environ...)
	if testing.Verbose() { // a killed database makes thousands of lines
		cmd.Stderr = os.Stderr
	}
	if err := cmd.Start(); err != nil {
		f.t.Errorf("start: %v", err)
		return
	}
	f.mu.Lock()
	f.procs[i] = cmd
	f.mu.Unlock()
}

// kill ends replica i as kill -9 does.
func (f *fleet) kill(i int) {
	f.mu.Lock()
	cmd := f.procs[i]
	f.procs[i] = nil
	f.mu.Unlock()
	if cmd != nil {
		cmd.Process.Kill()
		cmd.Wait()
	}
}

// villager reports through the real form, as a browser without JavaScript.
type villager struct {
	client *http.Client
	fleet  *fleet
}

var errNotYet = errors.New("no receipt")

// form fetches a report form from replica i and fills it in.
func (v villager) form(i int, text string) (url.Values, error) {
	answer, err := v.client.Get("http://" + v.fleet.addrs[i] + "/report")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("form: %s", answer.Status)
	}
	page, err := goquery.NewDocumentFromReader(answer.Body)
	if err != nil {
		return nil, err
	}
	filled := url.Values{}
	page.Find("form#report input[type=hidden]").Each(func(_ int, input *goquery.Selection) {
		name, _ := input.Attr("name")
		value, _ := input.Attr("value")
		filled.Set(name, value)
	})
	if filled.Get("token") == "" {
		return nil, errors.New("form has no token")
	}
	filled.Set("place", "211122111000")
	filled.Set("text", text)
	filled.Set("mode", "anonymous")
	filled.Set("go", "send")
	return filled, nil
}

var receiptGroups = regexp.MustCompile(`<span>(\d{4})</span>`)

// send posts a filled form to replica i and returns the receipt on the answer.
func (v villager) send(i int, filled url.Values) (string, error) {
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, values := range filled {
		parts.WriteField(name, values[0])
	}
	parts.Close()
	answer, err := v.client.Post("http://"+v.fleet.addrs[i]+"/receipt", parts.FormDataContentType(), &body)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil {
		return "", err
	}
	groups := receiptGroups.FindAllSubmatch(page, -1)
	if answer.StatusCode != http.StatusOK || len(groups) != 5 {
		return "", fmt.Errorf("%w: %s", errNotYet, answer.Status)
	}
	var digits strings.Builder
	for _, g := range groups {
		digits.Write(g[1])
	}
	return digits.String(), nil
}

// keysDir is where the fleet's keys are.
func (f *fleet) keysDir() string { return filepath.Join(f.dir, "keys") }

// patiently retries do on one replica after another until it works or time is
// up.
func patiently(until time.Time, replicas int, do func(replica int) error) error {
	for i := 0; ; i++ {
		err := do(i % replicas)
		if err == nil || time.Now().After(until) {
			return err
		}
		time.Sleep(20 * time.Millisecond)
	}
}
