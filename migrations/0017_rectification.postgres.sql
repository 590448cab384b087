CREATE FUNCTION rectification_record_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was said of an order stands' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rectification_entry_stands BEFORE UPDATE OR DELETE ON rectification_entry FOR EACH ROW EXECUTE FUNCTION rectification_record_stands();
CREATE TRIGGER rectification_entry_no_truncate BEFORE TRUNCATE ON rectification_entry FOR EACH STATEMENT EXECUTE FUNCTION rectification_record_stands();
CREATE TRIGGER rectification_line_stands BEFORE UPDATE OR DELETE ON rectification_line FOR EACH ROW EXECUTE FUNCTION rectification_record_stands();
CREATE TRIGGER rectification_line_no_truncate BEFORE TRUNCATE ON rectification_line FOR EACH STATEMENT EXECUTE FUNCTION rectification_record_stands();
CREATE TRIGGER recovery_stands BEFORE UPDATE OF id, order_id, item_id, point_id, kind, amount_fen, households, on_day, words, corrects_id, by_id, unit_id, at
    ON recovery FOR EACH ROW EXECUTE FUNCTION rectification_record_stands();
CREATE TRIGGER recovery_confirmed BEFORE UPDATE ON recovery FOR EACH ROW WHEN (OLD.confirmed_at IS NOT NULL) EXECUTE FUNCTION rectification_record_stands();
CREATE TRIGGER recovery_stays BEFORE DELETE ON recovery FOR EACH ROW EXECUTE FUNCTION rectification_record_stands();
CREATE TRIGGER recovery_no_truncate BEFORE TRUNCATE ON recovery FOR EACH STATEMENT EXECUTE FUNCTION rectification_record_stands();
