package journey_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"sync"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// signal is the mobile network between a phone and the portal. Switching off the
// network of a page is not enough: its service worker has one of its own.
type signal struct {
	mu   sync.Mutex
	gone bool
	deaf map[string]bool // kinds of entries whose next answer gets lost
	lost int             // answers that got lost
}

// between puts a signal in front of the portal at base, and returns the address
// under which a phone reaches it.
func between(t *testing.T, base string) (*signal, string) {
	t.Helper()
	to, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	s := &signal{deaf: map[string]bool{}}
	relay := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.carry(relay, w, r) }))
	t.Cleanup(server.Close)
	return s, server.URL
}

// entryKind finds in the form of an entry what kind it is.
var entryKind = regexp.MustCompile(`name="kind"\r\n\r\n(\w+)\r\n`)

// carry brings a request to the portal and its answer back, if it can.
func (s *signal) carry(portal http.Handler, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	kind := ""
	if found := entryKind.FindSubmatch(body); found != nil {
		kind = string(found[1])
	}
	s.mu.Lock()
	gone, deaf := s.gone, s.deaf[kind]
	if deaf && !gone {
		s.lost++
		delete(s.deaf, kind)
	}
	s.mu.Unlock()
	if gone || err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if deaf {
		portal.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	}
	portal.ServeHTTP(w, r)
}

// off takes the signal from a phone, or gives it back.
func (s *signal) off(b *tab, off bool) {
	b.t.Helper()
	s.mu.Lock()
	s.gone = off
	s.mu.Unlock()
	everywhere := []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}}
	b.do("the signal",
		call(network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: everywhere, EmulateOfflineServiceWorker: &off}),
		call(network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}))
}

// loses lets the next answer to each of these kinds of entries get lost.
func (s *signal) loses(kinds ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, kind := range kinds {
		s.deaf[kind] = true
	}
}
