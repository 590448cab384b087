package paper

import (
	"slices"
	"strings"

	"minsheng/staff"
)

// Kind of a paper; catalog key paper.kind.<kind>.
type Kind string

// Kinds of papers (DOMAIN §8.3).
const (
	Acceptance          Kind = "acceptance"           // 受理告知书
	NonAcceptance       Kind = "non_acceptance"       // 不予受理告知书
	TransferNote        Kind = "transfer_note"        // 转送告知书
	ExtensionNote       Kind = "extension_note"       // 延期告知书
	Decision            Kind = "decision"             // 处理意见书
	ReviewDecision      Kind = "review_decision"      // 复查意见书
	ReexamDecision      Kind = "reexam_decision"      // 复核意见书
	InspectionNotice    Kind = "inspection_notice"    // 督查通知书
	Assignment          Kind = "assignment"           // 交办单
	SupervisionOrder    Kind = "supervision_order"    // 督办通知单
	Reminder            Kind = "reminder"             // 催办通知书
	ExtensionRequest    Kind = "extension_request"    // 延期申请
	RectificationOrder  Kind = "rectification_order"  // 整改通知书
	RectificationReport Kind = "rectification_report" // 整改报告
	InspectionReport    Kind = "inspection_report"    // 督查报告
	Circular            Kind = "circular"             // 督查通报
	Bulletin            Kind = "bulletin"             // 月报, 季报
	MeasureProposal     Kind = "measure_proposal"     // 责任追究建议书
	MeasureDecision     Kind = "measure_decision"     // 责任追究决定书
	Referral            Kind = "referral"             // 问题线索移送单
)

// Content is what a paper says, as data: texts by the names of their
// placeholders, and lists whose rows repeat a block or a row of a table. A line
// feed in a text begins a new paragraph.
type Content struct {
	Fields map[string]string
	Lists  map[string][]map[string]string
}

// Field is a text that papers of a kind say.
type Field struct {
	Name     string // as it stands between the braces: 主送单位
	Required bool   // no paper of the kind is final without it, no form fit without its mark
}

// List is a list that papers of a kind have.
type List struct {
	Name     string
	Required bool
	Columns  []string // names of the texts of each row
}

// Form is what papers of a kind are made of. It is data: what stands on them is
// in the catalogue of the files orders.go, letters.go, findings.go and
// measures.go.
type Form struct {
	Kind   Kind
	Name   string // 交办单
	Basis  string // what the paper rests on
	Fields []Field
	Lists  []List

	series string // of numbers; papers of several kinds may share one
	word   string // between mark and year: 盘督交〔2026〕12号; "" none
	asked  bool   // written by an office under supervision, to the one above it
	secret bool   // staff.SealReferrals, and listed nowhere else
	above  bool   // written over the head of the office that answered first: for its own office, and those above
	layout []block
}

// Fields that the press fills in itself; every form knows them.
const (
	fieldOffice = "发文单位"
	fieldNumber = "文号"
	fieldTitle  = "标题"
	fieldDay    = "日期"
	fieldSigner = "签发人"
)

// common are the texts that every kind of paper may say.
var common = []Field{
	{fieldOffice, true}, {fieldNumber, true}, {fieldTitle, true}, {fieldDay, true}, {fieldSigner, false},
	{"抄送", false}, {"联系人", false}, {"联系电话", false},
}

// forms lists all kinds in the order in which pages show them.
var forms = slices.Concat(letters, orders, findings, measures)

// Forms lists what papers of each kind are made of.
func Forms() []Form { return slices.Clone(forms) }

// FormOf finds the form of a kind.
func FormOf(k Kind) (Form, bool) {
	i := slices.IndexFunc(forms, func(f Form) bool { return f.Kind == k })
	if i < 0 {
		return Form{}, false
	}
	return forms[i], true
}

// Kinds lists all kinds in the order in which pages show them.
func Kinds() []Kind {
	var all []Kind
	for _, f := range forms {
		all = append(all, f.Kind)
	}
	return all
}

// Known lists every text that a form may say: those of its kind and those of all.
func (f Form) Known() []Field { return slices.Concat(common, f.Fields) }

func (f Form) knows(name string) bool {
	return slices.ContainsFunc(f.Known(), func(k Field) bool { return k.Name == name })
}

func (f Form) list(name string) (List, bool) {
	i := slices.IndexFunc(f.Lists, func(l List) bool { return l.Name == name })
	if i < 0 {
		return List{}, false
	}
	return f.Lists[i], true
}

// writers are the permissions any of which lets somebody write a paper of the
// form: rooms write papers for those who act in them.
func (f Form) writers() []staff.Permission {
	if f.asked {
		return []staff.Permission{staff.HandleItems, staff.AnswerOffices, staff.WritePapers}
	}
	if f.secret {
		return []staff.Permission{staff.SealReferrals}
	}
	return []staff.Permission{staff.WritePapers}
}

// needs makes the fields of a form; a name with a question mark is not required.
func needs(names ...string) []Field {
	var all []Field
	for _, name := range names {
		plain, optional := strings.CutSuffix(name, "?")
		all = append(all, Field{plain, !optional})
	}
	return all
}
