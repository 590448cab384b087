// Package figures counts what the portal did: for the dashboards of offices, for
// reports, and for the public.
//
// Counts are kept by month, office and town, and brought up to date at most once
// a minute; what is open now is counted when it is asked for. An office counts
// what lies on its own desk and those below, and nothing else. What the public
// sees is a day old and leaves out counts below five.
package figures
