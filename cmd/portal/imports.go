package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"minsheng/crosscheck"
	"minsheng/region"
)

// importer brings a file in, or rehearses it.
type importer func(ctx context.Context, csv io.Reader, dryRun bool, progress func(done, total int)) (region.ImportResult, error)

func importCommand(ctx context.Context, c call) error {
	const say = `say one of
  portal import divisions [-write] FILE                 villages, from CSV
  portal import units [-write] FILE                     offices, from CSV
  portal import calendar [-write] [-announces YEAR] FILE   days off and days worked instead, from CSV
  portal import payments [-office NAME] FILE            what was paid to households, xlsx or csv
  portal import reference KIND [-office NAME] FILE      people to compare payments with, xlsx or csv`
	if len(c.args) == 0 {
		return errors.New(say)
	}
	switch c.args[0] {
	case "divisions", "units":
		return importPlaces(ctx, c)
	case "calendar":
		return importCalendar(ctx, c)
	case "payments":
		return importSheet(ctx, c, "payments", c.args[1:])
	case "reference":
		if kinds := crosscheck.References(); len(c.args) < 2 || !slices.Contains(kinds, c.args[1]) {
			return fmt.Errorf("say 'portal import reference KIND [-office NAME] FILE'; KIND is one of %s", strings.Join(kinds, ", "))
		}
		return importSheet(ctx, c, "reference."+c.args[1], c.args[2:])
	}
	return errors.New(say)
}

// importPlaces is "portal import divisions|units".
func importPlaces(ctx context.Context, c call) error {
	what := c.args[0]
	flags := flag.NewFlagSet("portal import "+what, flag.ContinueOnError)
	flags.SetOutput(c.out)
	write := flags.Bool("write", false, "really write; without it the file is only rehearsed")
	name, err := oneFile(flags, c.args[1:], "CSV file")
	if err != nil {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	h, err := openRooms(ctx, c.settings, options{})
	if err != nil {
		return err
	}
	defer h.close()
	bring := importer(h.atlas.Import)
	if what == "units" {
		bring = h.atlas.ImportUnits
	}
	return importFile(ctx, c.out, bring, file, *write, what)
}

// oneFile reads flags, which may stand before and behind the name of a file.
func oneFile(flags *flag.FlagSet, args []string, kind string) (string, error) {
	if err := flags.Parse(args); err != nil {
		return "", err
	}
	name := flags.Arg(0)
	if err := flags.Parse(flags.Args()[min(1, flags.NArg()):]); err != nil {
		return "", err
	}
	if name == "" || flags.NArg() != 0 {
		return "", errors.New("name one " + kind)
	}
	return name, nil
}

func importFile(ctx context.Context, out io.Writer, bring importer, csv io.Reader, write bool, what string) error {
	result, err := bring(ctx, csv, !write, progressTo(out, what))
	if err != nil {
		return err
	}
	for _, p := range result.Problems {
		fmt.Fprintf(out, "line %d: %s\n", p.Line, p.Text)
	}
	fmt.Fprintf(out, "%d new, %d renamed, %d unchanged, %d problems\n",
		result.Added, result.Renamed, result.Unchanged, len(result.Problems))
	if result.Expired > 0 {
		fmt.Fprintf(out, "%d of the new ones lie below a town that is no longer in use: they are kept for old papers and offered to nobody\n", result.Expired)
	}
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
