-- On which desk a matter of another room lies, and against which office it speaks:
-- that decides to whom its words are sealed.
ALTER TABLE report_other ADD COLUMN desk_unit_id uuid REFERENCES unit (id);
ALTER TABLE report_other ADD COLUMN against_unit_id uuid REFERENCES unit (id);
UPDATE report_other SET
    desk_unit_id = (SELECT desk_unit_id FROM objection WHERE objection.report_id = report_other.report_id),
    against_unit_id = (SELECT publisher_id FROM objection WHERE objection.report_id = report_other.report_id);
CREATE INDEX report_other_open ON report_other (report_id) WHERE open;
