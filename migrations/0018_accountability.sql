-- Measures of accountability (Art. 19-20 of the Measures), and what is referred to
-- the discipline organ and to the courts.
INSERT INTO time_rule (code, kind, n, day_kind, from_event, duty, pause_on, basis, valid_from, valid_to, set_by, set_why) VALUES
    ('accountability.reply', '', 30, 'cd', 'served', 'internal', '', '《盘锦市精准扶贫督查追责办法（试行）》第二十条第四项：向县区委、经济区党委提出追责建议；本系统默认：30日内反馈是否采纳', '2015-01-01', NULL, NULL, '');

CREATE TABLE measure (
    id            uuid PRIMARY KEY,
    unit_id       uuid NOT NULL REFERENCES unit (id), -- the office that holds to account
    code          text NOT NULL,
    nature        text NOT NULL CHECK (nature IN ('decide', 'recommend', 'refer')),
    target_id     uuid NOT NULL REFERENCES unit (id), -- or the office where the person serves
    person_sealed bytea,                   -- name and post; null: the office itself
    role          text NOT NULL CHECK (role IN ('', 'direct', 'deputy_lead', 'chief_lead')),
    level         text NOT NULL CHECK (level IN ('', 'city', 'county', 'town', 'village')),
    clauses       text NOT NULL,           -- JSON list: "19.5"
    words_sealed  bytea NOT NULL,          -- facts, what is to be done, reference
    body          text NOT NULL CHECK (body IN ('own', 'personnel', 'committee', 'county', 'discipline', 'judicial')),
    body_name     text NOT NULL,           -- whom it is addressed to; '' the target
    after_id      uuid REFERENCES measure (id), -- whose offer it took up (Art. 20(3))
    offer         text NOT NULL CHECK (offer IN ('', 'unit', 'deputy_lead', 'chief_lead')),
    state         text NOT NULL CHECK (state IN ('proposed', 'returned', 'approved', 'served', 'adopted', 'not_adopted', 'appealed', 'lifted')),
    number        text NOT NULL,           -- of its paper; '' before it is served
    public        boolean NOT NULL,
    proposed_by   uuid NOT NULL REFERENCES account (id),
    proposed_at   timestamptz NOT NULL,
    ruled_by      uuid REFERENCES account (id),
    ruled_at      timestamptz,
    served_on     text,
    served_how    text NOT NULL CHECK (served_how IN ('', 'in_person', 'office', 'post', 'package')),
    served_at     timestamptz,
    due_on        text,                    -- of the reply
    version       integer NOT NULL,
    -- The office decides what it may decide, and only recommends or refers the rest.
    CHECK ((nature = 'decide') = (code IN ('U_RECTIFY', 'U_EXPLAIN', 'U_CRITICISE', 'P_SELF_CRITICISM', 'P_CRITICISE'))),
    CHECK ((nature = 'recommend') = (code IN ('U_NO_AWARD', 'P_NO_AWARD', 'P_NO_PROMOTION', 'P_TRANSFER', 'P_RESIGN', 'P_DISMISS', 'R_COUNTY'))),
    CHECK ((nature = 'refer') = (code IN ('P_REFER_DISCIPLINE', 'P_REFER_JUDICIAL'))),
    CHECK (code NOT LIKE 'U!_%' ESCAPE '!' OR person_sealed IS NULL),
    CHECK (code NOT LIKE 'P!_%' ESCAPE '!' OR person_sealed IS NOT NULL),
    CHECK ((person_sealed IS NULL) = (role = '')),
    CHECK (NOT public OR (person_sealed IS NULL AND nature = 'decide')),
    CHECK ((after_id IS NULL) = (offer = '')),
    CHECK (ruled_by IS NULL OR ruled_by <> proposed_by),
    CHECK (state IN ('proposed', 'returned') OR ruled_by IS NOT NULL)
);
CREATE INDEX measure_unit ON measure (unit_id, nature, id);
CREATE INDEX measure_waiting ON measure (unit_id) WHERE state = 'proposed';
CREATE INDEX measure_due ON measure (unit_id, due_on) WHERE due_on IS NOT NULL;
CREATE INDEX measure_target ON measure (target_id, id) WHERE served_at IS NOT NULL AND nature = 'decide';
CREATE UNIQUE INDEX measure_offer ON measure (after_id, offer) WHERE after_id IS NOT NULL AND state <> 'returned';

-- What a measure stands on.
CREATE TABLE measure_ground (
    measure_id uuid NOT NULL REFERENCES measure (id),
    kind       text NOT NULL CHECK (kind IN ('complaint', 'item', 'inspection', 'order')),
    ref_id     uuid NOT NULL,
    number     text NOT NULL,
    PRIMARY KEY (measure_id, kind, ref_id)
);

-- What was said to a measure: nothing of it ever changes.
CREATE TABLE measure_note (
    id           uuid PRIMARY KEY,
    measure_id   uuid NOT NULL REFERENCES measure (id),
    kind         text NOT NULL CHECK (kind IN ('returned', 'adopted', 'not_adopted', 'appealed', 'lifted')),
    on_day       text NOT NULL,
    words_sealed bytea NOT NULL,
    by_id        uuid NOT NULL REFERENCES account (id),
    unit_id      uuid NOT NULL REFERENCES unit (id),
    at           timestamptz NOT NULL
);
CREATE INDEX measure_note_of ON measure_note (measure_id, at, id);

-- Offers of Art. 20(3) that somebody did not take up: nothing more is kept of it.
CREATE TABLE measure_declined (
    measure_id uuid NOT NULL REFERENCES measure (id),
    offer      text NOT NULL CHECK (offer IN ('unit', 'deputy_lead', 'chief_lead')),
    by_id      uuid NOT NULL REFERENCES account (id),
    at         timestamptz NOT NULL,
    PRIMARY KEY (measure_id, offer)
);

-- What is referred to the discipline organ or to the courts: composed by one,
-- sealed by another. Only those who make the packages know that one exists.
CREATE TABLE referral (
    id          uuid PRIMARY KEY,
    unit_id     uuid NOT NULL REFERENCES unit (id),
    organ       text NOT NULL CHECK (organ IN ('discipline', 'judicial')),
    target_id   uuid NOT NULL REFERENCES unit (id), -- where the person serves
    measure_id  uuid REFERENCES measure (id),       -- that it carries out
    said_sealed bytea NOT NULL,                     -- of whom it is, and what it says
    state       text NOT NULL CHECK (state IN ('composed', 'returned', 'sealed', 'handed', 'received', 'refused')),
    number      text NOT NULL,                      -- of its paper; '' before it is sealed
    composed_by uuid NOT NULL REFERENCES account (id),
    composed_at timestamptz NOT NULL,
    ruled_by    uuid REFERENCES account (id),
    ruled_at    timestamptz,
    list_sealed bytea,                              -- what is in the package, with sizes and hashes
    file_id     uuid,                               -- of evidence: the package as the organ gets it
    sha256      bytea,                              -- of that
    recipient   text NOT NULL,                      -- key it was sealed to; '' a passphrase, or not sealed yet
    handed_on   text,
    ended_on    text,                               -- of the receipt
    ended_sealed bytea,                             -- what the organ said, or why it was returned
    version     integer NOT NULL,
    CHECK (ruled_by IS NULL OR ruled_by <> composed_by),
    CHECK (state IN ('composed', 'returned') OR (ruled_by IS NOT NULL AND file_id IS NOT NULL AND sha256 IS NOT NULL AND list_sealed IS NOT NULL AND number <> ''))
);
CREATE INDEX referral_unit ON referral (unit_id, id);
CREATE INDEX referral_waiting ON referral (unit_id) WHERE state = 'composed';
CREATE UNIQUE INDEX referral_of_measure ON referral (measure_id) WHERE measure_id IS NOT NULL AND state <> 'returned';

CREATE TABLE referral_ground (
    referral_id uuid NOT NULL REFERENCES referral (id),
    kind        text NOT NULL CHECK (kind IN ('complaint', 'item', 'inspection', 'order')),
    ref_id      uuid NOT NULL,
    number      text NOT NULL,
    PRIMARY KEY (referral_id, kind, ref_id)
);

-- Whether the custodian releases who reported: without it no package names them.
CREATE TABLE referral_release (
    id              uuid PRIMARY KEY,
    referral_id     uuid NOT NULL REFERENCES referral (id),
    complaint_id    uuid NOT NULL REFERENCES complaint (id),
    why_sealed      bytea NOT NULL,
    state           text NOT NULL CHECK (state IN ('asked', 'released', 'withheld')),
    asked_by        uuid NOT NULL REFERENCES account (id),
    asked_at        timestamptz NOT NULL,
    ruled_by        uuid REFERENCES account (id),
    ruled_at        timestamptz,
    identity_sealed bytea,
    UNIQUE (referral_id, complaint_id),
    CHECK ((state = 'released') = (identity_sealed IS NOT NULL)),
    CHECK (ruled_by IS NULL OR ruled_by <> asked_by)
);
CREATE INDEX referral_release_asked ON referral_release (asked_at) WHERE state = 'asked';

-- Public keys of the organs that packages are sealed to; the newest stands.
CREATE TABLE referral_key (
    id        uuid PRIMARY KEY,
    unit_id   uuid NOT NULL REFERENCES unit (id),
    organ     text NOT NULL CHECK (organ IN ('discipline', 'judicial')),
    recipient text NOT NULL,               -- age1…; '' none any more
    set_by    uuid NOT NULL REFERENCES account (id),
    set_at    timestamptz NOT NULL
);
CREATE INDEX referral_key_of ON referral_key (unit_id, organ, id);
