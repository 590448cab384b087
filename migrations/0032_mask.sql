-- Stretches of what reporters wrote that are covered: where they begin in the words
-- of the report or of one of its messages, and how long they are, in characters. The
-- words themselves stand nowhere but there, under their own seal.
CREATE TABLE mask (
    id         uuid PRIMARY KEY,
    report_id  uuid NOT NULL REFERENCES report (id),
    owner_id   uuid NOT NULL,              -- the report, or a message of its reporter
    field      text NOT NULL CHECK (field IN ('text', 'who', 'when', 'amount')),
    first_char integer NOT NULL CHECK (first_char >= 0),
    chars      integer NOT NULL CHECK (chars > 0),
    kind       text NOT NULL CHECK (kind IN ('mask', 'redact')),
    by_id      uuid REFERENCES account (id), -- null: the portal itself
    at         timestamptz NOT NULL,
    lifted_by  uuid REFERENCES account (id),
    lifted_at  timestamptz,
    CHECK (kind = 'mask' OR lifted_at IS NULL) -- what is covered for good stays covered
);
CREATE UNIQUE INDEX mask_standing ON mask (report_id, owner_id, field, first_char, chars) WHERE lifted_at IS NULL;

-- Files that somebody looked over before they leave: nothing is to be covered, or a
-- copy lies beside the file on which it is. What is no picture wants a second look.
CREATE TABLE clearance (
    file_id      uuid PRIMARY KEY REFERENCES evidence_file (id),
    verdict      text NOT NULL CHECK (verdict IN ('fit', 'covered', 'replaced')),
    squares      text NOT NULL,            -- what is blackened of a picture: numbers of squares
    blob         text NOT NULL,            -- name of the copy's blob; empty when the file may go as it is
    content_type text NOT NULL,            -- of the copy
    size         bigint NOT NULL,          -- bytes of the copy
    key_sealed   bytea,                    -- opens the copy
    by_id        uuid NOT NULL REFERENCES account (id),
    at           timestamptz NOT NULL,
    agreed_by    uuid REFERENCES account (id),
    agreed_at    timestamptz,
    version      integer NOT NULL,
    CHECK (blob = '' OR key_sealed IS NOT NULL),
    CHECK (agreed_by IS NULL OR agreed_by <> by_id)
);
