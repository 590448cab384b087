package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/tlog"
)

// What verify does stands on nothing that writes the log: hashes and proofs come
// from torchwood and x/mod, and what a leaf is made of is written here a second
// time. A mistake would have to be made twice to pass.

func verifyCommand(ctx context.Context, c call) error {
	if len(c.args) > 0 {
		rest := call{c.settings, c.args[1:], c.out}
		switch c.args[0] {
		case "receipt":
			return verifyReceipt(ctx, rest)
		case "log":
			return verifyLog(ctx, rest)
		case "database":
			return verifyDatabase(ctx, rest)
		}
	}
	return errors.New("say 'portal verify receipt FILE', 'portal verify log URL' or 'portal verify database'")
}

// sealed is the commitment to an opening (docs/decisions/public-log.md).
func sealed(nonce, opening []byte) []byte {
	h := hmac.New(sha256.New, nonce)
	io.WriteString(h, "grievance-log/v1\n")
	h.Write(opening)
	return h.Sum(nil)
}

// entryOf is what the log holds of a commitment.
func entryOf(commitment []byte) []byte { return append([]byte{0x01}, commitment...) }

// nonceSize is how many bytes stand before an opening.
const nonceSize = 32

// opened splits what a receipt carries, and returns the leaf that it opens.
func opened(extra []byte) (leaf tlog.Hash, opening []byte, err error) {
	if len(extra) <= nonceSize {
		return leaf, nil, errors.New("it carries no opening")
	}
	return tlog.RecordHash(entryOf(sealed(extra[:nonceSize], extra[nonceSize:]))), extra[nonceSize:], nil
}

// policyFrom reads the policy in a file, or the one that a log serves.
func policyFrom(ctx context.Context, file, log string) (torchwood.Policy, string, error) {
	var text []byte
	var err error
	switch {
	case file != "":
		text, err = os.ReadFile(file)
	case log != "":
		text, err = fetch(ctx, strings.TrimSuffix(log, "/")+"/policy")
	default:
		err = errors.New("say whose signatures count: -policy FILE, or -log URL to ask the log itself")
	}
	if err != nil {
		return nil, "", err
	}
	policy, err := torchwood.ParsePolicy(text)
	if err != nil {
		return nil, "", fmt.Errorf("policy: %w", err)
	}
	return policy, string(text), nil
}

func fetch(ctx context.Context, address string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", address, answer.Status)
	}
	return io.ReadAll(io.LimitReader(answer.Body, 1<<20))
}

// verifyLog reads a whole log as an outsider does.
func verifyLog(ctx context.Context, c call) error {
	flags := flag.NewFlagSet("portal verify log", flag.ContinueOnError)
	flags.SetOutput(c.out)
	file := flags.String("policy", "", "file that says whose signatures count; the log's own when empty")
	since := flags.String("since", "", "a checkpoint kept from before, which the log must go on from")
	save := flags.String("save", "", "keep the checkpoint in this file, for -since another time")
	if err := flags.Parse(c.args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("say 'portal verify log [-policy FILE] [-since FILE] [-save FILE] URL'")
	}
	o, err := outside(ctx, flags.Arg(0), *file)
	if err != nil {
		return err
	}
	if err := o.everyEntry(ctx); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "signed as the policy asks: %s, %d leaves, root %s\n", o.tree.Origin, o.tree.N, o.tree.Hash)
	fmt.Fprintf(c.out, "every leaf is there and belongs to the root\n")
	if *since != "" {
		if err := o.goesOn(ctx, *since); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "it goes on from %s\n", *since)
	}
	if *save != "" {
		return os.WriteFile(*save, o.signed, 0o644)
	}
	return nil
}

// outsider is a log as it is served.
type outsider struct {
	fetcher *torchwood.TileFetcher
	policy  torchwood.Policy
	signed  []byte
	tree    torchwood.Checkpoint
}

func outside(ctx context.Context, log, policyFile string) (o *outsider, err error) {
	o = &outsider{}
	if o.policy, _, err = policyFrom(ctx, policyFile, log); err != nil {
		return nil, err
	}
	if o.fetcher, err = torchwood.NewTileFetcher(strings.TrimSuffix(log, "/") + "/"); err != nil {
		return nil, err
	}
	if o.signed, err = o.fetcher.ReadEndpoint(ctx, "checkpoint"); err != nil {
		return nil, err
	}
	if o.tree, _, err = torchwood.VerifyCheckpoint(o.signed, o.policy); err != nil {
		return nil, fmt.Errorf("checkpoint: %w", err)
	}
	return o, nil
}

// everyEntry reads all entries; each is proved against the checkpoint.
func (o *outsider) everyEntry(ctx context.Context) error {
	n := int64(0)
	err := o.entries(ctx, func(i int64, entry []byte) error {
		if n++; len(entry) != 33 || entry[0] != 0x01 {
			return fmt.Errorf("leaf %d is no commitment", i)
		}
		return nil
	})
	if err == nil && n != o.tree.N {
		err = fmt.Errorf("%d of %d leaves are served", n, o.tree.N)
	}
	return err
}

func (o *outsider) entries(ctx context.Context, see func(i int64, entry []byte) error) error {
	if o.tree.N == 0 {
		return nil
	}
	client, err := torchwood.NewClient(o.fetcher)
	if err != nil {
		return err
	}
	for i, entry := range client.AllEntries(ctx, o.tree.Tree, 0) {
		if err := see(i, entry); err != nil {
			return err
		}
	}
	return client.Err()
}

// goesOn checks that the tree holds one that was signed before, unchanged.
func (o *outsider) goesOn(ctx context.Context, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	before, _, err := torchwood.VerifyCheckpoint(text, o.policy)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if before.N > o.tree.N {
		return fmt.Errorf("the log had %d leaves and now has %d: something was taken out", before.N, o.tree.N)
	}
	if before.N == 0 {
		return nil
	}
	hashes := torchwood.TileHashReaderWithContext(ctx, o.tree.Tree, o.fetcher)
	proof, err := tlog.ProveTree(o.tree.N, before.N, hashes)
	if err == nil {
		err = tlog.CheckTree(proof, o.tree.N, o.tree.Hash, before.N, before.Hash)
	}
	if err != nil {
		return fmt.Errorf("the log does not go on from %s: its history was changed: %w", file, err)
	}
	return nil
}

// place looks for a leaf; -1 when it is not there.
func (o *outsider) place(ctx context.Context, leaf tlog.Hash) (int64, error) {
	at := int64(-1)
	err := o.entries(ctx, func(i int64, entry []byte) error {
		if h := tlog.RecordHash(entry); bytes.Equal(h[:], leaf[:]) {
			at = i
		}
		return nil
	})
	return at, err
}
