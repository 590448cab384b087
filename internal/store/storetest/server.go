package storetest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"sort"
	"strconv"
	"syscall"
	"time"
)

// Server is a PostgreSQL of the test's own, which the test may stop and start.
type Server struct {
	bin, dir string
	port     int
	as       *syscall.Credential
}

// startPostgres starts a server that dies with this process and returns its
// address.
func startPostgres() (string, error) {
	s, err := NewServer(os.TempDir())
	if err != nil {
		return "", err
	}
	if err := s.startAsChild(); err != nil {
		return "", err
	}
	return s.URL(), nil
}

// NewServer makes a new database cluster below parent; Start starts it.
func NewServer(parent string) (*Server, error) {
	bin, err := postgresBin()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin}
	if s.as, err = unprivileged(); err != nil {
		return nil, err
	}
	if s.dir, err = os.MkdirTemp(parent, "pg-"); err != nil {
		return nil, err
	}
	if s.as != nil {
		if err := os.Chown(s.dir, int(s.as.Uid), int(s.as.Gid)); err != nil {
			return nil, err
		}
	}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	return s, s.run("initdb", "-D", s.dir, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
}

// URL is the address of the server's own database.
func (s *Server) URL() string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/postgres?sslmode=disable", s.port)
}

// Start starts the server with further settings ("name=value") and waits until
// it answers.
func (s *Server) Start(settings ...string) error {
	return s.run("pg_ctl", "-D", s.dir, "-w", "-t", "60", "-l", filepath.Join(s.dir, "log"), "-o", s.options(settings), "start")
}

// Kill stops the server at once, without a checkpoint, as a power cut of the
// process would.
func (s *Server) Kill() error {
	return s.run("pg_ctl", "-D", s.dir, "-m", "immediate", "-w", "stop")
}

// Remove stops the server and deletes the cluster.
func (s *Server) Remove() {
	s.Kill()
	os.RemoveAll(s.dir)
}

func (s *Server) options(settings []string) string {
	o := fmt.Sprintf("-p %d -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200", s.port)
	for _, setting := range settings {
		o += " -c " + setting
	}
	return o
}

func (s *Server) startAsChild() error {
	cmd := exec.Command(filepath.Join(s.bin, "postgres"), "-D", s.dir, "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "max_connections=200")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as, Pdeathsig: syscall.SIGQUIT}
	started := make(chan error)
	go func() {
		// The death signal belongs to the thread that starts the child, so that
		// thread must live as long as the process.
		runtime.LockOSThread()
		started <- cmd.Start()
		cmd.Wait()
		os.RemoveAll(s.dir)
	}()
	if err := <-started; err != nil {
		return err
	}
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if err := admin(s.URL(), "SELECT 1"); err == nil {
			return nil
		} else if time.Now().After(deadline) {
			return fmt.Errorf("storetest: PostgreSQL did not answer: %w", err)
		}
	}
}

func (s *Server) run(name string, args ...string) error {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: s.as}
	// The started server inherits its output: a pipe here would never close.
	out, err := os.CreateTemp("", "pg-out-")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	defer out.Close()
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		return fmt.Errorf("storetest: %s: %w: %s", name, err, text)
	}
	return nil
}

func postgresBin() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(p), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", fmt.Errorf("no PostgreSQL server binaries found")
	}
	sort.Strings(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// unprivileged is who runs PostgreSQL, which refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, _ := strconv.ParseUint(u.Uid, 10, 32)
		gid, _ := strconv.ParseUint(u.Gid, 10, 32)
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
	}
	return nil, fmt.Errorf("no unprivileged user to run PostgreSQL as")
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
