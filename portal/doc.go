// Package portal is the site: the order of its middleware, its routes, and the
// one table that turns errors into pages.
package portal
