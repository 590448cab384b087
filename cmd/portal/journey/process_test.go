package journey_test

import (
	"bytes"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// portal is the portal's binary and the folder it may use.
type portal struct {
	binary string
	dir    string
}

func build(t *testing.T) portal {
	t.Helper()
	p := portal{dir: t.TempDir()}
	p.binary = filepath.Join(p.dir, "portal")
	if out, err := exec.Command("go", "build", "-o", p.binary, "minsheng/cmd/portal").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return p
}

// demo runs a portal full of invented people without puzzles, so that the long
// journeys can be walked, and returns its address and the folder in which its
// own lies.
func (p portal) demo(t *testing.T) (base, folder string) {
	t.Helper()
	addr, folder := freeAddr(t), t.TempDir()
	p.start(t, addr, []string{"TMPDIR=" + folder, "PORTAL_CAPTCHA=off", "PORTAL_LIMITS=off", "PORTAL_WATCH_EVERY=1s", "PORTAL_OFFICE_HOURS=00:00-24:00"}, "demo", "-addr", addr)
	return "http://" + addr, folder
}

// serve runs a new, empty portal with everything on and one administrator,
// whose password it returns.
func (p portal) serve(t *testing.T, login string) (base, password string) {
	t.Helper()
	addr := freeAddr(t)
	environ := []string{"PORTAL_DATA=" + t.TempDir(), "PORTAL_ADDR=" + addr}
	run := func(args ...string) []byte {
		cmd := exec.Command(p.binary, args...)
		cmd.Env = environ
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("portal %v: %v\n%s", args, err, out)
		}
		return out
	}
	run("migrate", "up")
	said := run("staff", "add", "-login", login, "-name", "陈管理", "-unit", "盘锦市委市政府督查室")
	printed := regexp.MustCompile(`password (\S+)`).FindSubmatch(said)
	if printed == nil {
		t.Fatalf("no password in %q", said)
	}
	p.start(t, addr, environ, "serve")
	return "http://" + addr, string(printed[1])
}

// start runs the binary until the test ends.
func (p portal) start(t *testing.T, addr string, environ []string, args ...string) {
	t.Helper()
	var said bytes.Buffer
	cmd := exec.Command(p.binary, args...)
	cmd.Env = append([]string{"PORTAL_LOG=warn"}, environ...)
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("portal %v said:\n%s", args, said.Bytes())
		}
	})
	awaitReady(t, addr, ended)
}

func awaitReady(t *testing.T, addr string, ended chan struct{}) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
			err = fmt.Errorf("%s", answer.Status)
		}
		select {
		case <-ended:
			t.Fatal("the portal ended before it was ready")
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready: %v", addr, err)
		}
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// outputDir is where pictures of the steps are kept.
func outputDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("JOURNEY_OUT")
	if dir == "" {
		dir = "../../../test-output/journey"
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
