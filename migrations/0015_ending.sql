-- What follows an answer: that it reaches people, what they say of it, what they
-- may ask for then; how a report is withdrawn; and who looked at a case.
INSERT INTO time_rule (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, valid_to, set_by, set_why) VALUES
    ('complaint.delivery_presumed', '', 30, 'cd', 'decided', 'internal', '', '本系统内部规定：答复放在查询码下，30日无人查看的，由工作人员记为已送达，免得一直办不完', '2015-01-01', NULL, NULL, ''),
    ('complaint.rating_change', '', 7, 'cd', 'rated', 'internal', '', '本系统内部规定：评价后7日内可以改', '2015-01-01', NULL, NULL, ''),
    ('complaint.second_look', '', 10, 'wd', 'rated', 'internal', '', '本系统内部时限：反映人说没解决的，上一级10个工作日内重新看一遍', '2015-01-01', NULL, NULL, ''),
    ('complaint.withdrawal', '', 3, 'cd', 'withdrawal_asked', 'internal', '', '本系统内部规定：涉及打击报复和钱款的，撤回3日后才生效，其间可以收回', '2015-01-01', NULL, NULL, ''),
    ('complaint.repeat_window', '', 90, 'cd', 'closed', 'internal', '', '本系统内部规定：办结后90日内同一件事又有人反映的，改由上一级办理', '2015-01-01', NULL, NULL, '');

ALTER TABLE complaint ADD COLUMN rating text NOT NULL DEFAULT '';        -- of the latest answer, by its own reporter
ALTER TABLE complaint ADD COLUMN second_desk_id uuid REFERENCES unit (id); -- owes a second look at it
ALTER TABLE complaint ADD COLUMN redone boolean NOT NULL DEFAULT false;  -- was sent back once
ALTER TABLE complaint ADD COLUMN final_at timestamptz;                   -- nothing can be asked for any more
ALTER TABLE complaint ADD COLUMN repeats_id uuid REFERENCES complaint (id); -- not taken up: decided finally in that one
ALTER TABLE complaint ADD COLUMN again_of uuid REFERENCES complaint (id);   -- closed not long ago, and reported again
ALTER TABLE complaint ADD COLUMN leaves_on text;                         -- its reporter withdraws it from that day on
ALTER TABLE complaint ADD COLUMN pressed_at timestamptz;                 -- its reporter was made to withdraw it
CREATE INDEX complaint_callback ON complaint (due_on, seq) WHERE due_rule = 'complaint.callback' AND closed_at IS NULL;
CREATE INDEX complaint_second ON complaint (second_desk_id, seq) WHERE second_desk_id IS NOT NULL;
CREATE INDEX complaint_appealed ON complaint (desk_unit_id, due_on, seq) WHERE state IN ('review', 'reexam');
CREATE INDEX complaint_final ON complaint (town_code, seq) WHERE final_at IS NOT NULL;
CREATE INDEX complaint_leaving ON complaint (leaves_on, seq) WHERE leaves_on IS NOT NULL AND closed_at IS NULL;
CREATE INDEX complaint_pressed ON complaint (due_on, seq) WHERE pressed_at IS NOT NULL AND closed_at IS NULL;
DROP INDEX complaint_answered;
CREATE INDEX complaint_answered ON complaint (report_id, state, outcome) WHERE outcome <> '' AND state IN ('decided', 'delivered', 'review', 'reexam', 'final', 'closed');

-- What was decided, as its reporters read it.
CREATE TABLE letter (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    n            integer NOT NULL,         -- 1, 2 … of the complaint
    kind         text NOT NULL CHECK (kind IN ('decision', 'review', 'reexam')),
    unit_id      uuid NOT NULL REFERENCES unit (id),
    body_sealed  bytea NOT NULL,
    at           timestamptz NOT NULL,
    UNIQUE (complaint_id, n)
);
CREATE INDEX letter_unit ON letter (unit_id, at);
ALTER TABLE message ADD COLUMN letter_id uuid REFERENCES letter (id);
ALTER TABLE message ADD COLUMN kept_unit_id uuid REFERENCES unit (id);   -- read by that office and those above it alone

-- That a letter reached one of its reporters: one row for each of them.
CREATE TABLE delivery (
    id           uuid PRIMARY KEY,
    letter_id    uuid NOT NULL REFERENCES letter (id),
    complaint_id uuid NOT NULL REFERENCES complaint (id),  -- the reporter's own
    how          text NOT NULL CHECK (how IN ('read', 'hand', 'post', 'phone', 'presumed')),
    on_day       text NOT NULL,
    words_sealed bytea,
    by_id        uuid REFERENCES account (id),             -- null: the reporter read it
    at           timestamptz NOT NULL,
    UNIQUE (letter_id, complaint_id)
);

CREATE TABLE rating (
    complaint_id uuid NOT NULL REFERENCES complaint (id),  -- the reporter's own
    letter_n     integer NOT NULL,
    code         text NOT NULL CHECK (code IN ('solved', 'partly', 'unsolved')),
    words_sealed bytea NOT NULL,
    at           timestamptz NOT NULL,
    changed_at   timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, letter_n)
);
CREATE INDEX rating_at ON rating (at);

-- The office above looks again, because somebody said that nothing is solved.
CREATE TABLE second_look (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    letter_n     integer NOT NULL,
    desk_unit_id uuid NOT NULL REFERENCES unit (id),
    why          text NOT NULL CHECK (why IN ('rating', 'callback')),
    state        text NOT NULL CHECK (state IN ('open', 'redo', 'stands', 'overtaken')),
    words_sealed bytea,
    opened_at    timestamptz NOT NULL,
    ended_by     uuid REFERENCES account (id),
    ended_at     timestamptz,
    version      integer NOT NULL,
    UNIQUE (complaint_id, letter_n)
);

-- 复查 and 复核.
CREATE TABLE appeal (
    id             uuid PRIMARY KEY,
    complaint_id   uuid NOT NULL REFERENCES complaint (id),
    level          text NOT NULL CHECK (level IN ('review', 'reexam')),
    asked_for      uuid NOT NULL REFERENCES complaint (id), -- the asking reporter's own
    from_unit_id   uuid NOT NULL REFERENCES unit (id),      -- whose decision it is about
    desk_unit_id   uuid NOT NULL REFERENCES unit (id),
    message_id     uuid NOT NULL UNIQUE REFERENCES message (id), -- what the reporter says against it; read from that desk upwards
    asked_at       timestamptz NOT NULL,
    state          text NOT NULL CHECK (state IN ('open', 'proposed', 'decided')),
    ruling         text NOT NULL CHECK (ruling IN ('', 'upheld', 'changed', 'redo')),
    body_sealed    bytea,
    proposed_by    uuid REFERENCES account (id),
    proposed_at    timestamptz,
    decided_by     uuid REFERENCES account (id),
    decided_at     timestamptz,
    version        integer NOT NULL
);
CREATE UNIQUE INDEX appeal_one_open ON appeal (complaint_id) WHERE state <> 'decided';
CREATE INDEX appeal_complaint ON appeal (complaint_id, asked_at);

-- What those who look again write down for themselves.
CREATE TABLE appeal_note (
    id           uuid PRIMARY KEY,
    appeal_id    uuid NOT NULL REFERENCES appeal (id),
    kind         text NOT NULL CHECK (kind IN ('note', 'returned', 'hearing')),
    words_sealed bytea NOT NULL,
    by_id        uuid NOT NULL REFERENCES account (id),
    at           timestamptz NOT NULL
);
CREATE INDEX appeal_note_appeal ON appeal_note (appeal_id, at);

CREATE TABLE callback (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    on_day       text NOT NULL,
    channel      text NOT NULL CHECK (channel IN ('phone', 'visit', 'message')),
    reached      boolean NOT NULL,
    result       text NOT NULL CHECK (result IN ('', 'solved', 'partly', 'unsolved')),
    words_sealed bytea NOT NULL,
    by_id        uuid NOT NULL REFERENCES account (id),
    at           timestamptz NOT NULL
);
CREATE INDEX callback_complaint ON callback (complaint_id, at);

CREATE TABLE withdrawal (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    reason       text NOT NULL CHECK (reason IN ('', 'solved', 'tired', 'other', 'pressed')),
    asked_at     timestamptz NOT NULL,
    effective_on text NOT NULL,            -- until the day before it can be taken back
    taken_back_at timestamptz,
    ended        text NOT NULL CHECK (ended IN ('', 'let_go', 'goes_on')),
    ended_by     uuid REFERENCES account (id),
    ended_at     timestamptz,
    words_sealed bytea
);
CREATE INDEX withdrawal_complaint ON withdrawal (complaint_id, asked_at);
CREATE UNIQUE INDEX withdrawal_one ON withdrawal (complaint_id) WHERE taken_back_at IS NULL;

-- The report that an earlier one led to. Receipts are stored nowhere: only the tie.
CREATE TABLE complaint_earlier (
    complaint_id      uuid PRIMARY KEY REFERENCES complaint (id),
    earlier_report_id uuid NOT NULL REFERENCES report (id),
    tied_by           uuid REFERENCES account (id),  -- null: the reporter
    at                timestamptz NOT NULL,
    audit_at          timestamptz,                   -- an audit of who looked at the earlier one began
    audit_found       text NOT NULL CHECK (audit_found IN ('', 'nothing', 'suspicious')),
    audit_ended_at    timestamptz
);
CREATE INDEX complaint_earlier_report ON complaint_earlier (earlier_report_id);
CREATE INDEX complaint_earlier_audit ON complaint_earlier (audit_at, complaint_id) WHERE audit_at IS NOT NULL;

-- Who was shown what of a case: one row for each officer, kind of thing and hour.
CREATE TABLE look (
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    account_id   uuid NOT NULL,            -- names are copied: a look outlives the account
    hour         timestamptz NOT NULL,
    what         text NOT NULL CHECK (what IN ('page', 'file', 'name', 'item', 'export', 'print')),
    name         text NOT NULL,
    role         text NOT NULL,
    unit_id      uuid NOT NULL,
    unit_name    text NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (complaint_id, account_id, hour, what)
);

CREATE TABLE look_audit (
    complaint_id uuid PRIMARY KEY REFERENCES complaint (id),
    found        text NOT NULL CHECK (found IN ('nothing', 'suspicious')),
    words_sealed bytea NOT NULL,
    by_id        uuid NOT NULL REFERENCES account (id),
    at           timestamptz NOT NULL
);
