-- Orders and inspections that a circular rests on, beside the items of circular_item.
CREATE TABLE circular_ground (
    circular_id uuid NOT NULL REFERENCES circular (id),
    kind        text NOT NULL CHECK (kind IN ('order', 'inspection')),
    ref_id      uuid NOT NULL,
    PRIMARY KEY (circular_id, kind, ref_id)
);

-- Offices that a paper is addressed to: all of them, the one of paper.to_unit_id too.
CREATE TABLE paper_to (
    paper_id uuid NOT NULL REFERENCES paper (id),
    unit_id  uuid NOT NULL REFERENCES unit (id),
    PRIMARY KEY (paper_id, unit_id)
);
CREATE INDEX paper_to_unit ON paper_to (unit_id, paper_id);
INSERT INTO paper_to (paper_id, unit_id) SELECT id, to_unit_id FROM paper WHERE to_unit_id IS NOT NULL;
DROP INDEX paper_received;

-- Months that were counted before know nothing of the last days of orders.
UPDATE figures_state SET all_at = NULL;
