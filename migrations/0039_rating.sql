-- The form with which a rating came: a hash over what only that form holds and over
-- what it said. Words that are sealed to others are compared with nothing else.
ALTER TABLE rating ADD COLUMN form_hash bytea;
