// Package transparency keeps the public log: a Merkle tree of commitments to
// every event, signed at fixed times, that outsiders can read and check.
//
// An event is queued by the commit that writes it. A turn takes up the queue,
// hides how much that was among leaves that stand for nothing (chaff), signs the
// tree as a C2SP checkpoint and stores all of it in one transaction: whichever
// replica is first does it, and a crash leaves nothing behind. What is served is
// what tlog-tiles clients expect, and nothing past the last signed checkpoint.
//
// It refuses to sign when the database has less than was signed before, or
// something else (Refusal): after a backup was put back, signing on would make a
// second history. It never opens a commitment: the log tells that nothing was
// taken away or changed, not what it was.
package transparency
