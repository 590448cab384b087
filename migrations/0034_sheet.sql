-- What an office writes about a report lies under a key of its own in content_key, as
-- the reporter's words do. This line tells with which report that key goes along, and
-- who alone reads it.
CREATE TABLE sheet (
    id           uuid PRIMARY KEY,          -- of the row that holds it
    report_id    uuid NOT NULL REFERENCES report (id),
    kept_unit_id uuid REFERENCES unit (id)  -- office that alone reads it, with those above; null: whoever reads the words
);
CREATE INDEX sheet_report ON sheet (report_id);
