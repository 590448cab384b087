package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"text/tabwriter"

	"minsheng/region"
	"minsheng/staff"
)

// staffCommand is "portal staff add|list|reset": how the first administrator
// comes to be, and the way back in when nobody can sign in any more.
func staffCommand(ctx context.Context, c call) error {
	if len(c.args) == 0 {
		return errors.New("say 'portal staff add', 'portal staff list' or 'portal staff reset'")
	}
	h, err := openRooms(ctx, c.settings, options{})
	if err != nil {
		return err
	}
	defer h.close()
	switch c.args[0] {
	case "add":
		return h.addPerson(ctx, c)
	case "list":
		return h.listPeople(ctx, c)
	case "reset":
		return h.resetPerson(ctx, c)
	}
	return fmt.Errorf("there is no 'portal staff %s'", c.args[0])
}

func (h *house) addPerson(ctx context.Context, c call) error {
	flags := flag.NewFlagSet("portal staff add", flag.ContinueOnError)
	flags.SetOutput(c.out)
	login := flags.String("login", "", "what the person types to sign in")
	name := flags.String("name", "", "the person's name")
	unit := flags.String("unit", "", "the name of the person's office, as 'portal staff list' shows it")
	roles := flags.String("roles", string(staff.Administrator), "comma-separated: "+roleNames())
	if err := flags.Parse(c.args[1:]); err != nil {
		return err
	}
	office, err := h.officeNamed(*unit)
	if err != nil {
		return err
	}
	account := staff.NewAccount{Login: *login, Name: *name, UnitID: office.ID}
	for _, role := range strings.Split(*roles, ",") {
		account.Roles = append(account.Roles, staff.Role(strings.TrimSpace(role)))
	}
	password, err := h.staff.AddFromCommandLine(ctx, account)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "login    %s\npassword %s\nIt must be changed, and a second factor set up, at the first sign-in.\n", *login, password)
	return nil
}

func roleNames() string {
	var names []string
	for _, role := range staff.Roles() {
		names = append(names, string(role))
	}
	return strings.Join(names, ", ")
}

func (h *house) officeNamed(name string) (region.Unit, error) {
	var known []string
	for _, u := range h.atlas.Units() {
		if u.Name == name {
			return u, nil
		}
		known = append(known, u.Name)
	}
	return region.Unit{}, fmt.Errorf("-unit: there is no office %q; there are: %s", name, strings.Join(known, ", "))
}

func (h *house) listPeople(ctx context.Context, c call) error {
	accounts, err := h.staff.ListFromCommandLine(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "login\tname\toffice\troles\tactive\tsecond factor")
	for _, a := range accounts {
		fmt.Fprintf(table, "%s\t%s\t%s\t%v\t%v\t%v\n", a.Login, a.Name, a.UnitName, a.Roles, a.Active, a.Enrolled)
	}
	return table.Flush()
}

func (h *house) resetPerson(ctx context.Context, c call) error {
	flags := flag.NewFlagSet("portal staff reset", flag.ContinueOnError)
	flags.SetOutput(c.out)
	login := flags.String("login", "", "whose password and second factor are reset")
	if err := flags.Parse(c.args[1:]); err != nil {
		return err
	}
	password, err := h.staff.ResetFromCommandLine(ctx, *login)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "login    %s\npassword %s\n", *login, password)
	return nil
}
