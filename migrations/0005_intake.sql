-- What reporters hand in, and the conversation with them.
CREATE TABLE time_rule (
    code       text NOT NULL,              -- "complaint.reply"
    n          integer NOT NULL,
    day_kind   text NOT NULL CHECK (day_kind IN ('cd', 'wd')),   -- calendar days 日, working days 工作日
    from_event text NOT NULL,
    duty       text NOT NULL CHECK (duty IN ('statutory', 'internal')),
    basis      text NOT NULL,              -- legal basis, in Chinese, shown as "why this date?"
    valid_from text NOT NULL,
    valid_to   text,
    PRIMARY KEY (code, valid_from)
);

CREATE TABLE report (
    id            uuid PRIMARY KEY,
    receipt_index bytea NOT NULL UNIQUE,   -- HMAC(pepper, digits): also the idempotency key
    mode          text NOT NULL CHECK (mode IN ('anonymous', 'named', 'confidential')),
    channel       text NOT NULL CHECK (channel IN ('web', 'poster', 'phone', 'visit', 'letter')),
    entered_by    uuid REFERENCES account (id),
    place_code    text NOT NULL,
    place_name    text NOT NULL,           -- as it was called then
    lang          text NOT NULL,
    received_at   timestamptz NOT NULL
);
CREATE INDEX report_received ON report (received_at, id);

-- Ciphertext by owner and kind; who can open it is the recipient.
CREATE TABLE sealed_blob (
    owner_id       uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('narrative', 'identity')),
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('server', 'unit', 'offline')),
    recipient_id   text NOT NULL,
    generation     integer NOT NULL,
    ciphertext     bytea NOT NULL,
    PRIMARY KEY (owner_id, kind, recipient_kind, recipient_id)
);

CREATE TABLE complaint (
    seq          bigserial_pk,
    id           uuid NOT NULL UNIQUE,
    report_id    uuid NOT NULL REFERENCES report (id),
    part         integer NOT NULL,         -- 1 … n when one message holds several matters
    state        text NOT NULL CHECK (state IN ('submitted', 'need_info', 'accepted', 'not_accepted', 'transferred', 'referred', 'merged', 'verifying', 'decided', 'delivered', 'closed', 'withdrawn')),
    outcome      text NOT NULL CHECK (outcome IN ('', 'substantiated', 'partly', 'unsubstantiated', 'unverifiable')),
    mode         text NOT NULL,            -- copied from the report: the queue filters on it
    channel      text NOT NULL,
    place_code   text NOT NULL,
    town_code    text NOT NULL,
    county_code  text NOT NULL,
    place_name   text NOT NULL,
    kind         text NOT NULL,            -- dictionary of DOMAIN: FUND_WITHHOLD …, '' until known
    programme    text NOT NULL,
    severity     integer NOT NULL CHECK (severity BETWEEN 1 AND 4),
    accused_level text NOT NULL CHECK (accused_level IN ('unknown', 'village', 'town', 'county', 'city', 'office')),
    desk_unit_id uuid NOT NULL REFERENCES unit (id),
    owner_id     uuid REFERENCES account (id),
    summary      text NOT NULL,            -- the officer's words; the only text that is searched
    merged_into  uuid REFERENCES complaint (id),
    due_on       text,                     -- earliest open deadline; null when no clock runs
    due_rule     text NOT NULL,
    extended     boolean NOT NULL,
    received_at  timestamptz NOT NULL,
    accepted_at  timestamptz,
    closed_at    timestamptz,
    version      integer NOT NULL,
    UNIQUE (report_id, part)
);
-- The open queue, by desk and by place; finished cases stay out of these indexes.
CREATE INDEX complaint_open_desk ON complaint (desk_unit_id, due_on, seq) WHERE closed_at IS NULL;
CREATE INDEX complaint_open_due ON complaint (due_on, seq) WHERE closed_at IS NULL;
CREATE INDEX complaint_open_owner ON complaint (owner_id, due_on, seq) WHERE closed_at IS NULL;
CREATE INDEX complaint_open_town ON complaint (town_code, due_on, seq) WHERE closed_at IS NULL;
CREATE INDEX complaint_merged ON complaint (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX complaint_desk_seq ON complaint (desk_unit_id, seq);
CREATE INDEX complaint_place_kind ON complaint (place_code, kind, seq);

CREATE TABLE deadline (
    subject_id  uuid NOT NULL,             -- complaint or supervision item
    rule        text NOT NULL,
    round       integer NOT NULL,          -- grows when the same clock starts again
    n           integer NOT NULL,
    day_kind    text NOT NULL,
    basis       text NOT NULL,
    started_on  text NOT NULL,
    due_on      text NOT NULL,
    calendar    text NOT NULL,             -- version of the calendar it was counted on
    provisional boolean NOT NULL,
    met_at      timestamptz,
    PRIMARY KEY (subject_id, rule, round)
);

CREATE TABLE message (
    id           uuid PRIMARY KEY,
    report_id    uuid NOT NULL REFERENCES report (id),
    complaint_id uuid REFERENCES complaint (id),
    side         text NOT NULL CHECK (side IN ('reporter', 'office')),
    author_id    uuid REFERENCES account (id),
    body_sealed  bytea NOT NULL,
    form_key     bytea UNIQUE,             -- a form sent twice leaves one message
    at           timestamptz NOT NULL,
    read_at      timestamptz
);
CREATE INDEX message_report ON message (report_id, at, id);

CREATE TABLE evidence_file (
    id           uuid PRIMARY KEY,
    owner_kind   text NOT NULL CHECK (owner_kind IN ('staged', 'report', 'message', 'verification', 'item_note')),
    owner_id     uuid,                     -- null while staged
    form_key     bytea,                    -- the form a staged file was picked in
    ordinal      integer NOT NULL,
    media        text NOT NULL CHECK (media IN ('image', 'pdf', 'audio', 'video')),
    content_type text NOT NULL,            -- of what is served
    size         bigint NOT NULL,          -- bytes of the original
    sha256       bytea NOT NULL,           -- of the original
    name_sealed  bytea NOT NULL,           -- the display name can name a person
    original     text NOT NULL,            -- blob name
    derivative   text NOT NULL,            -- blob name of the clean copy; empty when there is none
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz               -- staged files are swept after this
);
CREATE INDEX evidence_owner ON evidence_file (owner_kind, owner_id, ordinal);
CREATE INDEX evidence_staged ON evidence_file (form_key) WHERE form_key IS NOT NULL;
CREATE INDEX evidence_expiry ON evidence_file (expires_at) WHERE expires_at IS NOT NULL;
