package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"minsheng/internal/store/storetest"
)

// compose is the part of docker-compose.yml that the portal depends on.
type compose struct {
	Services map[string]struct {
		Environment map[string]string
		Command     []string
		ReadOnly    bool `yaml:"read_only"`
		User        string
		Secrets     []string
		Healthcheck struct{ Test []string }
	}
	Secrets map[string]struct{ File string }
}

func readCompose(t *testing.T) compose {
	t.Helper()
	text, err := os.ReadFile("../../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var c compose
	if err := yaml.Unmarshal(text, &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestComposeIsHardened(t *testing.T) {
	c := readCompose(t)
	for name, service := range c.Services {
		if name != "migrate" && len(service.Healthcheck.Test) == 0 {
			t.Errorf("%s has no health check", name)
		}
		for _, secret := range service.Secrets {
			if c.Secrets[secret].File == "" {
				t.Errorf("%s: secret %s is not a file", name, secret)
			}
		}
	}
	portal := c.Services["portal"]
	if !portal.ReadOnly || !strings.HasPrefix(portal.User, "65532") {
		t.Errorf("portal: read_only %v, user %q", portal.ReadOnly, portal.User)
	}
}

// TestServeStartsWithComposeSettings runs the commands of the portal's services
// with exactly the settings of the compose file; only what names the container
// (paths, ports, hosts) is moved to this machine.
func TestServeStartsWithComposeSettings(t *testing.T) {
	redisURL := os.Getenv("TEST_REDIS_URL")
	if redisURL == "" {
		redisURL = startRedis(t)
	}
	databaseURL := storetest.EmptyPostgresURL(t)
	binary := buildPortal(t)
	c := readCompose(t)
	addr := freeAddr(t)
	dir := t.TempDir()
	moved := map[string]string{
		"PORTAL_ADDR": addr, "PORTAL_DATA": dir, "PORTAL_KEYS": filepath.Join(dir, "keys"),
		"DATABASE_URL_FILE": secretFile(t, databaseURL), "REDIS_URL_FILE": secretFile(t, redisURL),
	}
	environ := []string{}
	for name, value := range c.Services["portal"].Environment {
		if here, ok := moved[name]; ok {
			value = here
		}
		environ = append(environ, name+"="+interpolate(value))
	}
	if _, err := readSettings(environ); err != nil {
		t.Fatalf("compose passes settings that do not exist: %v", err)
	}
	migrate := exec.Command(binary, c.Services["migrate"].Command...)
	migrate.Env = environ
	if out, err := migrate.CombinedOutput(); err != nil {
		t.Fatalf("migrate: %v\n%s", err, out)
	}
	serve := startPortal(t, binary, environ, c.Services["portal"].Command...)
	awaitReady(t, addr)
	check := exec.Command(binary, c.Services["portal"].Healthcheck.Test[2:]...)
	check.Env = environ
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("health check: %v\n%s", err, out)
	}
	terminated := time.Now()
	serve.Process.Signal(syscall.SIGTERM)
	if err := serve.Wait(); err != nil {
		t.Errorf("serve ended with %v", err)
	}
	if took := time.Since(terminated); took > 20*time.Second {
		t.Errorf("took %s to stop", took)
	}
}

var variable = regexp.MustCompile(`\$\{([A-Z_]+)(:[-?][^}]*)?\}`)

// interpolate fills ${NAME…} as the operator's environment would.
func interpolate(value string) string {
	return variable.ReplaceAllStringFunc(value, func(v string) string {
		if strings.Contains(v, "PORTAL_HOST") {
			return "panjin.example"
		}
		return ""
	})
}

func secretFile(t *testing.T, value string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(value+"\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	return name
}

// binaryDir is made and removed by TestMain.
var binaryDir string

// built is the portal's binary, made once for all tests.
var built = sync.OnceValues(func() (string, error) {
	binary := filepath.Join(binaryDir, "portal")
	if out, err := exec.Command("go", "build", "-o", binary, "minsheng/cmd/portal").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
})

func buildPortal(t testing.TB) string {
	t.Helper()
	binary, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return binary
}

func startPortal(t testing.TB, binary string, environ []string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = environ
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd
}

func awaitReady(t testing.TB, addr string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get("http://" + addr + "/readyz")
		if err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return
			}
			err = fmt.Errorf("%s", answer.Status)
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s is not ready: %v", addr, err)
		}
	}
}

func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func startRedis(t testing.TB) string {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		storetest.Missing(t, "redis", err)
	}
	_, port, _ := net.SplitHostPort(freeAddr(t))
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, "redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); cmd.Wait() })
	return "redis://127.0.0.1:" + port + "/0"
}
