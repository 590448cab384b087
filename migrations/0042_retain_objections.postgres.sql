ALTER TABLE retention_hold ALTER COLUMN complaint_id DROP NOT NULL;
ALTER TABLE erasure ALTER COLUMN complaint_id DROP NOT NULL;
