package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"minsheng/internal/store"
)

func migrate(ctx context.Context, c call) error {
	if len(c.args) != 1 || c.args[0] != "up" && c.args[0] != "status" {
		return errors.New("say 'portal migrate up' or 'portal migrate status'")
	}
	if err := os.MkdirAll(c.settings.data, 0o700); err != nil {
		return err
	}
	db, err := store.Open(ctx, store.Config{URL: c.settings.databaseURL, Dir: c.settings.data})
	if err != nil {
		return err
	}
	defer db.Close()
	if c.args[0] == "up" {
		if err := prepare(ctx, c.settings, db, c.out); err != nil {
			return err
		}
	}
	behind, err := db.Behind(ctx)
	if err != nil {
		return err
	}
	if behind > 0 {
		fmt.Fprintf(c.out, "the database lacks %d migrations\n", behind)
		return nil
	}
	fmt.Fprintln(c.out, "the database is up to date")
	return nil
}
