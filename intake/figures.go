package intake

import "context"

// Figures are three numbers that the home page can stand up for. Each counts
// reports, not the parts an officer split them into.
type Figures struct {
	Received int // reports handed in, of every kind, junk included; not what the office found by itself
	Answered int // of those, with an answer on a matter under their receipt
	PutRight int // of those, with a matter found true, at least partly, and finished
}

// Figures counts. It reads two indexes from end to end (some 300 ms for a
// million reports): keep what it returns for some minutes.
func (d *Desk) Figures(ctx context.Context) (Figures, error) {
	var f Figures
	err := d.store.Read(ctx).Raw(`SELECT
		(SELECT count(*) FROM report) - (SELECT count(*) FROM report WHERE channel = 'check') AS received, count(*) AS answered, COALESCE(sum(put_right), 0) AS put_right
		FROM (SELECT MAX(CASE WHEN state = 'closed' AND outcome IN ('substantiated', 'partly') THEN 1 ELSE 0 END) AS put_right
			FROM complaint WHERE outcome <> '' AND state IN ('decided', 'delivered', 'review', 'reexam', 'final', 'closed')
			AND report_id NOT IN (SELECT id FROM report WHERE channel = 'check') GROUP BY report_id) answers`).Scan(&f).Error
	return f, err
}
