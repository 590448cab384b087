PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'duty = ''identity''', 'duty IN (''identity'', ''handling'')') WHERE type = 'table' AND name = 'unit_key';
PRAGMA writable_schema = RESET;
