ALTER TABLE report DROP CONSTRAINT report_channel_check;
ALTER TABLE report ADD CONSTRAINT report_channel_check CHECK (channel IN ('web', 'poster', 'phone', 'visit', 'letter', 'check'));
ALTER TABLE evidence_file DROP CONSTRAINT evidence_file_owner_kind_check;
ALTER TABLE evidence_file ADD CONSTRAINT evidence_file_owner_kind_check CHECK (owner_kind IN ('staged', 'report', 'message', 'verification', 'item_note', 'notice', 'notice_start', 'notice_end', 'minutes', 'objection_check'));
ALTER TABLE evidence_file DROP CONSTRAINT evidence_file_media_check;
ALTER TABLE evidence_file ADD CONSTRAINT evidence_file_media_check CHECK (media IN ('image', 'pdf', 'audio', 'video', 'sheet'));
ALTER TABLE event DROP CONSTRAINT event_subject_kind_check;
ALTER TABLE event ADD CONSTRAINT event_subject_kind_check CHECK (subject_kind IN ('report', 'complaint', 'item', 'notice', 'account', 'unit', 'portal', 'objection', 'project', 'payments', 'crosscheck'));
