-- What officers write about a case is a sheet, sealed like the reporter's words. Rows
-- of before keep what stands in the old columns.
ALTER TABLE sheet ADD COLUMN complaint_id uuid REFERENCES complaint (id);  -- the part that it is about; null: all of the message

ALTER TABLE demand ADD COLUMN body_sealed bytea;      -- body is '' beside it
ALTER TABLE proposal ADD COLUMN ruling_sealed bytea;  -- ruling_note is '' beside it
ALTER TABLE recusal ADD COLUMN reason_sealed bytea;   -- reason is '' beside it; null too in what was copied from another complaint
