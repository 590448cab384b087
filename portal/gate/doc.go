// Package gate stands between the network and the handlers: body and origin
// guards, addresses, rate limits, captcha. It knows no domain.
//
// A request passes Guard, which lets no body in that nobody asked for, and
// SameOrigin, which lets no other site post in a visitor's name. Handlers read
// forms with Form, count visitors with Limits and tell people from machines
// with Puzzles. Nothing here keeps an address: a visitor is a keyed hash of a
// shortened one, different every day.
//
// Limits never fail open and never fail closed. While Redis does not answer,
// each replica counts by itself.
package gate
