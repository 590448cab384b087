package gate

import (
	"encoding/base64"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/seal"
)

// Visitors tells visitors apart without knowing who they are.
type Visitors struct {
	keys    *seal.Keys
	trusted []netip.Prefix
	now     func() time.Time
}

// NewVisitors returns visitors as seen through the trusted proxies.
func NewVisitors(keys *seal.Keys, trusted []netip.Prefix) *Visitors {
	return &Visitors{keys, trusted, time.Now}
}

// Trusted reports whether any proxy is trusted.
func (v *Visitors) Trusted() bool { return len(v.trusted) > 0 }

// Key names the visitor for today: a keyed hash of the address, of which only
// the network's half is used for IPv6 (a home has 2⁶⁴ of them). All replicas
// find the same key; tomorrow it is another one. Without the portal's keys it
// leads back to no address.
func (v *Visitors) Key(c *fiber.Ctx) string {
	from := network(Address(c, v.trusted))
	day := v.now().UTC().Format(time.DateOnly)
	return base64.RawURLEncoding.EncodeToString(v.keys.MAC("visitor/"+day, []byte(from.String()))[:16])
}

// network is what counts as one visitor; an unknown address is the zero Prefix.
func network(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // fails for the zero Addr only
	return p
}

// Address is where the request came from. X-Forwarded-For is believed only
// when a trusted proxy sent it, and only from its right end, which that proxy
// wrote: the first address from the right that is no trusted proxy. Everything
// to the left of it was written by the visitor. The zero Addr means unknown.
func Address(c *fiber.Ctx, trusted []netip.Prefix) netip.Addr {
	addr := peer(c)
	if !within(trusted, addr) {
		return addr
	}
	hops := forwarded(c)
	for i := len(hops) - 1; i >= 0; i-- {
		hop, ok := parseHop(hops[i])
		if !ok {
			return addr
		}
		addr = hop
		if !within(trusted, addr) {
			return addr
		}
	}
	return addr
}

func peer(c *fiber.Ctx) netip.Addr {
	tcp, ok := c.Context().RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return plain(tcp.AddrPort().Addr())
}

// forwarded lists the hops of all X-Forwarded-For lines, as sent.
func forwarded(c *fiber.Ctx) []string {
	var hops []string
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		hops = append(hops, strings.Split(string(line), ",")...)
	}
	return hops
}

// parseHop reads 203.0.113.9, 203.0.113.9:4711, 2001:db8::1 or [2001:db8::1]:4711.
func parseHop(text string) (netip.Addr, bool) {
	text = strings.TrimSpace(text)
	if addr, err := netip.ParseAddr(strings.Trim(text, "[]")); err == nil {
		return plain(addr), true
	}
	if port, err := netip.ParseAddrPort(text); err == nil {
		return plain(port.Addr()), true
	}
	return netip.Addr{}, false
}

func plain(a netip.Addr) netip.Addr { return a.Unmap().WithZone("") }

func within(prefixes []netip.Prefix, a netip.Addr) bool {
	for _, p := range prefixes {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
