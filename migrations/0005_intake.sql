-- What reporters hand in, and the conversation with them.
CREATE TABLE time_rule (
    code       text NOT NULL,              -- "complaint.reply"
    n          integer NOT NULL,
    day_kind   text NOT NULL CHECK (day_kind IN ('cd', 'wd')),   -- calendar days 日, working days 工作日
    from_event text NOT NULL,
    duty       text NOT NULL CHECK (duty IN ('statutory', 'internal')),
    basis      text NOT NULL,              -- legal basis, in Chinese, shown as "why this date?"
    valid_from text NOT NULL,
    valid_to   text,
    PRIMARY KEY (code, valid_from)
);

-- DOMAIN §3.5. The first rows are the regulation in force when the Measures were
-- issued (2015), the second the one of 2022; a date is counted on the rule that
-- was valid on its first day. valid_to is the first day on which it no longer is.
INSERT INTO time_rule (code, n, day_kind, from_event, duty, basis, valid_from, valid_to) VALUES
    ('complaint.triage_target', 2, 'wd', 'submitted', 'internal', '本系统内部时限：收到后2个工作日内先看一遍、分好类', '2015-01-01', NULL),
    ('complaint.accept_notice', 15, 'cd', 'submitted', 'statutory', '《信访条例》（2005年国务院令第431号）第二十一条、第二十二条：自收到之日起15日内告知是否受理', '2015-01-01', '2022-05-01'),
    ('complaint.accept_notice', 15, 'cd', 'submitted', 'statutory', '《信访工作条例》（2022年）第二十三条：自收到之日起15日内告知是否受理', '2022-05-01', NULL),
    ('complaint.simplified_accept', 3, 'wd', 'submitted', 'statutory', '《信访事项简易办理办法（试行）》（2016年）：收到之日起3个工作日内决定是否受理', '2015-01-01', NULL),
    ('complaint.simplified_reply', 10, 'wd', 'accepted', 'statutory', '《信访事项简易办理办法（试行）》（2016年）：受理之日起10个工作日内作出处理意见', '2015-01-01', NULL),
    ('complaint.reply', 60, 'cd', 'accepted', 'statutory', '《信访条例》（2005年国务院令第431号）第三十三条：自受理之日起60日内办结', '2015-01-01', '2022-05-01'),
    ('complaint.reply', 60, 'cd', 'accepted', 'statutory', '《信访工作条例》（2022年）：自受理之日起60日内办结', '2022-05-01', NULL),
    ('complaint.reply_extension_max', 30, 'cd', 'reply.due', 'statutory', '《信访条例》（2005年国务院令第431号）第三十三条：情况复杂的，经负责人批准可以延长，不超过30日，只能延长一次', '2015-01-01', '2022-05-01'),
    ('complaint.reply_extension_max', 30, 'cd', 'reply.due', 'statutory', '《信访工作条例》（2022年）：情况复杂的，经负责人批准可以延长，不超过30日，只能延长一次', '2022-05-01', NULL),
    ('complaint.transfer_dispute', 5, 'wd', 'transferred', 'statutory', '《信访条例》（2005年国务院令第431号）第二十一条：对转送有异议的，自收到转送之日起5个工作日内提出', '2015-01-01', '2022-05-01'),
    ('complaint.transfer_dispute', 5, 'wd', 'transferred', 'statutory', '《信访工作条例》（2022年）第二十三条：对转送有异议的，自收到转送之日起5个工作日内提出', '2022-05-01', NULL),
    ('complaint.refer_discipline', 5, 'wd', 'triaged', 'internal', '本系统内部时限：反映干部违纪的，5个工作日内移送纪检监察机关', '2015-01-01', NULL),
    ('complaint.callback', 5, 'wd', 'replied', 'internal', '本系统内部时限：答复后5个工作日内回访', '2015-01-01', NULL),
    ('complaint.review_request', 30, 'cd', 'reply_delivered', 'statutory', '《信访条例》（2005年国务院令第431号）第三十四条：对处理意见不服的，自收到之日起30日内可以请求复查', '2015-01-01', '2022-05-01'),
    ('complaint.review_request', 30, 'cd', 'reply_delivered', 'statutory', '《信访工作条例》（2022年）：对处理意见不服的，自收到之日起30日内可以请求复查', '2022-05-01', NULL),
    ('complaint.review_decide', 30, 'cd', 'review_received', 'statutory', '《信访条例》（2005年国务院令第431号）第三十四条：自收到复查请求之日起30日内提出复查意见', '2015-01-01', '2022-05-01'),
    ('complaint.review_decide', 30, 'cd', 'review_received', 'statutory', '《信访工作条例》（2022年）：自收到复查请求之日起30日内提出复查意见', '2022-05-01', NULL),
    ('complaint.reexam_request', 30, 'cd', 'review_delivered', 'statutory', '《信访条例》（2005年国务院令第431号）第三十五条：对复查意见不服的，自收到之日起30日内可以请求复核', '2015-01-01', '2022-05-01'),
    ('complaint.reexam_request', 30, 'cd', 'review_delivered', 'statutory', '《信访工作条例》（2022年）：对复查意见不服的，自收到之日起30日内可以请求复核', '2022-05-01', NULL),
    ('complaint.reexam_decide', 30, 'cd', 'reexam_received', 'statutory', '《信访条例》（2005年国务院令第431号）第三十五条：自收到复核请求之日起30日内提出复核意见，听证时间不计算在内', '2015-01-01', '2022-05-01'),
    ('complaint.reexam_decide', 30, 'cd', 'reexam_received', 'statutory', '《信访工作条例》（2022年）：自收到复核请求之日起30日内提出复核意见，听证时间不计算在内', '2022-05-01', NULL),
    ('objection.acknowledge', 1, 'wd', 'submitted', 'internal', '本系统内部时限：名单异议收到后1个工作日内确认', '2015-01-01', NULL),
    ('objection.verify', 5, 'wd', 'acknowledged', 'internal', '本系统内部时限：名单异议确认后5个工作日内核实', '2015-01-01', NULL),
    ('objection.answer', 3, 'wd', 'verified', 'internal', '本系统内部时限：名单异议核实后3个工作日内答复', '2015-01-01', NULL),
    ('supervision_item.acknowledge', 1, 'wd', 'issued', 'internal', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：按照工作时限要求办结；本系统默认：交办后1个工作日内签收', '2015-01-01', NULL),
    ('supervision_item.dispute', 2, 'wd', 'issued', 'internal', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：按照工作时限要求办结；本系统默认：有异议的，交办后2个工作日内提出', '2015-01-01', NULL),
    ('supervision_item.urgent', 5, 'cd', 'issued', 'internal', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：按照工作时限要求办结；本系统默认：急件5日', '2015-01-01', NULL),
    ('supervision_item.normal', 15, 'cd', 'issued', 'internal', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：按照工作时限要求办结；本系统默认：一般件15日', '2015-01-01', NULL),
    ('supervision_item.complex', 30, 'cd', 'issued', 'internal', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：按照工作时限要求办结；本系统默认：复杂件30日', '2015-01-01', NULL),
    ('supervision_item.extension_request', 0, 'cd', 'due', 'internal', '《盘锦市精准扶贫督查追责办法（试行）》第十七条：按照工作时限要求办结；本系统默认：要延期的，到期前提出', '2015-01-01', NULL),
    ('supervision_item.remind_before', 3, 'wd', 'due', 'internal', '本系统内部时限：到期前3个工作日提醒', '2015-01-01', NULL),
    ('supervision_item.yellow', 1, 'wd', 'due', 'internal', '本系统内部时限：超期1个工作日亮黄灯', '2015-01-01', NULL),
    ('supervision_item.red', 5, 'wd', 'due', 'internal', '本系统内部时限：超期5个工作日亮红灯', '2015-01-01', NULL),
    ('rectification.plan', 5, 'wd', 'order_received', 'internal', '本系统内部时限：收到整改通知后5个工作日内报整改方案', '2015-01-01', NULL),
    ('rectification.report', 30, 'cd', 'order_received', 'internal', '本系统内部时限：收到整改通知后30日内报整改结果', '2015-01-01', NULL),
    ('rectification.follow_up_check', 30, 'cd', 'report_accepted', 'internal', '本系统内部时限：整改结果认可后30日内回头看', '2015-01-01', NULL);

CREATE TABLE report (
    id            uuid PRIMARY KEY,
    receipt_index bytea NOT NULL UNIQUE,   -- HMAC(pepper, digits): also the idempotency key
    mode          text NOT NULL CHECK (mode IN ('anonymous', 'named', 'confidential')),
    channel       text NOT NULL CHECK (channel IN ('web', 'poster', 'phone', 'visit', 'letter')),
    entered_by    uuid REFERENCES account (id),
    place_code    text NOT NULL,
    place_name    text NOT NULL,           -- as it was called then
    lang          text NOT NULL,
    received_at   timestamptz NOT NULL
);
CREATE INDEX report_received ON report (received_at, id);

-- Ciphertext by owner and kind; who can open it is the recipient.
CREATE TABLE sealed_blob (
    owner_id       uuid NOT NULL,
    kind           text NOT NULL CHECK (kind IN ('narrative', 'identity')),
    recipient_kind text NOT NULL CHECK (recipient_kind IN ('server', 'unit', 'offline')),
    recipient_id   text NOT NULL,
    generation     integer NOT NULL,
    ciphertext     bytea NOT NULL,
    PRIMARY KEY (owner_id, kind, recipient_kind, recipient_id)
);

CREATE TABLE complaint (
    seq          bigserial_pk,
    id           uuid NOT NULL UNIQUE,
    report_id    uuid NOT NULL REFERENCES report (id),
    part         integer NOT NULL,         -- 1 … n when one message holds several matters
    state        text NOT NULL CHECK (state IN ('submitted', 'need_info', 'accepted', 'not_accepted', 'transferred', 'referred', 'merged', 'verifying', 'decided', 'delivered', 'closed', 'withdrawn')),
    outcome      text NOT NULL CHECK (outcome IN ('', 'substantiated', 'partly', 'unsubstantiated', 'unverifiable')),
    mode         text NOT NULL,            -- copied from the report: the queue filters on it
    channel      text NOT NULL,
    place_code   text NOT NULL,
    town_code    text NOT NULL,
    county_code  text NOT NULL,
    place_name   text NOT NULL,
    kind         text NOT NULL,            -- dictionary of DOMAIN: FUND_WITHHOLD …, '' until known
    programme    text NOT NULL,
    severity     integer NOT NULL CHECK (severity BETWEEN 1 AND 4),
    accused_level text NOT NULL CHECK (accused_level IN ('unknown', 'village', 'town', 'county', 'city', 'office')),
    desk_unit_id uuid NOT NULL REFERENCES unit (id),
    owner_id     uuid REFERENCES account (id),
    summary      text NOT NULL,            -- the officer's words; the only text that is searched
    resume_state text NOT NULL DEFAULT '', -- while need_info: where it goes back to
    merged_into  uuid REFERENCES complaint (id),
    due_on       text,                     -- earliest open deadline; null when no clock runs
    due_rule     text NOT NULL,
    extended     boolean NOT NULL,
    received_at  timestamptz NOT NULL,
    accepted_at  timestamptz,
    closed_at    timestamptz,
    version      integer NOT NULL,
    UNIQUE (report_id, part)
);
-- The open queue, by desk and by place; finished cases stay out of these indexes.
-- What the counts read stands in them too, so that counting reads no rows.
CREATE INDEX complaint_open_desk ON complaint (desk_unit_id, due_on, seq, owner_id, accused_level, id) WHERE closed_at IS NULL;
CREATE INDEX complaint_open_due ON complaint (due_on, seq, owner_id, id) WHERE closed_at IS NULL;
CREATE INDEX complaint_open_owner ON complaint (owner_id, due_on, seq) WHERE closed_at IS NULL;
CREATE INDEX complaint_open_town ON complaint (town_code, due_on, seq) WHERE closed_at IS NULL;
CREATE INDEX complaint_merged ON complaint (merged_into) WHERE merged_into IS NOT NULL;
CREATE INDEX complaint_desk_seq ON complaint (desk_unit_id, seq);
CREATE INDEX complaint_town_seq ON complaint (town_code, seq);
CREATE INDEX complaint_owner_seq ON complaint (owner_id, seq) WHERE owner_id IS NOT NULL;
-- The figures of the home page are counted here; open cases are not in it.
CREATE INDEX complaint_answered ON complaint (report_id, state, outcome) WHERE outcome <> '' AND state IN ('delivered', 'closed');

CREATE TABLE deadline (
    subject_id  uuid NOT NULL,             -- complaint or supervision item
    rule        text NOT NULL,
    round       integer NOT NULL,          -- grows when the same clock starts again
    n           integer NOT NULL,
    day_kind    text NOT NULL,
    basis       text NOT NULL,
    started_on  text NOT NULL,
    due_on      text NOT NULL,
    calendar    text NOT NULL,             -- version of the calendar it was counted on
    provisional boolean NOT NULL,
    met_at      timestamptz,
    PRIMARY KEY (subject_id, rule, round)
);

CREATE TABLE message (
    id           uuid PRIMARY KEY,
    report_id    uuid NOT NULL REFERENCES report (id),
    complaint_id uuid REFERENCES complaint (id),
    side         text NOT NULL CHECK (side IN ('reporter', 'office')),
    kind         text NOT NULL CHECK (kind IN ('talk', 'answer', 'notice')),  -- answer: the approved decision
    author_id    uuid REFERENCES account (id),
    body_sealed  bytea NOT NULL,
    form_key     bytea UNIQUE,             -- a form sent twice leaves one message
    at           timestamptz NOT NULL,
    read_at      timestamptz
);
CREATE INDEX message_report ON message (report_id, at, id);

CREATE TABLE evidence_file (
    id           uuid PRIMARY KEY,
    owner_kind   text NOT NULL CHECK (owner_kind IN ('staged', 'report', 'message', 'verification', 'item_note')),
    owner_id     uuid,                     -- null while staged
    form_key     bytea,                    -- the form a staged file was picked in
    ordinal      integer NOT NULL,
    media        text NOT NULL CHECK (media IN ('image', 'pdf', 'audio', 'video')),
    content_type text NOT NULL,            -- of what is served
    size         bigint NOT NULL,          -- bytes of the original
    sha256       bytea NOT NULL,           -- of the original
    name_sealed  bytea NOT NULL,           -- the display name can name a person
    original     text NOT NULL,            -- blob name
    derivative   text NOT NULL,            -- blob name of the clean copy; empty when there is none
    created_at   timestamptz NOT NULL,
    expires_at   timestamptz               -- staged files are swept after this
);
CREATE INDEX evidence_owner ON evidence_file (owner_kind, owner_id, ordinal);
CREATE INDEX evidence_staged ON evidence_file (form_key) WHERE form_key IS NOT NULL;
CREATE INDEX evidence_expiry ON evidence_file (expires_at) WHERE expires_at IS NOT NULL;
