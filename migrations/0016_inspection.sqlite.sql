CREATE TRIGGER inspection_exchange_no_update BEFORE UPDATE ON inspection_exchange BEGIN SELECT RAISE(ABORT, 'what was exchanged with an inspected office stands'); END;
CREATE TRIGGER inspection_exchange_no_delete BEFORE DELETE ON inspection_exchange BEGIN SELECT RAISE(ABORT, 'what was exchanged with an inspected office stands'); END;
CREATE TRIGGER inspection_remark_no_update BEFORE UPDATE ON inspection_remark BEGIN SELECT RAISE(ABORT, 'what was exchanged with an inspected office stands'); END;
CREATE TRIGGER inspection_remark_no_delete BEFORE DELETE ON inspection_remark BEGIN SELECT RAISE(ABORT, 'what was exchanged with an inspected office stands'); END;
CREATE TRIGGER inspection_finding_no_update BEFORE UPDATE OF inspection_id, n, clause, facts_sealed, basis, severity, households, amount_fen, requirement, written_by, written_at, exchange_id
    ON inspection_finding WHEN OLD.exchange_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'what was exchanged with an inspected office stands'); END;
CREATE TRIGGER inspection_finding_no_delete BEFORE DELETE ON inspection_finding WHEN OLD.exchange_id IS NOT NULL BEGIN SELECT RAISE(ABORT, 'what was exchanged with an inspected office stands'); END;
