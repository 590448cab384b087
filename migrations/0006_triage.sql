-- What officers do with a complaint, and the supervision items that come of it.
CREATE TABLE complaint_subject (
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    unit_id      uuid NOT NULL REFERENCES unit (id),
    named_by     uuid NOT NULL REFERENCES account (id),
    at           timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, unit_id)
);
CREATE INDEX complaint_subject_unit ON complaint_subject (unit_id);

CREATE TABLE recusal (
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    account_id   uuid NOT NULL REFERENCES account (id),
    reason       text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, account_id)
);

CREATE TABLE demand (
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    n            integer NOT NULL,
    body         text NOT NULL,
    PRIMARY KEY (complaint_id, n)
);

CREATE TABLE verification (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    visited_on   text NOT NULL,
    place        text NOT NULL,
    method       text NOT NULL,
    verifiers    text NOT NULL,            -- JSON list of names, at least one
    found_sealed bytea NOT NULL,
    by_id        uuid NOT NULL REFERENCES account (id),
    at           timestamptz NOT NULL
);
CREATE INDEX verification_complaint ON verification (complaint_id, at);

-- A step that needs a second person: asked by one, approved or returned by another.
CREATE TABLE proposal (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    step         text NOT NULL CHECK (step IN ('decline', 'transfer', 'refer', 'extend', 'decide')),
    body_sealed  bytea NOT NULL,
    asked_by     uuid NOT NULL REFERENCES account (id),
    asked_at     timestamptz NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'approved', 'returned')),
    ruled_by     uuid REFERENCES account (id),
    ruled_at     timestamptz,
    ruling_note  text NOT NULL
);
CREATE UNIQUE INDEX proposal_one_open ON proposal (complaint_id) WHERE state = 'open';
CREATE INDEX proposal_complaint ON proposal (complaint_id, asked_at);

-- Why somebody opened a reporter's name: for the office only.
CREATE TABLE step_reason (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    step         text NOT NULL CHECK (step = 'reveal_name'),
    words_sealed bytea NOT NULL,
    by_id        uuid NOT NULL REFERENCES account (id),
    at           timestamptz NOT NULL
);
CREATE INDEX step_reason_complaint ON step_reason (complaint_id, at);

CREATE TABLE saved_view (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account (id),
    name       text NOT NULL,
    query      text NOT NULL,
    UNIQUE (account_id, name)
);

CREATE TABLE saved_reply (
    id      uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES unit (id),
    title   text NOT NULL,
    body    text NOT NULL,
    UNIQUE (unit_id, title)
);

CREATE TABLE doc_number (
    unit_id uuid NOT NULL REFERENCES unit (id),
    series  text NOT NULL,
    year    integer NOT NULL,
    last    integer NOT NULL,
    PRIMARY KEY (unit_id, series, year)
);

CREATE TABLE supervision_item (
    id             uuid PRIMARY KEY,
    issuer_id      uuid NOT NULL REFERENCES unit (id),
    year           integer NOT NULL,
    n              integer,                -- given when issued, without gaps
    number         text NOT NULL,          -- 盘督交〔2026〕12号; empty until issued
    title          text NOT NULL,
    summary        text NOT NULL,
    requirement    text NOT NULL,
    urgency        text NOT NULL CHECK (urgency IN ('urgent', 'normal', 'complex')),
    state          text NOT NULL CHECK (state IN ('docketed', 'issued', 'acknowledged', 'in_progress', 'reported', 'reviewed', 'struck_off', 'disputed', 'returned', 'cancelled')),
    place_code     text NOT NULL,
    lead_unit_id   uuid NOT NULL REFERENCES unit (id),
    created_by     uuid NOT NULL REFERENCES account (id),
    created_at     timestamptz NOT NULL,
    issued_at      timestamptz,
    due_on         text,
    closed_at      timestamptz,
    version        integer NOT NULL,
    UNIQUE (issuer_id, year, n)
);
CREATE INDEX item_issuer ON supervision_item (issuer_id, due_on, id) WHERE closed_at IS NULL;
CREATE INDEX item_lead ON supervision_item (lead_unit_id, due_on, id) WHERE closed_at IS NULL;

CREATE TABLE item_unit (
    item_id uuid NOT NULL REFERENCES supervision_item (id),
    unit_id uuid NOT NULL REFERENCES unit (id),
    duty    text NOT NULL CHECK (duty IN ('lead', 'assist')),
    PRIMARY KEY (item_id, unit_id)
);
CREATE UNIQUE INDEX item_one_lead ON item_unit (item_id) WHERE duty = 'lead';
CREATE INDEX item_unit_unit ON item_unit (unit_id, item_id);

CREATE TABLE item_complaint (
    item_id      uuid NOT NULL REFERENCES supervision_item (id),
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    PRIMARY KEY (item_id, complaint_id)
);
CREATE INDEX item_complaint_complaint ON item_complaint (complaint_id);

CREATE TABLE item_note (
    id        uuid PRIMARY KEY,
    item_id   uuid NOT NULL REFERENCES supervision_item (id),
    kind      text NOT NULL CHECK (kind IN ('acknowledge', 'progress', 'report', 'dispute', 'return', 'review', 'strike_off', 'cancel')),
    unit_id   uuid NOT NULL REFERENCES unit (id),
    author_id uuid NOT NULL REFERENCES account (id),
    body      text NOT NULL,
    at        timestamptz NOT NULL
);
CREATE INDEX item_note_item ON item_note (item_id, at, id);
