-- Places (divisions) and offices (units) with the places they answer for.
CREATE TABLE division (
    code           text PRIMARY KEY CHECK (length(code) = 12),
    name           text NOT NULL,
    full_name      text NOT NULL,          -- "盘山县甜水镇双柳村": village names are not unique
    level          text NOT NULL CHECK (level IN ('city', 'county', 'town', 'village')),
    parent_code    text REFERENCES division (code),
    pinyin         text NOT NULL,          -- "shuangliucun", for the picker
    initials       text NOT NULL,          -- "slc"
    valid_from     text NOT NULL,          -- civil date, Asia/Shanghai
    valid_to       text,                   -- last day of use, counted
    successor_code text
);
CREATE INDEX division_parent ON division (parent_code, code);
CREATE INDEX division_name ON division (name);
CREATE INDEX division_pinyin ON division (pinyin);
CREATE INDEX division_initials ON division (initials);

CREATE TABLE unit (
    id               uuid PRIMARY KEY,
    name             text NOT NULL,
    kind             text NOT NULL CHECK (kind IN ('supervision_office', 'poverty_office', 'government', 'zone', 'department', 'village_committee', 'team', 'discipline')),
    level            text NOT NULL CHECK (level IN ('city', 'county', 'town', 'village')),
    parent_id        uuid REFERENCES unit (id),
    takes_complaints boolean NOT NULL,     -- has a desk on which complaints lie
    doc_mark         text NOT NULL,        -- "盘督", heads its document numbers; empty if it issues none
    phone            text NOT NULL,
    valid_from       text NOT NULL,
    valid_to         text
);
CREATE INDEX unit_parent ON unit (parent_id);
-- Files and the command line know offices by name, papers are numbered by mark.
CREATE UNIQUE INDEX unit_name_once ON unit (name) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX unit_mark_once ON unit (doc_mark) WHERE doc_mark <> '';

CREATE TABLE unit_name (
    unit_id    uuid NOT NULL REFERENCES unit (id),
    name       text NOT NULL,
    valid_from text NOT NULL,
    valid_to   text,
    PRIMARY KEY (unit_id, valid_from)
);

CREATE TABLE jurisdiction (
    unit_id       uuid NOT NULL REFERENCES unit (id),
    division_code text NOT NULL REFERENCES division (code),
    valid_from    text NOT NULL,
    valid_to      text,
    PRIMARY KEY (unit_id, division_code, valid_from)
);
CREATE INDEX jurisdiction_division ON jurisdiction (division_code);
