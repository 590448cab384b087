-- Forms of the console that led somewhere: sent again, by a double click or a
-- browser that tries once more, they lead there and nothing is done twice.
CREATE TABLE sent_form (
    id       bytea PRIMARY KEY,            -- hash of who sent it, from which page, where to, and all that stood in it
    leads_to text NOT NULL DEFAULT '',     -- '' while it is being done
    at       timestamptz NOT NULL
);
CREATE INDEX sent_form_at ON sent_form (at);
