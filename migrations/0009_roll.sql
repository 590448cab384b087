-- Spreadsheets handed in, and the tables of rows that notices show.
CREATE TABLE tray_sheet (
    id         uuid PRIMARY KEY,
    target     text NOT NULL,              -- what it is to become: roll.households, payments, reference.deceased …
    owner_id   uuid,                       -- the roll or batch it is for; null when it makes its own
    unit_id    uuid NOT NULL REFERENCES unit (id),
    by_id      uuid NOT NULL REFERENCES account (id),
    file_id    uuid NOT NULL,              -- staged in the shelf, sealed, gone after a day
    name       text NOT NULL,              -- cleaned file name, sealed
    layout     text NOT NULL,              -- JSON: sheet, header rows, columns and what they are; no cells
    fixes      text NOT NULL,              -- sealed JSON: cell → corrected text
    state      text NOT NULL CHECK (state IN ('open', 'importing', 'done', 'failed')),
    done       integer NOT NULL,
    total      integer NOT NULL,
    started_at timestamptz,                -- last sign of life of the import
    created_at timestamptz NOT NULL,
    version    integer NOT NULL
);
CREATE INDEX tray_sheet_unit ON tray_sheet (unit_id, created_at);

-- How an office's columns were understood last time.
CREATE TABLE tray_habit (
    unit_id uuid NOT NULL REFERENCES unit (id),
    target  text NOT NULL,
    header  text NOT NULL,                 -- the column's heading, folded
    field   text NOT NULL,                 -- what it was said to be; empty: dropped
    wan     boolean NOT NULL,
    PRIMARY KEY (unit_id, target, header)
);

CREATE TABLE roll (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('households', 'exits', 'payments', 'allocation', 'projects')),
    unit_id    uuid NOT NULL REFERENCES unit (id),
    place_code text NOT NULL REFERENCES division (code),
    year       integer NOT NULL,
    stage      text NOT NULL CHECK (stage IN ('draft', 'village', 'town', 'county', 'final')),
    version    integer NOT NULL,           -- of the rows: grows with every change of them
    size       integer NOT NULL,           -- rows of the present version
    people     integer NOT NULL,
    total_fen  bigint NOT NULL,
    created_by uuid REFERENCES account (id),
    created_at timestamptz NOT NULL
);
CREATE INDEX roll_unit ON roll (unit_id, created_at, id);

-- A row lives from one version of its roll up to another; its key stays.
CREATE TABLE roll_row (
    id           uuid PRIMARY KEY,
    roll_id      uuid NOT NULL REFERENCES roll (id),
    key          integer NOT NULL,
    n            integer NOT NULL,         -- the number that is printed
    since        integer NOT NULL,         -- first version that has it
    until        integer,                  -- first version that no longer has it
    place_code   text NOT NULL,
    label        text NOT NULL,            -- householder or project
    shown        text NOT NULL,            -- what the web shows instead: masked where it is a person
    team         text NOT NULL,            -- villagers' group
    people       integer NOT NULL,
    amount_fen   bigint NOT NULL,
    cells        text NOT NULL,            -- JSON: the other columns, by field
    stands_until text NOT NULL,            -- last day of publicity that this row is owed; '' none
    reason       text NOT NULL,            -- why this version of the row was made: code
    ended        text NOT NULL,            -- why it is no longer there: code; '' while it is, or when it was changed
    UNIQUE (roll_id, key, since)
);
CREATE INDEX roll_row_by_n ON roll_row (roll_id, n, key) WHERE until IS NULL;
CREATE INDEX roll_row_by_shown ON roll_row (roll_id, shown, key) WHERE until IS NULL;
CREATE INDEX roll_row_by_amount ON roll_row (roll_id, (-amount_fen), key) WHERE until IS NULL;
CREATE INDEX roll_row_by_people ON roll_row (roll_id, (-people), key) WHERE until IS NULL;
CREATE INDEX roll_row_changed ON roll_row (roll_id, since);
CREATE INDEX roll_row_ended ON roll_row (roll_id, until) WHERE until IS NOT NULL;

-- An open objection: the row (or, without one, the list) may not move.
CREATE TABLE roll_hold (
    id        uuid PRIMARY KEY,            -- the objection's
    roll_id   uuid NOT NULL REFERENCES roll (id),
    key       integer,
    placed_at timestamptz NOT NULL,
    lifted_at timestamptz
);
CREATE INDEX roll_hold_open ON roll_hold (roll_id, key) WHERE lifted_at IS NULL;

-- What a round of the procedure was decided on.
CREATE TABLE roll_minutes (
    id       uuid PRIMARY KEY,             -- owner of the photo of the signatures
    roll_id  uuid NOT NULL REFERENCES roll (id),
    stage    text NOT NULL CHECK (stage IN ('village', 'town', 'county')),
    met_on   text NOT NULL,
    present  integer NOT NULL,
    entitled integer NOT NULL,
    note     text NOT NULL,
    by_id    uuid NOT NULL REFERENCES account (id),
    at       timestamptz NOT NULL,
    UNIQUE (roll_id, stage)
);
