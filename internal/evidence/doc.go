// Package evidence takes in files that people send and gives them out safely.
//
// A file is read once from the network, straight into an encrypted blob;
// nothing unencrypted touches the disk. What it is, is decided by its bytes,
// and its name must agree. Pictures are bounded before they are decoded, and
// staff see a re-encoded copy without place, camera or hidden bytes; the
// original stays sealed.
package evidence
