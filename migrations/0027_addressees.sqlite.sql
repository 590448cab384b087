-- Whom a final paper is addressed to stays as it is.
CREATE TRIGGER paper_to_added BEFORE INSERT ON paper_to
WHEN EXISTS (SELECT 1 FROM paper WHERE id = NEW.paper_id AND state <> 'draft')
BEGIN SELECT RAISE(ABORT, 'a final paper is frozen'); END;
CREATE TRIGGER paper_to_changed BEFORE UPDATE ON paper_to
WHEN EXISTS (SELECT 1 FROM paper WHERE id IN (OLD.paper_id, NEW.paper_id) AND state <> 'draft')
BEGIN SELECT RAISE(ABORT, 'a final paper is frozen'); END;
CREATE TRIGGER paper_to_removed BEFORE DELETE ON paper_to
WHEN EXISTS (SELECT 1 FROM paper WHERE id = OLD.paper_id AND state <> 'draft')
BEGIN SELECT RAISE(ABORT, 'a final paper is frozen'); END;
