-- Accounts of staff, what they may do, and where they are signed in.
CREATE TABLE account (
    id             uuid PRIMARY KEY,
    login          text NOT NULL UNIQUE,   -- lower case
    name           text NOT NULL,
    unit_id        uuid NOT NULL REFERENCES unit (id),
    state          text NOT NULL CHECK (state IN ('active', 'disabled')),
    password_salt  bytea NOT NULL,
    password_check bytea NOT NULL,
    must_change    boolean NOT NULL,       -- the password was set by somebody else
    totp_sealed    bytea,                  -- null until enrolled
    totp_last_step bigint NOT NULL,        -- last accepted time step; that step and earlier ones are refused
    last_seen_at   timestamptz,            -- null until the first sign-in
    created_at     timestamptz NOT NULL,
    updated_at     timestamptz NOT NULL,
    version        integer NOT NULL
);
CREATE INDEX account_unit ON account (unit_id);

CREATE TABLE account_role (
    account_id uuid NOT NULL REFERENCES account (id),
    role       text NOT NULL CHECK (role IN ('registrar', 'triage_officer', 'supervisor', 'unit_handler', 'publisher', 'notice_approver', 'identity_custodian', 'auditor', 'administrator')),
    granted_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, role)
);

CREATE TABLE recovery_code (
    account_id uuid NOT NULL REFERENCES account (id),
    code_hash  bytea NOT NULL,
    used_at    timestamptz,
    PRIMARY KEY (account_id, code_hash)
);

CREATE TABLE staff_session (
    id           uuid PRIMARY KEY,
    token_hash   bytea NOT NULL UNIQUE,    -- SHA-256 of the cookie
    account_id   uuid NOT NULL REFERENCES account (id),
    stage        text NOT NULL CHECK (stage IN ('password', 'full')), -- 'password': the code is still owed
    device       text NOT NULL,            -- browser family only, e.g. "Chrome · Android"
    csrf_key     bytea NOT NULL,
    created_at   timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    stepped_up_at timestamptz,
    expires_at   timestamptz NOT NULL
);
CREATE INDEX staff_session_account ON staff_session (account_id);
CREATE INDEX staff_session_expiry ON staff_session (expires_at);
