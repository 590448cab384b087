-- The register of items taken along as a file: one person asks, another of the same
-- office or one above agrees, and the first has a day to take it.
CREATE TABLE register_export (
    id         uuid PRIMARY KEY,
    unit_id    uuid NOT NULL REFERENCES unit (id),    -- of who asks
    filter     text NOT NULL,                         -- JSON: which lines
    query      text NOT NULL,                         -- the same as the page calls it
    why        text NOT NULL,
    asked_by   uuid NOT NULL REFERENCES account (id),
    asked_at   timestamptz NOT NULL,
    state      text NOT NULL CHECK (state IN ('asked', 'agreed', 'refused', 'over')),
    ruled_by   uuid REFERENCES account (id),
    ruled_at   timestamptz,
    until      timestamptz,                           -- the file can be taken
    CHECK (ruled_by IS NULL OR ruled_by <> asked_by),
    CHECK ((state = 'agreed') = (until IS NOT NULL)),
    CHECK ((state IN ('agreed', 'refused')) = (ruled_by IS NOT NULL))
);
CREATE INDEX register_export_asked ON register_export (unit_id, asked_at) WHERE state = 'asked';
CREATE INDEX register_export_own ON register_export (asked_by, asked_at);
CREATE UNIQUE INDEX register_export_once ON register_export (asked_by, query) WHERE state = 'asked';
