package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"minsheng/custody"
	"minsheng/transparency"
	"minsheng/watch"
)

// settings are everything the environment decides, read once at start.
type settings struct {
	throwaway   bool // the demo: nothing has to survive
	addr        string
	data        string
	keys        string
	baseURL     *url.URL
	databaseURL string
	redisURL    string
	proxies     []netip.Prefix
	captcha     bool
	limits      bool
	log         slog.Level
	metricsAddr string
	phone       string
	replicas    int
	watchEvery  time.Duration
	officeHours watch.Hours
	logEvery    time.Duration
	logPad      int
	witnesses   []transparency.Witness
	offline     []age.Recipient
}

// origin is the name of the public log before it has a key that says it.
func (s settings) origin() string { return s.baseURL.Host + "/log" }

// lastSigned is the file outside the database that holds the last checkpoint of
// the public log.
func (s settings) lastSigned() string { return filepath.Join(s.data, "log.last") }

// lastErased is the file outside the database that holds which reports were
// destroyed: no backup that is put back brings them back.
func (s settings) lastErased() string { return filepath.Join(s.data, "log.erased") }

// settingNames are all settings, with the default and what the setting is for.
// NAME_FILE may stand for any of them and names a file that holds the value.
var settingNames = []struct{ name, otherwise, meaning string }{
	{"PORTAL_ADDR", "127.0.0.1:8080", "address to listen on"},
	{"PORTAL_DATA", "./data", "folder for evidence, and for the database when DATABASE_URL is empty"},
	{"PORTAL_KEYS", "", "folder of the secret keys; PORTAL_DATA/keys when empty"},
	{"PORTAL_BASE_URL", "", "public address, https://…; http is accepted for this machine only"},
	{"DATABASE_URL", "", "PostgreSQL; empty means SQLite in PORTAL_DATA"},
	{"REDIS_URL", "", "Redis for rate limits; empty means each process counts for itself"},
	{"PORTAL_TRUSTED_PROXIES", "", "networks whose X-Forwarded-For is believed, 10.0.0.0/8,…"},
	{"PORTAL_CAPTCHA", "on", "on or off"},
	{"PORTAL_LIMITS", "on", "on or off"},
	{"PORTAL_LOG", "info", "debug, info, warn or error"},
	{"PORTAL_METRICS_ADDR", "", "address for Prometheus figures; empty means none"},
	{"PORTAL_PHONE", "", "telephone number shown on public pages"},
	{"PORTAL_REPLICAS", "1", "how many portals share the work; each takes its share of a limit while Redis is away"},
	{"PORTAL_WATCH_EVERY", "20s", "how often dates are looked at; another portal takes over after twice as long"},
	{"PORTAL_OFFLINE_RECIPIENT", "", "age1…, or two with a comma, whose private halves are on no server: reporters' names go to it while no office has a key"},
	{"PORTAL_OFFICE_HOURS", "08:30-17:30", "when reminders and alarms go out, on working days"},
	{"PORTAL_LOG_EVERY", "10m", "how often the public log is signed"},
	{"PORTAL_LOG_PAD", "8", "the public log grows by multiples of this, so that its size tells nothing; 1 only for trying it out"},
	{"PORTAL_LOG_WITNESSES", "", "who else signs the public log: VKEY URL, VKEY URL (C2SP tlog-witness)"},
}

// readSettings reads environ ("NAME=value"). All mistakes are reported at once.
func readSettings(environ []string) (settings, error) {
	given, err := gather(environ)
	if err != nil {
		return settings{}, err
	}
	var mistakes []error
	note := func(name string, err error) {
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s: %w", name, err))
		}
	}
	s := settings{
		addr: given["PORTAL_ADDR"], data: given["PORTAL_DATA"], keys: given["PORTAL_KEYS"],
		databaseURL: given["DATABASE_URL"], redisURL: given["REDIS_URL"],
		metricsAddr: given["PORTAL_METRICS_ADDR"], phone: given["PORTAL_PHONE"],
	}
	if s.keys == "" {
		s.keys = filepath.Join(s.data, "keys")
	}
	if s.baseURL, err = baseURL(given["PORTAL_BASE_URL"], s.addr); err != nil {
		note("PORTAL_BASE_URL", err)
	}
	s.proxies, err = prefixes(given["PORTAL_TRUSTED_PROXIES"])
	note("PORTAL_TRUSTED_PROXIES", err)
	s.captcha, err = onOff(given["PORTAL_CAPTCHA"])
	note("PORTAL_CAPTCHA", err)
	s.limits, err = onOff(given["PORTAL_LIMITS"])
	note("PORTAL_LIMITS", err)
	s.replicas, err = atLeastOne(given["PORTAL_REPLICAS"])
	note("PORTAL_REPLICAS", err)
	s.watchEvery, err = interval(given["PORTAL_WATCH_EVERY"])
	note("PORTAL_WATCH_EVERY", err)
	s.officeHours, err = watch.ParseHours(given["PORTAL_OFFICE_HOURS"])
	note("PORTAL_OFFICE_HOURS", err)
	s.logEvery, err = logInterval(given["PORTAL_LOG_EVERY"])
	note("PORTAL_LOG_EVERY", err)
	s.logPad, err = atLeastOne(given["PORTAL_LOG_PAD"])
	note("PORTAL_LOG_PAD", err)
	s.witnesses, err = transparency.ParseWitnesses(given["PORTAL_LOG_WITNESSES"])
	note("PORTAL_LOG_WITNESSES", err)
	s.offline, err = custody.Offline(given["PORTAL_OFFLINE_RECIPIENT"])
	note("PORTAL_OFFLINE_RECIPIENT", err)
	note("PORTAL_LOG", s.log.UnmarshalText([]byte(given["PORTAL_LOG"])))
	return s, errors.Join(mistakes...)
}

// gather picks the known settings out of environ, reads NAME_FILE ones, and
// refuses PORTAL_ names that do not exist: a mistyped name must not pass as a
// default.
func gather(environ []string) (map[string]string, error) {
	given := map[string]string{}
	for _, s := range settingNames {
		given[s.name] = s.otherwise
	}
	var mistakes []error
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		plain := strings.TrimSuffix(name, "_FILE")
		switch {
		case slices.ContainsFunc(settingNames, named(name)):
			if value != "" {
				given[name] = value
			}
		case plain != name && slices.ContainsFunc(settingNames, named(plain)):
			text, err := os.ReadFile(value)
			if err != nil {
				mistakes = append(mistakes, fmt.Errorf("%s: %w", name, err))
			}
			given[plain] = strings.TrimSpace(string(text))
		case strings.HasPrefix(name, "PORTAL_"):
			mistakes = append(mistakes, fmt.Errorf("%s is not a setting; see 'portal help'", name))
		}
	}
	return given, errors.Join(mistakes...)
}

func named(name string) func(struct{ name, otherwise, meaning string }) bool {
	return func(s struct{ name, otherwise, meaning string }) bool { return s.name == name }
}

func baseURL(text, addr string) (*url.URL, error) {
	if text == "" {
		text = "http://" + addr
	}
	u, err := url.Parse(strings.TrimSuffix(text, "/"))
	if err != nil {
		return nil, err
	}
	if u.Scheme == "https" && u.Host != "" {
		return u, nil
	}
	// Without TLS neither the reporter's words nor the staff cookie are safe.
	if ip := net.ParseIP(u.Hostname()); u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return u, nil
	}
	return nil, errors.New("must be https://…; http is accepted for this machine only")
}

func prefixes(text string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := netip.ParsePrefix(word)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func atLeastOne(text string) (int, error) {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, errors.New("must be a number from 1 on")
	}
	return n, nil
}

// interval reads how often something happens: often enough for a day's work, not
// so often that it is all that happens.
func interval(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 100*time.Millisecond || d > 10*time.Minute {
		return 0, errors.New("must be a time such as 20s, from 100ms to 10m")
	}
	return d, nil
}

// logInterval reads how often the public log is signed.
func logInterval(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err != nil || d < 100*time.Millisecond || d > 24*time.Hour {
		return 0, errors.New("must be a time such as 10m, from 100ms to 24h")
	}
	return d, nil
}

func onOff(text string) (bool, error) {
	if text != "on" && text != "off" {
		return false, errors.New(`must be "on" or "off"`)
	}
	return text == "on", nil
}
