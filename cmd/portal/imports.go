package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func importCommand(ctx context.Context, c call) error {
	if len(c.args) == 0 || c.args[0] != "divisions" {
		return errors.New("say 'portal import divisions [-write] FILE'")
	}
	flags := flag.NewFlagSet("portal import divisions", flag.ContinueOnError)
	flags.SetOutput(c.out)
	write := flags.Bool("write", false, "really write; without it the file is only rehearsed")
	if err := flags.Parse(c.args[1:]); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("name one CSV file")
	}
	file, err := os.Open(flags.Arg(0))
	if err != nil {
		return err
	}
	defer file.Close()
	h, err := openRooms(ctx, c.settings, options{})
	if err != nil {
		return err
	}
	defer h.close()
	return h.importDivisions(ctx, c.out, file, *write)
}

func (h *house) importDivisions(ctx context.Context, out io.Writer, csv io.Reader, write bool) error {
	result, err := h.atlas.Import(ctx, csv, !write, progressTo(out, "places"))
	if err != nil {
		return err
	}
	for _, p := range result.Problems {
		fmt.Fprintf(out, "line %d: %s\n", p.Line, p.Text)
	}
	fmt.Fprintf(out, "%d new, %d renamed, %d unchanged, %d problems\n",
		result.Added, result.Renamed, result.Unchanged, len(result.Problems))
	switch {
	case len(result.Problems) > 0:
		return errors.New("nothing was written: mend the lines above first")
	case !write:
		fmt.Fprintln(out, "This was a rehearsal; add -write to keep it.")
	}
	return nil
}

// progressTo tells how far something is, at most once a second, and only when
// it takes longer than two.
func progressTo(out io.Writer, what string) func(done, total int) {
	started, told := time.Now(), time.Now()
	return func(done, total int) {
		if time.Since(started) < 2*time.Second || time.Since(told) < time.Second {
			return
		}
		told = time.Now()
		fmt.Fprintf(out, "%d of %d %s\n", done, total, what)
	}
}
