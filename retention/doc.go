// Package retention ends what was reported: how many years names and words are
// kept after a matter, what keeps them longer, and how two people destroy them.
//
// What is reported is a complaint or an objection to a list; each has a room that says
// who may see it, who took part, and what there is to destroy (room, thing).
//
// Destroyed are keys, and what lies under none of its own. What stays: that there
// was a case, where, of which kind, how it ended, what was decided, every event, and
// its leaf in the public log. The database says who decided it; a file outside keeps
// which reports it was, so that a backup that is put back does not bring them back.
package retention
