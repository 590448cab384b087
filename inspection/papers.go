package inspection

import (
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// draft lays a paper about an inspection before whoever signs for the own office.
// None is laid where there is no press, and for who writes no papers.
func (d *Desk) draft(tx *gorm.DB, by staff.Officer, i Inspection, p paper.Draft) error {
	if d.Papers == nil || by.UnitID != i.UnitID || !by.May(staff.WritePapers) {
		return nil
	}
	p.Unit, p.Subject, p.SubjectID = i.UnitID, ledger.OfInspection, i.ID
	_, err := d.Papers.Put(tx, by, p)
	return err
}

// notice drafts what the inspected office is sent when it is told.
func (d *Desk) notice(tx *gorm.DB, by staff.Officer, i Inspection) error {
	n, err := d.noticed(tx, i)
	if err != nil {
		return err
	}
	return d.draft(tx, by, i, paper.Draft{Kind: paper.InspectionNotice, To: i.TargetID, Title: "关于对" + n.To + "开展督查的通知", Content: noticeContent(i, n)})
}

func (d *Desk) noticed(tx *gorm.DB, i Inspection) (noticed, error) {
	members, err := membersOf(tx, i.ID)
	if err != nil {
		return noticed{}, err
	}
	names, err := namesOf(tx, append(members, i.LeaderID)...)
	n := noticed{To: d.unitName(i.TargetID), Leader: names[i.LeaderID]}
	for _, m := range members {
		n.Members = append(n.Members, names[m])
	}
	return n, err
}

// report drafts what the office above is told when findings are issued.
func (d *Desk) report(tx *gorm.DB, by staff.Officer, i Inspection) error {
	n, err := d.noticed(tx, i)
	if err != nil {
		return err
	}
	r := reported{noticed: n, Above: "市委、市政府"}
	to := uuid.Nil
	if above := d.Atlas.Above(i.UnitID); len(above) > 1 {
		to, r.Above = above[1], d.unitName(above[1])
	}
	var talk exchangeRow
	err = store.One(tx.Where("inspection_id = ?", i.ID).Order("round DESC"), &talk)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	r.Exchanged, r.Leaders, r.Agreed = talk.HeldOn, talk.Leaders, talk.Agreed
	if r.Findings, err = d.findings(tx, i.ID, true); err != nil {
		return err
	}
	return d.draft(tx, by, i, paper.Draft{Kind: paper.InspectionReport, DraftedBy: *i.SubmittedBy, To: to, Title: "关于督查" + n.To + "情况的报告", Content: reportContent(i, r)})
}
