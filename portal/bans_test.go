package portal

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// What Fiber offers and the portal must not take up, and why.
var banned = map[string]string{
	`\bc\.IPs?\(\)`: "it believes what visitors write: gate.Visitors",
	`\bc\.(BaseURL|Hostname|Protocol|Secure)\(`:   "the sender writes it: Config.BaseURL",
	`\bc\.(FormFile|MultipartForm|SaveFile\w*)\(`: "it puts files on disk in the clear: gate.Form",
	`\bBodyParser\(`:                                  "it reads multipart bodies past every bound: gate.Form",
	`\btimeout\.New\(`:                                "it races with the handler",
	`"github.com/gofiber/fiber/v2/middleware/`:        "its limiter, csrf and session are not safe here",
	`\btemplate\.(HTML|JS|CSS|URL|HTMLAttr|Srcset)\b`: "it lets words become markup",
}

func TestPortalUsesNothingBanned(t *testing.T) {
	files := 0
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		files++
		source, err := os.ReadFile(name)
		for pattern, why := range banned {
			if found := regexp.MustCompile(pattern).Find(source); found != nil {
				t.Errorf("%s uses %s: %s", name, found, why)
			}
		}
		return err
	})
	if err != nil || files < 20 {
		t.Fatalf("%d files, %v", files, err)
	}
}
