package main

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"minsheng/internal/store/storetest"
)

// oneSecond is how long a page may take whatever Redis does.
const oneSecond = time.Second

const words = "上头说补一万五,到我折子上就一万二,会计说那三千是手续费。"

// TestRedisMayGo stops, freezes and starts Redis under a working portal. Pages
// stay quick, and reports go through.
func TestRedisMayGo(t *testing.T) {
	t.Parallel()
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		storetest.Missing(t, "redis", err)
	}
	addr := freeAddr(t)
	redis := redisProcess{t: t, binary: binary, port: addr[strings.LastIndexByte(addr, ':')+1:]}
	redis.start()
	f := newFleet(t, 1, "", "REDIS_URL=redis://"+addr+"/0", "PORTAL_LIMITS=on")
	f.start(0)
	awaitReady(t, f.addrs[0])
	for _, trouble := range []struct {
		name string
		make func()
	}{
		{"running", func() {}},
		{"frozen", func() { redis.signal(syscall.SIGSTOP) }},
		{"thawed", func() { redis.signal(syscall.SIGCONT) }},
		{"gone", redis.kill},
		{"back", redis.start},
	} {
		trouble.make()
		v := villager{&http.Client{Timeout: 5 * time.Second}, f}
		for _, path := range []string{"/", "/report", "/console/signin", "/readyz"} {
			quick(t, trouble.name+" "+path, func() error { return v.get(path) })
		}
		quick(t, trouble.name+" /track", func() error { return v.look("12345678901234567890") })
		var filled url.Values
		quick(t, trouble.name+" form", func() error { filled, err = v.form(0, words); return err })
		quick(t, trouble.name+" report", func() error { _, err := v.send(0, filled); return err })
	}
}

// quick fails the test when do fails or takes longer than a second.
func quick(t *testing.T, what string, do func() error) {
	t.Helper()
	started := time.Now()
	if err := do(); err != nil {
		t.Errorf("%s: %v", what, err)
	}
	if took := time.Since(started); took > oneSecond {
		t.Errorf("%s took %s", what, took)
	}
}

type redisProcess struct {
	t      *testing.T
	binary string
	port   string
	cmd    *exec.Cmd
}

func (r *redisProcess) start() {
	cmd := exec.Command(r.binary, "--port", r.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	r.cmd = cmd
	r.t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	time.Sleep(200 * time.Millisecond)
}

func (r *redisProcess) signal(s syscall.Signal) { r.cmd.Process.Signal(s) }

func (r *redisProcess) kill() {
	r.cmd.Process.Kill()
	r.cmd.Wait()
}

func (v villager) get(path string) error {
	answer, err := v.client.Get("http://" + v.fleet.addrs[0] + path)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return errors.New(answer.Status)
	}
	return nil
}

// look tries a receipt that does not exist: any answer but trouble will do.
func (v villager) look(digits string) error {
	answer, err := v.client.PostForm("http://"+v.fleet.addrs[0]+"/track", url.Values{"digits": {digits}, "go": {"look"}})
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode >= 500 {
		return errors.New(answer.Status)
	}
	return nil
}

// TestDatabaseMayGoForAWhile takes PostgreSQL away for 20 seconds. The portal
// says so, gives every typed word back, and takes the same form afterwards.
func TestDatabaseMayGoForAWhile(t *testing.T) {
	t.Parallel()
	server, err := storetest.NewServer(os.TempDir())
	if err != nil {
		storetest.Missing(t, "postgres", err)
	}
	t.Cleanup(server.Remove)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	f := newFleet(t, 1, server.URL())
	f.start(0)
	awaitReady(t, f.addrs[0])
	v := villager{&http.Client{Timeout: 15 * time.Second}, f}
	filled, err := v.form(0, words)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.get("/"); err != nil {
		t.Fatal(err)
	}
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	away := time.Now()
	status, page := v.post(t, filled, nil)
	if status != http.StatusServiceUnavailable || !strings.Contains(page, words) || !strings.Contains(page, filled.Get("token")) {
		t.Errorf("without a database: %d, words kept: %v, form kept: %v", status, strings.Contains(page, words), strings.Contains(page, filled.Get("token")))
	}
	if err := v.get("/"); err != nil {
		t.Errorf("home without a database: %v", err)
	}
	time.Sleep(time.Until(away.Add(20 * time.Second)))
	if err := v.get("/readyz"); err == nil {
		t.Error("calls itself ready without a database")
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	awaitReady(t, f.addrs[0])
	first, err := v.send(0, filled)
	if err != nil {
		t.Fatalf("the same form after the database came back: %v", err)
	}
	if again, err := v.send(0, filled); err != nil || again != first {
		t.Errorf("sent again: %v, same receipt: %v", err, again == first)
	}
}

// post sends a filled form, with a file or without, and returns the page.
func (v villager) post(t *testing.T, filled url.Values, file []byte) (status int, page string) {
	t.Helper()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, values := range filled {
		parts.WriteField(name, values[0])
	}
	if file != nil {
		w, _ := parts.CreateFormFile("files", "现场.jpg")
		w.Write(file)
	}
	parts.Close()
	answer, err := v.client.Post("http://"+v.fleet.addrs[0]+"/receipt", parts.FormDataContentType(), &body)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(text)
}

// TestFullDiskRefusesFilesNotReports fills the disk that holds the evidence,
// while the database still has room.
func TestFullDiskRefusesFilesNotReports(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	f := newFleet(t, 1, storetest.EmptyPostgresURL(t), "PORTAL_DATA="+dir)
	f.start(0)
	awaitReady(t, f.addrs[0])
	v := villager{&http.Client{Timeout: 15 * time.Second}, f}
	fill(t, dir)
	filled, err := v.form(0, words)
	if err != nil {
		t.Fatal(err)
	}
	status, page := v.post(t, filled, noisyPhoto(t))
	if status == http.StatusOK || !strings.Contains(page, words) || receiptGroups.MatchString(page) {
		t.Errorf("with a photo on a full disk: %d, words kept: %v", status, strings.Contains(page, words))
	}
	if _, err := v.send(0, filled); err != nil {
		t.Errorf("without the photo: %v", err)
	}
}

// TestFullDiskUnderTheDatabaseLosesNoWords fills the disk under SQLite, and
// makes room again.
func TestFullDiskUnderTheDatabaseLosesNoWords(t *testing.T) {
	t.Parallel()
	dir := smallDisk(t)
	f := newFleet(t, 1, "", "PORTAL_DATA="+dir)
	f.start(0)
	awaitReady(t, f.addrs[0])
	v := villager{&http.Client{Timeout: 15 * time.Second}, f}
	filled, err := v.form(0, words)
	if err != nil {
		t.Fatal(err)
	}
	ballast := fill(t, dir)
	status, page := v.post(t, filled, nil)
	if status != http.StatusServiceUnavailable || !strings.Contains(page, words) {
		t.Errorf("on a full disk: %d, words kept: %v", status, strings.Contains(page, words))
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if _, err := v.send(0, filled); err != nil {
		t.Errorf("after making room: %v", err)
	}
}

// smallDisk is a disk of 16 MB of its own.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		storetest.Missing(t, "tmpfs", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill leaves no room on the disk of dir and returns the file that takes it.
func fill(t *testing.T, dir string) string {
	t.Helper()
	name := filepath.Join(dir, "ballast")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for block := make([]byte, 4096); err == nil; {
		_, err = f.Write(block)
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	return name
}

// noisyPhoto is a picture that does not compress, about half a megabyte.
func noisyPhoto(t *testing.T) []byte {
	t.Helper()
	picture := image.NewRGBA(image.Rect(0, 0, 800, 600))
	for i := range 800 * 600 {
		picture.Set(i%800, i/800, color.RGBA{uint8(rand.Int()), uint8(rand.Int()), uint8(rand.Int()), 255})
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
