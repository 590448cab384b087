-- Every file has keys of its own. While it is staged, and for what staff hand in,
-- they lie here, sealed to the portal. Those of what a reporter handed in go to
-- content_key, and that of a picture as it came to original_key. A file of before
-- lies under the portal's key for files.
ALTER TABLE evidence_file ADD COLUMN own_key boolean NOT NULL DEFAULT false;
ALTER TABLE evidence_file ADD COLUMN key_sealed bytea;          -- opens what is given out
ALTER TABLE evidence_file ADD COLUMN original_key_sealed bytea; -- opens a picture as it came

-- What is to be handed over to custodians, and to who works cases, once they have keys.
CREATE INDEX evidence_original_kept ON evidence_file (id) WHERE original_key_sealed IS NOT NULL AND owner_kind IN ('report', 'message');
CREATE INDEX evidence_voice ON evidence_file (id) WHERE owner_kind IN ('report', 'message') AND media IN ('audio', 'video', 'pdf');

-- The key of a picture as a reporter handed it in: place, camera and hidden bytes
-- tell who that was. It lies with those who keep the name.
CREATE TABLE original_key (
    file_id        uuid NOT NULL REFERENCES evidence_file (id),
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('unit', 'offline')),
    recipient_id   text NOT NULL,
    generation     integer NOT NULL,
    sealed         bytea NOT NULL,
    PRIMARY KEY (file_id, recipient_kind, recipient_id)
);
CREATE INDEX original_key_recipient ON original_key (recipient_kind, recipient_id, generation, file_id);

-- While a name is open to who asked for it, so are the pictures as they came.
CREATE TABLE opened_original (
    opening_id uuid NOT NULL REFERENCES identity_opening (id),
    file_id    uuid NOT NULL REFERENCES evidence_file (id),
    sealed     bytea NOT NULL,             -- to the key of who asked; the line goes when it is over
    PRIMARY KEY (opening_id, file_id)
);
