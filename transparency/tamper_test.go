package transparency_test

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"minsheng/internal/store"
)

func (n *notary) exec(statement string, args ...any) {
	n.t.Helper()
	n.must(n.store.Read(bg).Exec(statement, args...).Error)
}

func (n *notary) drop(table, trigger string) {
	n.t.Helper()
	if n.store.Postgres() {
		n.exec("DROP TRIGGER " + trigger + " ON " + table)
		return
	}
	n.exec("DROP TRIGGER " + trigger)
}

// restoreUpdateTrigger puts back what keeps events from being changed.
func (n *notary) restoreUpdateTrigger() {
	n.t.Helper()
	if n.store.Postgres() {
		n.exec("CREATE TRIGGER event_no_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION event_changes_by_the_log()")
	}
}

// unlock takes the triggers away that keep the log from being changed: what
// somebody does who owns the database.
func (n *notary) unlock() {
	n.t.Helper()
	for _, table := range []string{"log_leaf", "log_hash", "log_checkpoint", "log_chaff"} {
		if n.store.Postgres() {
			n.drop(table, table+"_append_only")
			continue
		}
		n.drop(table, table+"_no_update")
		n.drop(table, table+"_no_delete")
	}
}

func TestTheLogCannotBeChangedByAccident(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.config.Pad = 8
		n.open()
		n.many(3)
		n.turn()
		for _, statement := range []string{
			"UPDATE log_leaf SET idx = idx + 100", "DELETE FROM log_leaf", "UPDATE log_hash SET idx = idx + 100", "DELETE FROM log_hash",
			"UPDATE log_checkpoint SET size = 1", "DELETE FROM log_checkpoint", "DELETE FROM log_chaff", "UPDATE log_chaff SET nonce = commitment",
		} {
			if err := n.store.Read(bg).Exec(statement).Error; err == nil {
				t.Errorf("%s was allowed", statement)
			}
		}
	})
}

func TestWhoeverChangesTheTreeIsFoundByOthers(t *testing.T) {
	each(t, func(t *testing.T, n *notary) {
		n.many(300)
		n.turn()
		n.must(n.fsck())
		n.unlock()
		other := []byte(strings.Repeat("x", 32))
		for _, harm := range []struct {
			name, table, column string
			at                  int64
			gone                bool
		}{
			{"a leaf changed", "log_leaf", "commitment", 17, false},
			{"a leaf taken out", "log_leaf", "commitment", 200, true},
			{"the hash of a leaf changed", "log_hash", "hash", tlog.StoredHashIndex(0, 17), false},
			{"the hash of a tile changed", "log_hash", "hash", tlog.StoredHashIndex(8, 0), false},
			{"a hash taken out", "log_hash", "hash", tlog.StoredHashIndex(0, 250), true},
		} {
			var was [][]byte
			n.must(n.store.Read(bg).Table(harm.table).Where("idx = ?", harm.at).Pluck(harm.column, &was).Error)
			if harm.gone {
				n.exec("DELETE FROM "+harm.table+" WHERE idx = ?", harm.at)
			} else {
				n.exec("UPDATE "+harm.table+" SET "+harm.column+" = ? WHERE idx = ?", other, harm.at)
			}
			n.open() // nothing is kept in memory
			if err := n.fsck(); err == nil {
				t.Errorf("%s: tessera's checker finds nothing", harm.name)
			}
			if _, err := n.audit(); err == nil {
				t.Errorf("%s: torchwood finds nothing", harm.name)
			}
			if harm.gone {
				n.exec("INSERT INTO "+harm.table+" (idx, "+harm.column+") VALUES (?, ?)", harm.at, was[0])
			} else {
				n.exec("UPDATE "+harm.table+" SET "+harm.column+" = ? WHERE idx = ?", was[0], harm.at)
			}
			n.open()
			n.must(n.fsck())
		}
		n.exec("INSERT INTO log_leaf (idx, commitment) VALUES (300, ?)", other)
		if _, err := n.Tile(bg, "entries/001.p/45"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a leaf that was put in is served: %v", err)
		}
	})
}
