-- Time rules by kind, clocks that pause, what reporters were told, and the
-- calendar as it is announced year by year.
CREATE TABLE time_rule_by_kind (
    code       text NOT NULL,              -- "complaint.reply"
    kind       text NOT NULL,              -- of the subjects it is for; '' all that have none of their own
    n          integer NOT NULL,
    day_kind   text NOT NULL CHECK (day_kind IN ('cd', 'wd')),
    from_event text NOT NULL,
    duty       text NOT NULL CHECK (duty IN ('statutory', 'internal')),
    pause_on   text NOT NULL CHECK (pause_on IN ('', 'hearing', 'suspension')),
    basis      text NOT NULL,
    valid_from text NOT NULL,
    valid_to   text,
    set_by     uuid REFERENCES account (id), -- null: came with the portal
    set_why    text NOT NULL,
    PRIMARY KEY (code, kind, valid_from)
);
INSERT INTO time_rule_by_kind (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, valid_to, set_by, set_why)
SELECT code, '', n, day_kind, from_event, duty,
       CASE WHEN code = 'complaint.reexam_decide' THEN 'hearing'
            WHEN code IN ('supervision_item.urgent', 'supervision_item.normal', 'supervision_item.complex', 'rectification.report') THEN 'suspension'
            ELSE '' END,
       basis, valid_from, valid_to, NULL, ''
FROM time_rule;
DROP TABLE time_rule;
ALTER TABLE time_rule_by_kind RENAME TO time_rule;

ALTER TABLE deadline ADD COLUMN subject_kind text NOT NULL DEFAULT '';
ALTER TABLE deadline ADD COLUMN subject_of text NOT NULL DEFAULT '';
ALTER TABLE deadline ADD COLUMN extends boolean NOT NULL DEFAULT false;
ALTER TABLE deadline ADD COLUMN told_on text;              -- last day that a reporter was told
UPDATE deadline SET subject_kind = CASE
    WHEN rule LIKE 'complaint.%' THEN 'complaint'
    WHEN rule LIKE 'objection.%' THEN 'objection'
    ELSE 'item' END;
UPDATE deadline SET extends = true WHERE rule = 'complaint.reply' AND round > 1 AND basis LIKE '%延长%';
UPDATE deadline SET told_on = due_on WHERE rule IN (SELECT code FROM time_rule WHERE code LIKE 'complaint.%' AND duty = 'statutory');
CREATE INDEX deadline_open ON deadline (due_on, subject_id, rule) WHERE met_at IS NULL;

CREATE TABLE deadline_pause (
    id         uuid PRIMARY KEY,
    subject_id uuid NOT NULL,
    rule       text NOT NULL,
    round      integer NOT NULL,
    why        text NOT NULL CHECK (why IN ('hearing', 'suspension')),
    first_on   text NOT NULL,              -- both ends counted
    last_on    text NOT NULL,
    by_id      uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL
);
CREATE INDEX deadline_pause_of ON deadline_pause (subject_id, rule, round, first_on);

CREATE TABLE calendar_day (
    on_day text PRIMARY KEY,
    works  boolean NOT NULL,               -- a make-up working day; else a day off
    name   text NOT NULL,
    source text NOT NULL,
    at     timestamptz NOT NULL
);
CREATE TABLE calendar_year (
    year integer PRIMARY KEY,              -- its days off are announced
    at   timestamptz NOT NULL
);
