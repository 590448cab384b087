-- Names are searched by ranges, which must compare as in SQLite: by code point.
ALTER TABLE division
    ALTER COLUMN name TYPE text COLLATE "C",
    ALTER COLUMN pinyin TYPE text COLLATE "C",
    ALTER COLUMN initials TYPE text COLLATE "C";
