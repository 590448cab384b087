CREATE TRIGGER rectification_entry_stands BEFORE UPDATE ON rectification_entry BEGIN SELECT RAISE(ABORT, 'what was said of an order stands'); END;
CREATE TRIGGER rectification_entry_stays BEFORE DELETE ON rectification_entry BEGIN SELECT RAISE(ABORT, 'what was said of an order stands'); END;
CREATE TRIGGER rectification_line_stands BEFORE UPDATE ON rectification_line BEGIN SELECT RAISE(ABORT, 'what was said of an order stands'); END;
CREATE TRIGGER rectification_line_stays BEFORE DELETE ON rectification_line BEGIN SELECT RAISE(ABORT, 'what was said of an order stands'); END;
CREATE TRIGGER recovery_stands BEFORE UPDATE OF id, order_id, item_id, point_id, kind, amount_fen, households, on_day, words, corrects_id, by_id, unit_id, at
ON recovery BEGIN SELECT RAISE(ABORT, 'what was said of an order stands'); END;
CREATE TRIGGER recovery_confirmed BEFORE UPDATE ON recovery WHEN OLD.confirmed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'what was said of an order stands'); END;
CREATE TRIGGER recovery_stays BEFORE DELETE ON recovery BEGIN SELECT RAISE(ABORT, 'what was said of an order stands'); END;
