-- Keys of what reporters and offices write, and of files: each has one of its own,
-- sealed to the portal or to offices. Where the lines are gone, nobody reads it again.
CREATE TABLE content_key (
    owner_id       uuid NOT NULL,          -- report, message or evidence file
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('server', 'unit')),
    recipient_id   text NOT NULL,          -- of the office; '' for the portal
    generation     integer NOT NULL,       -- of the office's key
    sealed         bytea NOT NULL,
    PRIMARY KEY (owner_id, recipient_kind, recipient_id)
);
CREATE INDEX content_key_recipient ON content_key (recipient_kind, recipient_id, generation, owner_id);

-- Words of before are sealed with the portal's own key and have no line there.
ALTER TABLE message ADD COLUMN keyed boolean NOT NULL DEFAULT false;
