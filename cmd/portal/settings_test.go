package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(secret, []byte("postgres://from-file\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name    string
		environ []string
		wrong   string // part of the error; "" when the settings are right
		check   func(settings) bool
	}{
		{"nothing set", nil, "", func(s settings) bool {
			return s.addr == "127.0.0.1:8080" && s.captcha && s.limits && s.keys == filepath.Join("data", "keys")
		}},
		{"other programs' names are ignored", []string{"HOME=/root"}, "", func(settings) bool { return true }},
		{"mistyped name", []string{"PORTAL_CAPCHA=off"}, "PORTAL_CAPCHA", nil},
		{"secret as file", []string{"DATABASE_URL_FILE=" + secret}, "", func(s settings) bool { return s.databaseURL == "postgres://from-file" }},
		{"secret file missing", []string{"REDIS_URL_FILE=/nowhere/redis"}, "REDIS_URL_FILE", nil},
		{"plain http in public", []string{"PORTAL_BASE_URL=http://panjin.example"}, "PORTAL_BASE_URL", nil},
		{"plain http here", []string{"PORTAL_BASE_URL=http://localhost:9000"}, "", func(s settings) bool { return s.baseURL.Host == "localhost:9000" }},
		{"https", []string{"PORTAL_BASE_URL=https://panjin.example/"}, "", func(s settings) bool { return s.baseURL.String() == "https://panjin.example" }},
		{"neither on nor off", []string{"PORTAL_LIMITS=yes"}, "PORTAL_LIMITS", nil},
		{"not a network", []string{"PORTAL_TRUSTED_PROXIES=10.0.0.1"}, "PORTAL_TRUSTED_PROXIES", nil},
		{"networks", []string{"PORTAL_TRUSTED_PROXIES=10.0.0.0/8, fd00::/8"}, "", func(s settings) bool { return len(s.proxies) == 2 }},
		{"replicas", []string{"PORTAL_REPLICAS=3"}, "", func(s settings) bool { return s.replicas == 3 }},
		{"no replicas", []string{"PORTAL_REPLICAS=0"}, "PORTAL_REPLICAS", nil},
		{"office hours", []string{"PORTAL_OFFICE_HOURS=08:00-17:00", "PORTAL_WATCH_EVERY=5s"}, "", func(s settings) bool {
			return s.officeHours.From == 8*time.Hour && s.officeHours.To == 17*time.Hour && s.watchEvery == 5*time.Second
		}},
		{"no office hours", []string{"PORTAL_OFFICE_HOURS=17:00-08:00"}, "PORTAL_OFFICE_HOURS", nil},
		{"all the time", []string{"PORTAL_WATCH_EVERY=1ms"}, "PORTAL_WATCH_EVERY", nil},
		{"unknown level", []string{"PORTAL_LOG=loud"}, "PORTAL_LOG", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, err := readSettings(test.environ)
			if test.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), test.wrong) {
					t.Fatalf("err = %v, want one about %s", err, test.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if !test.check(s) {
				t.Fatalf("settings = %+v", s)
			}
		})
	}
}
