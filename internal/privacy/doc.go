// Package privacy finds what must not be published about a person.
//
// It knows identity numbers, telephones, bank cards and plates as people really
// type them, and how much of a name or number each reader may see (DOMAIN §10).
// It decides nothing: who may override a finding is for the rooms above.
package privacy
