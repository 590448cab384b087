-- Supervision items from anywhere, and the rest of their life: extensions,
-- suspensions, presses, escalation, what came of it.
ALTER TABLE supervision_item ADD COLUMN origin text NOT NULL DEFAULT 'public_complaint'
    CHECK (origin IN ('public_complaint', 'objection', 'leader_instruction', 'superior_assignment', 'inspection_finding', 'plan', 'audit_media'));
-- Who instructed and in which words, title and number of the document …: office text.
ALTER TABLE supervision_item ADD COLUMN origin_note text NOT NULL DEFAULT '' CHECK (origin = 'public_complaint' OR origin_note <> '');
ALTER TABLE supervision_item ADD COLUMN origin_on text;             -- day of the instruction, or of the receipt
ALTER TABLE supervision_item ADD COLUMN origin_ref uuid;            -- the objection, or the inspection's finding
ALTER TABLE supervision_item ADD COLUMN origin_report uuid REFERENCES report (id); -- whose words must not leave: of an objection
ALTER TABLE supervision_item ADD COLUMN kind text NOT NULL DEFAULT '';      -- of complaint, for the clause of Art. 19
ALTER TABLE supervision_item ADD COLUMN programme text NOT NULL DEFAULT '';
ALTER TABLE supervision_item ADD COLUMN amount_fen bigint NOT NULL DEFAULT 0 CHECK (amount_fen >= 0);  -- involved; 0 unknown
ALTER TABLE supervision_item ADD COLUMN households integer NOT NULL DEFAULT 0 CHECK (households >= 0); -- involved; 0 unknown
ALTER TABLE supervision_item ADD COLUMN until_on text;              -- last day that was agreed on instead of the rule's
ALTER TABLE supervision_item ADD COLUMN first_due_on text;          -- last day without the extension
ALTER TABLE supervision_item ADD COLUMN suspended_until text;       -- last day of the suspension; it ends by itself
ALTER TABLE supervision_item ADD COLUMN pressed integer NOT NULL DEFAULT 0;
ALTER TABLE supervision_item ADD COLUMN escalated_to uuid REFERENCES unit (id);
ALTER TABLE supervision_item ADD COLUMN escalated_at timestamptz;
ALTER TABLE supervision_item ADD COLUMN responsible text NOT NULL DEFAULT '';  -- officials of the lead unit, as it names them
ALTER TABLE supervision_item ADD COLUMN deputy_lead text NOT NULL DEFAULT '';
ALTER TABLE supervision_item ADD COLUMN conclusion text NOT NULL DEFAULT ''
    CHECK (conclusion IN ('', 'substantiated', 'partly', 'unsubstantiated', 'unverifiable'));
ALTER TABLE supervision_item ADD COLUMN measures text NOT NULL DEFAULT '';
ALTER TABLE supervision_item ADD COLUMN recovered_fen bigint NOT NULL DEFAULT 0 CHECK (recovered_fen >= 0);
ALTER TABLE supervision_item ADD COLUMN returned_fen bigint NOT NULL DEFAULT 0 CHECK (returned_fen BETWEEN 0 AND recovered_fen); -- to households, of what was recovered

UPDATE supervision_item SET first_due_on = due_on;
UPDATE supervision_item SET
    kind = COALESCE((SELECT c.kind FROM complaint c JOIN item_complaint s ON s.complaint_id = c.id WHERE s.item_id = supervision_item.id ORDER BY c.seq LIMIT 1), ''),
    programme = COALESCE((SELECT c.programme FROM complaint c JOIN item_complaint s ON s.complaint_id = c.id WHERE s.item_id = supervision_item.id ORDER BY c.seq LIMIT 1), '');
UPDATE deadline SET subject_of = 'public_complaint' WHERE subject_kind = 'item';

-- Lists walk along these: open items by their last day, finished ones newest first.
DROP INDEX item_issuer;
DROP INDEX item_lead;
CREATE INDEX item_open ON supervision_item ((COALESCE(due_on, '9999-12-31')), id) WHERE closed_at IS NULL;
CREATE INDEX item_open_lead ON supervision_item (lead_unit_id, (COALESCE(due_on, '9999-12-31')), id) WHERE closed_at IS NULL;
CREATE INDEX item_escalated ON supervision_item (escalated_to, id) WHERE closed_at IS NULL AND escalated_to IS NOT NULL;
CREATE INDEX item_closed ON supervision_item (id) WHERE closed_at IS NOT NULL;
CREATE INDEX item_closed_lead ON supervision_item (lead_unit_id, id) WHERE closed_at IS NOT NULL;
CREATE INDEX item_closed_origin ON supervision_item (origin, id) WHERE closed_at IS NOT NULL;
CREATE INDEX item_closed_year ON supervision_item (year, id) WHERE closed_at IS NOT NULL;
CREATE INDEX item_number ON supervision_item (number) WHERE number <> '';

-- Offices that the item is about; neither they nor what they command may get it.
CREATE TABLE item_spared (
    item_id uuid NOT NULL REFERENCES supervision_item (id),
    unit_id uuid NOT NULL REFERENCES unit (id),
    PRIMARY KEY (item_id, unit_id)
);

CREATE TABLE item_extension (
    id          uuid PRIMARY KEY,
    item_id     uuid NOT NULL UNIQUE REFERENCES supervision_item (id), -- once
    days        integer NOT NULL CHECK (days > 0),
    reason      text NOT NULL,
    progress    text NOT NULL,
    unit_id     uuid NOT NULL REFERENCES unit (id),
    asked_by    uuid NOT NULL REFERENCES account (id),
    asked_at    timestamptz NOT NULL,
    due_before  text NOT NULL,
    due_after   text,
    state       text NOT NULL CHECK (state IN ('open', 'approved', 'denied', 'lapsed')),
    ruled_by    uuid REFERENCES account (id),
    ruled_at    timestamptz,
    ruling_note text NOT NULL,
    CHECK (ruled_by IS NULL OR ruled_by <> asked_by)
);
CREATE INDEX item_extension_open ON item_extension (item_id) WHERE state = 'open';

CREATE TABLE item_suspension (
    id          uuid PRIMARY KEY,
    item_id     uuid NOT NULL REFERENCES supervision_item (id),
    why         text NOT NULL CHECK (why IN ('court', 'discipline')),
    reason      text NOT NULL,
    last_on     text NOT NULL,             -- as it was asked for
    asked_by    uuid NOT NULL REFERENCES account (id),
    asked_at    timestamptz NOT NULL,
    first_on    text,                      -- the day it was approved
    ended_on    text,                      -- last day that it stood, when it was ended early
    state       text NOT NULL CHECK (state IN ('open', 'approved', 'denied', 'lapsed')),
    ruled_by    uuid REFERENCES account (id),
    ruled_at    timestamptz,
    ruling_note text NOT NULL,
    CHECK (ruled_by IS NULL OR ruled_by <> asked_by)
);
CREATE UNIQUE INDEX item_suspension_open ON item_suspension (item_id) WHERE state = 'open';
CREATE INDEX item_suspension_item ON item_suspension (item_id, asked_at, id);

-- An entry may be a press, or the words with which a suspension was ended.
CREATE TABLE item_entry (
    id        uuid PRIMARY KEY,
    item_id   uuid NOT NULL REFERENCES supervision_item (id),
    kind      text NOT NULL CHECK (kind IN ('acknowledge', 'progress', 'report', 'dispute', 'return', 'review', 'strike_off', 'cancel', 'press', 'resume')),
    unit_id   uuid NOT NULL REFERENCES unit (id),
    author_id uuid NOT NULL REFERENCES account (id),
    body      text NOT NULL,
    at        timestamptz NOT NULL
);
INSERT INTO item_entry (id, item_id, kind, unit_id, author_id, body, at)
SELECT id, item_id, kind, unit_id, author_id, body, at FROM item_note;
DROP TABLE item_note;
ALTER TABLE item_entry RENAME TO item_note;
CREATE INDEX item_note_item ON item_note (item_id, at, id);

INSERT INTO time_rule (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, valid_to, set_by, set_why) VALUES
    ('supervision_item.urgent_extension_max', '', 30, 'cd', 'due', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：按照工作时限要求办结；本系统默认：到期前提出并经批准，可延期一次，最多30日', '2015-01-01', NULL, NULL, ''),
    ('supervision_item.normal_extension_max', '', 30, 'cd', 'due', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：按照工作时限要求办结；本系统默认：到期前提出并经批准，可延期一次，最多30日', '2015-01-01', NULL, NULL, ''),
    ('supervision_item.complex_extension_max', '', 30, 'cd', 'due', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：按照工作时限要求办结；本系统默认：到期前提出并经批准，可延期一次，最多30日', '2015-01-01', NULL, NULL, '');
