-- What offices report of their own work on a schedule (Art. 14 of the Measures).
INSERT INTO time_rule (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, valid_to, set_by, set_why) VALUES
    ('selfreport.due', '', 5, 'wd', 'period_ended', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第十四条：县区及辽河口生态经济区定期上报；本系统默认：期满后5个工作日内报送', '2015-01-01', NULL, NULL, '');

CREATE TABLE self_report_schedule (
    id           uuid PRIMARY KEY,
    unit_id      uuid NOT NULL REFERENCES unit (id), -- the office that asks
    title        text NOT NULL,
    every        text NOT NULL CHECK (every IN ('month', 'quarter')),
    first_period text NOT NULL,            -- 2026-03, 2026-Q1
    made_through text NOT NULL,            -- the last period whose reports are there; '' none
    asked_by     uuid NOT NULL REFERENCES account (id),
    asked_at     timestamptz NOT NULL,
    ended_at     timestamptz,
    ended_why    text NOT NULL,
    version      integer NOT NULL
);
CREATE INDEX self_report_schedule_unit ON self_report_schedule (unit_id, id);
CREATE INDEX self_report_schedule_open ON self_report_schedule (every, made_through) WHERE ended_at IS NULL;

CREATE TABLE self_report_question (
    schedule_id uuid NOT NULL REFERENCES self_report_schedule (id),
    n           integer NOT NULL,
    words       text NOT NULL,
    kind        text NOT NULL CHECK (kind IN ('text', 'number', 'amount', 'yes_no')),
    required    boolean NOT NULL,
    PRIMARY KEY (schedule_id, n)
);

CREATE TABLE self_report_ower (
    schedule_id uuid NOT NULL REFERENCES self_report_schedule (id),
    unit_id     uuid NOT NULL REFERENCES unit (id),
    PRIMARY KEY (schedule_id, unit_id)
);
CREATE INDEX self_report_ower_unit ON self_report_ower (unit_id, schedule_id);

CREATE TABLE self_report (
    id           uuid PRIMARY KEY,
    schedule_id  uuid NOT NULL,
    unit_id      uuid NOT NULL,
    period       text NOT NULL,
    state        text NOT NULL CHECK (state IN ('due', 'handed_in', 'returned', 'taken')),
    due_on       text NOT NULL,            -- of the clock that runs, or ran last
    first_due_on text NOT NULL,
    handed_on    text,                     -- the first time
    taken_by     uuid REFERENCES account (id),
    taken_at     timestamptz,
    version      integer NOT NULL,
    UNIQUE (schedule_id, unit_id, period),
    FOREIGN KEY (schedule_id, unit_id) REFERENCES self_report_ower (schedule_id, unit_id)
);
CREATE INDEX self_report_unit ON self_report (unit_id, id);
CREATE INDEX self_report_waits ON self_report (unit_id, due_on, id) WHERE state IN ('due', 'returned');
CREATE INDEX self_report_missing ON self_report (schedule_id, due_on) WHERE state IN ('due', 'returned');
CREATE INDEX self_report_period ON self_report (schedule_id, period);

-- One handing in; what is being written is the last, not handed in yet.
CREATE TABLE self_report_round (
    id           uuid PRIMARY KEY,
    report_id    uuid NOT NULL REFERENCES self_report (id),
    round        integer NOT NULL,
    handed_by    uuid REFERENCES account (id),
    handed_at    timestamptz,
    returned_by  uuid REFERENCES account (id),
    returned_at  timestamptz,
    returned_why text NOT NULL,
    UNIQUE (report_id, round)
);

CREATE TABLE self_report_answer (
    round_id uuid NOT NULL REFERENCES self_report_round (id),
    n        integer NOT NULL,             -- of the question
    words    text NOT NULL,                -- of a text
    figure   bigint NOT NULL,              -- of a number; fen of an amount; 1 or 0 of yes and no
    PRIMARY KEY (round_id, n)
);
