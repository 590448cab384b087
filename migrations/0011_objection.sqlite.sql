-- SQLite has no words for changing a CHECK; its manual allows this for changes
-- that touch nothing stored (lang_altertable, section 7).
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''letter'')', '''letter'', ''check'')') WHERE type = 'table' AND name = 'report';
UPDATE sqlite_schema SET sql = replace(sql, '''item_note'')', '''item_note'', ''notice'', ''notice_start'', ''notice_end'', ''minutes'', ''objection_check'')') WHERE type = 'table' AND name = 'evidence_file';
UPDATE sqlite_schema SET sql = replace(sql, '''video'')', '''video'', ''sheet'')') WHERE type = 'table' AND name = 'evidence_file';
UPDATE sqlite_schema SET sql = replace(sql, '''portal'')', '''portal'', ''objection'', ''project'', ''payments'', ''crosscheck'')') WHERE type = 'table' AND name = 'event';
PRAGMA writable_schema = RESET;
