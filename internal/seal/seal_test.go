package seal_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"minsheng/internal/seal"
)

func TestBoxOpensOnlyWhereItWasShut(t *testing.T) {
	keys, err := seal.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	other, err := seal.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	shut := keys.Box("narrative").Shut([]byte("双柳村"), "report:1")
	if bytes.Contains(shut, []byte("双柳村")) {
		t.Fatal("the box is transparent")
	}
	plain, err := keys.Box("narrative").Open(shut, "report:1")
	if err != nil || string(plain) != "双柳村" {
		t.Fatalf("Open = %q, %v", plain, err)
	}
	flipped := bytes.Clone(shut)
	flipped[len(flipped)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another row":     func() ([]byte, error) { return keys.Box("narrative").Open(shut, "report:2") },
		"another purpose": func() ([]byte, error) { return keys.Box("identity").Open(shut, "report:1") },
		"another key":     func() ([]byte, error) { return other.Box("narrative").Open(shut, "report:1") },
		"changed":         func() ([]byte, error) { return keys.Box("narrative").Open(flipped, "report:1") },
		"cut short":       func() ([]byte, error) { return keys.Box("narrative").Open(shut[:8], "report:1") },
		"not base64":      func() ([]byte, error) { return keys.Box("narrative").OpenText("%%%", "report:1") },
	} {
		if _, err := open(); !errors.Is(err, seal.ErrForged) {
			t.Errorf("%s: err = %v, want ErrForged", name, err)
		}
	}
}

func TestKeysAreKeptPrivateAndNeverOverwritten(t *testing.T) {
	dir := t.TempDir()
	first, err := seal.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seal.Create(dir); err == nil {
		t.Fatal("Create overwrote keys")
	}
	again, err := seal.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(first.MAC("receipt", []byte("x")), again.MAC("receipt", []byte("x"))) {
		t.Fatal("loaded keys differ from created ones")
	}
	for _, name := range []string{seal.MasterFile, seal.EvidenceFile} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Mode().Perm() != 0o400 {
			t.Errorf("%s: mode %v, %v; want 0400", name, info.Mode(), err)
		}
	}
}
