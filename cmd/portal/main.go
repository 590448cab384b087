// Command portal runs the 民声 portal: the site itself and everything an
// operator does to it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is one word after "portal".
type command struct {
	name, arguments, does string
	run                   func(ctx context.Context, c call) error
}

// call is a command being run: settings, its own arguments and where it talks.
type call struct {
	settings settings
	args     []string
	out      io.Writer
}

func commands() []command {
	return []command{
		{"demo", "[-addr HOST:PORT]", "a throwaway portal with invented Panjin data and sample accounts", demo},
		{"serve", "", "the portal", serve},
		{"migrate", "up|status", "bring the database up to date, or say how far it is", migrate},
		{"staff", "add|list|reset …", "accounts; the first administrator can only be made here", staffCommand},
		{"import", "divisions|units|calendar|payments|reference …", "villages, offices and the calendar from CSV, payments and reference sets from spreadsheets; alone it tells how", importCommand},
		{"seed", "-complaints N -notices N -rows N", "load data for measuring; never while a portal serves: the search index is rebuilt in one go", seed},
		{"doctor", "", "check everything this installation stands on", doctor},
		{"verify", "receipt|log|database …", "check the public log, what people hold of it, and the database against it", verifyCommand},
		{"log", "rotate|status", "the public log: a new key, or how it stands", logCommand},
		{"health", "", "ask the running portal whether it is ready", health},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	err := run(ctx, os.Args[1:], os.Environ(), os.Stdout)
	if errors.Is(err, flag.ErrHelp) {
		os.Exit(2)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "portal:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args, environ []string, out io.Writer) error {
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		usage(out)
		return nil
	}
	for _, c := range commands() {
		if c.name != args[0] {
			continue
		}
		s, err := readSettings(environ)
		if err != nil {
			return fmt.Errorf("settings:\n%w", err)
		}
		return c.run(ctx, call{s, args[1:], out})
	}
	return fmt.Errorf("there is no command %q; see 'portal help'", args[0])
}

func usage(out io.Writer) {
	fmt.Fprint(out, "portal — 民声, reports and supervision of poverty alleviation\n\nCommands\n")
	for _, c := range commands() {
		fmt.Fprintf(out, "  %-8s %-32s %s\n", c.name, c.arguments, c.does)
	}
	fmt.Fprint(out, "\nSettings, from the environment (NAME_FILE names a file that holds the value)\n")
	for _, s := range settingNames {
		fmt.Fprintf(out, "  %-24s %-16s %s\n", s.name, s.otherwise, s.meaning)
	}
}
