-- What was recorded as paid to households. Who they are is kept as keyed hashes;
-- the name for staff who check is sealed.
CREATE TABLE payment_batch (
    id         uuid PRIMARY KEY,
    unit_id    uuid NOT NULL REFERENCES unit (id),
    by_id      uuid REFERENCES account (id),   -- null: loaded from the command line
    title      text NOT NULL,
    file_hash  bytea NOT NULL UNIQUE,          -- the same file is not loaded twice
    size       integer NOT NULL,
    total_fen  bigint NOT NULL,
    at         timestamptz NOT NULL
);
CREATE INDEX payment_batch_unit ON payment_batch (unit_id, at, id);

CREATE TABLE payment (
    id           uuid PRIMARY KEY,
    batch_id     uuid NOT NULL REFERENCES payment_batch (id),
    row          integer NOT NULL,             -- in its file
    place_code   text NOT NULL,                -- village
    look_key     bytea NOT NULL,               -- village, name, last six of the ID number
    id_key       bytea,                        -- whole ID number
    name_key     bytea NOT NULL,               -- village and name
    account_key  bytea,                        -- account paid into
    name_sealed  bytea NOT NULL,
    programme    text NOT NULL,
    label        text NOT NULL,                -- batch as the office calls it: 2026年第一季度
    amount_fen   bigint NOT NULL,
    paid_on      text NOT NULL,
    account_tail text NOT NULL,                -- last four, or ''
    received_at  timestamptz                   -- the household said so
);
CREATE INDEX payment_look ON payment (look_key, paid_on);
CREATE INDEX payment_batch_row ON payment (batch_id, row);

CREATE TABLE reference_set (
    id      uuid PRIMARY KEY,
    kind    text NOT NULL CHECK (kind IN ('deceased', 'cadre', 'cadre_family', 'vehicle', 'house')),
    unit_id uuid NOT NULL REFERENCES unit (id),
    by_id   uuid REFERENCES account (id),
    title   text NOT NULL,
    file_hash bytea NOT NULL UNIQUE,
    size    integer NOT NULL,
    at      timestamptz NOT NULL
);
CREATE TABLE reference_person (
    id          uuid PRIMARY KEY,
    set_id      uuid NOT NULL REFERENCES reference_set (id),
    row         integer NOT NULL,
    place_code  text NOT NULL,                 -- '' not known
    id_key      bytea,
    name_key    bytea,
    name_sealed bytea NOT NULL,
    since       text NOT NULL,                 -- day of death, of buying …; '' not known
    UNIQUE (set_id, row)
);

CREATE TABLE cross_check (
    id       uuid PRIMARY KEY,
    unit_id  uuid NOT NULL REFERENCES unit (id),
    by_id    uuid NOT NULL REFERENCES account (id),
    payments integer NOT NULL,
    people   integer NOT NULL,
    hits     integer NOT NULL,
    fresh    integer NOT NULL,
    took_ms  integer NOT NULL,
    at       timestamptz NOT NULL
);
CREATE INDEX cross_check_unit ON cross_check (unit_id, at);
CREATE TABLE cross_hit (
    id           uuid PRIMARY KEY,
    fingerprint  bytea NOT NULL UNIQUE,        -- same rows, same rule: the same hit, however often it is found
    rule         text NOT NULL,
    place_code   text NOT NULL,
    unit_id      uuid NOT NULL REFERENCES unit (id),
    rows         text NOT NULL,                -- JSON: what stands where
    amount_fen   bigint NOT NULL,
    state        text NOT NULL CHECK (state IN ('open', 'dismissed', 'case')),
    reason       text NOT NULL,
    complaint_id uuid REFERENCES complaint (id),
    ruled_by     uuid REFERENCES account (id),
    ruled_at     timestamptz,
    found_at     timestamptz NOT NULL,
    version      integer NOT NULL
);
CREATE INDEX cross_hit_list ON cross_hit (state, rule, place_code, id);
CREATE INDEX cross_hit_place ON cross_hit (state, place_code, id);
