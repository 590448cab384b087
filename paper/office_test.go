package paper

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"minsheng/internal/docx"
	"minsheng/internal/store/storetest"
)

// program finds one of the programs that read what offices write, or skips.
func program(t *testing.T, names ...string) string {
	t.Helper()
	var err error
	for _, name := range names {
		var path string
		if path, err = exec.LookPath(name); err == nil {
			return path
		}
	}
	storetest.Missing(t, "office", err)
	return ""
}

// convert lets LibreOffice turn all files into another format at once, under a
// profile of its own.
func convert(t *testing.T, to, out string, files ...string) {
	t.Helper()
	soffice := program(t, "soffice", "libreoffice")
	profile := "-env:UserInstallation=file://" + filepath.ToSlash(t.TempDir())
	cmd := exec.CommandContext(t.Context(), soffice, append([]string{profile, "--headless", "--convert-to", to, "--outdir", out}, files...)...)
	began := time.Now()
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	t.Logf("%d files to %s in %s", len(files), to, time.Since(began).Round(100*time.Millisecond))
}

func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program(t, name), args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

func write(t *testing.T, file string, content []byte) string {
	t.Helper()
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestOfficeProgramsReadEveryPaper makes a paper of each kind, as hard as it can
// be, and lets a real office program print it.
func TestOfficeProgramsReadEveryPaper(t *testing.T) {
	t.Parallel()
	program(t, "soffice", "libreoffice")
	program(t, "pdftotext")
	dir := t.TempDir()
	own := map[string]string{fieldOffice: "辽河口生态经济区督查室", fieldNumber: "辽督交〔２０２６〕12号", fieldTitle: "关于核查 <甜水镇> & 羊圈子镇危房改造补助发放情况的函", fieldDay: "2026年11月28日", fieldSigner: "常青"}
	contents, files := map[Kind]Content{}, []string{}
	for _, f := range Forms() {
		contents[f.Kind] = f.filled(f.hard(true, 60), own)
		files = append(files, write(t, filepath.Join(dir, string(f.Kind)+".docx"), fill(t, f, contents[f.Kind])))
	}
	bare, _ := FormOf(Assignment)
	files = append(files, write(t, filepath.Join(dir, "bare.docx"), fill(t, bare, bare.filled(bare.hard(false, 60), own))))
	draft := stampedPaper(t, bare, contents[Assignment])
	files = append(files, write(t, filepath.Join(dir, "draft.docx"), draft))
	convert(t, "pdf", dir, files...)
	keep(t, dir, files)
	for _, f := range Forms() {
		text := plainly(run(t, "pdftotext", "-layout", filepath.Join(dir, string(f.Kind)+".pdf"), "-"))
		flowing := plainly(run(t, "pdftotext", "-raw", filepath.Join(dir, string(f.Kind)+".pdf"), "-"))
		holds := func(s string) bool {
			return strings.Contains(text, plainly(s)) || strings.Contains(flowing, plainly(s))
		}
		for _, name := range []string{fieldOffice, fieldNumber, fieldTitle, fieldDay} {
			if !holds(own[name]) {
				t.Errorf("%s: %s is not on paper\n%s", f.Kind, name, text)
			}
		}
		for _, field := range f.Fields {
			for _, line := range strings.Split(contents[f.Kind].Fields[field.Name], "\n") {
				if !pieces(flowing, plainly(line)) {
					t.Errorf("%s: %s is not on paper: %q", f.Kind, field.Name, line)
				}
			}
		}
		for _, list := range f.Lists {
			for _, n := range []int{1, 30, 60} {
				for _, column := range list.Columns[1:] {
					if want := fmt.Sprintf("行%d%s", n, column); !pieces(flowing, want) {
						t.Errorf("%s: %s is not on paper", f.Kind, want)
					}
				}
			}
		}
		info := run(t, "pdfinfo", filepath.Join(dir, string(f.Kind)+".pdf"))
		if !strings.Contains(info, "595.") || !strings.Contains(info, "841.") || !strings.Contains(info, "A4") {
			t.Errorf("%s is not A4:\n%s", f.Kind, info)
		}
		if !strings.Contains(text, "—1—") || strings.Contains(text, "{{") || strings.Contains(text, "草稿") {
			t.Errorf("%s: page number, marks or stamp:\n%s", f.Kind, text)
		}
	}
	for _, page := range strings.Split(strings.TrimSuffix(run(t, "pdftotext", filepath.Join(dir, "draft.pdf"), "-"), "\f"), "\f") {
		if !strings.Contains(page, "草") || !strings.Contains(page, "稿") {
			t.Errorf("a page of a draft does not say so:\n%s", page)
		}
	}
}

// pieces reports whether a text holds another, which lines of a table may have
// cut in pieces: its characters stand there in order, close together.
func pieces(text, want string) bool {
	if strings.Contains(text, want) {
		return true
	}
	runes := []rune(want)
	for i, c := range text {
		if len(runes) > 0 && c == runes[0] && follows(text[i:], runes) {
			return true
		}
	}
	return len(runes) == 0
}

func follows(text string, want []rune) bool {
	gap := 0
	for _, c := range text {
		if len(want) == 0 {
			return true
		}
		if c == want[0] {
			want, gap = want[1:], 0
		} else if gap++; gap > 40 {
			return false
		}
	}
	return len(want) == 0
}

func stampedPaper(t *testing.T, f Form, c Content) []byte {
	t.Helper()
	var tpl, out bytes.Buffer
	if err := docx.Build(&tpl, f.sheet(c.Fields[fieldOffice])); err != nil {
		t.Fatal(err)
	}
	form, err := docx.Open(tpl.Bytes())
	if err == nil {
		err = form.Merge(&out, c.data(), Stamp)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// keep copies what was printed to where PAPER_OUT says, for looking at it.
func keep(t *testing.T, dir string, files []string) {
	t.Helper()
	out := os.Getenv("PAPER_OUT")
	if out == "" {
		return
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".docx") + ".pdf"
		content, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(out, name), content, 0o600)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// A form that an office program has saved again has other parts, other names and
// marks cut into pieces; it fits and fills all the same.
func TestFormsSavedByAnOfficeProgramStillFit(t *testing.T) {
	t.Parallel()
	program(t, "soffice", "libreoffice")
	dir, out := t.TempDir(), t.TempDir()
	var files []string
	for _, f := range Forms() {
		var b bytes.Buffer
		if err := docx.Build(&b, f.sheet("盘山县督查室")); err != nil {
			t.Fatal(err)
		}
		files = append(files, write(t, filepath.Join(dir, string(f.Kind)+".docx"), b.Bytes()))
	}
	convert(t, "docx:MS Word 2007 XML", out, files...)
	for _, f := range Forms() {
		content, err := os.ReadFile(filepath.Join(out, string(f.Kind)+".docx"))
		if err != nil {
			t.Fatal(err)
		}
		tpl, err := docx.Open(content)
		if err != nil {
			t.Errorf("%s: %v", f.Kind, err)
			continue
		}
		if err := f.fitting(tpl); err != nil {
			t.Errorf("%s: %+v", f.Kind, *err.(*Unfit))
			continue
		}
		c := f.filled(f.hard(true, 3), map[string]string{fieldOffice: "盘山县督查室", fieldNumber: "盘县督〔2026〕1号", fieldTitle: "题目", fieldDay: "2026年3月2日"})
		var merged bytes.Buffer
		if err := tpl.Merge(&merged, c.data(), Stamp); err != nil {
			t.Errorf("%s: %v", f.Kind, err)
			continue
		}
		if was, is := plainly(textOf(t, fill(t, f, c))), plainly(textOf(t, merged.Bytes())); was != is {
			t.Errorf("%s says\n%s\nand said\n%s", f.Kind, is, was)
		}
	}
}
