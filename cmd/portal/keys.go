package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"minsheng/internal/seal"
	"minsheng/internal/store"
)

// unlock loads the keys of this installation, making them on the very first
// start. The database remembers their fingerprint, so that a lost or swapped
// key folder is noticed before anything is sealed with the wrong keys.
func unlock(ctx context.Context, s *store.Store, dir string) (*seal.Keys, error) {
	var known []string
	err := s.Read(ctx).Raw("SELECT value FROM portal_fact WHERE name = 'key_fingerprint'").Scan(&known).Error
	if err != nil {
		return nil, fmt.Errorf("read key fingerprint: %w", err)
	}
	keys, err := seal.Load(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if len(known) > 0 {
			return nil, fmt.Errorf("the keys in %s are gone, but the database was sealed with them: put them back from the safe copy", dir)
		}
		keys, err = create(dir)
	}
	if err != nil {
		return nil, err
	}
	mine := fingerprint(keys)
	if len(known) == 0 {
		err := s.Read(ctx).Exec("INSERT INTO portal_fact (name, value) VALUES ('key_fingerprint', ?) ON CONFLICT DO NOTHING", mine).Error
		if err != nil {
			return nil, fmt.Errorf("write key fingerprint: %w", err)
		}
		return unlock(ctx, s, dir) // another replica may have been first
	}
	if known[0] != mine {
		return nil, fmt.Errorf("the keys in %s are not the ones this database was sealed with", dir)
	}
	return keys, nil
}

// create makes keys, or loads those that another replica made this instant.
func create(dir string) (*seal.Keys, error) {
	keys, err := seal.Create(dir)
	if errors.Is(err, fs.ErrExist) {
		return seal.Load(dir)
	}
	return keys, err
}

func fingerprint(keys *seal.Keys) string {
	return hex.EncodeToString(keys.MAC("fingerprint", nil)[:8])
}
