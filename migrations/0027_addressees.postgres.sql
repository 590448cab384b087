-- Whom a final paper is addressed to stays as it is.
CREATE FUNCTION paper_to_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM paper WHERE id IN (OLD.paper_id, NEW.paper_id) AND state <> 'draft') THEN
        RAISE EXCEPTION 'a final paper is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;
CREATE TRIGGER paper_to_frozen BEFORE INSERT OR UPDATE OR DELETE ON paper_to FOR EACH ROW EXECUTE FUNCTION paper_to_is_frozen();
CREATE TRIGGER paper_to_no_truncate BEFORE TRUNCATE ON paper_to FOR EACH STATEMENT EXECUTE FUNCTION paper_file_is_frozen();
