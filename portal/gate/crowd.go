package gate

import (
	"net"
	"net/netip"
	"sync"
)

// Crowd accepts at most most connections at once from one address (IPv4/32,
// IPv6/64) and closes further ones without a word. It stands where visitors
// connect directly; behind a proxy all share one address.
//
// fasthttp's own MaxConnsPerIP is not used: in 1.51 it closes a connection
// twice when the server shuts down, and the second time ends the process. It
// also takes all of IPv6 for one address that has no limit.
func Crowd(l net.Listener, most int) net.Listener {
	return &crowd{Listener: l, most: most, here: map[netip.Prefix]int{}}
}

type crowd struct {
	net.Listener
	most int

	mu   sync.Mutex
	here map[netip.Prefix]int
}

// Accept returns the next connection that has room.
func (l *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		from := networkOf(conn)
		if l.enter(from) {
			return &counted{Conn: conn, leave: sync.OnceFunc(func() { l.leave(from) })}, nil
		}
		conn.Close()
	}
}

func (l *crowd) enter(from netip.Prefix) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.here[from] >= l.most {
		return false
	}
	l.here[from]++
	return true
}

func (l *crowd) leave(from netip.Prefix) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.here[from]--; l.here[from] <= 0 {
		delete(l.here, from)
	}
}

func networkOf(conn net.Conn) netip.Prefix {
	tcp, ok := conn.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Prefix{}
	}
	return network(plain(tcp.AddrPort().Addr()))
}

// counted leaves the crowd when it is closed for the first time.
type counted struct {
	net.Conn
	leave func()
}

// Close closes the connection.
func (c *counted) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
