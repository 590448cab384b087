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
	if err := flags.Parse(c.args); err != nil {
		return err
	}
	h, err := openRooms(ctx, c.settings, options{})
	if err != nil {
		return err
	}
	defer h.close()
	started := time.Now()
	loads := world.Loads{Complaints: *complaints, Notices: *notices}
	if err := world.Load(ctx, h.rooms(nil), loads, progressTo(c.out, "rows")); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%d complaints and %d notices in %s\n", *complaints, *notices, time.Since(started).Round(time.Millisecond))
	return nil
}
