package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"minsheng/internal/store/storetest"
)

// TestServeRefuses a schema that is behind. (SQLite brings its own up to date;
// PostgreSQL, which several replicas share, waits for an operator.)
func TestServeRefuses(t *testing.T) {
	t.Parallel()
	i := &installation{t: t, data: t.TempDir()}
	i.environ = []string{"PORTAL_DATA=" + i.data, "PORTAL_ADDR=" + freeAddr(t), "DATABASE_URL=" + storetest.EmptyPostgresURL(t)}
	if _, err := i.run("serve"); err == nil || !strings.Contains(err.Error(), "portal migrate up") {
		t.Errorf("on a database without a schema: %v", err)
	}
	if out, err := i.run("migrate", "status"); err != nil || !strings.Contains(out, "lacks") {
		t.Errorf("status: %s, %v", out, err)
	}
}

// TestTerminatedWhileSomebodySends: a villager whose upload is slow gets the
// receipt although the portal was told to stop, and the process is gone within
// 20 seconds.
func TestTerminatedWhileSomebodySends(t *testing.T) {
	t.Parallel()
	f := newFleet(t, 1, "")
	f.start(0)
	awaitReady(t, f.addrs[0])
	v := villager{&http.Client{Timeout: 30 * time.Second}, f}
	filled, err := v.form(0, words)
	if err != nil {
		t.Fatal(err)
	}
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	for name, values := range filled {
		parts.WriteField(name, values[0])
	}
	parts.Close()
	conn, err := net.Dial("tcp", f.addrs[0])
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	half := body.Len() / 2
	fmt.Fprintf(conn, "POST /receipt HTTP/1.1\r\nHost: %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n",
		f.addrs[0], parts.FormDataContentType(), body.Len())
	conn.Write(body.Bytes()[:half])
	time.Sleep(300 * time.Millisecond) // the request is in flight now

	told := time.Now()
	process := f.procs[0]
	process.Process.Signal(syscall.SIGTERM)
	gone := make(chan error, 1)
	go func() { gone <- process.Wait() }()
	time.Sleep(2 * time.Second)
	if err := v.get("/readyz"); err == nil {
		t.Error("calls itself ready while it drains")
	}
	select {
	case err := <-gone:
		t.Fatalf("gone after %s with a request in flight: %v", time.Since(told), err)
	default:
	}
	conn.Write(body.Bytes()[half:])
	conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	answer, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(answer, []byte("HTTP/1.1 200")) || len(receiptGroups.FindAll(answer, -1)) != 5 {
		t.Errorf("the villager got %.200q, %v", answer, err)
	}
	select {
	case err := <-gone:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(time.Until(told.Add(20 * time.Second))):
		t.Error("still there after 20 seconds")
	}
}
