CREATE TABLE complaint_search (
    seq   bigint PRIMARY KEY,
    grams tsvector NOT NULL                -- two-character pieces of summary, place and number
);
CREATE INDEX complaint_search_grams ON complaint_search USING gin (grams) WITH (fastupdate = off);
