DROP TRIGGER event_append_only ON event;
CREATE TRIGGER event_append_only BEFORE DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_is_append_only();
CREATE FUNCTION event_changes_by_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(OLD) - 'nonce' - 'commitment' = to_jsonb(NEW) - 'nonce' - 'commitment' THEN
        IF OLD.commitment IS NULL AND OLD.nonce IS NULL AND NEW.commitment IS NOT NULL AND NEW.nonce IS NOT NULL THEN
            RETURN NEW;
        END IF;
        IF OLD.commitment IS NOT DISTINCT FROM NEW.commitment AND OLD.nonce IS NOT NULL AND NEW.nonce IS NULL
           AND EXISTS (SELECT 1 FROM log_erasure e WHERE e.event_id = OLD.id AND e.commitment = OLD.commitment) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'event is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_no_update BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION event_changes_by_the_log();
CREATE FUNCTION event_goes_into_the_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.commitment IS NULL OR NEW.nonce IS NULL THEN
        RAISE EXCEPTION 'event without a commitment' USING ERRCODE = 'not_null_violation';
    END IF;
    INSERT INTO log_queue (commitment) VALUES (NEW.commitment);
    RETURN NULL;
END $$;
CREATE TRIGGER event_into_log AFTER INSERT ON event FOR EACH ROW EXECUTE FUNCTION event_goes_into_the_log();
CREATE TRIGGER event_late_into_log AFTER UPDATE OF commitment ON event FOR EACH ROW WHEN (OLD.commitment IS NULL) EXECUTE FUNCTION event_goes_into_the_log();
CREATE FUNCTION log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER log_leaf_append_only BEFORE UPDATE OR DELETE ON log_leaf FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER log_hash_append_only BEFORE UPDATE OR DELETE ON log_hash FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER log_checkpoint_append_only BEFORE UPDATE OR DELETE ON log_checkpoint FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER log_chaff_append_only BEFORE UPDATE OR DELETE ON log_chaff FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
CREATE TRIGGER log_erasure_append_only BEFORE UPDATE OR DELETE ON log_erasure FOR EACH ROW EXECUTE FUNCTION log_is_append_only();
