package evidence_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

var ctx = context.Background()

// blobs lists the files on disk, unfinished ones too.
func (r room) blobs(t *testing.T) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, strings.TrimPrefix(path, r.dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestLimitsOfOneForm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		stage := func(size int, salt byte) error {
			b := pdf(size)
			b[len(b)-1] = salt
			_, err := r.Stage(ctx, form, "a.pdf", bytes.NewReader(b))
			return err
		}
		for i, c := range []struct {
			size int
			want error
		}{
			{10<<20 + 1, evidence.ErrTooLarge},
			{10 << 20, nil},
			{10 << 20, nil},
			{5<<20 + 1, evidence.ErrTooMany}, // 25 MB and a byte together
			{5<<20 - 300, nil},
			{200, nil},
			{100, nil},
			{100, evidence.ErrTooMany}, // the sixth
		} {
			if err := stage(c.size, byte(i)); !errors.Is(err, c.want) {
				t.Errorf("file %d of %d bytes: %v, want %v", i, c.size, err, c.want)
			}
		}
		if _, err := r.Stage(ctx, []byte("form-2"), "a.pdf", bytes.NewReader(pdf(100))); err != nil {
			t.Errorf("another form: %v", err)
		}
		if n := len(r.blobs(t)); n != 6 {
			t.Errorf("%d blobs for 6 files", n)
		}
	})
}

func TestUploadsThatRaceKeepTheLimit(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		var all sync.WaitGroup
		errs := make([]error, 12)
		for i := range errs {
			all.Go(func() {
				b := append(pdf(100), byte(i))
				_, errs[i] = r.Stage(ctx, form, "a.pdf", bytes.NewReader(b))
			})
		}
		all.Wait()
		files, err := r.Staged(ctx, form)
		if err != nil || len(files) != evidence.MaxFiles {
			t.Fatalf("%d files staged, %v; want %d", len(files), err, evidence.MaxFiles)
		}
		for i, f := range files {
			if f.Ordinal != i+1 {
				t.Errorf("file %d has ordinal %d", i, f.Ordinal)
			}
		}
		for _, err := range errs {
			if err != nil && !errors.Is(err, evidence.ErrTooMany) {
				t.Error(err)
			}
		}
		if n := len(r.blobs(t)); n != evidence.MaxFiles {
			t.Errorf("%d blobs for %d files", n, evidence.MaxFiles)
		}
	})
}

func TestUploadRetriedIsOneFile(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	first, again := r.stage(t, "a.jpg", jpegOf(t, photo(8, 8))), r.stage(t, "b.jpg", jpegOf(t, photo(8, 8)))
	if first.ID != again.ID {
		t.Error("the same bytes became two files")
	}
	if n := len(r.blobs(t)); n != 2 { // original and copy
		t.Errorf("%d blobs", n)
	}
}

func TestNamesAreCleanedAndSealed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		f := r.stage(t, "张三\u202e家\u200b.pdf", pdf(100))
		if f.Name != "张三家.pdf" {
			t.Errorf("name %q", f.Name)
		}
		var sealed []byte
		if err := s.Read(ctx).Raw("SELECT name_sealed FROM evidence_file").Row().Scan(&sealed); err != nil {
			t.Fatal(err)
		}
		if len(sealed) == 0 || bytes.Contains(sealed, []byte("张三")) {
			t.Errorf("stored as %q", sealed)
		}
		if files, err := r.Staged(ctx, form); err != nil || files[0].Name != "张三家.pdf" {
			t.Errorf("read back as %v, %v", files, err)
		}
	})
}

func TestCleanName(t *testing.T) {
	for in, want := range map[string]string{
		"a.jpg":                                 "a.jpg",
		"":                                      "evidence",
		" .. ":                                  "evidence",
		"../../etc/passwd":                      "passwd",
		`C:\Users\me\票据.pdf`:                    "票据.pdf",
		"a\x00b\r\nc\x1b[31m.jpg":               "abc[31m.jpg",
		"x\u202egpj.exe":                        "xgpj.exe",
		"zero\u200b\u200d\ufeffwidth.png":       "zerowidth.png",
		"cafe\u0301.jpg":                        "café.jpg",
		`<img src="x">.jpg`:                     "_img src=_x__.jpg",
		"a\u2028b\u2029c.jpg":                   "abc.jpg",
		"\xff\xfe.jpg":                          "jpg",
		strings.Repeat("长", 200) + ".jpg":       strings.Repeat("长", 96) + ".jpg",
		strings.Repeat("长", 200):                strings.Repeat("长", 100),
		"全角\u3000空格.jpg":                        "全角 空格.jpg",
		"笑\ufe0f脸.jpg":                          "笑脸.jpg",
		"a.b.c" + strings.Repeat(".", 30) + "d": "a.b.c" + strings.Repeat(".", 30) + "d",
	} {
		if got := evidence.CleanName(in); got != want {
			t.Errorf("CleanName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestNothingOnDiskIsReadable(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	secret := []byte("账本上写着三万块")
	b := bytes.Repeat(secret, 5000)
	copy(b, "%PDF-1.4\n")
	f := r.stage(t, "张三.pdf", b)
	r.stage(t, "a.jpg", jpegOf(t, photo(8, 8)))
	names := r.blobs(t)
	if len(names) != 3 {
		t.Fatalf("blobs %v", names)
	}
	for _, name := range names {
		if !regexp.MustCompile(`^[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}$`).MatchString(name) {
			t.Errorf("blob name %s", name)
		}
		path := filepath.Join(r.dir, name)
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
		for _, plain := range [][]byte{secret[:12], []byte("%PDF"), []byte("\xff\xd8\xff\xe0"), []byte("JFIF")} {
			if bytes.Contains(content, plain) {
				t.Errorf("%s holds %q", name, plain)
			}
		}
	}
	if _, content, name := r.read(t, f.ID); !bytes.Equal(content, b) || name != "evidence-1.pdf" {
		t.Errorf("came back changed, as %s", name)
	}
}

func TestChangedBlobIsNotGivenOut(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	f := r.stage(t, "a.pdf", pdf(200_000))
	path := filepath.Join(r.dir, r.blobs(t)[0])
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	_, content, _, err := r.Open(ctx, f.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	if _, err := io.ReadAll(content); err == nil {
		t.Error("a changed blob was read to its end")
	}
}

func TestBindTakesOnlyTheFilesOfItsForm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		mine := r.stage(t, "a.pdf", pdf(100))
		theirs, err := r.Stage(ctx, []byte("form-2"), "b.pdf", bytes.NewReader(pdf(101)))
		if err != nil {
			t.Fatal(err)
		}
		if err := r.Unstage(ctx, form, theirs.ID); err != nil {
			t.Fatal(err)
		}
		if err := r.Unstage(ctx, nil, mine.ID); err != nil {
			t.Fatal(err)
		}
		owner, other := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
		if n := r.bind(t, form, "report", owner); n != 1 {
			t.Errorf("Bind = %d, want 1", n)
		}
		if n := r.bind(t, form, "report", other); n != 0 {
			t.Errorf("second Bind = %d, want 0", n)
		}
		if n := r.bind(t, nil, "report", other); n != 0 {
			t.Errorf("Bind of no form = %d", n)
		}
		if err := r.Unstage(ctx, form, mine.ID); err != nil {
			t.Fatal(err)
		}
		r.stage(t, "later.pdf", pdf(102))
		r.bind(t, form, "report", owner)
		files, err := r.Of(ctx, "report", owner, other)
		if err != nil || len(files) != 2 || files[0].ID != mine.ID || files[0].Ordinal != 1 || files[1].Ordinal != 2 {
			t.Errorf("files of the owner: %+v, %v", files, err)
		}
		if left, err := r.Staged(ctx, []byte("form-2")); err != nil || len(left) != 1 {
			t.Errorf("the other form has %v, %v", left, err)
		}
	})
}

func TestUnstageAndSweepRemoveFilesWithTheirBlobs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		gone := r.stage(t, "a.jpg", jpegOf(t, photo(8, 8)))
		if err := r.Unstage(ctx, form, gone.ID); err != nil {
			t.Fatal(err)
		}
		if n := len(r.blobs(t)); n != 0 {
			t.Errorf("Unstage left %d blobs", n)
		}
		if _, _, _, err := r.Open(ctx, gone.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("Open after Unstage: %v", err)
		}
		bound := r.stage(t, "kept.pdf", pdf(100))
		r.bind(t, form, "report", uuid.Must(uuid.NewV7()))
		fresh := r.stage(t, "fresh.pdf", pdf(101))
		old := r.stage(t, "old.pdf", pdf(102))
		late := s.Now().Add(-time.Minute)
		if err := s.Read(ctx).Exec("UPDATE evidence_file SET expires_at = ? WHERE id = ?", late, old.ID).Error; err != nil {
			t.Fatal(err)
		}
		if n, err := r.Sweep(ctx); err != nil || n != 1 {
			t.Errorf("Sweep = %d, %v; want 1", n, err)
		}
		for id, want := range map[uuid.UUID]bool{bound.ID: true, fresh.ID: true, old.ID: false} {
			_, content, _, err := r.Open(ctx, id)
			if err == nil {
				content.Close()
			}
			if (err == nil) != want {
				t.Errorf("file %s: %v", id, err)
			}
		}
		if n := len(r.blobs(t)); n != 2 {
			t.Errorf("%d blobs after Sweep, want 2", n)
		}
	})
}

// cut gives n bytes of a PDF and then err.
type cut struct {
	n   int
	err error
}

func (c *cut) Read(p []byte) (int, error) {
	if c.n == 0 {
		return 0, c.err
	}
	n := copy(p[:min(len(p), c.n)], pdf(c.n))
	c.n -= n
	return n, nil
}

func TestUploadThatIsCutOffLeavesNothing(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	for _, size := range []int{100, 20 << 10, 50_000, 300_000} {
		_, err := r.Stage(ctx, form, "a.pdf", &cut{size, io.ErrUnexpectedEOF})
		if !errors.Is(err, io.ErrUnexpectedEOF) || evidence.Reason(err) != "" {
			t.Errorf("after %d bytes: %v", size, err)
		}
	}
	if _, err := r.Stage(ctx, form, "a.pdf", &cut{100, nil}); !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("a source that gives nothing for ever: %v", err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := r.Stage(gone, form, "a.pdf", bytes.NewReader(pdf(100))); !errors.Is(err, context.Canceled) {
		t.Errorf("visitor gone: %v", err)
	}
	if files, err := r.Staged(ctx, form); err != nil || len(files) != 0 {
		t.Errorf("staged %v, %v", files, err)
	}
	if left := r.blobs(t); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

// stall gives n bytes and then nothing until it is let go.
type stall struct {
	cut
	waiting *sync.WaitGroup
	release chan struct{}
}

func (s *stall) Read(p []byte) (int, error) {
	if s.n == 0 {
		s.waiting.Done()
		<-s.release
		return 0, io.ErrUnexpectedEOF
	}
	return s.cut.Read(p)
}

func TestStalledUploadsCostLittleMemory(t *testing.T) {
	r := newRoom(t, storetest.SQLite(t))
	const uploads = 300
	for _, size := range []int{1, 64<<10 + 1, 200 << 10} {
		before := heap()
		var stalled, ended sync.WaitGroup
		release := make(chan struct{})
		stalled.Add(uploads)
		for i := range uploads {
			ended.Go(func() {
				_, _ = r.Stage(ctx, fmt.Appendf(nil, "form-%d", i), "a.pdf", &stall{cut{n: size}, &stalled, release})
			})
		}
		stalled.Wait()
		cost := heap() - before
		close(release)
		ended.Wait()
		t.Logf("%d uploads stalled after %d bytes: %d KB each", uploads, size, cost/uploads>>10)
		if cost > 40<<20 {
			t.Errorf("%d uploads stalled after %d bytes hold %d MB", uploads, size, cost>>20)
		}
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

func TestFullDiskIsSaidPlainly(t *testing.T) {
	s := storetest.SQLite(t)
	keys, err := seal.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, why := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO} {
		full := &fullDisk{why: &fs.PathError{Op: "write", Path: "x", Err: why}}
		shelf := evidence.New(evidence.Config{Store: s, Keys: keys, Blobs: full})
		_, err = shelf.Stage(ctx, form, "a.pdf", bytes.NewReader(pdf(100_000)))
		if want := map[bool]string{true: "full"}[why != syscall.EIO]; err == nil || evidence.Reason(err) != want {
			t.Errorf("%v: %v, reason %q", why, err, evidence.Reason(err))
		}
		if !full.aborted {
			t.Errorf("%v: the draft was not aborted", why)
		}
	}
}

// fullDisk fails every write with why.
type fullDisk struct {
	evidence.Blobs
	why     error
	aborted bool
}

func (d *fullDisk) Create(context.Context) (evidence.Draft, error) { return d, nil }
func (d *fullDisk) Write([]byte) (int, error)                      { return 0, evidence.RoomError(d.why) }
func (d *fullDisk) Commit() (string, error)                        { return "", d.why }
func (d *fullDisk) Abort()                                         { d.aborted = true }

func TestFolderGivesOutOnlyWhatItMade(t *testing.T) {
	dir := t.TempDir()
	blobs, err := evidence.Folder(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "secret", "../secret", "aa/../secret", strings.Repeat("z", 32), strings.Repeat("a", 32)} {
		if _, err := blobs.Open(ctx, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("Open(%q): %v", name, err)
		}
	}
	if err := blobs.Remove(ctx, strings.Repeat("a", 32)); err != nil {
		t.Errorf("removing what is gone: %v", err)
	}
	if err := blobs.Remove(ctx, "../secret"); err == nil {
		t.Error("removed a file outside")
	}
}

func TestFolderClearsWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	if _, err := evidence.Folder(dir); err != nil {
		t.Fatal(err)
	}
	old, young := filepath.Join(dir, "incoming", "old"), filepath.Join(dir, "incoming", "young")
	for _, path := range []string{old, young} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yesterday := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(old, yesterday, yesterday); err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.Folder(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old leftover is still there: %v", err)
	}
	if _, err := os.Stat(young); err != nil {
		t.Errorf("an upload under way was removed: %v", err)
	}
}
