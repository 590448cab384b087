-- The publishing desk: drafts, approval, corrections, money and projects, duties.
CREATE TABLE fund (
    id           uuid PRIMARY KEY,
    unit_id      uuid NOT NULL REFERENCES unit (id),
    place_code   text NOT NULL REFERENCES division (code),
    name         text NOT NULL,
    doc_number   text NOT NULL,
    source       text NOT NULL CHECK (source IN ('central', 'province', 'city', 'county')),
    total_fen    bigint NOT NULL,
    year         integer NOT NULL,
    allocated_on text NOT NULL,
    created_at   timestamptz NOT NULL,
    version      integer NOT NULL
);
CREATE INDEX fund_unit ON fund (unit_id, created_at, id);

CREATE TABLE project (
    id          uuid PRIMARY KEY,
    fund_id     uuid REFERENCES fund (id),
    roll_id     uuid REFERENCES roll (id), -- the row of an allocation it comes from
    row_key     integer,
    unit_id     uuid NOT NULL REFERENCES unit (id),
    place_code  text NOT NULL REFERENCES division (code),
    name        text NOT NULL,
    content     text NOT NULL,
    amount_fen  bigint NOT NULL,
    state       text NOT NULL CHECK (state IN ('planned', 'under_way', 'accepted')),
    planned_on  text NOT NULL,             -- civil dates; '' not known
    started_on  text NOT NULL,
    accepted_on text NOT NULL,
    created_at  timestamptz NOT NULL,
    version     integer NOT NULL,
    UNIQUE (roll_id, row_key)
);
CREATE INDEX project_fund ON project (fund_id, id);
CREATE INDEX project_unit ON project (unit_id, id);
CREATE INDEX project_place ON project (place_code, id);

ALTER TABLE notice ADD COLUMN year integer NOT NULL DEFAULT 0;
ALTER TABLE notice ADD COLUMN fields text NOT NULL DEFAULT '{}';     -- JSON: what the kind asks for
ALTER TABLE notice ADD COLUMN roll_id uuid REFERENCES roll (id);
ALTER TABLE notice ADD COLUMN fund_id uuid REFERENCES fund (id);
ALTER TABLE notice ADD COLUMN project_id uuid REFERENCES project (id);
ALTER TABLE notice ADD COLUMN corrects_id uuid REFERENCES notice (id);
ALTER TABLE notice ADD COLUMN editor_id uuid REFERENCES account (id);
ALTER TABLE notice ADD COLUMN approver_id uuid REFERENCES account (id);
ALTER TABLE notice ADD COLUMN handed_in_at timestamptz;              -- waits for an approver
ALTER TABLE notice ADD COLUMN approved_at timestamptz;
ALTER TABLE notice ADD COLUMN returned text NOT NULL DEFAULT '';     -- why an approver gave it back
ALTER TABLE notice ADD COLUMN withdrawn_at timestamptz;
ALTER TABLE notice ADD COLUMN withdrawn_why text NOT NULL DEFAULT '';
ALTER TABLE notice ADD COLUMN pulled_at timestamptz;                 -- off the web while an approver looks
ALTER TABLE notice ADD COLUMN cleared integer NOT NULL DEFAULT 0;    -- version an approver looked through after a pull
ALTER TABLE notice ADD COLUMN public_line text NOT NULL DEFAULT '';  -- what came of objections
CREATE INDEX notice_desk ON notice (unit_id, created_at, id);
CREATE INDEX notice_waiting ON notice (unit_id, handed_in_at) WHERE handed_in_at IS NOT NULL AND state = 'draft';
CREATE INDEX notice_pulled ON notice (unit_id, pulled_at) WHERE pulled_at IS NOT NULL;
CREATE INDEX notice_roll ON notice (roll_id, created_at) WHERE roll_id IS NOT NULL;
CREATE INDEX notice_fund ON notice (fund_id) WHERE fund_id IS NOT NULL;
CREATE INDEX notice_project ON notice (project_id, published_at) WHERE project_id IS NOT NULL;
CREATE INDEX notice_corrects ON notice (corrects_id) WHERE corrects_id IS NOT NULL;
CREATE INDEX notice_shown_kind ON notice (kind, published_at, id) WHERE state IN ('published', 'ended');
CREATE INDEX notice_shown_year ON notice (year, published_at, id) WHERE state IN ('published', 'ended');
CREATE INDEX notice_running ON notice (ends_on) WHERE state = 'published' AND ends_on IS NOT NULL;
CREATE INDEX notice_coming ON notice (starts_on) WHERE state = 'reviewed';

-- What a notice said before it was corrected.
CREATE TABLE notice_revision (
    notice_id     uuid NOT NULL REFERENCES notice (id),
    n             integer NOT NULL,
    title         text NOT NULL,
    body          text NOT NULL,
    fields        text NOT NULL,
    roll_version  integer NOT NULL,
    correction_id uuid NOT NULL REFERENCES notice (id),
    withheld      boolean NOT NULL,        -- said to show personal data: never for the public
    at            timestamptz NOT NULL,
    PRIMARY KEY (notice_id, n)
);

-- A false alarm of the privacy gate: an editor says that it is one, an approver
-- lets it through with a reason. It stands for that finding in that place only.
CREATE TABLE notice_override (
    id        uuid PRIMARY KEY,
    notice_id uuid NOT NULL REFERENCES notice (id),
    place     text NOT NULL,               -- where: body, field:<code>, row, file …
    finding   bytea NOT NULL,              -- keyed hash of the place and what was found there
    asked_by  uuid REFERENCES account (id),
    asked_at  timestamptz NOT NULL,
    reason    text NOT NULL,               -- '' as long as nobody let it through
    by_id     uuid REFERENCES account (id),
    at        timestamptz,
    UNIQUE (notice_id, finding)
);

-- What the desk keeps beside a notice: which rows were handed in, changes of the
-- rows of a published roll that wait for approval, why amounts may differ.
CREATE TABLE notice_backing (
    notice_id    uuid PRIMARY KEY REFERENCES notice (id),
    roll_version integer NOT NULL,         -- as handed in; 0 not yet
    edits        text NOT NULL,            -- JSON: changed rows
    mismatch     text NOT NULL             -- the approver's reason; '' none
);
-- One correction of a notice at a time.
CREATE UNIQUE INDEX notice_correcting ON notice (corrects_id) WHERE corrects_id IS NOT NULL AND state = 'draft';

CREATE TABLE duty (
    id          uuid PRIMARY KEY,
    unit_id     uuid NOT NULL REFERENCES unit (id),
    kind        text NOT NULL,             -- of the notice that is owed
    about       text NOT NULL,
    place_code  text NOT NULL REFERENCES division (code),
    event_on    text NOT NULL,             -- the day the limit is counted from
    due_on      text NOT NULL,
    rule        text NOT NULL,
    basis       text NOT NULL,
    calendar    text NOT NULL,
    provisional boolean NOT NULL,
    roll_id     uuid REFERENCES roll (id),
    fund_id     uuid REFERENCES fund (id),
    notice_id   uuid REFERENCES notice (id),
    met_on      text,
    created_by  uuid REFERENCES account (id),
    created_at  timestamptz NOT NULL
);
CREATE INDEX duty_open ON duty (unit_id, due_on, id) WHERE met_on IS NULL;
CREATE INDEX duty_met ON duty (unit_id, met_on, id) WHERE met_on IS NOT NULL;
CREATE UNIQUE INDEX duty_of_roll ON duty (roll_id, kind) WHERE roll_id IS NOT NULL;

INSERT INTO time_rule (code, n, day_kind, from_event, duty, basis, valid_from, valid_to) VALUES
    ('notice.list', 20, 'wd', 'decided', 'statutory', '扶贫资金项目公告公示制度:名单和年度计划自确定之日起20个工作日内公布', '2015-01-01', NULL),
    ('notice.plan', 20, 'wd', 'decided', 'statutory', '扶贫资金项目公告公示制度:年度资金项目计划、政策文件自形成之日起20个工作日内公布', '2015-01-01', NULL),
    ('notice.fund', 15, 'wd', 'allocated', 'statutory', '扶贫资金项目公告公示制度:资金分配结果自分配之日起15个工作日内公告', '2015-01-01', NULL),
    ('notice.result', 20, 'wd', 'closed', 'internal', '本系统内部时限:办结后20个工作日内公开办理结果', '2015-01-01', NULL);
