package main

import (
	"encoding/json"
	"os/exec"
	"strings"
	"testing"
)

// mayImport lists the arrows of the house: a room (longest prefix wins) and the
// rooms it may lean on. What is not listed is refused.
var mayImport = map[string]string{
	"cmd/portal":               "portal portal/public portal/console portal/gate portal/view portal/locale transparency watch bulletin register figures accountability rectification inspection selfreport docket retention appeal audit crosscheck triage paper objection household intake custody notice roll tray clock staff region ledger internal/* cmd/portal/world",
	"cmd/portal/journey":       "",
	"cmd/portal/world":         "watch bulletin register figures accountability rectification inspection selfreport docket retention appeal audit crosscheck triage paper objection household intake custody notice roll tray clock staff region ledger internal/*",
	"portal":                   "portal/* triage intake notice staff region ledger internal/*",
	"portal/public":            "portal/gate portal/view portal/locale transparency figures appeal objection household intake notice roll clock staff region ledger internal/*",
	"portal/console":           "portal/gate portal/view portal/locale transparency watch bulletin register figures accountability rectification inspection selfreport docket retention appeal audit crosscheck triage paper objection household intake custody notice roll tray clock staff region ledger internal/*",
	"portal/gate":              "internal/*",
	"portal/view":              "portal/locale internal/prose internal/workday",
	"portal/view/viewtest":     "portal/view portal/locale",
	"portal/locale":            "",
	"watch":                    "clock staff region ledger internal/*",
	"bulletin":                 "rectification inspection figures docket paper intake notice clock staff region ledger internal/*",
	"register":                 "accountability rectification appeal docket triage intake clock staff region ledger internal/*",
	"figures":                  "intake clock staff region ledger internal/*",
	"accountability":           "rectification inspection docket triage paper intake custody clock staff region ledger internal/*",
	"rectification":            "inspection docket paper intake clock staff region ledger internal/*",
	"inspection":               "docket paper intake clock staff region ledger internal/*",
	"selfreport":               "clock staff region ledger internal/*",
	"docket":                   "triage paper intake clock staff region ledger internal/*",
	"appeal":                   "triage paper intake clock staff region ledger internal/*",
	"audit":                    "triage intake clock staff region ledger internal/*",
	"retention":                "triage objection intake custody transparency clock staff region ledger internal/*",
	"triage":                   "paper custody household intake notice roll clock staff region ledger internal/*",
	"crosscheck":               "household intake notice roll tray staff region ledger internal/*",
	"objection":                "intake notice roll clock staff region ledger internal/*",
	"household":                "tray staff region ledger internal/*",
	"intake":                   "custody notice clock staff region ledger internal/*",
	"custody":                  "staff region ledger internal/*",
	"notice":                   "roll clock staff region ledger internal/*",
	"roll":                     "tray staff region ledger internal/*",
	"tray":                     "staff region ledger internal/*",
	"paper":                    "intake clock staff region ledger internal/*",
	"clock":                    "staff region ledger internal/*",
	"staff":                    "region ledger internal/*",
	"staff/stafftest":          "staff internal/seal internal/store",
	"region":                   "ledger internal/*",
	"transparency":             "ledger internal/*",
	"ledger":                   "internal/*",
	"internal/store":           "migrations",
	"internal/store/storetest": "internal/store",
	"internal/seal":            "",
	"internal/step":            "internal/store",
	"internal/workday":         "",
	"internal/prose":           "",
	"internal/archive":         "",
	"internal/docx":            "internal/archive",
	"internal/sheet":           "internal/archive internal/workday",
	"internal/sheet/sheettest": "internal/sheet",
	"internal/privacy":         "internal/sheet",
	"internal/evidence":        "internal/store internal/seal",
	"migrations":               "",
}

type listed struct {
	ImportPath string
	Imports    []string
}

func TestArrowsRunOneWay(t *testing.T) {
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "minsheng/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	rooms := 0
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); rooms++ {
		var room listed
		if err := decoder.Decode(&room); err != nil {
			t.Fatal(err)
		}
		checkRoom(t, room)
	}
	if rooms < len(mayImport) {
		t.Errorf("saw %d rooms, the plan has %d", rooms, len(mayImport))
	}
}

func checkRoom(t *testing.T, room listed) {
	name := strings.TrimPrefix(room.ImportPath, "minsheng/")
	allowed, known := mayImport[name]
	if !known {
		t.Errorf("room %s is not on the plan", name)
		return
	}
	for _, path := range room.Imports {
		to, own := strings.CutPrefix(path, "minsheng/")
		if own && !leads(allowed, to) {
			t.Errorf("%s leans on %s, which the plan does not allow", name, to)
		}
		// Only the site speaks HTTP; what is below could serve any face.
		if strings.HasPrefix(path, "github.com/gofiber") && !strings.HasPrefix(name, "portal") && name != "cmd/portal" {
			t.Errorf("%s imports %s below the portal", name, path)
		}
	}
}

func leads(allowed, to string) bool {
	for _, room := range strings.Fields(allowed) {
		if room == to || strings.HasSuffix(room, "/*") && strings.HasPrefix(to, strings.TrimSuffix(room, "*")) {
			return true
		}
	}
	return false
}

func TestPlanRefusesArrowsThatAreNotOnIt(t *testing.T) {
	for _, arrow := range [][2]string{{"intake", "triage"}, {"ledger", "staff"}, {"portal/gate", "intake"}, {"portal/view", "intake"}, {"portal/public", "triage"}, {"triage", "appeal"}, {"intake", "appeal"}, {"appeal", "docket"}, {"portal/public", "audit"}} {
		if leads(mayImport[arrow[0]], arrow[1]) {
			t.Errorf("%s → %s should be refused", arrow[0], arrow[1])
		}
	}
}
