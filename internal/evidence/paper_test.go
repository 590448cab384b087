package evidence_test

import (
	archive "archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/text/encoding/simplifiedchinese"
	"gorm.io/gorm"

	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
)

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

// zipOf is a ZIP of parts (name, content, name, content …).
func zipOf(t *testing.T, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := archive.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(part, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func workbook(t *testing.T, mainType string, more ...string) []byte {
	t.Helper()
	types := `<Types><Override PartName="/xl/workbook.xml" ContentType="` + mainType + `"/></Types>`
	return zipOf(t, append([]string{"[Content_Types].xml", types, "xl/workbook.xml", "<workbook/>"}, more...)...)
}

// withMacroType is a workbook that says what an ending of macros would be, as
// many programs write it whether there are macros or not.
func withMacroType(t *testing.T, more ...string) []byte {
	t.Helper()
	types := `<Types><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override PartName="/xl/workbook.xml" ContentType="` + workbookType + `"/></Types>`
	return zipOf(t, append([]string{"[Content_Types].xml", types, "xl/workbook.xml", "<workbook/>"}, more...)...)
}

func gbk(t *testing.T, text string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPapersOfStaff(t *testing.T) {
	book := workbook(t, workbookType)
	cases := []struct {
		name    string
		content []byte
		media   string
		want    error
	}{
		{"名单.xlsx", book, "sheet", nil},
		{"名单.XLSX", book, "sheet", nil},
		{"名单", book, "sheet", nil},
		{"名单.jpg", book, "", evidence.ErrMismatch},
		{"名单.pdf", book, "", evidence.ErrMismatch},
		{"名单.csv", book, "", evidence.ErrMismatch},
		{"名单.zip", book, "", evidence.ErrKind},
		{"名单.xlsm", workbook(t, "application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "", evidence.ErrKind},
		{"名单.xlsx", workbook(t, "application/vnd.ms-excel.sheet.macroEnabled.main+xml"), "", evidence.ErrKind},
		{"名单.xlsx", workbook(t, workbookType, "xl/vbaProject.bin", "x"), "", evidence.ErrKind},
		{"名单.xlsx", withMacroType(t), "sheet", nil},
		{"名单.xlsx", withMacroType(t, "xl/code.bin", "x"), "", evidence.ErrKind},
		{"名单.xlsx", workbook(t, "application/vnd.openxmlformats-officedocument.spreadsheetml.template.main+xml"), "", evidence.ErrKind},
		{"名单.xlsx", zipOf(t, "a.txt", "hello"), "", evidence.ErrMismatch},
		{"名单.xlsx", workbook(t, "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), "", evidence.ErrMismatch},
		{"名单.xlsx", book[:len(book)/2], "", evidence.ErrMismatch},
		{"名单.xlsx", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old Excel, or locked"), "", evidence.ErrMismatch},
		{"名单.xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old Excel"), "", evidence.ErrKind},
		{"名单.csv", []byte("\ufeff姓名,金额\n张三,100\n"), "sheet", nil},
		{"名单.csv", gbk(t, "姓名,金额\n张三,100\n"), "sheet", nil},
		{"名单.csv", []byte("姓名,\x00金额"), "", evidence.ErrMismatch},
		{"名单.csv", append(gbk(t, "姓名"), 0xff, 0xff, 0xff), "", evidence.ErrMismatch},
		{"名单.csv", pdf(100), "", evidence.ErrMismatch},
		{"名单.csv", []byte("<html><script>1</script>"), "", evidence.ErrKind},
		{"名单.txt", []byte("姓名,金额\n"), "", evidence.ErrKind},
		{"公示.pdf", pdf(100), "pdf", nil},
		{"现场.jpg", jpegOf(t, photo(8, 8)), "image", nil},
		{"录音.mp3", mp3(), "", evidence.ErrKind},
		{"录像.mp4", ftyp("isom"), "", evidence.ErrKind},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		for i, c := range cases {
			before := len(r.blobs(t))
			f, err := r.StagePaper(ctx, []byte{byte(i)}, c.name, bytes.NewReader(c.content))
			if !errors.Is(err, c.want) || f.Media != c.media {
				t.Errorf("%s (%d): %q, %v; want %q, %v", c.name, i, f.Media, err, c.media, c.want)
			}
			if after := len(r.blobs(t)); c.want != nil && after != before {
				t.Errorf("%s (%d): left a blob", c.name, i)
			}
		}
	})
}

func TestVillagersFormsTakeNoSpreadsheets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		for name, content := range map[string][]byte{
			"名单.xlsx": workbook(t, workbookType), "名单": workbook(t, workbookType), "名单.csv": []byte("姓名,金额\n张三,100\n"),
		} {
			if _, err := r.Stage(ctx, form, name, bytes.NewReader(content)); !errors.Is(err, evidence.ErrKind) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func TestLargestSpreadsheet(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		table := strings.Repeat("张三,100\n", 10<<20/11)
		table += strings.Repeat("x", 10<<20-len(table))
		if _, err := r.StagePaper(ctx, form, "a.csv", strings.NewReader(table)); err != nil {
			t.Error(err)
		}
		if _, err := r.StagePaper(ctx, form, "b.csv", strings.NewReader(table+"x")); !errors.Is(err, evidence.ErrTooLarge) {
			t.Errorf("a byte more: %v", err)
		}
	})
}

func TestPaperComesOutAsItCame(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		book := workbook(t, workbookType)
		f, err := r.StagePaper(ctx, form, "名单.xlsx", bytes.NewReader(book))
		if err != nil {
			t.Fatal(err)
		}
		owner := uuid.Must(uuid.NewV7())
		for _, kind := range []string{"notice", "notice_start", "notice_end", "minutes", "objection_check"} {
			if _, err := r.StagePaper(ctx, []byte(kind), "a.pdf", bytes.NewReader(pdf(100))); err != nil {
				t.Fatal(err)
			}
			r.bind(t, []byte(kind), kind, owner)
			if files, err := r.Of(ctx, kind, owner); err != nil || len(files) != 1 {
				t.Errorf("%s has %v, %v", kind, files, err)
			}
		}
		r.bind(t, form, "notice", owner)
		_, content, name := r.read(t, f.ID)
		if !bytes.Equal(content, book) || name != "evidence-2.xlsx" {
			t.Errorf("%s with %d bytes", name, len(content))
		}
		original, err := r.Original(ctx, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer original.Close()
		if content, err := io.ReadAll(original); err != nil || !bytes.Equal(content, book) {
			t.Errorf("original: %d bytes, %v", len(content), err)
		}
		if _, err := r.Original(ctx, owner); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("unknown file: %v", err)
		}
	})
}

func TestOriginalOfAPictureIsWhatWasHandedIn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		photo := jpegOf(t, photo(8, 8))
		original, err := r.Original(ctx, r.stage(t, "a.jpg", photo).ID)
		if err != nil {
			t.Fatal(err)
		}
		defer original.Close()
		if content, err := io.ReadAll(original); err != nil || !bytes.Equal(content, photo) {
			t.Errorf("%d bytes, %v", len(content), err)
		}
	})
}

func TestAttachmentIsRemovedWithItsTransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		f := r.stage(t, "a.pdf", pdf(100))
		owner := uuid.Must(uuid.NewV7())
		r.bind(t, form, "notice", owner)
		undone := errors.New("undone")
		remove := func(kind string, owner uuid.UUID, then error) error {
			return s.Transact(ctx, func(tx *gorm.DB) error {
				if err := r.Remove(tx, f.ID, kind, owner); err != nil {
					return err
				}
				return then
			})
		}
		for _, c := range []struct {
			kind  string
			owner uuid.UUID
			then  error
			want  error
		}{
			{"notice", owner, undone, undone},
			{"minutes", owner, nil, store.ErrNotFound},
			{"notice", f.ID, nil, store.ErrNotFound},
		} {
			if err := remove(c.kind, c.owner, c.then); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.kind, err, c.want)
			}
			if files, err := r.Of(ctx, "notice", owner); err != nil || len(files) != 1 {
				t.Fatalf("%v, %v", files, err)
			}
		}
		if err := remove("notice", owner, nil); err != nil {
			t.Fatal(err)
		}
		if files, err := r.Of(ctx, "notice", owner); err != nil || len(files) != 0 {
			t.Errorf("still there: %v, %v", files, err)
		}
		if err := remove("notice", owner, nil); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("twice: %v", err)
		}
		if n, err := r.Sweep(ctx); err != nil || n != 1 {
			t.Errorf("swept %d, %v", n, err)
		}
		if blobs := r.blobs(t); len(blobs) != 0 {
			t.Errorf("left %v", blobs)
		}
	})
}

// document is a docx by its table of contents.
func document(t *testing.T, mainType string, more ...string) []byte {
	t.Helper()
	types := `<Types><Override PartName="/word/document.xml" ContentType="` + mainType + `"/></Types>`
	return zipOf(t, append([]string{"[Content_Types].xml", types, "word/document.xml", "<w:document/>"}, more...)...)
}

const documentType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

func TestFormsOfPapersAreDocumentsOnly(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		for i, c := range []struct {
			name    string
			content []byte
			want    error
		}{
			{"交办单.docx", document(t, documentType), nil},
			{"交办单.DOCX", document(t, documentType), nil},
			{"交办单", document(t, documentType), evidence.ErrKind},
			{"交办单.doc", []byte("\xd0\xcf\x11\xe0 old Word"), evidence.ErrKind},
			{"交办单.docx", []byte("\xd0\xcf\x11\xe0 old Word"), evidence.ErrKind},
			{"交办单.pdf", pdf(100), evidence.ErrKind},
			{"交办单.docx", workbook(t, workbookType), evidence.ErrMismatch},
			{"交办单.docx", document(t, "application/vnd.ms-word.document.macroEnabled.main+xml"), evidence.ErrKind},
			{"交办单.docx", document(t, documentType, "word/vbaProject.bin", "x"), evidence.ErrKind},
			{"交办单.docx", document(t, documentType)[:40], evidence.ErrMismatch},
		} {
			f, err := r.StageDocument(ctx, []byte{byte(i)}, c.name, bytes.NewReader(c.content))
			if !errors.Is(err, c.want) || c.want == nil && f.Media != "document" {
				t.Errorf("%s (%d): %q, %v; want %v", c.name, i, f.Media, err, c.want)
			}
		}
		if _, err := r.StagePaper(ctx, []byte("other"), "交办单.docx", bytes.NewReader(document(t, documentType))); !errors.Is(err, evidence.ErrKind) {
			t.Errorf("attached to something else: %v", err)
		}
	})
}

func TestWhatThePortalMadeIsKeptWithItsTransaction(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		r := newRoom(t, s)
		owner, undone := uuid.Must(uuid.NewV7()), errors.New("undone")
		keep := func(then error) (f evidence.File, err error) {
			err = s.Transact(ctx, func(tx *gorm.DB) error {
				if f, err = r.Keep(tx, "paper", owner, "盘督〔2026〕1号.docx", []byte("made")); err != nil {
					return err
				}
				read, err := r.OriginalIn(tx, f.ID) // it is there for its own transaction
				if err != nil {
					return err
				}
				read.Close()
				return then
			})
			return f, err
		}
		if _, err := keep(undone); !errors.Is(err, undone) {
			t.Fatal(err)
		}
		if files, err := r.Of(ctx, "paper", owner); err != nil || len(files) != 0 {
			t.Errorf("a row stayed: %v, %v", files, err)
		}
		f, err := keep(nil)
		if err != nil {
			t.Fatal(err)
		}
		original, err := r.Original(ctx, f.ID)
		if err != nil {
			t.Fatal(err)
		}
		defer original.Close()
		if content, err := io.ReadAll(original); err != nil || string(content) != "made" || f.Name != "盘督〔2026〕1号.docx" {
			t.Errorf("%q, %s, %v", content, f.Name, err)
		}
	})
}
