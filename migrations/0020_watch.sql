-- Who looks after the clocks, and what it told which office.
CREATE TABLE lease (
    name     text PRIMARY KEY,
    holder   uuid NOT NULL,                -- of a process, new at each start
    turn     bigint NOT NULL,              -- grows with each turn: who slept through one writes nothing
    until    timestamptz NOT NULL,         -- by the database's clock where it has one
    swept_at timestamptz                   -- latest time at which somebody looked; null: nobody yet
);

-- One step of a deadline, or of something else that an office above should know.
-- That it stands here is what makes it happen once.
CREATE TABLE alarm (
    id           uuid PRIMARY KEY,
    subject_kind text NOT NULL,            -- as of events
    subject_id   uuid NOT NULL,
    rule         text NOT NULL,            -- time rule; '' where no clock made it
    round        integer NOT NULL,         -- of the deadline; the year of a calendar
    due_on       text NOT NULL,            -- last day of the deadline; else the day that tells one time from the next
    stage        text NOT NULL CHECK (stage IN ('remind', 'due', 'yellow', 'red', 'escalated', 'absent', 'ownerless', 'calendar')),
    grade        integer NOT NULL,         -- of the stage: 1 is the gravest
    owes_id      uuid REFERENCES unit (id), -- office that owes, or that it is about
    at           timestamptz NOT NULL,
    UNIQUE (subject_id, rule, round, due_on, stage)
);
CREATE INDEX alarm_standing ON alarm (stage, subject_id) WHERE rule = '';

-- The offices that hear of it.
CREATE TABLE alarm_unit (
    alarm_id uuid NOT NULL REFERENCES alarm (id),
    unit_id  uuid NOT NULL REFERENCES unit (id),
    grade    integer NOT NULL,
    heads    boolean NOT NULL,             -- for those who approve: no office stands above
    heard_by uuid REFERENCES account (id),
    heard_at timestamptz,
    over_at  timestamptz,                  -- put away; lists look at the deadline itself
    PRIMARY KEY (alarm_id, unit_id)
);
CREATE INDEX alarm_unit_open ON alarm_unit (unit_id, grade, alarm_id) WHERE heard_at IS NULL AND over_at IS NULL;
CREATE INDEX alarm_unit_heard ON alarm_unit (unit_id, heard_at, alarm_id) WHERE heard_at IS NOT NULL;
CREATE INDEX alarm_unit_kept ON alarm_unit (alarm_id) WHERE over_at IS NULL;

-- A last day that was agreed on is not counted, and moves with nothing but a pause.
ALTER TABLE deadline ADD COLUMN agreed boolean NOT NULL DEFAULT false;
-- All dates of an objection stand on the objector's page.
UPDATE deadline SET told_on = due_on WHERE subject_kind = 'objection' AND told_on IS NULL AND met_at IS NULL;
