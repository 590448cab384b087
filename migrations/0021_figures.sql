-- Counts of what happened, kept by month, and what of them was made public.
CREATE TABLE figures (
    month      text NOT NULL,              -- of Shanghai, "2026-05"
    unit_id    uuid NOT NULL,              -- office on whose desk it lies; that issued the item
    owing_id   uuid NOT NULL,              -- office whose time it was: the same, or the item's lead unit
    town_code  text NOT NULL,
    measure    text NOT NULL,
    subject_id uuid NOT NULL,              -- what is hidden from somebody who would count it has a row of its own; else all zeros
    n          bigint NOT NULL,
    fen        bigint NOT NULL,
    PRIMARY KEY (month, unit_id, owing_id, town_code, measure, subject_id)
);

-- How far counting has come: one row. Whoever holds it counts.
CREATE TABLE figures_state (
    id         integer PRIMARY KEY CHECK (id = 1),
    holder     uuid,                       -- of a process
    held_until timestamptz,
    counted_at timestamptz,                -- when the last count began; null: never
    all_at     timestamptz                 -- when everything was last counted anew
);
INSERT INTO figures_state (id) VALUES (1);

-- What the public was told of a quarter, once and for good: a number that
-- changed later would tell what came in since.
CREATE TABLE figures_public (
    quarter text NOT NULL,                 -- "2026Q2"
    measure text NOT NULL,
    area    text NOT NULL,                 -- county, or office of a zone within one; '' none of them
    n       bigint NOT NULL,
    fen     bigint NOT NULL,
    at      timestamptz NOT NULL,
    PRIMARY KEY (quarter, measure, area)
);

-- What a month is counted from, and the lists behind its numbers. The columns
-- after the first two let a count, and a list of one office or town, read no
-- other rows than their own.
CREATE INDEX complaint_received ON complaint (received_at, seq, desk_unit_id, town_code);
CREATE INDEX complaint_ended ON complaint (closed_at, seq, desk_unit_id, town_code) WHERE closed_at IS NOT NULL;
CREATE INDEX complaint_again ON complaint (desk_unit_id, place_code, kind, closed_at) WHERE state = 'closed';
CREATE INDEX event_decided ON event (at, subject_id, seq, subject_kind) WHERE kind = 'decided';
CREATE INDEX deadline_dated ON deadline (rule, due_on, subject_id);
CREATE INDEX deadline_extended ON deadline (subject_id, rule, round) WHERE extends;
CREATE INDEX item_issued ON supervision_item (issued_at) WHERE issued_at IS NOT NULL;
CREATE INDEX item_ended ON supervision_item (closed_at) WHERE closed_at IS NOT NULL;
CREATE INDEX objection_ended ON objection (closed_at) WHERE closed_at IS NOT NULL;

-- What is open now, by age.
CREATE INDEX complaint_open_age ON complaint (desk_unit_id, received_at, due_on, accused_level, town_code, id) WHERE closed_at IS NULL;

-- What is hidden from somebody on their own desk: hardly ever anything.
CREATE INDEX complaint_about_office ON complaint (desk_unit_id) WHERE accused_level = 'office';
CREATE INDEX recusal_account ON recusal (account_id);
