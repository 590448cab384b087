// Package seal keeps the portal's secrets and shuts things with them.
//
// One master key, a file outside the database, yields a separate key for each
// purpose (HKDF-SHA256): boxes for columns, tokens that travel through a
// browser, and keyed hashes that let the portal recognise a receipt without
// storing it. Files from before each had a key of its own are encrypted to an
// age identity.
//
// What a box protects: a copy of the database or of its backup. What it does
// not: a running server taken over.
package seal
