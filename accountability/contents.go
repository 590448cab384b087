package accountability

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"minsheng/ledger"
	"minsheng/staff"
)

// OpenReferral shows a referral whole; store.ErrNotFound for who may not know of
// it.
func (d *Desk) OpenReferral(ctx context.Context, by staff.Officer, id uuid.UUID) (w WholeReferral, err error) {
	db := d.Store.Read(ctx)
	r, err := d.referral(db, by, id)
	if err != nil {
		return w, err
	}
	w.ReferralLine = ReferralLine{r, d.unitName(r.UnitID), d.unitName(r.TargetID)}
	if err := d.unseal("clue", id, r.SaidSealed, &w.Clue); err != nil {
		return w, err
	}
	if err := d.unseal("ended", id, r.EndedSealed, &w.Ended); err != nil {
		return w, err
	}
	if w.Grounds, err = referralGrounds(db, id); err != nil {
		return w, err
	}
	if err := d.looked(ctx, by, w.Grounds); err != nil {
		return w, err
	}
	if w.Releases, err = d.releasesOf(db, id); err != nil {
		return w, err
	}
	names, err := namesOf(db, append(some(r.RuledBy), r.ComposedBy)...)
	if err != nil {
		return w, err
	}
	w.Composer = names[r.ComposedBy]
	if r.RuledBy != nil {
		w.Ruler = names[*r.RuledBy]
	}
	if err := d.contents(ctx, by, &w); err != nil {
		return w, err
	}
	w.Actions = d.referralActions(by, w)
	w.Events, err = ledger.Of(ctx, d.Store, ledger.OfReferral, id)
	return w, err
}

// contents reads what is in the package, and the files of the receipt.
func (d *Desk) contents(ctx context.Context, by staff.Officer, w *WholeReferral) (err error) {
	files, err := d.Shelf.Of(ctx, referralFiles, w.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if w.FileID == nil || f.ID != *w.FileID {
			w.Files = append(w.Files, f)
		}
	}
	if w.Key = w.Recipient; w.State != Composed {
		return d.unseal("list", w.ID, w.ListSealed, &w.Materials)
	}
	if w.Key, err = d.Key(ctx, w.UnitID, w.Organ); err != nil || by.UnitID != w.UnitID {
		return err
	}
	parcel, err := d.gather(ctx, by, w.Referral, w.Grounds, true)
	w.Materials, w.Left = parcel.list(), parcel.left
	return err
}

func (d *Desk) referralActions(by staff.Officer, w WholeReferral) (all []string) {
	if by.UnitID != w.UnitID {
		return nil
	}
	switch w.State {
	case Composed:
		if by.ID != w.ComposedBy && by.May(staff.ApproveMeasures) && !w.Waits() {
			all = append(all, "seal")
		}
		if len(w.Releasable()) > 0 {
			all = append(all, "release")
		}
	case ReferralSealed:
		all = append(all, "hand")
	case Handed:
		all = append(all, "receipt")
	}
	return all
}

// Releasable lists the cases whose reporter the custodian was not yet asked for.
func (w WholeReferral) Releasable() (all []Ground) {
	for _, g := range w.Grounds {
		if g.Kind == ledger.OfComplaint && !slices.ContainsFunc(w.Releases, func(r Release) bool { return r.ComplaintID == g.RefID }) {
			all = append(all, g)
		}
	}
	return all
}
