package evidence

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// folder keeps blobs as dir/ab/cd/abcd….
type folder struct{ dir string }

// unfinishedFor is how old a blob must be that nobody finished before it is
// taken for the leftover of a crash.
const unfinishedFor = 24 * time.Hour

// Folder keeps blobs as files below dir, readable by the portal's user only.
// Leftovers of uploads that a crash interrupted more than a day ago are
// removed. Several replicas may share dir.
func Folder(dir string) (Blobs, error) {
	f := folder{dir}
	if err := os.MkdirAll(f.incoming(), 0o700); err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	return f, f.clear(time.Now().Add(-unfinishedFor))
}

// incoming holds the blobs that are still being written. It lies on the same
// file system as the others, so a rename is all or nothing.
func (f folder) incoming() string { return filepath.Join(f.dir, "incoming") }

func (f folder) clear(before time.Time) error {
	entries, err := os.ReadDir(f.incoming())
	if err != nil {
		return fmt.Errorf("evidence: %w", err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue // gone already, or still being written
		}
		if err := os.Remove(filepath.Join(f.incoming(), e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("evidence: %w", err)
		}
	}
	return nil
}

func (f folder) Create(context.Context) (Draft, error) {
	random := make([]byte, 16)
	rand.Read(random)
	name := hex.EncodeToString(random)
	file, err := os.OpenFile(filepath.Join(f.incoming(), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, roomError(err)
	}
	return &fileDraft{folder: f, name: name, file: file}, nil
}

func (f folder) Open(_ context.Context, name string) (io.ReadCloser, error) {
	path, err := f.path(name)
	if err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("evidence: %w", err)
	}
	return file, nil
}

func (f folder) Remove(_ context.Context, name string) error {
	path, err := f.path(name)
	if err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("evidence: %w", err)
	}
	return nil
}

// path refuses every name that Create could not have made.
func (f folder) path(name string) (string, error) {
	if b, err := hex.DecodeString(name); err != nil || len(b) != 16 {
		return "", fmt.Errorf("evidence: %q is no blob name: %w", name, fs.ErrNotExist)
	}
	return filepath.Join(f.dir, name[:2], name[2:4], name), nil
}

// fileDraft is a blob being written to the incoming folder.
type fileDraft struct {
	folder folder
	name   string
	file   *os.File // nil once committed or aborted
}

func (d *fileDraft) Write(p []byte) (int, error) {
	n, err := d.file.Write(p)
	return n, roomError(err)
}

// Commit returns only when the bytes and their name would survive a power cut.
func (d *fileDraft) Commit() (string, error) {
	path, err := d.folder.path(d.name)
	if err != nil {
		return "", err
	}
	if err := d.file.Sync(); err != nil {
		return "", roomError(err)
	}
	if err := d.folder.makeDirs(path); err != nil {
		return "", roomError(err)
	}
	if err := os.Rename(d.file.Name(), path); err != nil {
		return "", roomError(err)
	}
	err = d.file.Close()
	d.file = nil
	return d.name, roomError(errors.Join(err, syncDir(filepath.Dir(path))))
}

func (d *fileDraft) Abort() {
	if d.file == nil {
		return
	}
	d.file.Close()
	os.Remove(d.file.Name())
	d.file = nil
}

// makeDirs makes the two folders above path durable.
func (f folder) makeDirs(path string) error {
	leaf := filepath.Dir(path)
	for _, dir := range []string{filepath.Dir(leaf), leaf} {
		err := os.Mkdir(dir, 0o700)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err := errors.Join(err, syncDir(filepath.Dir(dir))); err != nil {
			return err
		}
	}
	return nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// roomError marks the errors of a disk that has no room.
func roomError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return fmt.Errorf("evidence: %w", err)
}
