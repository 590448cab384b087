ALTER TABLE complaint DROP CONSTRAINT complaint_state_check;
ALTER TABLE complaint ADD CONSTRAINT complaint_state_check CHECK (state IN ('submitted', 'need_info', 'accepted', 'not_accepted', 'transferred', 'referred', 'merged', 'verifying', 'decided', 'delivered', 'review', 'reexam', 'final', 'closed', 'withdrawn'));
ALTER TABLE complaint DROP CONSTRAINT complaint_outcome_check;
ALTER TABLE complaint ADD CONSTRAINT complaint_outcome_check CHECK (outcome IN ('', 'substantiated', 'partly', 'unsubstantiated', 'unverifiable', 'repeat_after_final'));
ALTER TABLE proposal DROP CONSTRAINT proposal_step_check;
ALTER TABLE proposal ADD CONSTRAINT proposal_step_check CHECK (step IN ('decline', 'transfer', 'refer', 'extend', 'decide', 'repeat'));

-- Who had an answer before has the time to ask for a review from the day on which
-- it was put under the receipt, as the answer said.
INSERT INTO deadline (subject_id, rule, round, n, day_kind, basis, started_on, due_on, calendar, provisional, met_at, subject_kind, subject_of, extends, told_on)
SELECT c.id, r.code, 1, r.n, r.day_kind, r.basis, d.day::text, (d.day + r.n)::text, '', false, NULL, 'complaint', c.kind, false, (d.day + r.n)::text
FROM complaint c
JOIN (SELECT subject_id, (MAX(at) AT TIME ZONE 'Asia/Shanghai')::date AS day FROM event WHERE subject_kind = 'complaint' AND kind = 'delivered' GROUP BY subject_id) d ON d.subject_id = c.id
JOIN time_rule r ON r.code = 'complaint.review_request' AND r.kind = '' AND r.valid_to IS NULL
WHERE c.state = 'delivered';

CREATE FUNCTION look_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'look is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER look_append_only BEFORE UPDATE OR DELETE ON look FOR EACH ROW EXECUTE FUNCTION look_is_append_only();
CREATE TRIGGER look_no_truncate BEFORE TRUNCATE ON look FOR EACH STATEMENT EXECUTE FUNCTION look_is_append_only();
