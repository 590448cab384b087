-- The plan of a year, inspections, and what is asked for, seen, said and found.
INSERT INTO time_rule (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, valid_to, set_by, set_why) VALUES
    ('inspection.plan_entry', '', 31, 'cd', 'approved', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第三条：制定督查计划，确定督查重点；本系统默认：计划里写的月份内安排督查', '2015-01-01', NULL, NULL, ''),
    ('inspection.visit', '', 5, 'wd', 'planned', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第三条、第十四条：按计划督查、不定期现场检查；本系统默认：在定好的日子开始督查', '2015-01-01', NULL, NULL, ''),
    ('inspection.material', '', 5, 'wd', 'asked', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第五条：如实提供扶贫工作情况、与扶贫项目和资金有关的文件资料；本系统默认：5个工作日内提供', '2015-01-01', NULL, NULL, ''),
    ('inspection.findings', '', 10, 'wd', 'exchanged', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第十六条、第十七条：交换意见后按工作时限要求办结；本系统默认：10个工作日内下发督查发现', '2015-01-01', NULL, NULL, '');

CREATE INDEX inspection_item_number ON supervision_item (number) WHERE number <> '';

CREATE TABLE inspection_plan (
    id          uuid PRIMARY KEY,
    unit_id     uuid NOT NULL REFERENCES unit (id),
    year        integer NOT NULL,
    n           integer NOT NULL,          -- 1, 2 …: what changes after approval is a new version
    state       text NOT NULL CHECK (state IN ('draft', 'proposed', 'approved', 'replaced')),
    priorities  text NOT NULL,
    why         text NOT NULL,             -- there is a new version; '' for the first
    made_by     uuid NOT NULL REFERENCES account (id),
    made_at     timestamptz NOT NULL,
    proposed_by uuid REFERENCES account (id),
    proposed_at timestamptz,
    ruled_by    uuid REFERENCES account (id),
    ruled_at    timestamptz,
    ruling_note text NOT NULL,
    version     integer NOT NULL,
    UNIQUE (unit_id, year, n),
    CHECK (ruled_by IS NULL OR ruled_by <> proposed_by)
);
CREATE UNIQUE INDEX inspection_plan_one_open ON inspection_plan (unit_id, year) WHERE state IN ('draft', 'proposed');
CREATE UNIQUE INDEX inspection_plan_one_approved ON inspection_plan (unit_id, year) WHERE state = 'approved';

CREATE TABLE inspection_plan_entry (
    plan_id uuid NOT NULL REFERENCES inspection_plan (id),
    key     uuid NOT NULL,                 -- the same through all versions
    kind    text NOT NULL CHECK (kind IN ('annual_plan', 'regular', 'irregular', 'special', 'assist_superior', 'followup')),
    form    text NOT NULL CHECK (form IN ('periodic_report', 'onsite')),
    unit_id uuid REFERENCES unit (id),     -- null: a place, to be settled when the time comes
    place   text NOT NULL,
    month   integer NOT NULL CHECK (month BETWEEN 1 AND 12),
    focus   text NOT NULL,
    PRIMARY KEY (plan_id, key),
    CHECK (unit_id IS NOT NULL OR place <> '')
);
CREATE INDEX inspection_plan_entry_key ON inspection_plan_entry (key);

CREATE TABLE inspection (
    id           uuid PRIMARY KEY,
    unit_id      uuid NOT NULL REFERENCES unit (id),
    year         integer NOT NULL,
    n            integer NOT NULL,         -- within office and year, without gaps
    number       text NOT NULL,            -- 盘督查〔2026〕12号
    target_id    uuid NOT NULL REFERENCES unit (id), -- the inspected office
    kind         text NOT NULL CHECK (kind IN ('annual_plan', 'regular', 'irregular', 'special', 'assist_superior', 'followup')),
    form         text NOT NULL CHECK (form IN ('periodic_report', 'onsite')),
    basis        text NOT NULL,
    focus        text NOT NULL,
    contact      text NOT NULL,            -- whom the inspected office asks
    starts_on    text NOT NULL,
    ends_on      text NOT NULL,
    leader_id    uuid NOT NULL REFERENCES account (id),
    state        text NOT NULL CHECK (state IN ('planned', 'under_way', 'views_exchanged', 'findings_issued', 'closed', 'cancelled')),
    plan_key     uuid,                     -- entry of the plan that it came of
    follows_id   uuid REFERENCES inspection (id), -- looks again at what this one found
    announced_at timestamptz,              -- from here on the inspected office knows of it
    submitted_by uuid REFERENCES account (id),
    submitted_at timestamptz,              -- findings wait for somebody else to issue them
    returned_why text NOT NULL,
    issued_by    uuid REFERENCES account (id),
    issued_at    timestamptz,
    closed_at    timestamptz,
    ended_why    text NOT NULL,
    due_on       text,                     -- earliest open deadline
    due_rule     text NOT NULL,
    created_by   uuid NOT NULL REFERENCES account (id),
    created_at   timestamptz NOT NULL,
    version      integer NOT NULL,
    UNIQUE (unit_id, year, n),
    CHECK (target_id <> unit_id),
    CHECK (issued_by IS NULL OR issued_by <> leader_id),
    CHECK (issued_by IS NULL OR issued_by <> submitted_by)
);
CREATE INDEX inspection_unit ON inspection (unit_id, id);
CREATE INDEX inspection_target ON inspection (target_id, id);
CREATE INDEX inspection_open ON inspection (unit_id, due_on, id) WHERE closed_at IS NULL;
CREATE INDEX inspection_follows ON inspection (follows_id) WHERE follows_id IS NOT NULL;
CREATE UNIQUE INDEX inspection_of_entry ON inspection (plan_key) WHERE plan_key IS NOT NULL AND state <> 'cancelled';

CREATE TABLE inspection_member (
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    account_id    uuid NOT NULL REFERENCES account (id),
    PRIMARY KEY (inspection_id, account_id)
);
CREATE INDEX inspection_member_account ON inspection_member (account_id, inspection_id);

-- Cases and items that it looks into.
CREATE TABLE inspection_matter (
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    kind          text NOT NULL CHECK (kind IN ('complaint', 'item')),
    ref_id        uuid NOT NULL,
    number        text NOT NULL,
    PRIMARY KEY (inspection_id, kind, ref_id)
);

-- A visit that somebody carries on a phone, to work on without a signal.
CREATE TABLE inspection_copy (
    id            uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    account_id    uuid NOT NULL REFERENCES account (id),
    device        text NOT NULL,           -- browser family only, e.g. "Chrome · Android"
    taken_at      timestamptz NOT NULL,
    revoked_by    uuid REFERENCES account (id),
    revoked_at    timestamptz,             -- lost: nothing more is taken from it
    cleared_at    timestamptz              -- everything came in, the phone forgot it
);
CREATE INDEX inspection_copy_of ON inspection_copy (inspection_id, taken_at);

-- What came in from a phone, by the name that the phone gave it: a second time
-- changes nothing.
CREATE TABLE inspection_entry (
    id      uuid PRIMARY KEY,
    copy_id uuid NOT NULL REFERENCES inspection_copy (id),
    kind    text NOT NULL CHECK (kind IN ('answer', 'activity', 'photo', 'draft')),
    edition integer NOT NULL CHECK (edition > 0), -- the newest that came in
    became  uuid NOT NULL,
    at      timestamptz NOT NULL
);
CREATE INDEX inspection_entry_copy ON inspection_entry (copy_id);

CREATE TABLE inspection_question (
    id            uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    n             integer NOT NULL,
    clause        text NOT NULL,           -- of the Measures, "9.6"; '' a question of the office's own
    words         text NOT NULL,           -- '' those of the clause
    finding_id    uuid,                    -- earlier finding that is looked at again
    answer        text NOT NULL CHECK (answer IN ('', 'yes', 'no', 'partly', 'not_applicable')),
    note_sealed   bytea,
    by_id         uuid REFERENCES account (id),
    at            timestamptz,
    copy_id       uuid REFERENCES inspection_copy (id),
    version       integer NOT NULL,
    UNIQUE (inspection_id, n)
);

CREATE TABLE inspection_material (
    id            uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    n             integer NOT NULL,
    what          text NOT NULL,
    state         text NOT NULL CHECK (state IN ('asked', 'handed_in', 'refused')),
    due_on        text NOT NULL,
    asked_by      uuid NOT NULL REFERENCES account (id),
    asked_at      timestamptz NOT NULL,
    version       integer NOT NULL,
    UNIQUE (inspection_id, n)
);
CREATE TABLE inspection_material_answer (
    id          uuid PRIMARY KEY,
    material_id uuid NOT NULL REFERENCES inspection_material (id),
    kind        text NOT NULL CHECK (kind IN ('handed_in', 'refused', 'silent', 'returned')),
    words       text NOT NULL,
    by_id       uuid NOT NULL REFERENCES account (id),
    unit_id     uuid NOT NULL REFERENCES unit (id),
    at          timestamptz NOT NULL
);
CREATE INDEX inspection_material_answer_of ON inspection_material_answer (material_id, at);

CREATE TABLE inspection_activity (
    id            uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    method        text NOT NULL CHECK (method IN ('hear_report', 'review_files', 'interview', 'leader_explain', 'site_visit', 'symposium', 'household_visit')),
    on_day        text NOT NULL,
    from_time     text NOT NULL,           -- "09:30"
    to_time       text NOT NULL,
    place         text NOT NULL,
    people_sealed bytea NOT NULL,          -- who took part: never for the inspected office
    found_sealed  bytea NOT NULL,
    by_id         uuid NOT NULL REFERENCES account (id),
    at            timestamptz NOT NULL,
    copy_id       uuid REFERENCES inspection_copy (id)
);
CREATE INDEX inspection_activity_of ON inspection_activity (inspection_id, on_day, id);

-- The exchange of views (Art. 16). Nothing is issued without one, and it stands.
CREATE TABLE inspection_exchange (
    id             uuid PRIMARY KEY,
    inspection_id  uuid NOT NULL REFERENCES inspection (id),
    round          integer NOT NULL,
    held_on        text NOT NULL,
    leaders        text NOT NULL,          -- JSON list: of the inspected office
    agreed         boolean NOT NULL,
    opinion_sealed bytea NOT NULL,
    signed         boolean NOT NULL,
    unsigned_why   text NOT NULL,
    by_id          uuid NOT NULL REFERENCES account (id),
    at             timestamptz NOT NULL,
    UNIQUE (inspection_id, round),
    UNIQUE (id, inspection_id),
    CHECK (signed OR unsigned_why <> '')
);
ALTER TABLE inspection ADD COLUMN exchange_id uuid REFERENCES inspection_exchange (id)
    CHECK (exchange_id IS NOT NULL OR state NOT IN ('views_exchanged', 'findings_issued', 'closed'));

-- The exchange as it is being prepared, in the field or at the desk.
CREATE TABLE inspection_draft (
    inspection_id uuid PRIMARY KEY REFERENCES inspection (id),
    body_sealed   bytea NOT NULL,
    by_id         uuid NOT NULL REFERENCES account (id),
    at            timestamptz NOT NULL,
    copy_id       uuid REFERENCES inspection_copy (id),
    version       integer NOT NULL
);

CREATE TABLE inspection_finding (
    id            uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    n             integer,                 -- given when views on it were exchanged
    clause        text NOT NULL,           -- of the Measures: "9.6", "19.5"
    facts_sealed  bytea NOT NULL,
    basis         text NOT NULL,
    severity      text NOT NULL CHECK (severity IN ('ordinary', 'serious', 'grave')),
    households    integer NOT NULL CHECK (households >= 0),
    amount_fen    bigint NOT NULL CHECK (amount_fen >= 0),
    requirement   text NOT NULL,
    written_by    uuid NOT NULL REFERENCES account (id),
    written_at    timestamptz NOT NULL,
    exchange_id   uuid,
    issued_at     timestamptz,
    ordered_at    timestamptz,             -- its rectification was ordered
    version       integer NOT NULL,
    UNIQUE (inspection_id, n),
    FOREIGN KEY (exchange_id, inspection_id) REFERENCES inspection_exchange (id, inspection_id),
    CHECK (exchange_id IS NULL OR n IS NOT NULL),
    CHECK (issued_at IS NULL OR exchange_id IS NOT NULL),
    CHECK (ordered_at IS NULL OR issued_at IS NOT NULL)
);
CREATE INDEX inspection_finding_of ON inspection_finding (inspection_id, id);

CREATE TABLE inspection_proof (
    finding_id uuid NOT NULL REFERENCES inspection_finding (id),
    kind       text NOT NULL CHECK (kind IN ('activity', 'material')),
    ref_id     uuid NOT NULL,
    PRIMARY KEY (finding_id, kind, ref_id)
);

-- What is said to a finding: the opinion at the exchange, what the inspected
-- office adds, what the issuing office corrects. Nothing of it ever changes.
CREATE TABLE inspection_remark (
    id            uuid PRIMARY KEY,
    inspection_id uuid NOT NULL REFERENCES inspection (id),
    finding_id    uuid REFERENCES inspection_finding (id), -- null: to the whole
    exchange_id   uuid REFERENCES inspection_exchange (id), -- of an opinion
    kind          text NOT NULL CHECK (kind IN ('opinion', 'statement', 'correction')),
    agreed        boolean NOT NULL,
    words_sealed  bytea NOT NULL,
    by_id         uuid NOT NULL REFERENCES account (id),
    at            timestamptz NOT NULL,
    CHECK ((kind = 'opinion') = (exchange_id IS NOT NULL))
);
CREATE INDEX inspection_remark_of ON inspection_remark (inspection_id, at, id);
CREATE UNIQUE INDEX inspection_remark_one_opinion ON inspection_remark (finding_id) WHERE kind = 'opinion';
