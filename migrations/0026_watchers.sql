-- Whom people of the staff are tied to, and whom complaints name: nobody reads
-- what is about themselves or theirs.
CREATE TABLE staff_tie (
    id           uuid PRIMARY KEY,
    account_id   uuid NOT NULL REFERENCES account (id),
    kind         text NOT NULL CHECK (kind IN ('self', 'spouse', 'parent', 'child', 'sibling', 'kin', 'colleague', 'friend')),
    name_mark    bytea NOT NULL,           -- keyed hash of the name: to be recognised by, not to be read
    unit_id      uuid REFERENCES unit (id), -- where that person works; null: not known, or no office of the portal
    words_sealed bytea,                    -- name and office as they were written; null for 'self'
    at           timestamptz NOT NULL,
    ended_at     timestamptz               -- what was named until then stays hidden
);
CREATE INDEX staff_tie_account ON staff_tie (account_id, at);
CREATE INDEX staff_tie_mark ON staff_tie (name_mark);
CREATE UNIQUE INDEX staff_tie_self ON staff_tie (account_id) WHERE kind = 'self';

CREATE TABLE complaint_person (
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    id           uuid NOT NULL,            -- the same where it was copied to a part or a lead
    name_mark    bytea NOT NULL,
    unit_id      uuid REFERENCES unit (id), -- where they work, if it was said; the desk lies above it
    words_sealed bytea NOT NULL,
    named_by     uuid REFERENCES account (id), -- null: the reporter
    at           timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, id)
);
CREATE INDEX complaint_person_mark ON complaint_person (name_mark, complaint_id);

-- From whom a complaint is hidden as a person: who stepped back, and who is named
-- by it or tied to somebody named. A name with an office is that of who works
-- there or one step above or below; a name alone is everybody's of that name.
CREATE VIEW stepped_back AS
SELECT complaint_id, account_id FROM recusal
UNION ALL
SELECT p.complaint_id, t.account_id FROM complaint_person p JOIN staff_tie t ON t.name_mark = p.name_mark
WHERE (t.ended_at IS NULL OR p.at <= t.ended_at)
  AND (p.unit_id IS NULL OR t.unit_id IS NULL OR p.unit_id = t.unit_id OR EXISTS (
      SELECT 1 FROM unit near WHERE (near.id = p.unit_id AND near.parent_id = t.unit_id) OR (near.id = t.unit_id AND near.parent_id = p.unit_id)));

-- Attempts on what somebody may not know of, for who looks at them.
CREATE INDEX event_refused ON event (at, id) WHERE kind = 'refused';

-- Roles that one administrator asked for and another has to agree to.
CREATE TABLE role_request (
    id         uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES account (id),
    roles      text NOT NULL,              -- all that the account is to have, with commas
    held       text NOT NULL,              -- those it had then: a request about others lapses
    asked_by   uuid NOT NULL REFERENCES account (id),
    asked_at   timestamptz NOT NULL,
    state      text NOT NULL CHECK (state IN ('open', 'approved', 'refused', 'lapsed')),
    ruled_by   uuid REFERENCES account (id),
    ruled_at   timestamptz
);
CREATE UNIQUE INDEX role_request_one ON role_request (account_id) WHERE state = 'open';
