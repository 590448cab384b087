-- The public log: every event is committed to, in the commit that writes it, by
-- a salted hash; the hashes become leaves of a Merkle tree that anybody can read
-- and nobody can read anything out of.
ALTER TABLE event ADD COLUMN nonce bytea;       -- opens the commitment; null: not committed to yet, or erased
ALTER TABLE event ADD COLUMN commitment bytea;  -- HMAC-SHA256(nonce, what happened and the commitment before it)
CREATE INDEX event_uncommitted ON event (subject_kind, subject_id, seq) WHERE commitment IS NULL;

-- What the next turn of the log takes up. A trigger fills it, so that no way of
-- writing an event can forget it.
CREATE TABLE log_queue (
    id         bigserial_pk,
    commitment bytea NOT NULL,
    queued_at  timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE log_leaf (
    idx        bigint PRIMARY KEY,         -- place in the tree, from 0
    commitment bytea NOT NULL UNIQUE
);
CREATE TABLE log_hash (
    idx  bigint PRIMARY KEY,               -- as golang.org/x/mod/sumdb/tlog.StoredHashIndex counts
    hash bytea NOT NULL
);
-- The newest state, which turns take turns to hold.
CREATE TABLE log_head (
    one       integer PRIMARY KEY CHECK (one = 1),
    size      bigint NOT NULL,
    signed_at timestamptz
);
INSERT INTO log_head (one, size, signed_at) VALUES (1, 0, NULL);
CREATE TABLE log_checkpoint (
    size      bigint PRIMARY KEY,
    root      bytea NOT NULL,
    signed_at timestamptz NOT NULL,
    note      text NOT NULL                -- as it was signed, without cosignatures
);
CREATE INDEX log_checkpoint_signed ON log_checkpoint (signed_at);
CREATE TABLE log_cosignature (
    size    bigint NOT NULL REFERENCES log_checkpoint (size),
    witness text NOT NULL,                 -- name of its key
    line    text NOT NULL,                 -- of the signed note
    at      timestamptz NOT NULL,
    PRIMARY KEY (size, witness)
);
-- Leaves that stand for nothing, so that the size of the tree does not tell when
-- and how much is reported. Their nonces stay, or a leaf whose event was deleted
-- could be called one.
CREATE TABLE log_chaff (
    commitment bytea PRIMARY KEY,
    nonce      bytea NOT NULL
);
CREATE TABLE log_key (
    vkey  text PRIMARY KEY,                -- public: what checkpoints are verified with
    since timestamptz NOT NULL
);
-- Events whose opening was destroyed on purpose. Their leaves stay.
CREATE TABLE log_erasure (
    event_id   uuid PRIMARY KEY REFERENCES event (id),
    commitment bytea NOT NULL,
    erased_at  timestamptz NOT NULL
);
