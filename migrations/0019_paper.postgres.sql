-- A paper that is final stays as it is; it can only be called void. Its copy, and
-- the forms that papers were made with, are never replaced.
CREATE FUNCTION paper_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' OR OLD.state IN ('void', 'discarded') OR NEW.state <> 'void'
       OR (OLD.id, OLD.kind, OLD.unit_id, OLD.to_unit_id, OLD.subject_kind, OLD.subject_id, OLD.secret, OLD.year, OLD.series, OLD.n, OLD.number, OLD.title_sealed,
           OLD.content_sealed, OLD.form_id, OLD.file_id, OLD.sha256, OLD.drafted_by, OLD.drafted_at, OLD.issued_by, OLD.issued_at)
          IS DISTINCT FROM
          (NEW.id, NEW.kind, NEW.unit_id, NEW.to_unit_id, NEW.subject_kind, NEW.subject_id, NEW.secret, NEW.year, NEW.series, NEW.n, NEW.number, NEW.title_sealed,
           NEW.content_sealed, NEW.form_id, NEW.file_id, NEW.sha256, NEW.drafted_by, NEW.drafted_at, NEW.issued_by, NEW.issued_at) THEN
        RAISE EXCEPTION 'a final paper is frozen' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER paper_frozen BEFORE UPDATE ON paper FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION paper_is_frozen();
CREATE TRIGGER paper_kept BEFORE DELETE ON paper FOR EACH ROW EXECUTE FUNCTION paper_is_frozen();
CREATE TRIGGER paper_no_truncate BEFORE TRUNCATE ON paper FOR EACH STATEMENT EXECUTE FUNCTION paper_is_frozen();

CREATE FUNCTION paper_file_is_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the copy of a paper is frozen' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER paper_file_frozen BEFORE UPDATE OR DELETE ON evidence_file FOR EACH ROW WHEN (OLD.owner_kind IN ('paper', 'template')) EXECUTE FUNCTION paper_file_is_frozen();
CREATE TRIGGER paper_form_kept BEFORE DELETE ON paper_form FOR EACH ROW EXECUTE FUNCTION paper_file_is_frozen();
CREATE TRIGGER paper_form_frozen BEFORE UPDATE ON paper_form FOR EACH ROW
    WHEN ((OLD.id, OLD.unit_id, OLD.kind, OLD.n, OLD.file_id, OLD.sha256, OLD.size, OLD.by_id, OLD.at) IS DISTINCT FROM (NEW.id, NEW.unit_id, NEW.kind, NEW.n, NEW.file_id, NEW.sha256, NEW.size, NEW.by_id, NEW.at))
    EXECUTE FUNCTION paper_file_is_frozen();
