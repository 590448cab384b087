PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''crosscheck'')', '''crosscheck'', ''rule'', ''calendar'', ''plan'', ''inspection'', ''order'', ''measure'', ''referral'', ''paper'', ''template'', ''bulletin'', ''selfreport'')') WHERE type = 'table' AND name = 'event';
UPDATE sqlite_schema SET sql = replace(sql, '''objection_check'')', '''objection_check'', ''delivery'', ''callback'', ''activity'', ''exchange'', ''material'', ''finding'', ''order_plan'', ''order_report'', ''order_check'', ''recovery'', ''measure'', ''referral'', ''paper'', ''template'', ''bulletin'', ''selfreport'', ''extension'')') WHERE type = 'table' AND name = 'evidence_file';
UPDATE sqlite_schema SET sql = replace(sql, '''sheet'')', '''sheet'', ''document'')') WHERE type = 'table' AND name = 'evidence_file';
PRAGMA writable_schema = RESET;
