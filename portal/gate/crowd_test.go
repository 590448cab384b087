package gate

import (
	"net"
	"net/netip"
	"testing"
	"time"
)

func TestCrowdIsBoundedForEachAddress(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := Crowd(inner, 3)
	defer l.Close()
	accepted := make(chan net.Conn, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	next := func() net.Conn {
		t.Helper()
		select {
		case conn := <-accepted:
			return conn
		case <-time.After(2 * time.Second):
			t.Fatal("not accepted")
			return nil
		}
	}
	refused := func() {
		t.Helper()
		conn := dial(t, inner.Addr().String())
		conn.SetReadDeadline(time.Now().Add(2 * time.Second))
		if _, err := conn.Read(make([]byte, 1)); err == nil || len(accepted) != 0 {
			t.Error("one too many was accepted")
		}
	}
	var here []net.Conn
	for range 3 {
		dial(t, inner.Addr().String())
		here = append(here, next())
	}
	refused()
	here[0].Close()
	here[0].Close() // counts once
	dial(t, inner.Addr().String())
	next()
	refused()

	elsewhere, err := (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}).Dial("tcp", inner.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer elsewhere.Close()
	next()
}

func TestNetworksAreHomes(t *testing.T) {
	for addr, want := range map[string]string{
		"203.0.113.9": "203.0.113.9/32", "2001:db8:0:1:ffff::2": "2001:db8:0:1::/64",
	} {
		if got := network(netip.MustParseAddr(addr)).String(); got != want {
			t.Errorf("%s is of %s, want %s", addr, got, want)
		}
	}
}
