PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''delivered'', ''closed'', ''withdrawn'')', '''delivered'', ''review'', ''reexam'', ''final'', ''closed'', ''withdrawn'')') WHERE type = 'table' AND name = 'complaint';
UPDATE sqlite_schema SET sql = replace(sql, '''unverifiable'')', '''unverifiable'', ''repeat_after_final'')') WHERE type = 'table' AND name = 'complaint';
UPDATE sqlite_schema SET sql = replace(sql, '''decide'')', '''decide'', ''repeat'')') WHERE type = 'table' AND name = 'proposal';
PRAGMA writable_schema = RESET;

-- Who had an answer before has the time to ask for a review from the day on which
-- it was put under the receipt, as the answer said.
INSERT INTO deadline (subject_id, rule, round, n, day_kind, basis, started_on, due_on, calendar, provisional, met_at, subject_kind, subject_of, extends, told_on)
SELECT c.id, r.code, 1, r.n, r.day_kind, r.basis, date(d.at, '+8 hours'), date(d.at, '+8 hours', '+' || r.n || ' days'), '', false, NULL, 'complaint', c.kind, false, date(d.at, '+8 hours', '+' || r.n || ' days')
FROM complaint c
JOIN (SELECT subject_id, MAX(at) AS at FROM event WHERE subject_kind = 'complaint' AND kind = 'delivered' GROUP BY subject_id) d ON d.subject_id = c.id
JOIN time_rule r ON r.code = 'complaint.review_request' AND r.kind = '' AND r.valid_to IS NULL
WHERE c.state = 'delivered';

CREATE TRIGGER look_no_update BEFORE UPDATE ON look BEGIN SELECT RAISE(ABORT, 'look is append-only'); END;
CREATE TRIGGER look_no_delete BEFORE DELETE ON look BEGIN SELECT RAISE(ABORT, 'look is append-only'); END;
