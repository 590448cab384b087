package docket

import (
	"strconv"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
)

// draft lays a paper about an item before whoever signs for the own office. None
// is laid where there is no press, where the office has no mark for documents, and
// for who presses an item of an office below.
func (d *Desk) draft(tx *gorm.DB, by staff.Officer, i Item, p paper.Draft) error {
	unit, err := d.Atlas.Unit(i.IssuerID)
	if d.Papers == nil || err != nil || unit.DocMark == "" || by.UnitID != i.IssuerID || !by.May(staff.WritePapers) {
		return err
	}
	p.Unit, p.To, p.Subject, p.SubjectID = i.IssuerID, i.LeadUnitID, ledger.OfItem, i.ID
	_, err = d.Papers.Put(tx, by, p)
	return err
}

// What papers say of urgencies and origins.
var (
	urgencies = map[string]string{"urgent": "紧急", "normal": "一般", "complex": "复杂"}
	inWriting = map[Origin]string{PublicComplaint: "群众反映", PublicObjection: "名单异议", LeaderInstruction: "领导批示", SuperiorAssignment: "上级交办",
		InspectionFinding: "督查发现", AnnualPlan: "年度督查计划", AuditOrMedia: "审计和媒体监督"}
)

// assignment is the order that goes with an item (交办单). It has the item's number.
func (d *Desk) assignment(tx *gorm.DB, by staff.Officer, i Item, due workday.Date) error {
	fields, err := d.told(tx, by, i)
	if err != nil {
		return err
	}
	fields["办理要求"], fields["办结时限"], fields["反馈方式"] = i.Requirement, paper.Day(due), "在本系统报送办结报告，附佐证材料。"
	if i.Origin == LeaderInstruction {
		fields["批示"] = i.OriginNote
	}
	return d.draft(tx, by, i, paper.Draft{Kind: paper.Assignment, Title: "关于" + i.Title + "的交办单", Number: i.Number, Content: paper.Content{Fields: fields}})
}

// told is what orders about an item tell the lead unit.
func (d *Desk) told(tx *gorm.DB, by staff.Officer, i Item) (map[string]string, error) {
	var assist []uuid.UUID
	err := tx.Table("item_unit").Where("item_id = ? AND duty = 'assist'", i.ID).Order("unit_id").Pluck("unit_id", &assist).Error
	names := make([]string, len(assist))
	for n, unit := range assist {
		names[n] = d.unitName(unit)
	}
	lead := d.unitName(i.LeadUnitID)
	return map[string]string{
		"主送单位": lead, "主办单位": lead, "协办单位": strings.Join(names, "、"), "来源": inWriting[i.Origin], "事项摘要": i.Summary, "紧急程度": urgencies[i.Urgency],
		"交办日期": paper.Day(d.issuedOn(i)), "联系人": by.Name,
	}, err
}

func (d *Desk) issuedOn(i Item) workday.Date {
	if i.IssuedAt == nil {
		return d.today()
	}
	return workday.On(*i.IssuedAt)
}

// pressing is what goes out when an item is pressed: a reminder (催办通知书), and
// once it is red an order of supervision (督办通知单).
func (d *Desk) pressing(tx *gorm.DB, by staff.Officer, i Item, words string) error {
	if i.DueOn == nil {
		return nil
	}
	colors, err := d.Clocks.ColorsIn(tx, string(i.Origin))
	if err != nil {
		return err
	}
	late := d.Clocks.Late(i.DueOn, d.today())
	if colors.Of(late) == clock.Red {
		return d.supervisionOrder(tx, by, i, words, late)
	}
	fields := map[string]string{"主送单位": d.unitName(i.LeadUnitID), "原文号": i.Number, "事项": i.Title, "交办日期": paper.Day(d.issuedOn(i)),
		"办结时限": paper.Day(*i.DueOn), "催办要求": words}
	if late > 0 {
		fields["逾期情况"] = overdue(late)
	}
	return d.draft(tx, by, i, paper.Draft{Kind: paper.Reminder, Title: "关于催办" + i.Title + "的通知", Content: paper.Content{Fields: fields}})
}

func (d *Desk) supervisionOrder(tx *gorm.DB, by staff.Officer, i Item, words string, late int) error {
	fields, err := d.told(tx, by, i)
	if err != nil {
		return err
	}
	fields["原文号"], fields["督办要求"], fields["办结时限"], fields["前期情况"] = i.Number, words, paper.Day(*i.DueOn), overdue(late)
	return d.draft(tx, by, i, paper.Draft{Kind: paper.SupervisionOrder, Title: "关于督办" + i.Title + "的通知", Content: paper.Content{Fields: fields}})
}

func overdue(days int) string { return "至今已逾期" + strconv.Itoa(days) + "个工作日。" }

// extensionRequest is the unit's request for more time as it goes to the issuing
// office (延期申请).
func (d *Desk) extensionRequest(tx *gorm.DB, by staff.Officer, i Item, days int, reason, progress string) error {
	if d.Papers == nil {
		return nil
	}
	_, err := d.Papers.Issue(tx, by, paper.Draft{Kind: paper.ExtensionRequest, Unit: by.UnitID, To: i.IssuerID, Subject: ledger.OfItem, SubjectID: i.ID,
		Title: "关于" + i.Title + "延期的申请", Content: paper.Content{Fields: map[string]string{
			"主送单位": d.unitName(i.IssuerID), "原文号": i.Number, "事项": i.Title, "原办结时限": paper.Day(*i.DueOn),
			"申请延至": paper.Day(i.DueOn.Add(days)), "延期理由": reason, "目前进展": progress, "负责人": i.Responsible}}})
	return err
}
