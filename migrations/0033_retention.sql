-- How long what people reported is kept, and how it is destroyed by two.
ALTER TABLE complaint ADD COLUMN erased text NOT NULL DEFAULT '' CHECK (erased IN ('', 'names', 'words'));  -- words: names too
-- What may have become due, by the class of its rule.
CREATE INDEX complaint_names_founded ON complaint (closed_at, id) WHERE closed_at IS NOT NULL AND erased = '' AND mode <> 'anonymous' AND outcome IN ('substantiated', 'partly');
CREATE INDEX complaint_names_other ON complaint (closed_at, id) WHERE closed_at IS NOT NULL AND erased = '' AND mode <> 'anonymous' AND outcome NOT IN ('substantiated', 'partly');
CREATE INDEX complaint_words_founded ON complaint (closed_at, id) WHERE closed_at IS NOT NULL AND erased <> 'words' AND outcome IN ('substantiated', 'partly');
CREATE INDEX complaint_words_other ON complaint (closed_at, id) WHERE closed_at IS NOT NULL AND erased <> 'words' AND outcome NOT IN ('substantiated', 'partly');

CREATE TABLE retention_rule (
    what       text NOT NULL CHECK (what IN ('names', 'words')),
    class      text NOT NULL CHECK (class IN ('founded', 'other')),
    years      integer NOT NULL CHECK (years BETWEEN 1 AND 100), -- after the end of the matter
    basis      text NOT NULL,
    valid_from timestamptz NOT NULL,
    set_by     uuid REFERENCES account (id),  -- null: came with the portal
    why        text NOT NULL,
    PRIMARY KEY (what, class, valid_from)
);
INSERT INTO retention_rule (what, class, years, basis, valid_from, set_by, why) VALUES
    ('names', 'founded', 3, '《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间；本系统默认：办结后3年', '2015-01-01 00:00:00+00:00', NULL, ''),
    ('names', 'other', 3, '《个人信息保护法》第十九条：保存期限为实现处理目的所必要的最短时间；本系统默认：办结后3年', '2015-01-01 00:00:00+00:00', NULL, ''),
    ('words', 'founded', 30, '《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第8号）：文书档案保管期限为永久、30年、10年；本系统默认：查实的30年', '2015-01-01 00:00:00+00:00', NULL, ''),
    ('words', 'other', 10, '《机关文件材料归档范围和文书档案保管期限规定》（国家档案局令第8号）：文书档案保管期限为永久、30年、10年；本系统默认：其他的10年', '2015-01-01 00:00:00+00:00', NULL, '');

-- What a court, an auditor or the organ of discipline wants kept.
CREATE TABLE retention_hold (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),
    why          text NOT NULL,
    set_by       uuid NOT NULL REFERENCES account (id),
    set_at       timestamptz NOT NULL,
    lifted_by    uuid REFERENCES account (id),
    lifted_at    timestamptz
);
CREATE UNIQUE INDEX retention_hold_live ON retention_hold (complaint_id) WHERE lifted_at IS NULL;

CREATE TABLE erasure (
    id           uuid PRIMARY KEY,
    complaint_id uuid NOT NULL REFERENCES complaint (id),  -- for which it was asked: all parts of the report go
    report_id    uuid NOT NULL REFERENCES report (id),
    what         text NOT NULL CHECK (what IN ('names', 'words')),
    ground       text NOT NULL CHECK (ground IN ('due', 'wish', 'unlawful', 'third_person')),
    basis        text NOT NULL,                             -- of the rule, when it is due
    why          text NOT NULL,
    asked_by     uuid NOT NULL REFERENCES account (id),
    asked_unit   uuid NOT NULL REFERENCES unit (id),
    asked_at     timestamptz NOT NULL,
    state        text NOT NULL CHECK (state IN ('asked', 'done', 'refused', 'over')),
    ruled_by     uuid REFERENCES account (id),
    ruled_unit   uuid REFERENCES unit (id),
    ruled_at     timestamptz,
    CHECK (ruled_by IS NULL OR ruled_by <> asked_by),
    CHECK ((state IN ('done', 'refused')) = (ruled_by IS NOT NULL))
);
CREATE UNIQUE INDEX erasure_one ON erasure (report_id) WHERE state = 'asked';
CREATE INDEX erasure_waiting ON erasure (asked_at, id) WHERE state = 'asked';
CREATE INDEX erasure_done ON erasure (ruled_at, id) WHERE state = 'done';
CREATE INDEX erasure_report ON erasure (report_id, asked_at);

-- Encrypted files that go once the erasure is in the database for good.
CREATE TABLE blob_leaving (
    name text PRIMARY KEY,
    at   timestamptz NOT NULL
);
