package evidence

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"
	"golang.org/x/text/encoding/simplifiedchinese"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// What offices hand in besides pictures and PDF. Villagers' forms never take
// these: Stage does not know them.
var (
	xlsxKind = kind{media: "sheet", contentType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", extensions: []string{"xlsx"}, check: isWorkbook}
	csvKind  = kind{media: "sheet", contentType: "text/csv", extensions: []string{"csv"}, check: isTable}

	sheetKinds = []kind{xlsxKind, csvKind}

	docxKind = kind{media: "document", contentType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", extensions: []string{"docx"}, check: isDocument}
	// sealedKind is what the portal sealed to somebody else; nobody hands it in.
	sealedKind = kind{media: "document", contentType: "application/age-encryption", extensions: []string{"age"}}
)

// StagePaper is Stage for what staff hand in: pictures, PDF and spreadsheets
// (xlsx without macros; csv in UTF-8 or GB18030), but no sound and no film. A
// spreadsheet lies in memory (at most MaxFileSize) until it has been looked at.
//
// Errors: those of Stage.
func (s *Shelf) StagePaper(ctx context.Context, formKey []byte, name string, r io.Reader) (File, error) {
	return s.stage(ctx, formKey, name, r, tellPaper)
}

// StageDocument is Stage for a docx without macros and nothing else: a form that
// an office wants its papers to have. It lies in memory (at most MaxFileSize)
// until it has been looked at. What else it may hold is for whoever reads it.
//
// Errors: those of Stage.
func (s *Shelf) StageDocument(ctx context.Context, formKey []byte, name string, r io.Reader) (File, error) {
	return s.stage(ctx, formKey, name, r, func(head []byte, ext string) (kind, error) {
		if !strings.HasPrefix(string(head), zipHead) || ext != "docx" {
			return kind{}, ErrKind
		}
		return docxKind, nil
	})
}

// Keep puts a docx that the portal made itself on the shelf, for its owner and
// for good, in the owner's transaction. The blob is written first: a transaction
// that fails leaves an encrypted blob that nobody can find, never a row without
// its file.
func (s *Shelf) Keep(tx *gorm.DB, ownerKind string, ownerID uuid.UUID, name string, content []byte) (File, error) {
	f, _, err := s.keep(tx, docxKind, ownerKind, ownerID, name, content, s.lock)
	return f, err
}

// KeepApart is Keep for who hands the key on in the same transaction: none of it stays
// with the portal, and OpenWith opens the file.
func (s *Shelf) KeepApart(tx *gorm.DB, ownerKind string, ownerID uuid.UUID, name string, content []byte) (f File, key []byte, err error) {
	return s.keep(tx, docxKind, ownerKind, ownerID, name, content, func(r *row, _ arrival) { r.OwnKey = true })
}

// KeepSealed is Keep for what is sealed to somebody else (age): the portal cannot
// open it again.
func (s *Shelf) KeepSealed(tx *gorm.DB, ownerKind string, ownerID uuid.UUID, name string, content []byte) (File, error) {
	f, _, err := s.keep(tx, sealedKind, ownerKind, ownerID, name, content, s.lock)
	return f, err
}

// keep returns the file with its key; lock puts into the row what the portal has of it.
func (s *Shelf) keep(tx *gorm.DB, k kind, ownerKind string, ownerID uuid.UUID, name string, content []byte, lock func(*row, arrival)) (File, []byte, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return File{}, nil, err
	}
	blob, key, err := s.shelve(tx.Statement.Context, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		return File{}, nil, err
	}
	sum := sha256.Sum256(content)
	kept := row{
		ID: id, OwnerKind: ownerKind, OwnerID: &ownerID, Ordinal: 1, Media: k.media, ContentType: k.contentType, Size: int64(len(content)),
		SHA256: sum[:], NameSealed: s.names.Shut([]byte(CleanName(name)), namePlace(id)), Original: blob, CreatedAt: s.store.Now(),
	}
	lock(&kept, arrival{key: key})
	if err := tx.Create(&kept).Error; err != nil {
		s.discard(tx.Statement.Context, blob)
		return File{}, nil, err
	}
	f, err := s.file(kept)
	return f, []byte(key.String()), err
}

const zipHead = "PK\x03\x04"

// tellPaper is tell for what staff hand in.
func tellPaper(head []byte, ext string) (kind, error) {
	zipped := strings.HasPrefix(string(head), zipHead)
	_, known := byMagic(head, ext)
	switch {
	case zipped && (ext == "xlsx" || ext == ""):
		return xlsxKind, nil
	case ext == "csv" && !zipped && !known:
		return csvKind, nil
	case ext == "xlsx", ext == "csv":
		return kind{}, ErrMismatch
	}
	k, err := tell(head, ext)
	if err == nil && (k.media == "audio" || k.media == "video") {
		return kind{}, ErrKind
	}
	return k, err
}

// Bounds on the table of contents of a workbook. What its sheets unpack to is
// bounded by whoever reads them.
const (
	maxParts     = 2000
	maxTypesSize = 1 << 20
)

// isDocument reports whether a ZIP is a docx without macros, by what it says of
// itself.
func isDocument(content []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(archive.File) > maxParts {
		return ErrMismatch
	}
	if slices.ContainsFunc(archive.File, func(part *zip.File) bool { return strings.Contains(strings.ToLower(part.Name), "vbaproject") }) {
		return ErrKind
	}
	types, err := contentTypes(archive)
	switch {
	case err != nil:
		return ErrMismatch
	case types.any("macroenabled"), types.any("vbaproject"):
		return ErrKind
	case !types.any("wordprocessingml.document.main+xml"):
		return ErrMismatch
	}
	return nil
}

// isWorkbook reports whether a ZIP is an xlsx without macros (ECMA-376 part 2,
// §10: what a part is, [Content_Types].xml says). One with macros is ErrKind,
// and so is a template; any other ZIP only took the name.
func isWorkbook(content []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(archive.File) > maxParts {
		return ErrMismatch
	}
	for _, part := range archive.File {
		if strings.Contains(strings.ToLower(part.Name), "vbaproject") {
			return ErrKind
		}
	}
	types, err := contentTypes(archive)
	switch {
	case err != nil:
		return ErrMismatch
	case types.any("macroenabled"), types.any("vbaproject"), types.any("spreadsheetml.template"):
		return ErrKind
	case !types.any("spreadsheetml.sheet.main+xml"):
		return ErrMismatch
	}
	return nil
}

// partTypes are the types of the parts of a package, in lower case.
type partTypes []string

func (p partTypes) any(word string) bool {
	return slices.ContainsFunc(p, func(kind string) bool { return strings.Contains(kind, word) })
}

// contentTypes reads what the table of contents says of the parts that are
// there: by name, else by ending. What it says of endings that no part has means
// nothing: many programs name the type of macros in every workbook.
func contentTypes(archive *zip.Reader) (partTypes, error) {
	table, err := tableOfContents(archive)
	if err != nil {
		return nil, err
	}
	named, ending := map[string]string{}, map[string]string{}
	for _, o := range table.Override {
		named[strings.ToLower(strings.TrimPrefix(o.PartName, "/"))] = strings.ToLower(o.ContentType)
	}
	for _, d := range table.Default {
		ending[strings.ToLower(d.Extension)] = strings.ToLower(d.ContentType)
	}
	types := partTypes(slices.Collect(maps.Values(named)))
	for _, part := range archive.File {
		name := strings.ToLower(part.Name)
		if _, known := named[name]; !known {
			types = append(types, ending[strings.TrimPrefix(path.Ext(name), ".")])
		}
	}
	return types, nil
}

// contents is [Content_Types].xml.
type contents struct {
	Default []struct {
		Extension   string `xml:",attr"`
		ContentType string `xml:",attr"`
	}
	Override []struct {
		PartName    string `xml:",attr"`
		ContentType string `xml:",attr"`
	}
}

func tableOfContents(archive *zip.Reader) (table contents, err error) {
	i := slices.IndexFunc(archive.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, "[Content_Types].xml") })
	if i < 0 {
		return table, errors.New("evidence: no table of contents")
	}
	part, err := archive.File[i].Open()
	if err != nil {
		return table, err
	}
	defer part.Close()
	err = xml.NewDecoder(io.LimitReader(part, maxTypesSize)).Decode(&table)
	return table, err
}

// isTable reports whether content is text that a csv may be: UTF-8 or GB18030
// without control characters. Pages of the web are refused whatever their name.
func isTable(content []byte) error {
	if bytes.ContainsFunc(content, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' || r == 0x7f }) {
		return ErrMismatch
	}
	if hasMarkup(content) {
		return ErrKind
	}
	if utf8.Valid(content) {
		return nil
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(content)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return ErrMismatch
	}
	return nil
}

// Original gives out the bytes that were handed in, for reading a paper's text
// or taking in its rows; pictures are shown by Open, which gives out the clean
// copy. Whoever calls has checked that the file may be read, and closes it. An
// unknown id is store.ErrNotFound.
func (s *Shelf) Original(ctx context.Context, id uuid.UUID) (io.ReadCloser, error) {
	return s.OriginalIn(s.store.Read(ctx), id)
}

// OriginalIn is Original in the caller's transaction, which it sees files of and
// needs no second connection for.
func (s *Shelf) OriginalIn(tx *gorm.DB, id uuid.UUID) (io.ReadCloser, error) {
	var r row
	if err := store.One(tx.Where("id = ?", id), &r); err != nil {
		return nil, err
	}
	return s.original(tx.Statement.Context, r, nil)
}

// OpenOriginal is Original for who holds the key (Keys.Original) of a picture as it
// came, with the name under which it is downloaded. A file that is no picture has
// none: store.ErrNotFound. Without a key it is for files of before: ErrKept.
func (s *Shelf) OpenOriginal(ctx context.Context, id uuid.UUID, key []byte) (f File, content io.ReadCloser, downloadName string, err error) {
	var r row
	if err := store.One(s.store.Read(ctx).Where("id = ? AND media = 'image'", id), &r); err != nil {
		return File{}, nil, "", err
	}
	if f, err = s.file(r); err != nil {
		return File{}, nil, "", err
	}
	content, err = s.original(ctx, r, key)
	return f, content, fmt.Sprintf("original-%d%s", r.Ordinal, path.Ext(f.Name)), err
}

// SealedOriginal gives out a picture as it came, encrypted as it lies on the shelf, for
// who opens it elsewhere with the key of the file: stock age does.
func (s *Shelf) SealedOriginal(ctx context.Context, id uuid.UUID) (sealed io.ReadCloser, downloadName string, err error) {
	var r row
	if err := store.One(s.store.Read(ctx).Where("id = ? AND media = 'image' AND original <> ''", id), &r); err != nil {
		return nil, "", err
	}
	f, err := s.file(r)
	if err != nil {
		return nil, "", err
	}
	sealed, err = s.blobs.Open(ctx, r.Original)
	return sealed, fmt.Sprintf("original-%d%s", r.Ordinal, path.Ext(f.Name)), err
}

func (s *Shelf) original(ctx context.Context, r row, handed []byte) (io.ReadCloser, error) {
	of := given
	if r.Derivative != "" {
		of = asReceived
	}
	key, err := s.keyOf(r, of, handed)
	if err != nil {
		return nil, err
	}
	plain, closer, err := s.plain(ctx, r.Original, key)
	if err != nil {
		return nil, err
	}
	return readCloser{plain, closer}, nil
}

// Remove takes a file from its owner in the caller's transaction: an attachment
// of a draft that is not wanted after all. It belongs to nobody then, and the
// next Sweep removes its row and its blobs, in that order. A file that is not
// the owner's is store.ErrNotFound.
func (s *Shelf) Remove(tx *gorm.DB, id uuid.UUID, ownerKind string, ownerID uuid.UUID) error {
	nobodys := make([]byte, 32)
	rand.Read(nobodys)
	done := tx.Model(&row{}).Where("id = ? AND owner_kind = ? AND owner_id = ?", id, ownerKind, ownerID).
		Updates(map[string]any{
			"owner_kind": staged,
			"owner_id":   nil,
			"form_key":   nobodys,
			"expires_at": s.store.Now(),
		})
	if done.Error == nil && done.RowsAffected == 0 {
		return store.ErrNotFound
	}
	return done.Error
}
