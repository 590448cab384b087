-- Circulars that praise or criticise (Art. 18 of the Measures), and the monthly
-- and quarterly reports of offices to those above (Art. 17).
INSERT INTO time_rule (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, valid_to, set_by, set_why) VALUES
    ('bulletin.rectify', '', 20, 'wd', 'issued', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第十八条：通报批评并限期整改；本系统默认：印发后20个工作日内报送整改情况', '2015-01-01', NULL, NULL, ''),
    ('bulletin.monthly', '', 5, 'wd', 'period_ended', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：督查情况按时报告；本系统默认：月末后5个工作日内报出', '2015-01-01', NULL, NULL, ''),
    ('bulletin.quarterly', '', 10, 'wd', 'period_ended', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：督查情况按时报告；本系统默认：季末后10个工作日内报出', '2015-01-01', NULL, NULL, '');

CREATE TABLE circular (
    id         uuid PRIMARY KEY,
    unit_id    uuid NOT NULL REFERENCES unit (id),
    state      text NOT NULL CHECK (state IN ('draft', 'issued', 'discarded')),
    tone       text NOT NULL CHECK (tone IN ('praise', 'criticism')),
    scope      text NOT NULL CHECK (scope IN ('internal', 'public')),
    title      text NOT NULL,
    body       text NOT NULL,
    demand     text NOT NULL,
    until_on   text,                       -- last day for criticised offices; null: counted by the rule
    number     text NOT NULL,
    drafted_by uuid NOT NULL REFERENCES account (id),
    drafted_at timestamptz NOT NULL,
    issued_by  uuid REFERENCES account (id),
    issued_at  timestamptz,
    notice_id  uuid REFERENCES notice (id), -- its public form
    version    integer NOT NULL
);
CREATE INDEX circular_unit_list ON circular (unit_id, id);
CREATE INDEX circular_unpublished ON circular (unit_id, id) WHERE scope = 'public' AND state = 'issued' AND notice_id IS NULL;
CREATE UNIQUE INDEX circular_notice ON circular (notice_id) WHERE notice_id IS NOT NULL;

-- An office that a circular goes to. What clocks run for is this row.
CREATE TABLE circular_to (
    id          uuid PRIMARY KEY,
    circular_id uuid NOT NULL REFERENCES circular (id),
    unit_id     uuid NOT NULL REFERENCES unit (id),
    named       boolean NOT NULL,          -- praised or criticised, not merely told
    read_by     uuid REFERENCES account (id),
    read_at     timestamptz,
    due_on      text,                      -- of a criticised office
    answer      text NOT NULL,
    answered_by uuid REFERENCES account (id),
    answered_at timestamptz,
    UNIQUE (circular_id, unit_id)
);
CREATE INDEX circular_to_unit ON circular_to (unit_id, circular_id);

CREATE TABLE circular_item (
    circular_id uuid NOT NULL REFERENCES circular (id),
    item_id     uuid NOT NULL REFERENCES supervision_item (id),
    PRIMARY KEY (circular_id, item_id)
);

-- Who reports how often; its own office decides it.
CREATE TABLE work_report_schedule (
    id           uuid PRIMARY KEY,
    unit_id      uuid NOT NULL REFERENCES unit (id),
    every        text NOT NULL CHECK (every IN ('month', 'quarter')),
    first_period text NOT NULL,
    made_through text NOT NULL,            -- the last period whose report is there; '' none
    set_by       uuid NOT NULL REFERENCES account (id),
    set_at       timestamptz NOT NULL,
    ended_at     timestamptz
);
CREATE UNIQUE INDEX work_report_schedule_open ON work_report_schedule (unit_id, every) WHERE ended_at IS NULL;

CREATE TABLE work_report (
    id          uuid PRIMARY KEY,
    unit_id     uuid NOT NULL REFERENCES unit (id),
    to_unit_id  uuid REFERENCES unit (id), -- the office above; null: none in the portal
    every       text NOT NULL CHECK (every IN ('month', 'quarter')),
    period      text NOT NULL,             -- 2026-03, 2026-Q1
    state       text NOT NULL CHECK (state IN ('due', 'draft', 'issued')),
    due_on      text NOT NULL,
    numbers     text NOT NULL,             -- as they were counted last
    changes     text NOT NULL,             -- what counting again changed last
    counted_at  timestamptz,
    words       text NOT NULL,             -- by section
    number      text NOT NULL,
    drafted_by  uuid REFERENCES account (id),
    drafted_at  timestamptz,
    issued_by   uuid REFERENCES account (id),
    issued_at   timestamptz,
    received_by uuid REFERENCES account (id),
    received_at timestamptz,
    version     integer NOT NULL,
    UNIQUE (unit_id, every, period)
);
CREATE INDEX work_report_unit ON work_report (unit_id, period, id);
CREATE INDEX work_report_to ON work_report (to_unit_id, id) WHERE state = 'issued';
