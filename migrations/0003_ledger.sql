-- Everything that happened, once, in order, never changed.
CREATE TABLE event (
    id           uuid PRIMARY KEY,
    subject_kind text NOT NULL CHECK (subject_kind IN ('report', 'complaint', 'item', 'notice', 'account', 'unit', 'portal')),
    subject_id   uuid NOT NULL,
    seq          integer NOT NULL,         -- 1, 2, 3 … within the subject
    kind         text NOT NULL,
    at           timestamptz NOT NULL,
    actor_kind   text NOT NULL CHECK (actor_kind IN ('reporter', 'staff', 'system')),
    actor_id     uuid,
    actor_name   text NOT NULL,            -- text, not a key: outlives the account
    actor_role   text NOT NULL,
    actor_unit   text NOT NULL,
    body         text NOT NULL,            -- JSON; never a reporter's name, phone or words
    UNIQUE (subject_kind, subject_id, seq)
);
CREATE INDEX event_at ON event (at, id);
CREATE INDEX event_actor ON event (actor_id, at);
