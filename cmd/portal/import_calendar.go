package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"minsheng/clock"
	"minsheng/internal/sheet"
	"minsheng/internal/workday"
)

// importCalendar is "portal import calendar": days off, and days that are worked
// instead, as the State Council's office announces them.
func importCalendar(ctx context.Context, c call) error {
	flags := flag.NewFlagSet("portal import calendar", flag.ContinueOnError)
	flags.SetOutput(c.out)
	write := flags.Bool("write", false, "really write; without it the file is only rehearsed")
	var years []int
	flags.Func("announces", "year whose days off the file tells completely; may be given several times", func(text string) error {
		year, err := strconv.Atoi(text)
		years = append(years, year)
		return err
	})
	name, err := oneFile(flags, c.args[1:], "CSV file")
	if err != nil {
		return err
	}
	days, err := readCalendar(name)
	if err != nil {
		return err
	}
	h, err := openRooms(ctx, c.settings, options{})
	if err != nil {
		return err
	}
	defer h.close()
	rehearsed, err := h.clocks.ImportDaysFromCommandLine(ctx, days, years, true)
	if errors.Is(err, clock.ErrUnannounced) {
		return fmt.Errorf("nothing was written: the file lacks the New Year or the National Day of a year that -announces names (%w)", err)
	}
	if err != nil {
		return fmt.Errorf("nothing was written: %w", err)
	}
	tellCalendar(c.out, rehearsed)
	if !*write {
		fmt.Fprintln(c.out, "This was a rehearsal; add -write to keep it.")
		return nil
	}
	_, err = h.clocks.ImportDaysFromCommandLine(ctx, days, years, false)
	return err
}

// readCalendar reads the file, in whichever encoding an office program wrote it.
func readCalendar(name string) ([]workday.Day, error) {
	content, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	text, err := sheet.PlainText(content)
	if err != nil {
		return nil, errors.New("nothing was written: this is no text file")
	}
	days, err := workday.ReadDays(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("nothing was written:\n%w", err)
	}
	return days, nil
}

func tellCalendar(out io.Writer, i clock.Imported) {
	kinds := map[bool]string{true: "work", false: "off"}
	added := 0
	for _, d := range i.Days {
		before := "new"
		if d.Before != nil {
			before = "was " + kinds[d.Before.Works] + " " + d.Before.Name
		} else {
			added++
		}
		fmt.Fprintf(out, "%s %-4s %s (%s)\n", d.On, kinds[d.Works], d.Name, before)
	}
	fmt.Fprintf(out, "%d new, %d changed, %d the same\n", added, len(i.Days)-added, i.Same)
	for _, year := range i.Years {
		fmt.Fprintf(out, "%d is announced: dates in it are certain\n", year)
	}
	more := ""
	if i.Dates.More {
		more = " of the first 10000"
	}
	fmt.Fprintf(out, "%d running dates%s are counted again: %d move, %d of them were told to reporters, who are written to\n",
		i.Dates.Open, more, i.Dates.Moved, i.Dates.Told)
}
