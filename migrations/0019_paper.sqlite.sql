-- A paper that is final stays as it is; it can only be called void. Its copy, and
-- the forms that papers were made with, are never replaced.
CREATE TRIGGER paper_frozen BEFORE UPDATE ON paper
WHEN OLD.state <> 'draft' AND (OLD.state IN ('void', 'discarded') OR NEW.state <> 'void'
    OR (OLD.id, OLD.kind, OLD.unit_id, OLD.subject_kind, OLD.subject_id, OLD.secret, OLD.year, OLD.series, OLD.number, OLD.title_sealed,
        OLD.content_sealed, OLD.file_id, OLD.sha256, OLD.drafted_by, OLD.drafted_at, OLD.issued_by, OLD.issued_at)
       <> (NEW.id, NEW.kind, NEW.unit_id, NEW.subject_kind, NEW.subject_id, NEW.secret, NEW.year, NEW.series, NEW.number, NEW.title_sealed,
        NEW.content_sealed, NEW.file_id, NEW.sha256, NEW.drafted_by, NEW.drafted_at, NEW.issued_by, NEW.issued_at)
    OR OLD.to_unit_id IS NOT NEW.to_unit_id OR OLD.n IS NOT NEW.n OR OLD.form_id IS NOT NEW.form_id)
BEGIN SELECT RAISE(ABORT, 'a final paper is frozen'); END;
CREATE TRIGGER paper_kept BEFORE DELETE ON paper BEGIN SELECT RAISE(ABORT, 'a paper is kept'); END;
CREATE TRIGGER paper_file_frozen BEFORE UPDATE ON evidence_file WHEN OLD.owner_kind IN ('paper', 'template') BEGIN SELECT RAISE(ABORT, 'the copy of a paper is frozen'); END;
CREATE TRIGGER paper_file_kept BEFORE DELETE ON evidence_file WHEN OLD.owner_kind IN ('paper', 'template') BEGIN SELECT RAISE(ABORT, 'the copy of a paper is kept'); END;
CREATE TRIGGER paper_form_kept BEFORE DELETE ON paper_form BEGIN SELECT RAISE(ABORT, 'the form of a paper is kept'); END;
CREATE TRIGGER paper_form_frozen BEFORE UPDATE ON paper_form
WHEN (OLD.id, OLD.unit_id, OLD.kind, OLD.n, OLD.file_id, OLD.sha256, OLD.size, OLD.by_id, OLD.at) <> (NEW.id, NEW.unit_id, NEW.kind, NEW.n, NEW.file_id, NEW.sha256, NEW.size, NEW.by_id, NEW.at)
BEGIN SELECT RAISE(ABORT, 'the form of a paper is frozen'); END;
