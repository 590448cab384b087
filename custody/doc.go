// Package custody keeps the keys under which offices lock away who reported.
//
// An office's key has a public half, to which intake seals names, and a private
// half that exists nowhere but sealed to the accounts of its custodians, and in
// three parts with holders outside, any two of whom can put it together. It opens
// inside the session of a member and nowhere else: not for the portal by itself,
// not for an administrator who resets a password, not from a copy of the database
// with the portal's keys.
//
// Create → Admit each colleague, after the six words of their key were read aloud
// → Escrow. When somebody leaves, Rotate: what is sealed from then on is closed to
// them. Who opens a reporter's name, and who must agree, is decided above, in
// triage; this room only opens.
package custody
