package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// Staged lists the files staged for a form, in order.
func (s *Shelf) Staged(ctx context.Context, formKey []byte) ([]File, error) {
	if len(formKey) == 0 {
		return nil, nil
	}
	var rows []row
	err := s.store.Read(ctx).Where("form_key = ?", formKey).Order("ordinal, id").Limit(2 * MaxFiles).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	return s.files(rows)
}

// NoneWaits fails the store.InsertTogether that it is part of when files are staged
// for a form: it asks without a journey of its own. A row without an ordinal is
// refused by both databases.
func NoneWaits(formKey []byte) store.Also {
	return store.Also{SQL: "UPDATE evidence_file SET ordinal = NULL WHERE form_key = ? AND owner_kind = ?", Args: []any{formKey, staged}}
}

// Waits reports whether files are staged for a form.
func (s *Shelf) Waits(ctx context.Context, formKey []byte) (bool, error) {
	var some []row
	err := s.store.Read(ctx).Select("id").Where("form_key = ?", formKey).Limit(1).Find(&some).Error
	return len(some) > 0, err
}

// Unstage removes one staged file of the form; unknown ids are ignored.
func (s *Shelf) Unstage(ctx context.Context, formKey []byte, id uuid.UUID) error {
	if len(formKey) == 0 {
		return nil
	}
	_, err := s.drop(ctx, func(tx *gorm.DB) *gorm.DB {
		return tx.Where("id = ? AND owner_kind = ? AND form_key = ?", id, staged, formKey)
	})
	return err
}

// Some lists files by the caller's own question, in the order of their ids, at most
// limit.
func (s *Shelf) Some(query *gorm.DB, limit int) ([]File, error) {
	var rows []row
	if err := query.Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, err
	}
	return s.files(rows)
}

// Of lists the files of the owners, in order, at most 500; destroyed ones no more.
func (s *Shelf) Of(ctx context.Context, ownerKind string, owners ...uuid.UUID) ([]File, error) {
	if len(owners) == 0 || ownerKind == staged {
		return nil, nil
	}
	var rows []row
	err := s.store.Read(ctx).Where("owner_kind = ? AND owner_id IN ? AND original <> ''", ownerKind, owners).
		Order("owner_id, ordinal, id").Limit(500).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	return s.files(rows)
}

// Count counts the files of each owner that has any; destroyed ones no more.
func (s *Shelf) Count(ctx context.Context, ownerKind string, owners ...uuid.UUID) (map[uuid.UUID]int, error) {
	n := make(map[uuid.UUID]int, len(owners))
	if len(owners) == 0 || ownerKind == staged {
		return n, nil
	}
	var counted []struct {
		OwnerID uuid.UUID
		N       int
	}
	err := s.store.Read(ctx).Model(&row{}).Select("owner_id, count(*) AS n").
		Where("owner_kind = ? AND owner_id IN ? AND original <> ''", ownerKind, owners).Group("owner_id").Scan(&counted).Error
	for _, c := range counted {
		n[c.OwnerID] = c.N
	}
	return n, err
}

// Open gives out the clean copy (or, for kinds that have none, the file) with
// the name under which it is downloaded: evidence-1.jpg. Whoever calls has
// checked that the file may be seen, closes content, and serves it as an
// attachment under a sandbox policy. An unknown id is store.ErrNotFound; ErrKept
// when the key does not lie with the portal, ErrDestroyed when there is nothing left.
func (s *Shelf) Open(ctx context.Context, id uuid.UUID) (f File, content io.ReadCloser, downloadName string, err error) {
	return s.OpenWith(ctx, id, nil)
}

// OpenWith is Open for who holds the key of the file (Keys.Given); nil is the one
// that the portal has.
func (s *Shelf) OpenWith(ctx context.Context, id uuid.UUID, key []byte) (f File, content io.ReadCloser, downloadName string, err error) {
	var r row
	if err := store.One(s.store.Read(ctx).Where("id = ?", id), &r); err != nil {
		return File{}, nil, "", err
	}
	if r.Original == "" {
		return File{}, nil, "", ErrDestroyed
	}
	if f, err = s.file(r); err != nil {
		return File{}, nil, "", err
	}
	blob := r.Derivative
	if blob == "" {
		// A picture whose clean copy is missing must not give out the original.
		if r.Media == "image" {
			return File{}, nil, "", errors.New("evidence: picture without a clean copy")
		}
		blob = r.Original
	}
	opens, err := s.keyOf(r, given, key)
	if err != nil {
		return File{}, nil, "", err
	}
	plain, closer, err := s.plain(ctx, blob, opens)
	if err != nil {
		return File{}, nil, "", err
	}
	return f, readCloser{plain, closer}, nameFor(f), nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// nameFor says nothing but the order: names of files name people.
func nameFor(f File) string {
	for _, k := range slices.Concat(allKinds, sheetKinds, []kind{docxKind, sealedKind}) {
		if k.contentType == f.ContentType {
			return fmt.Sprintf("evidence-%d.%s", f.Ordinal, k.extensions[0])
		}
	}
	return fmt.Sprintf("evidence-%d.bin", f.Ordinal)
}

// Sweep removes staged files that expired before now, and their blobs, at most
// 500 at a time.
func (s *Shelf) Sweep(ctx context.Context) (removed int, err error) {
	now := s.store.Now()
	return s.drop(ctx, func(tx *gorm.DB) *gorm.DB {
		return tx.Where("owner_kind = ? AND expires_at <= ?", staged, now)
	})
}

// drop deletes the rows that which selects, and then their blobs. A row that
// was bound meanwhile stays: the delete asks again whether it is staged.
func (s *Shelf) drop(ctx context.Context, which func(*gorm.DB) *gorm.DB) (int, error) {
	var gone []row
	err := s.store.Transact(ctx, func(tx *gorm.DB) error {
		gone = nil
		var rows []row
		if err := which(tx).Order("id").Limit(500).Find(&rows).Error; err != nil {
			return err
		}
		for _, r := range rows {
			done := tx.Where("id = ? AND owner_kind = ?", r.ID, staged).Delete(&row{})
			if done.Error != nil {
				return done.Error
			}
			if done.RowsAffected == 1 {
				gone = append(gone, r)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, r := range gone {
		s.discard(ctx, r.Original, r.Derivative)
	}
	return len(gone), nil
}
