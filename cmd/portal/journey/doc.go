// Package journey walks through the portal as people do: in a real browser,
// with and without JavaScript, in Chinese and in English, from a villager's
// phone to the office and back.
//
// It holds tests only. They build the command, run it as a process and know
// nothing of its inside. A picture of each step is kept in test-output/journey,
// or where JOURNEY_OUT says; JOURNEY_PICTURES=../../../docs/pictures renews the
// pictures of the README.
package journey
