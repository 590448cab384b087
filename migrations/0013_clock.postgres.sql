ALTER TABLE event DROP CONSTRAINT event_subject_kind_check;
ALTER TABLE event ADD CONSTRAINT event_subject_kind_check CHECK (subject_kind IN ('report', 'complaint', 'item', 'notice', 'account', 'unit', 'portal', 'objection', 'project', 'payments', 'crosscheck', 'rule', 'calendar', 'plan', 'inspection', 'order', 'measure', 'referral', 'paper', 'template', 'bulletin', 'selfreport'));
ALTER TABLE evidence_file DROP CONSTRAINT evidence_file_owner_kind_check;
ALTER TABLE evidence_file ADD CONSTRAINT evidence_file_owner_kind_check CHECK (owner_kind IN ('staged', 'report', 'message', 'verification', 'item_note', 'notice', 'notice_start', 'notice_end', 'minutes', 'objection_check', 'delivery', 'callback', 'activity', 'exchange', 'material', 'finding', 'order_plan', 'order_report', 'order_check', 'recovery', 'measure', 'referral', 'paper', 'template', 'bulletin', 'selfreport', 'extension'));
ALTER TABLE evidence_file DROP CONSTRAINT evidence_file_media_check;
ALTER TABLE evidence_file ADD CONSTRAINT evidence_file_media_check CHECK (media IN ('image', 'pdf', 'audio', 'video', 'sheet', 'document'));
