CREATE VIRTUAL TABLE complaint_search USING fts5 (grams, content='', contentless_delete=1, tokenize="unicode61 remove_diacritics 0");
-- How many complaints have a piece: what is rare tells cases apart.
CREATE VIRTUAL TABLE complaint_search_word USING fts5vocab (complaint_search, 'row');
