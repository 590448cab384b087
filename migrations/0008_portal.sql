-- Single facts about this installation, such as which keys it was sealed with.
CREATE TABLE portal_fact (
    name  text PRIMARY KEY,
    value text NOT NULL
);
