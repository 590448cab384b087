package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"minsheng/cmd/portal/world"
)

// seed fills the database with load data: believable shapes and sizes, not a
// believable story.
func seed(ctx context.Context, c call) error {
	flags := flag.NewFlagSet("portal seed", flag.ContinueOnError)
	flags.SetOutput(c.out)
	complaints := flags.Int("complaints", 1000, "how many complaints")
	notices := flags.Int("notices", 100, "how many notices")
	rows := flags.Int("rows", 1000, "how many rows the largest list of households has")
	if err := flags.Parse(c.args); err != nil {
		return err
	}
	h, err := openRooms(ctx, c.settings, options{})
	if err != nil {
		return err
	}
	defer h.close()
	started := time.Now()
	loads := world.Loads{Complaints: *complaints, Notices: *notices, Rows: *rows}
	if err := world.Load(ctx, h.rooms(nil), loads, progressTo(c.out, "complaints and notices")); err != nil {
		return err
	}
	if _, err := h.log.Turn(ctx); err != nil { // or the first portal would be busy with it while it is measured
		return err
	}
	fmt.Fprintf(c.out, "%d complaints and %d notices, one of %d rows, in %s\n", *complaints, *notices, *rows, time.Since(started).Round(time.Millisecond))
	return nil
}
