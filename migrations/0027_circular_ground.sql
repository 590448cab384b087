-- Orders and inspections that a circular rests on, beside the items of circular_item.
CREATE TABLE circular_ground (
    circular_id uuid NOT NULL REFERENCES circular (id),
    kind        text NOT NULL CHECK (kind IN ('order', 'inspection')),
    ref_id      uuid NOT NULL,
    PRIMARY KEY (circular_id, kind, ref_id)
);
