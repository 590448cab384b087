package custody

import (
	"bytes"
	"io"
	"testing"
	"time"

	"filippo.io/age"
)

// TestEnvelopesAreUsedOnce empties a drawer faster than it fills: what is taken
// opens for its recipient, and no two have the same key.
func TestEnvelopesAreUsedOnce(t *testing.T) {
	own, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	d := (&drawers{}).of(own.Recipient().String(), own.Recipient())
	for deadline := time.Now().Add(10 * time.Second); len(d.ready) < drawerSize; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d envelopes lie ready", len(d.ready))
		}
	}
	heads := map[string]bool{}
	for i := range 3 * drawerSize {
		plain := bytes.Repeat([]byte{byte(i)}, 100)
		sealed, err := To{drawer: d}.Seal(plain)
		if err != nil {
			t.Fatal(err)
		}
		head, _, _ := bytes.Cut(sealed, []byte("\n--- "))
		heads[string(head)] = true
		r, err := age.Decrypt(bytes.NewReader(sealed), own)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("envelope %d holds %q, %v", i, got, err)
		}
	}
	if len(heads) != 3*drawerSize {
		t.Errorf("%d keys for %d envelopes", len(heads), 3*drawerSize)
	}
}
