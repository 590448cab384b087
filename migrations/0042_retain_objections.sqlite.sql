PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'complaint_id text NOT NULL', 'complaint_id text') WHERE type = 'table' AND name IN ('retention_hold', 'erasure');
PRAGMA writable_schema = RESET;
