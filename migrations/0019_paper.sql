-- Documents that leave an office, and the forms that offices made of their own.
CREATE TABLE paper_form (
    id      uuid PRIMARY KEY,
    unit_id uuid NOT NULL REFERENCES unit (id),
    kind    text NOT NULL,
    n       integer NOT NULL,              -- of the office's forms of the kind, from 1
    state   text NOT NULL CHECK (state IN ('tried', 'in_force', 'replaced')),
    file_id uuid NOT NULL,                 -- of evidence, owned by this form
    sha256  bytea NOT NULL,
    size    integer NOT NULL,              -- bytes
    by_id   uuid NOT NULL REFERENCES account (id),
    at      timestamptz NOT NULL,
    version integer NOT NULL,
    UNIQUE (unit_id, kind, n)
);
CREATE UNIQUE INDEX paper_form_in_force ON paper_form (unit_id, kind) WHERE state = 'in_force';

CREATE TABLE paper (
    id             uuid PRIMARY KEY,
    kind           text NOT NULL CHECK (kind IN ('acceptance', 'non_acceptance', 'transfer_note', 'extension_note', 'decision', 'review_decision', 'reexam_decision',
                       'inspection_notice', 'assignment', 'supervision_order', 'reminder', 'extension_request', 'rectification_order', 'rectification_report',
                       'inspection_report', 'circular', 'bulletin', 'measure_proposal', 'measure_decision', 'referral')),
    unit_id        uuid NOT NULL REFERENCES unit (id),  -- whose paper it is
    to_unit_id     uuid REFERENCES unit (id),           -- whom it is addressed to, when that is an office
    subject_kind   text NOT NULL,
    subject_id     uuid NOT NULL,
    state          text NOT NULL CHECK (state IN ('draft', 'final', 'void', 'discarded')),
    secret         boolean NOT NULL,
    year           integer NOT NULL,                    -- in which it was last drafted, then in which it became final
    series         text NOT NULL,
    n              integer,                             -- null: a draft, or the number is its subject's
    number         text NOT NULL,
    title_sealed   bytea NOT NULL,
    content_sealed bytea NOT NULL,
    form_id        uuid REFERENCES paper_form (id),     -- null: the built-in form
    file_id        uuid,                                -- of evidence: the frozen copy
    sha256         bytea,                               -- of the frozen copy
    drafted_by     uuid NOT NULL REFERENCES account (id),
    drafted_at     timestamptz NOT NULL,
    issued_by      uuid REFERENCES account (id),
    issued_at      timestamptz,
    ended_by       uuid REFERENCES account (id),        -- who made it void, or discarded the draft
    ended_at       timestamptz,
    ended_why      text NOT NULL,
    version        integer NOT NULL,
    CHECK (state NOT IN ('final', 'void') OR (issued_by IS NOT NULL AND issued_at IS NOT NULL AND file_id IS NOT NULL AND sha256 IS NOT NULL AND number <> ''))
);
CREATE UNIQUE INDEX paper_open ON paper (unit_id, kind, subject_kind, subject_id) WHERE state = 'draft';
CREATE UNIQUE INDEX paper_number ON paper (unit_id, series, year, n) WHERE n IS NOT NULL;
CREATE INDEX paper_subject ON paper (subject_kind, subject_id, id);
CREATE INDEX paper_list ON paper (unit_id, state, year, id) WHERE NOT secret;
CREATE INDEX paper_received ON paper (to_unit_id, year, id) WHERE state IN ('final', 'void') AND NOT secret;
