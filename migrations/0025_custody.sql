-- Keys of accounts: what is sealed to one opens only in a session of that person.
CREATE TABLE account_key (
    account_id uuid PRIMARY KEY REFERENCES account (id),
    generation integer NOT NULL,           -- grows when a lost password costs the key
    recipient  text NOT NULL,              -- age1…
    vouched    bytea NOT NULL,             -- the portal's keyed hash of this row: no other recipient can be slipped in
    wrapped    bytea,                      -- private half under the person's password; null after a reset
    made_at    timestamptz NOT NULL
);
-- The private half again, under the cookie of a session.
ALTER TABLE staff_session ADD COLUMN key_sealed bytea;

-- Keys of offices, one line for each generation. The private half lies with the
-- members and the escrow only.
CREATE TABLE unit_key (
    id         uuid PRIMARY KEY,
    unit_id    uuid NOT NULL REFERENCES unit (id),
    duty       text NOT NULL CHECK (duty = 'identity'),
    generation integer NOT NULL,
    recipient  text NOT NULL,
    vouched    bytea NOT NULL,
    state      text NOT NULL CHECK (state IN ('active', 'retired')),
    created_by uuid NOT NULL REFERENCES account (id),
    created_at timestamptz NOT NULL,
    UNIQUE (unit_id, duty, generation)
);
CREATE UNIQUE INDEX unit_key_active ON unit_key (unit_id, duty) WHERE state = 'active';

CREATE TABLE unit_key_member (
    key_id      uuid NOT NULL REFERENCES unit_key (id),
    account_id  uuid NOT NULL REFERENCES account (id),
    generation  integer NOT NULL,          -- of the account's key
    recipient   text NOT NULL,             -- of that
    wrapped     bytea NOT NULL,            -- the office's private half, to that recipient
    proof       bytea NOT NULL,            -- keyed with the private half: a member wrote this line
    admitted_by uuid NOT NULL REFERENCES account (id),
    at          timestamptz NOT NULL,
    PRIMARY KEY (key_id, account_id, generation)
);
CREATE INDEX unit_key_member_account ON unit_key_member (account_id);

-- Three holders outside the office, any two of whom open its key together.
CREATE TABLE escrow_holder (
    key_id    uuid NOT NULL REFERENCES unit_key (id),
    place     text NOT NULL CHECK (place IN ('a', 'b', 'c')),
    name      text NOT NULL,
    recipient text NOT NULL,
    PRIMARY KEY (key_id, place)
);
CREATE TABLE escrow_part (
    key_id uuid NOT NULL REFERENCES unit_key (id),
    pair   text NOT NULL CHECK (pair IN ('ab', 'ac', 'bc')),
    sealed bytea NOT NULL,                 -- age to the second, inside age to the first
    PRIMARY KEY (key_id, pair)
);

-- Who reported, one line for each recipient; what is to be sealed anew is found by it.
CREATE INDEX sealed_blob_recipient ON sealed_blob (recipient_kind, recipient_id, generation, owner_id) WHERE kind = 'identity';

-- A reporter's name opened by two custodians: one asks, another opens it for them.
CREATE TABLE identity_opening (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    purpose      text NOT NULL,
    words_sealed bytea NOT NULL,           -- why; for the office only
    asked_by     uuid NOT NULL REFERENCES account (id),
    asked_at     timestamptz NOT NULL,
    state        text NOT NULL CHECK (state IN ('asked', 'open', 'refused', 'over')),
    ruled_by     uuid REFERENCES account (id),
    ruled_at     timestamptz,
    until        timestamptz,
    sealed       bytea,                    -- the name, to the key of who asked; gone when it is over
    CHECK (ruled_by IS NULL OR ruled_by <> asked_by),
    CHECK ((state = 'open') = (sealed IS NOT NULL AND until IS NOT NULL AND ruled_by IS NOT NULL))
);
CREATE UNIQUE INDEX identity_opening_live ON identity_opening (complaint_id, asked_by) WHERE state IN ('asked', 'open');
CREATE INDEX identity_opening_asked ON identity_opening (asked_at) WHERE state = 'asked';
CREATE INDEX identity_opening_open ON identity_opening (until) WHERE state = 'open';

-- A package names a reporter when two custodians agree; the name goes sealed to the
-- organ that gets it. What one custodian released before is asked anew.
ALTER TABLE referral_release ADD COLUMN agreed_by uuid REFERENCES account (id);
ALTER TABLE referral_release ADD COLUMN recipient text NOT NULL DEFAULT '';
UPDATE referral_release SET state = 'asked', ruled_by = NULL, ruled_at = NULL, identity_sealed = NULL WHERE state = 'released';
