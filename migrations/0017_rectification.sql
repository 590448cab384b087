-- Orders to put right what was found wrong, what became of them, and the money.
INSERT INTO time_rule (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, valid_to, set_by, set_why) VALUES
    ('rectification.receipt', '', 3, 'wd', 'order_issued', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第四条、第五条：做好整改、配合督查；本系统默认：下发后3个工作日内签收，不签收的视为收到', '2015-01-01', NULL, NULL, ''),
    ('rectification.check', '', 10, 'wd', 'reported', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第十五条、第十七条：实地查看、按工作时限要求办结；本系统默认：收到整改报告后10个工作日内到现场核查', '2015-01-01', NULL, NULL, '');

CREATE TABLE rectification_order (
    id            uuid PRIMARY KEY,
    unit_id       uuid NOT NULL REFERENCES unit (id),
    target_id     uuid NOT NULL REFERENCES unit (id), -- who has to put it right
    inspection_id uuid REFERENCES inspection (id),
    item_id       uuid REFERENCES supervision_item (id),
    root_id       uuid NOT NULL,           -- the first round
    previous_id   uuid REFERENCES rectification_order (id),
    round         integer NOT NULL CHECK (round > 0),
    number        text NOT NULL,           -- 盘督整〔2026〕3号; '' before it is issued
    exchange      text NOT NULL,           -- what came of the exchange of views
    requirement   text NOT NULL,           -- for all points; '' none
    contact       text NOT NULL,           -- how and to whom to report
    state         text NOT NULL CHECK (state IN ('proposed', 'ordered', 'plan_submitted', 'plan_approved', 'in_progress', 'report_submitted',
                                                 'verified', 'not_passed', 'struck_off', 'reopened', 'withdrawn')),
    proposed_by   uuid NOT NULL REFERENCES account (id), -- who worded it last
    proposed_at   timestamptz NOT NULL,
    issued_by     uuid REFERENCES account (id),
    issued_at     timestamptz,
    received_at   timestamptz,
    approved_by   uuid REFERENCES account (id), -- of the plan
    checked_by    uuid REFERENCES account (id),
    struck_by     uuid REFERENCES account (id),
    closed_at     timestamptz,
    suspended_until text,                  -- last day of a suspension; it ends by itself
    due_on        text,                    -- earliest open deadline
    due_rule      text NOT NULL,
    version       integer NOT NULL,
    CHECK (target_id <> unit_id),
    CHECK ((inspection_id IS NULL) <> (item_id IS NULL)),
    CHECK ((round = 1) = (previous_id IS NULL)),
    CHECK (issued_by IS NULL OR issued_by <> proposed_by),
    CHECK (checked_by IS NULL OR checked_by <> approved_by),
    CHECK (struck_by IS NULL OR struck_by <> checked_by)
);
CREATE INDEX rectification_order_unit ON rectification_order (unit_id, id);
CREATE INDEX rectification_order_target ON rectification_order (target_id, id);
CREATE INDEX rectification_order_open ON rectification_order (unit_id, due_on, id) WHERE closed_at IS NULL;
CREATE INDEX rectification_order_owed ON rectification_order (target_id, due_on, id) WHERE closed_at IS NULL;
CREATE INDEX rectification_order_inspection ON rectification_order (inspection_id, id) WHERE inspection_id IS NOT NULL;
CREATE INDEX rectification_order_item ON rectification_order (item_id, id) WHERE item_id IS NOT NULL;
CREATE INDEX rectification_order_root ON rectification_order (root_id, round);
CREATE INDEX rectification_order_number ON rectification_order (number) WHERE number <> '';
CREATE UNIQUE INDEX rectification_order_next ON rectification_order (previous_id) WHERE previous_id IS NOT NULL;

CREATE TABLE rectification_point (
    id          uuid PRIMARY KEY,
    order_id    uuid NOT NULL REFERENCES rectification_order (id),
    n           integer NOT NULL,
    previous_id uuid REFERENCES rectification_point (id), -- the same in the round before
    finding_id  uuid REFERENCES inspection_finding (id),  -- whose words are the problem
    problem     text NOT NULL,             -- of an item; '' for a finding
    basis       text NOT NULL,
    requirement text NOT NULL,
    amount_fen  bigint NOT NULL CHECK (amount_fen >= 0),
    households  integer NOT NULL CHECK (households >= 0),
    dropped     boolean NOT NULL,          -- with a proposal that was withdrawn
    UNIQUE (order_id, n),
    CHECK ((finding_id IS NULL) = (problem <> ''))
);
-- A finding is ordered once; what fails goes on as a further round.
CREATE UNIQUE INDEX rectification_point_once ON rectification_point (finding_id) WHERE finding_id IS NOT NULL AND previous_id IS NULL AND NOT dropped;

-- What either side did and said. Nothing of it ever changes: what is handed in
-- again is another entry.
CREATE TABLE rectification_entry (
    id       uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES rectification_order (id),
    kind     text NOT NULL CHECK (kind IN ('acknowledged', 'plan', 'plan_approved', 'plan_returned', 'progress', 'report', 'report_returned',
                                           'check', 'struck_off', 'follow_up', 'withdrawn', 'resumed')),
    words    text NOT NULL,
    lasting  text NOT NULL,                -- of a report: what is to last
    head     text NOT NULL,                -- of a report: head of the unit
    on_day   text,                         -- of a look on site
    place    text NOT NULL,
    people   text NOT NULL,
    passed   boolean,                      -- of a look on site
    by_id    uuid NOT NULL REFERENCES account (id),
    unit_id  uuid NOT NULL REFERENCES unit (id),
    at       timestamptz NOT NULL
);
CREATE INDEX rectification_entry_of ON rectification_entry (order_id, at, id);

-- What an entry says to one point.
CREATE TABLE rectification_line (
    entry_id    uuid NOT NULL REFERENCES rectification_entry (id),
    point_id    uuid NOT NULL REFERENCES rectification_point (id),
    cause       text NOT NULL,
    measures    text NOT NULL,
    responsible text NOT NULL,
    by_on       text,                      -- of a plan
    result      text NOT NULL CHECK (result IN ('', 'done', 'unfinished', 'passed', 'failed')),
    words       text NOT NULL,
    PRIMARY KEY (entry_id, point_id)
);

CREATE TABLE recovery (
    id           uuid PRIMARY KEY,
    order_id     uuid NOT NULL REFERENCES rectification_order (id),
    item_id      uuid REFERENCES supervision_item (id), -- that the order came of
    point_id     uuid NOT NULL REFERENCES rectification_point (id),
    kind         text NOT NULL CHECK (kind IN ('recovered', 'returned')),
    amount_fen   bigint NOT NULL CHECK (amount_fen <> 0),
    households   integer NOT NULL,
    on_day       text NOT NULL,
    words        text NOT NULL,            -- voucher, or why it is corrected
    corrects_id  uuid REFERENCES recovery (id),
    by_id        uuid NOT NULL REFERENCES account (id),
    unit_id      uuid NOT NULL REFERENCES unit (id),
    at           timestamptz NOT NULL,
    confirmed_by uuid REFERENCES account (id),
    confirmed_at timestamptz,
    CHECK ((corrects_id IS NULL) = (amount_fen > 0)),
    CHECK (confirmed_by IS NULL OR confirmed_by <> by_id)
);
CREATE INDEX recovery_order ON recovery (order_id, at, id);
CREATE INDEX recovery_confirmed ON recovery (confirmed_at) WHERE confirmed_at IS NOT NULL;
CREATE INDEX recovery_item ON recovery (item_id) WHERE item_id IS NOT NULL;

CREATE TABLE rectification_suspension (
    id          uuid PRIMARY KEY,
    order_id    uuid NOT NULL REFERENCES rectification_order (id),
    why         text NOT NULL CHECK (why IN ('court', 'discipline')),
    reason      text NOT NULL,
    last_on     text NOT NULL,
    asked_by    uuid NOT NULL REFERENCES account (id),
    asked_at    timestamptz NOT NULL,
    first_on    text,
    state       text NOT NULL CHECK (state IN ('open', 'approved', 'denied', 'lapsed')),
    ruled_by    uuid REFERENCES account (id),
    ruled_at    timestamptz,
    ruling_note text NOT NULL,
    CHECK (ruled_by IS NULL OR ruled_by <> asked_by)
);
CREATE UNIQUE INDEX rectification_suspension_open ON rectification_suspension (order_id) WHERE state = 'open';
CREATE INDEX rectification_suspension_of ON rectification_suspension (order_id, asked_at, id);
