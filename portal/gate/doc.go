// Package gate stands between the network and the handlers: body and origin
// guards, addresses, rate limits, captcha. It knows no domain.
package gate
