package staff

import "slices"

// Role is what a person is employed to do here (DESIGN §5).
type Role string

const (
	Registrar         Role = "registrar"          // 登记员: enters what callers and visitors say
	TriageOfficer     Role = "triage_officer"     // 受理员
	Supervisor        Role = "supervisor"         // 审批人: approves what officers propose
	UnitHandler       Role = "unit_handler"       // 承办单位经办人: sees items, never complaints
	Publisher         Role = "publisher"          // 公示录入
	NoticeApprover    Role = "notice_approver"    // 公示审核
	IdentityCustodian Role = "identity_custodian" // 身份保管员
	Auditor           Role = "auditor"            // 审计: reads the record, changes nothing
	Administrator     Role = "administrator"      // 管理员: accounts and settings, no case content
)

// Roles lists all roles in the order forms show them.
var roles = []Role{Registrar, TriageOfficer, Supervisor, UnitHandler, Publisher, NoticeApprover, IdentityCustodian, Auditor, Administrator}

// Roles lists all roles in the order forms show them.
func Roles() []Role { return slices.Clone(roles) }

// Permission is one thing that may be done.
type Permission string

const (
	OwnAccount     Permission = "own_account"     // everyone: own sessions, own password
	EnterReports   Permission = "enter_reports"   // type in a report for a caller, visitor or letter
	ReadCases      Permission = "read_cases"      // queue and cases of the own desk and below
	WorkCases      Permission = "work_cases"      // claim, assign, accept, verify, convert …
	ApproveCases   Permission = "approve_cases"   // rule on proposals of others
	ReadItems      Permission = "read_items"      // supervision items issued by the own office, or addressed to it
	IssueItems     Permission = "issue_items"     // docket, issue, review, strike off
	HandleItems    Permission = "handle_items"    // acknowledge, note, report for the own office
	RevealIdentity Permission = "reveal_identity" // open a reporter's name, with a reason, recorded
	ReadRecord     Permission = "read_record"     // the ledger, without content
	ManageStaff    Permission = "manage_staff"    // accounts of the own office and below
	ReadNotices    Permission = "read_notices"    // drafts and notices of the own office and below, in full
	WriteNotices   Permission = "write_notices"   // drafts, tables, minutes, duties of the own office
	ApproveNotices Permission = "approve_notices" // publish, return, withdraw what others wrote
	WorkObjections Permission = "work_objections" // read, verify, propose: never about the own office's lists
	RuleObjections Permission = "rule_objections" // rule on proposals of others
	LoadPayments   Permission = "load_payments"   // payment records and reference sets
	CrossCheck     Permission = "cross_check"     // run, dismiss, turn into a case

	KeepClocks      Permission = "keep_clocks"       // time rules and the calendar
	WorkInspections Permission = "work_inspections"  // plan, carry out, ask for materials, write findings
	ApprovePlans    Permission = "approve_plans"     // of a year's inspections
	AnswerOffices   Permission = "answer_offices"    // materials, opinions and plans of the own office when it is inspected
	OrderRectifying Permission = "order_rectifying"  // orders, checks, striking off
	ProposeMeasures Permission = "propose_measures"  // accountability
	ApproveMeasures Permission = "approve_measures"  // what others proposed
	SealReferrals   Permission = "seal_referrals"    // packages for the discipline organ
	WritePapers     Permission = "write_papers"      // drafts of documents, bulletins
	SignPapers      Permission = "sign_papers"       // final copies of what others wrote
	KeepTemplates   Permission = "keep_templates"    // the office's forms of documents
	AskSelfReports  Permission = "ask_self_reports"  // schedules, reading what counties report
	SendSelfReports Permission = "send_self_reports" // for the own office
	ReadFigures     Permission = "read_figures"      // dashboards of the own office and those below
	ReadRegister    Permission = "read_register"     // the register of items, its export
	HearAlarms      Permission = "hear_alarms"       // what is nearly due or late, of the own office and below
	AuditLooks      Permission = "audit_looks"       // who looked at a case, when somebody is punished for reporting

	// HoldHandling follows from what is handled: who works cases, or objections.
	HoldHandling Permission = "hold_handling" // the office's key to words about offices that work here

	AskErasure   Permission = "ask_erasure"   // that names or words of a case or an objection are destroyed
	AgreeErasure Permission = "agree_erasure" // to what others asked; keep something longer
	ReadErasures Permission = "read_erasures" // what was destroyed, and by whose decision
)

var grants = map[Role][]Permission{
	Registrar: {EnterReports},
	TriageOfficer: {EnterReports, ReadCases, WorkCases, ReadItems, IssueItems, WorkObjections, CrossCheck,
		WorkInspections, OrderRectifying, ProposeMeasures, WritePapers, AskSelfReports, SendSelfReports, ReadFigures, ReadRegister, HearAlarms},
	Supervisor: {ReadCases, WorkCases, ApproveCases, ReadItems, IssueItems, WorkObjections, RuleObjections, CrossCheck,
		WorkInspections, ApprovePlans, OrderRectifying, ProposeMeasures, ApproveMeasures, SealReferrals, WritePapers, SignPapers,
		AskSelfReports, SendSelfReports, ReadFigures, ReadRegister, HearAlarms, AuditLooks, AgreeErasure, ReadErasures},
	UnitHandler:       {ReadItems, HandleItems, AnswerOffices, SendSelfReports, HearAlarms},
	Publisher:         {ReadNotices, WriteNotices, LoadPayments},
	NoticeApprover:    {ReadNotices, ApproveNotices},
	IdentityCustodian: {ReadCases, RevealIdentity, AskErasure, ReadErasures},
	Auditor:           {ReadRecord, AuditLooks, ReadErasures},
	Administrator:     {ManageStaff, KeepClocks, KeepTemplates},
}

// May reports whether any of the roles grants p.
func May(roles []Role, p Permission) bool {
	switch p {
	case OwnAccount:
		return true
	case HoldHandling:
		return May(roles, WorkCases) || May(roles, WorkObjections)
	}
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(grants[r], p) })
}
