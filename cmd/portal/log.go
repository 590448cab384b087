package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"minsheng/transparency"
)

// logCommand is what an operator does with the public log.
func logCommand(ctx context.Context, c call) error {
	if len(c.args) == 0 || c.args[0] != "rotate" && c.args[0] != "status" {
		return errors.New("say 'portal log status', 'portal log rotate' or 'portal log rotate NAME'")
	}
	if c.args[0] == "rotate" {
		return rotateLog(c)
	}
	h, err := openRooms(ctx, c.settings, options{})
	if err != nil {
		return err
	}
	defer h.close()
	key, promises := h.log.Keys()
	fmt.Fprintf(c.out, "key       %s\n          %s\npromises  %s\n", key, transparency.Fingerprint(key), promises)
	latest, err := h.log.Latest(ctx, 1)
	if err != nil {
		return err
	}
	for _, s := range latest {
		fmt.Fprintf(c.out, "signed    %d leaves at %s, seen by %d witnesses\n", s.Size, s.SignedAt.Format(time.RFC3339), len(s.Witnesses))
	}
	return h.log.Refused()
}

// rotateLog makes a new key for the log. With another name it is a new log over
// the same tree: what an operator begins after a backup was put back.
func rotateLog(c call) error {
	name := ""
	if len(c.args) > 1 {
		name = c.args[1]
	}
	older, newer, err := transparency.Rotate(c.settings.keys, name)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "the log is signed from the next start with\n  %s\n  fingerprint %s\ninstead of\n  %s\n", newer, transparency.Fingerprint(newer), older)
	fmt.Fprintln(c.out, "Restart every portal that shares this folder of keys, tell the witnesses, and print the new fingerprint.")
	return nil
}
