// Package evidence takes in files that people send and gives them out safely.
//
// A file is read once from the network, straight into an encrypted blob;
// nothing unencrypted touches the disk, and each blob has a key of its own, which
// lies with the portal until somebody takes it over (Keys, Release). What it is, is decided by its bytes,
// and its name must agree. Pictures are bounded before they are decoded, and
// staff see a re-encoded copy without place, camera or hidden bytes; the
// original stays sealed.
//
// Offices hand in spreadsheets as well (StagePaper): Open gives out the file as
// it came, because only its office opens it. Forms of papers come as docx
// (StageDocument); papers that the portal made itself are kept as they are (Keep).
//
// The life of a file: Stage (it belongs to a form, for 24 hours) → Bind (it
// belongs to a report, message, verification, note or notice, for good, unless a
// draft lets go of it: Remove), or Unstage or Sweep (it is gone). A row is written only after its blobs are on disk; a
// blob is removed only after its row is gone. A crash between the two leaves
// an encrypted blob that nobody can find, never a row without its file.
package evidence
