package main

import (
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// verifyReceipt checks what a reporter holds: a proof, or a promise of one. With
// -policy it needs no network.
func verifyReceipt(ctx context.Context, c call) error {
	flags := flag.NewFlagSet("portal verify receipt", flag.ContinueOnError)
	flags.SetOutput(c.out)
	file := flags.String("policy", "", "file that says whose signatures count")
	log := flags.String("log", "", "address of the log, to look there as well")
	if err := flags.Parse(c.args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("say 'portal verify receipt [-policy FILE] [-log URL] FILE'")
	}
	text, err := os.ReadFile(flags.Arg(0))
	if err != nil {
		return err
	}
	policy, policyText, err := policyFrom(ctx, *file, *log)
	if err != nil {
		return err
	}
	if strings.HasPrefix(string(text), "c2sp.org/tlog-proof@v1\n") {
		return verifyProof(c.out, policy, text)
	}
	p, err := openPromise(text, policyText)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "promised by %s: in the log by %s\n", p.log, p.by.Format(time.RFC3339))
	told(c.out, p.opening)
	if *log == "" {
		return nil
	}
	o, err := outside(ctx, *log, *file)
	if err != nil {
		return err
	}
	return p.kept(ctx, c.out, o)
}

func verifyProof(out io.Writer, policy torchwood.Policy, text []byte) error {
	extra, err := torchwood.ProofExtraData(text)
	if err != nil {
		return err
	}
	leaf, opening, err := opened(extra)
	if err != nil {
		return err
	}
	if err := torchwood.VerifyProof(policy, leaf, text); err != nil {
		return fmt.Errorf("the proof does not hold: %w", err)
	}
	fmt.Fprintln(out, "the proof holds: what follows is in the log, signed as the policy asks")
	told(out, opening)
	return nil
}

func told(out io.Writer, opening []byte) { fmt.Fprintf(out, "%s\n", opening) }

// promised is what a promise says.
type promised struct {
	log     string
	leaf    tlog.Hash
	by      time.Time
	opening []byte
}

// promisePrefix begins the line of a policy that names the key of promises.
const promisePrefix = "# promise "

// openPromise checks the signature of a promise, and that it is about what it
// carries.
func openPromise(text []byte, policy string) (p promised, err error) {
	vkey := ""
	for line := range strings.Lines(policy) {
		if key, is := strings.CutPrefix(strings.TrimSpace(line), promisePrefix); is {
			vkey = key
		}
	}
	v, err := note.NewVerifier(vkey)
	if err != nil {
		return p, errors.New("the policy names no key of promises")
	}
	n, err := note.Open(text, note.VerifierList(v))
	if err != nil {
		return p, fmt.Errorf("the promise was not signed by the log: %w", err)
	}
	said := map[string]string{}
	for line := range strings.Lines(n.Text) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		said[name] = value
	}
	extra, err := base64.StdEncoding.DecodeString(said["opening"])
	if err != nil {
		return p, fmt.Errorf("opening: %w", err)
	}
	if p.leaf, p.opening, err = opened(extra); err != nil {
		return p, err
	}
	if p.leaf.String() != said["leaf"] {
		return p, errors.New("the promise is not about what it carries")
	}
	p.log = said["log"]
	p.by, err = time.Parse(time.RFC3339, said["in-log-by"])
	return p, err
}

// kept looks whether the log holds what was promised.
func (p promised) kept(ctx context.Context, out io.Writer, o *outsider) error {
	at, err := o.place(ctx, p.leaf)
	if err != nil {
		return err
	}
	switch {
	case at >= 0:
		fmt.Fprintf(out, "kept: it is leaf %d of %d\n", at, o.tree.N)
		return nil
	case time.Now().Before(p.by):
		fmt.Fprintln(out, "not in the log yet; there is still time")
		return nil
	}
	return errors.New("broken: the time is over and the log does not hold it. Keep this file: it is the evidence")
}
