CREATE FUNCTION inspection_record_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was exchanged with an inspected office stands' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER inspection_exchange_stands BEFORE UPDATE OR DELETE ON inspection_exchange FOR EACH ROW EXECUTE FUNCTION inspection_record_stands();
CREATE TRIGGER inspection_exchange_no_truncate BEFORE TRUNCATE ON inspection_exchange FOR EACH STATEMENT EXECUTE FUNCTION inspection_record_stands();
CREATE TRIGGER inspection_remark_stands BEFORE UPDATE OR DELETE ON inspection_remark FOR EACH ROW EXECUTE FUNCTION inspection_record_stands();
CREATE TRIGGER inspection_remark_no_truncate BEFORE TRUNCATE ON inspection_remark FOR EACH STATEMENT EXECUTE FUNCTION inspection_record_stands();
CREATE TRIGGER inspection_finding_stands BEFORE UPDATE OF inspection_id, n, clause, facts_sealed, basis, severity, households, amount_fen, requirement, written_by, written_at, exchange_id
    ON inspection_finding FOR EACH ROW WHEN (OLD.exchange_id IS NOT NULL) EXECUTE FUNCTION inspection_record_stands();
CREATE TRIGGER inspection_finding_stays BEFORE DELETE ON inspection_finding FOR EACH ROW WHEN (OLD.exchange_id IS NOT NULL) EXECUTE FUNCTION inspection_record_stands();
