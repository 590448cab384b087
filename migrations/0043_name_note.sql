-- What custodians write because of a name, such as why it is to be opened, may tell
-- whose it is: it lies with those who keep the name, one line for each.
CREATE TABLE name_note (
    owner_id       uuid NOT NULL,          -- identity_opening or step_reason
    report_id      uuid NOT NULL REFERENCES report (id),
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('server', 'unit', 'offline')),
    recipient_id   text NOT NULL,
    generation     integer NOT NULL,
    sealed         bytea NOT NULL,
    PRIMARY KEY (owner_id, recipient_kind, recipient_id)
);
CREATE INDEX name_note_report ON name_note (report_id);
CREATE INDEX name_note_recipient ON name_note (recipient_kind, recipient_id, generation, owner_id);

-- What was written before lies under the portal's own key, and is handed over like names.
INSERT INTO name_note (owner_id, report_id, recipient_kind, recipient_id, generation, sealed)
SELECT opening.id, complaint.report_id, 'server', '', 1, opening.words_sealed
FROM identity_opening opening JOIN complaint ON complaint.id = opening.complaint_id
WHERE complaint.erased = '';
ALTER TABLE identity_opening DROP COLUMN words_sealed;

-- Pictures as they came are opened by two custodians too where there is no name.
-- Then sealed is empty, and opened_original holds what is open.
ALTER TABLE identity_opening ADD COLUMN what text NOT NULL DEFAULT 'name' CHECK (what IN ('name', 'pictures'));
