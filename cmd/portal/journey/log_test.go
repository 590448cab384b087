package journey_test

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// nothingBuried comes last: whatever was clicked before, everything that stands
// in the database is what the public log holds of it, and outsiders can read it.
func nothingBuried(p portal, folder string) walk {
	return func(t *testing.T, _ context.Context, base, _ string) {
		found, err := filepath.Glob(filepath.Join(folder, "minsheng-demo-*"))
		if err != nil || len(found) != 1 {
			t.Fatalf("the demo's own folder: %v, %v", found, err)
		}
		time.Sleep(4 * time.Second) // two turns of the demo's log
		for _, args := range [][]string{{"verify", "database"}, {"verify", "log", base + "/log"}} {
			cmd := exec.Command(p.binary, args...)
			cmd.Env = []string{"PORTAL_DATA=" + found[0], "PORTAL_LOG_EVERY=2s"}
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("portal %s: %v\n%s", strings.Join(args, " "), err, out)
			}
		}
	}
}
