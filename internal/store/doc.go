// Package store opens the portal's database and runs transactions on it.
//
// SQLite serves a county from one file; PostgreSQL serves a city from several
// replicas. Everything above writes one portable SQL through GORM; the few
// real differences are asked for by name here and nowhere else.
//
// Guarantees: a transaction that returned nil is on disk (WAL with
// synchronous=FULL, or PostgreSQL with its durable settings, which Durable
// checks); a transaction that failed left nothing; times come back as UTC
// in whole microseconds.
package store
