// Package portal is the site: the order of its middleware, its faces mounted,
// and the one table that turns errors into pages.
//
// A request passes: recover → request id → log and metrics → headers → body
// guard → deadline → origin → the faces' routes. Whatever a handler returns as
// an error comes to problems.go, which knows a status and a page for it; the
// pages are made at start, so that telling of a fault cannot fail. Nothing a
// person wrote, and no address, ever reaches the log: its handler passes a
// fixed set of fields in fixed shapes and drops the rest.
package portal
