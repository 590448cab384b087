package world

import (
	"bytes"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/docket"
	"minsheng/internal/docx"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
	"minsheng/triage"
)

// documents shows what else becomes of papers: drafts that wait for a signature,
// one that was void, and a form of the county's own.
func (p *play) documents() {
	p.chapter()
	p.at(12, 9)
	p.form("ps.guanli", paper.Reminder)
	p.at(11, 10)
	p.do("urge the well", func() error {
		return p.urge("ps.shouli2", "well", true, "请按退回意见补充验收责任和恢复供水的照片，抓紧办理。")
	})
	p.at(3, 10)
	p.do("urge the greenhouse", func() error { return p.urge("ps.shouli", "greenhouse", true, "请抓紧核对已拨付资金。") })
	p.at(2, 9)
	p.do("call a reminder void", func() error {
		return p.annul("ps.shenpi", "greenhouse", "承办单位已按期报送进展，催办有误。")
	})
	p.at(1, 15)
	p.do("draft another reminder", func() error {
		return p.urge("ps.shouli2", "well", false, "再次催办：请于三日内报送整修情况。")
	})
	p.step("draft the decision on", "ps.shouli", "greenhouse", func(by staff.Officer, c triage.Case) error {
		_, err := p.draftPaper(by, decision(by, c))
		return err
	})
}

// bosses sign what the people of their office draft.
var bosses = map[string]string{"ps": "ps.shenpi", "shi": "shi.shenpi", "dw": "dw.shenpi", "lhk": "lhk.shenpi"}

// boss is who signs what somebody drafts.
func (p *play) boss(who string) staff.Officer {
	office, _, _ := strings.Cut(who, ".")
	return p.people[bosses[office]]
}

func (p *play) draftPaper(by staff.Officer, d paper.Draft) (id uuid.UUID, err error) {
	err = step.Again(func() error {
		return p.Store.Transact(p.ctx, func(tx *gorm.DB) error {
			id, err = p.Papers.Put(tx, by, d)
			return err
		})
	})
	return id, err
}

// signed drafts a paper and has it signed by the head of the office.
func (p *play) signed(who string, d paper.Draft) error {
	id, err := p.draftPaper(p.people[who], d)
	if err != nil {
		return err
	}
	_, err = p.Papers.Sign(p.ctx, p.boss(who), id, 1)
	return err
}

// letter lets the head of the office sign what tells a reporter that their report
// was accepted.
func (p *play) letter(who, name string) {
	p.do("sign the letter about "+name, func() error {
		papers, err := p.Papers.Of(p.ctx, ledger.OfComplaint, p.cases[name])
		if err != nil {
			return err
		}
		for _, one := range papers {
			if one.Kind == paper.Acceptance && one.State == paper.Drafted {
				_, err = p.Papers.Sign(p.ctx, p.boss(who), one.ID, one.Version)
			}
		}
		return err
	})
}

// decision is a decision letter as it is drafted before the answer is proposed.
func decision(by staff.Officer, c triage.Case) paper.Draft {
	var demands []map[string]string
	for _, d := range c.Demands {
		demands = append(demands, map[string]string{"序号": chinese(d.N), "诉求": d.Body, "认定事实": "现场清点建成五栋，两栋缺膜，其余仅有地基；验收表上为十二栋全部完工。",
			"依据": "《盘锦市精准扶贫督查追责办法（试行）》第十九条第五项", "结论": "属实", "处理意见": "责令收回多拨资金，督促完工。"})
	}
	return paper.Draft{Kind: paper.Decision, Unit: by.UnitID, Subject: ledger.OfComplaint, SubjectID: c.ID, Title: "关于苇子沟村大棚项目反映事项的处理意见书",
		Content: paper.Content{
			Fields: map[string]string{"反映事项": c.Summary, "总体结论": "所反映的情况属实。",
				"复查权利": "如不服本意见，可以自收到之日起30日内向盘锦市委市政府督查室请求复查。"},
			Lists: map[string][]map[string]string{"诉求": demands},
		}}
}

func chinese(n int) string {
	return string([]rune("一二三四五六七八九十")[min(max(n, 1), 10)-1])
}

// shownItem is what papers say of a supervision item.
type shownItem struct {
	ID          uuid.UUID
	Number      string
	Origin      docket.Origin
	Title       string
	Summary     string
	Requirement string
	Urgency     string
	LeadUnitID  uuid.UUID
	IssuedAt    time.Time
	DueOn       *workday.Date
}

func (p *play) shownItem(column string, id uuid.UUID) (i shownItem, err error) {
	query := p.Store.Read(p.ctx).Table("supervision_item").Where("id = ?", id)
	if column != "id" {
		query = p.Store.Read(p.ctx).Table("supervision_item").Where("id IN (SELECT item_id FROM item_complaint WHERE complaint_id = ?)", id)
	}
	return i, store.One(query, &i)
}

// origins are what an order says of where its item comes from.
var origins = map[docket.Origin]string{docket.PublicComplaint: "群众反映", docket.LeaderInstruction: "领导批示", docket.SuperiorAssignment: "上级交办",
	docket.AnnualPlan: "年度督查计划", docket.AuditOrMedia: "审计和媒体监督"}

// order writes the order of an item that was issued.
func (p *play) order(who string, item uuid.UUID) error {
	i, err := p.shownItem("id", item)
	if err != nil {
		return err
	}
	by, lead := p.people[who], p.unit(i.LeadUnitID)
	urgency := map[string]string{"urgent": "紧急", "normal": "一般", "complex": "复杂"}[i.Urgency]
	fields := map[string]string{"主送单位": lead, "来源": origins[i.Origin], "事项摘要": i.Summary, "办理要求": i.Requirement, "主办单位": lead, "紧急程度": urgency,
		"交办日期": paper.Day(workday.On(p.Store.Now())), "反馈方式": "在本系统报送办结报告，附佐证材料。", "联系人": by.Name, "联系电话": "0427-0000000"}
	if i.DueOn != nil {
		fields["办结时限"] = paper.Day(*i.DueOn)
	}
	return p.signed(who, paper.Draft{Kind: paper.Assignment, Unit: by.UnitID, To: i.LeadUnitID, Subject: ledger.OfItem, SubjectID: i.ID,
		Title: "关于" + i.Title + "的交办单", Number: i.Number, Content: paper.Content{Fields: fields}})
}

func (p *play) unit(id uuid.UUID) string {
	for _, u := range p.offices {
		if u.ID == id {
			return u.Name
		}
	}
	return ""
}

// urge reminds of the item of a case.
func (p *play) urge(who, name string, sign bool, words string) error {
	i, err := p.shownItem("case", p.cases[name])
	if err != nil {
		return err
	}
	by := p.people[who]
	fields := map[string]string{"主送单位": p.unit(i.LeadUnitID), "原文号": i.Number, "事项": i.Title, "交办日期": paper.Day(workday.On(i.IssuedAt)), "催办要求": words}
	if i.DueOn != nil {
		fields["办结时限"] = paper.Day(*i.DueOn)
	}
	d := paper.Draft{Kind: paper.Reminder, Unit: by.UnitID, To: i.LeadUnitID, Subject: ledger.OfItem, SubjectID: i.ID, Title: "关于催办" + i.Title + "的通知", Content: paper.Content{Fields: fields}}
	if sign {
		return p.signed(who, d)
	}
	_, err = p.draftPaper(by, d)
	return err
}

// annul calls the reminder of a case's item void.
func (p *play) annul(who, name, why string) error {
	i, err := p.shownItem("case", p.cases[name])
	if err != nil {
		return err
	}
	papers, err := p.Papers.Of(p.ctx, ledger.OfItem, i.ID)
	if err != nil {
		return err
	}
	for _, one := range papers {
		if one.Kind == paper.Reminder && one.State == paper.Final {
			return p.Papers.Annul(p.ctx, p.people[who], one.ID, one.Version, why)
		}
	}
	return store.ErrNotFound
}

// form puts a form of the office's own in force for a kind of papers.
func (p *play) form(who string, k paper.Kind) {
	p.do("put a form in force", func() error {
		by, err := p.by(who)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := docx.Build(&b, ownForm()); err != nil {
			return err
		}
		offered, err := p.Papers.Offer(p.ctx, by, k, "盘山县催办通知书.docx", &b)
		if err != nil {
			return err
		}
		return p.Papers.Use(p.ctx, by, offered.ID, offered.Version)
	})
}

// ownForm is how the county likes its reminders: short, with the words of the
// Measures at the end.
func ownForm() docx.Sheet {
	line := func(text string) docx.Paragraph {
		return docx.Paragraph{Text: text, Face: docx.Body, Size: 16, Align: docx.Justify, First: 2, Line: 28}
	}
	return docx.Sheet{
		docx.Paragraph{Text: "{{发文单位}}", Face: docx.Title, Size: 40, Color: "C00000", Align: docx.Center, After: 12},
		docx.Paragraph{Text: "催　办　通　知　书", Face: docx.Black, Size: 26, Align: docx.Center, After: 12, Ruled: true},
		docx.Paragraph{Text: "{{文号}}", Face: docx.Body, Size: 16, Align: docx.Right, After: 12},
		docx.Paragraph{Text: "{{标题}}", Face: docx.Title, Size: 22, Align: docx.Center, After: 12},
		docx.Paragraph{Text: "{{主送单位}}：", Face: docx.Body, Size: 16, Align: docx.Left},
		line("{{原文号}}“{{事项}}”，{{交办日期}}交办，{{办结时限}}到期。{{逾期情况}}"),
		line("{{催办要求}}"),
		line("请对照《盘锦市精准扶贫督查追责办法（试行）》第十七条，按要求办理并书面报告。"),
		docx.Paragraph{Text: "{{日期}}", Face: docx.Body, Size: 16, Align: docx.Right, Right: 4, Before: 40},
	}
}
