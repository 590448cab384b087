DROP TRIGGER event_no_update;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event WHEN NOT (
    (OLD.commitment IS NULL AND OLD.nonce IS NULL AND NEW.commitment IS NOT NULL AND NEW.nonce IS NOT NULL
     OR OLD.commitment IS NEW.commitment AND OLD.nonce IS NOT NULL AND NEW.nonce IS NULL
        AND EXISTS (SELECT 1 FROM log_erasure WHERE event_id = OLD.id AND commitment IS OLD.commitment))
    AND OLD.id IS NEW.id AND OLD.subject_kind IS NEW.subject_kind AND OLD.subject_id IS NEW.subject_id AND OLD.seq IS NEW.seq
    AND OLD.kind IS NEW.kind AND OLD.at IS NEW.at AND OLD.actor_kind IS NEW.actor_kind AND OLD.actor_id IS NEW.actor_id
    AND OLD.actor_name IS NEW.actor_name AND OLD.actor_role IS NEW.actor_role AND OLD.actor_unit IS NEW.actor_unit AND OLD.body IS NEW.body)
BEGIN SELECT RAISE(ABORT, 'event is append-only'); END;
CREATE TRIGGER event_into_log AFTER INSERT ON event BEGIN
    SELECT RAISE(ABORT, 'event without a commitment') WHERE NEW.commitment IS NULL OR NEW.nonce IS NULL;
    INSERT INTO log_queue (commitment) VALUES (NEW.commitment);
END;
CREATE TRIGGER event_late_into_log AFTER UPDATE OF commitment ON event WHEN OLD.commitment IS NULL BEGIN
    INSERT INTO log_queue (commitment) VALUES (NEW.commitment);
END;
CREATE TRIGGER log_leaf_no_update BEFORE UPDATE ON log_leaf BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_leaf_no_delete BEFORE DELETE ON log_leaf BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_hash_no_update BEFORE UPDATE ON log_hash BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_hash_no_delete BEFORE DELETE ON log_hash BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_checkpoint_no_update BEFORE UPDATE ON log_checkpoint BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_checkpoint_no_delete BEFORE DELETE ON log_checkpoint BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_chaff_no_update BEFORE UPDATE ON log_chaff BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_chaff_no_delete BEFORE DELETE ON log_chaff BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_erasure_no_update BEFORE UPDATE ON log_erasure BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
CREATE TRIGGER log_erasure_no_delete BEFORE DELETE ON log_erasure BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END;
