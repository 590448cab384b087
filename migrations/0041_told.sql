-- Public half of a key that only the receipt opens. What an office tells about a matter
-- that is sealed to it is sealed to this key too, or its reporter could not read it.
ALTER TABLE report ADD COLUMN receipt_key bytea;

-- Keys of messages and letters, sealed to the receipts of who reads them.
CREATE TABLE told_key (
    owner_id  uuid NOT NULL,               -- message or letter
    report_id uuid NOT NULL REFERENCES report (id),
    sealed    bytea NOT NULL,
    PRIMARY KEY (owner_id, report_id)
);
CREATE INDEX told_key_report ON told_key (report_id);

-- What was found and done, apart from the rest of a letter; null: with the rest.
ALTER TABLE letter ADD COLUMN words_sealed bytea;
