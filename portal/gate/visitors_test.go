package gate

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

func prefixes(texts ...string) (all []netip.Prefix) {
	for _, text := range texts {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}

// whence asks a door, over loopback, which address it sees.
func whence(t *testing.T, trusted []netip.Prefix, headers string) string {
	t.Helper()
	addr := door(t, func(app *fiber.App) {
		app.Get("/", func(c *fiber.Ctx) error { return c.SendString("[" + Address(c, trusted).String() + "]") })
	})
	answer, _ := say(t, addr, "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"+headers+"\r\n")
	_, seen, _ := strings.Cut(answer, "\r\n\r\n")
	return seen
}

func TestForwardedAddressesAreBelievedFromTheRightOnly(t *testing.T) {
	loopback := prefixes("127.0.0.0/8")
	chain := prefixes("127.0.0.0/8", "10.0.0.0/8", "fd00::/8")
	for name, c := range map[string]struct {
		trusted []netip.Prefix
		headers string
		want    string
	}{
		"nobody is trusted":         {nil, "X-Forwarded-For: 6.6.6.6\r\n", "[127.0.0.1]"},
		"the peer is not trusted":   {prefixes("10.0.0.0/8"), "X-Forwarded-For: 6.6.6.6\r\n", "[127.0.0.1]"},
		"one hop":                   {loopback, "X-Forwarded-For: 203.0.113.9\r\n", "[203.0.113.9]"},
		"forged to the left":        {loopback, "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\n", "[203.0.113.9]"},
		"forged as a proxy of ours": {chain, "X-Forwarded-For: 10.0.0.1, 203.0.113.9, 10.0.0.2\r\n", "[203.0.113.9]"},
		"two lines":                 {loopback, "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 203.0.113.9\r\n", "[203.0.113.9]"},
		"a line that forges spaces": {loopback, "X-Forwarded-For: 6.6.6.6 ,203.0.113.9 \r\n", "[203.0.113.9]"},
		"with a port":               {loopback, "X-Forwarded-For: 203.0.113.9:4711\r\n", "[203.0.113.9]"},
		"IPv6":                      {loopback, "X-Forwarded-For: 2001:db8::1\r\n", "[2001:db8::1]"},
		"IPv6 with a port":          {loopback, "X-Forwarded-For: [2001:db8::1]:80\r\n", "[2001:db8::1]"},
		"IPv4 in IPv6":              {loopback, "X-Forwarded-For: ::ffff:203.0.113.9\r\n", "[203.0.113.9]"},
		"rubbish stops the walk":    {chain, "X-Forwarded-For: 203.0.113.9, unknown, 10.0.0.2\r\n", "[10.0.0.2]"},
		"only rubbish":              {loopback, "X-Forwarded-For: <script>\r\n", "[127.0.0.1]"},
		"no header":                 {loopback, "", "[127.0.0.1]"},
		"other headers":             {loopback, "X-Real-IP: 6.6.6.6\r\nForwarded: for=6.6.6.6\r\nTrue-Client-IP: 6.6.6.6\r\n", "[127.0.0.1]"},
	} {
		if got := whence(t, c.trusted, c.headers); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestVisitorKeysTellNetworksApartForADay(t *testing.T) {
	keys := newKeys(t)
	v := NewVisitors(keys, prefixes("127.0.0.0/8"))
	key := func(v *Visitors, from string) string {
		addr := door(t, func(app *fiber.App) {
			app.Get("/", func(c *fiber.Ctx) error { return c.SendString(v.Key(c)) })
		})
		answer, _ := say(t, addr, fmt.Sprintf("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: %s\r\n\r\n", from))
		_, key, _ := strings.Cut(answer, "\r\n\r\n")
		return key
	}
	four := key(v, "203.0.113.9")
	if len(four) != 22 || strings.Contains(four, "203") {
		t.Errorf("key %q", four)
	}
	if key(NewVisitors(keys, prefixes("127.0.0.0/8")), "203.0.113.9") != four {
		t.Error("another replica sees another visitor")
	}
	if key(v, "203.0.113.10") == four {
		t.Error("two IPv4 addresses are one visitor")
	}
	if key(v, "2001:db8:0:1::1") != key(v, "2001:db8:0:1:ffff::2") {
		t.Error("one home with IPv6 is two visitors")
	}
	if key(v, "2001:db8:0:1::1") == key(v, "2001:db8:0:2::1") {
		t.Error("two homes with IPv6 are one visitor")
	}
	v.now = func() time.Time { return time.Now().Add(24 * time.Hour) }
	if key(v, "203.0.113.9") == four {
		t.Error("the visitor can be followed from day to day")
	}
	if key(NewVisitors(newKeys(t), prefixes("127.0.0.0/8")), "203.0.113.9") == four {
		t.Error("the key does not depend on the portal's secret")
	}
}
