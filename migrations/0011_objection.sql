-- Objections to lists, and what complaints refer to.
CREATE TABLE objection (
    seq          bigserial_pk,
    id           uuid NOT NULL UNIQUE,
    report_id    uuid NOT NULL UNIQUE REFERENCES report (id),
    notice_id    uuid NOT NULL REFERENCES notice (id),
    roll_id      uuid REFERENCES roll (id),
    row_key      integer,                  -- null: the list as a whole, or a household that is missing
    kind         text NOT NULL CHECK (kind IN ('WRONG_IN', 'MISSED', 'WRONG_OUT', 'MISSED_OUT', 'BAD_INFO', 'BAD_PROCEDURE', 'FORGED_CONSENT', 'PRIVACY')),
    state        text NOT NULL CHECK (state IN ('submitted', 'verifying', 'upheld_add', 'upheld_remove', 'upheld_correct', 'not_upheld', 'withdrawn', 'referred')),
    place_code   text NOT NULL,
    place_name   text NOT NULL,
    desk_unit_id uuid NOT NULL REFERENCES unit (id),   -- stands above the office that published
    publisher_id uuid NOT NULL REFERENCES unit (id),   -- may never read it
    owner_id     uuid REFERENCES account (id),
    due_on       text,
    due_rule     text NOT NULL,
    received_at  timestamptz NOT NULL,
    closed_at    timestamptz,
    answer_sealed bytea,                   -- what the objector is told
    version      integer NOT NULL
);
CREATE INDEX objection_open ON objection (desk_unit_id, due_on, seq) WHERE closed_at IS NULL;
CREATE INDEX objection_desk ON objection (desk_unit_id, seq);
CREATE INDEX objection_notice ON objection (notice_id, seq);
CREATE INDEX objection_roll ON objection (roll_id, seq) WHERE roll_id IS NOT NULL;

-- A visit to the household: recorded by one verifier, signed by another.
CREATE TABLE objection_check (
    id           uuid PRIMARY KEY,
    objection_id uuid NOT NULL REFERENCES objection (id),
    visited_on   text NOT NULL,
    place        text NOT NULL,
    method       text NOT NULL CHECK (method IN ('household_visit', 'neighbours', 'records', 'site_visit')),
    found_sealed bytea NOT NULL,
    first_id     uuid NOT NULL REFERENCES account (id),
    first_at     timestamptz NOT NULL,
    second_id    uuid REFERENCES account (id),
    second_at    timestamptz,
    CHECK (second_id IS NULL OR second_id <> first_id)
);
CREATE INDEX objection_check_of ON objection_check (objection_id, first_at);

CREATE TABLE objection_ruling (
    id            uuid PRIMARY KEY,
    objection_id  uuid NOT NULL REFERENCES objection (id),
    outcome       text NOT NULL CHECK (outcome IN ('upheld_add', 'upheld_remove', 'upheld_correct', 'not_upheld', 'referred')),
    change_sealed bytea NOT NULL,          -- JSON: the row as it should be
    answer_sealed bytea NOT NULL,
    asked_by      uuid NOT NULL REFERENCES account (id),
    asked_at      timestamptz NOT NULL,
    state         text NOT NULL CHECK (state IN ('open', 'approved', 'returned')),
    ruled_by      uuid REFERENCES account (id),
    ruled_at      timestamptz,
    ruling_note   text NOT NULL,
    CHECK (ruled_by IS NULL OR ruled_by <> asked_by)
);
CREATE UNIQUE INDEX objection_ruling_one_open ON objection_ruling (objection_id) WHERE state = 'open';
CREATE INDEX objection_ruling_of ON objection_ruling (objection_id, asked_at);

-- What a complaint is about, as far as the portal knows the thing.
CREATE TABLE complaint_about (
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    n            integer NOT NULL,
    kind         text NOT NULL CHECK (kind IN ('notice', 'row', 'fund', 'project', 'payment', 'hit')),
    ref_id       uuid NOT NULL,
    row_key      integer NOT NULL,         -- of kind row; else 0
    PRIMARY KEY (complaint_id, n)
);
CREATE INDEX complaint_about_ref ON complaint_about (ref_id, row_key);

-- A report whose matter another room keeps instead of a complaint: what its
-- receipt promised, and whether the reporter can still write and withdraw.
CREATE TABLE report_other (
    report_id uuid PRIMARY KEY REFERENCES report (id),
    answer_by text NOT NULL,
    open      boolean NOT NULL
);
-- What the office found by itself is not counted as received.
CREATE INDEX report_found ON report (id) WHERE channel = 'check';
