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
