-- Published notices (the publishing desk itself comes later; these rows are what the public pages show).
CREATE TABLE notice (
    id           uuid PRIMARY KEY,
    kind         text NOT NULL,
    title        text NOT NULL,
    doc_number   text NOT NULL,
    unit_id      uuid NOT NULL REFERENCES unit (id),
    place_code   text NOT NULL REFERENCES division (code),
    body         text NOT NULL,
    state        text NOT NULL CHECK (state IN ('draft', 'reviewed', 'published', 'ended', 'archived', 'withdrawn')),
    starts_on    text NOT NULL,            -- civil dates, both ends inclusive
    ends_on      text,                     -- null: stands for the long term
    published_at timestamptz,
    created_at   timestamptz NOT NULL,
    version      integer NOT NULL
);
-- What the public sees, newest first: the query names the same states.
CREATE INDEX notice_shown ON notice (published_at, id) WHERE state IN ('published', 'ended');
CREATE INDEX notice_shown_place ON notice (place_code, published_at, id) WHERE state IN ('published', 'ended');

-- A number per topic that grows whenever what a cached page shows has changed.
CREATE TABLE page_stamp (
    topic text PRIMARY KEY,
    n     bigint NOT NULL
);
INSERT INTO page_stamp (topic, n) VALUES ('notices', 1), ('figures', 1);
