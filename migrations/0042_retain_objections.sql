-- Objections are kept and destroyed as complaints are.
ALTER TABLE objection ADD COLUMN mode text NOT NULL DEFAULT '';  -- of its report: of an anonymous one there is no name
ALTER TABLE objection ADD COLUMN erased text NOT NULL DEFAULT '' CHECK (erased IN ('', 'names', 'words'));  -- words: names too
UPDATE objection SET mode = (SELECT report.mode FROM report WHERE report.id = objection.report_id);
-- What may have become due, by the class of its rule.
CREATE INDEX objection_names_founded ON objection (closed_at, id) WHERE closed_at IS NOT NULL AND erased = '' AND mode <> 'anonymous' AND state IN ('upheld_add', 'upheld_remove', 'upheld_correct');
CREATE INDEX objection_names_other ON objection (closed_at, id) WHERE closed_at IS NOT NULL AND erased = '' AND mode <> 'anonymous' AND state NOT IN ('upheld_add', 'upheld_remove', 'upheld_correct');
CREATE INDEX objection_words_founded ON objection (closed_at, id) WHERE closed_at IS NOT NULL AND erased <> 'words' AND state IN ('upheld_add', 'upheld_remove', 'upheld_correct');
CREATE INDEX objection_words_other ON objection (closed_at, id) WHERE closed_at IS NOT NULL AND erased <> 'words' AND state NOT IN ('upheld_add', 'upheld_remove', 'upheld_correct');

-- What the page under the receipt says of a matter that another room keeps.
ALTER TABLE report_other ADD COLUMN erased text NOT NULL DEFAULT '' CHECK (erased IN ('', 'names', 'words'));

-- Each is about a complaint or about an objection.
ALTER TABLE retention_hold ADD COLUMN objection_id uuid REFERENCES objection (id) CHECK ((complaint_id IS NULL) <> (objection_id IS NULL));
CREATE UNIQUE INDEX retention_hold_objection ON retention_hold (objection_id) WHERE lifted_at IS NULL;
ALTER TABLE erasure ADD COLUMN objection_id uuid REFERENCES objection (id) CHECK ((complaint_id IS NULL) <> (objection_id IS NULL));

-- What came of an objection.
CREATE INDEX item_origin_ref ON supervision_item (origin_ref) WHERE origin_ref IS NOT NULL;
