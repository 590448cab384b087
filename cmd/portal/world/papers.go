package world

import (
	"bytes"
	"strings"

	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/internal/docx"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/paper"
	"minsheng/staff"
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
}

// bosses sign what the people of their office draft.
var bosses = map[string]string{"ps": "ps.shenpi", "shi": "shi.shenpi", "dw": "dw.shenpi", "lhk": "lhk.shenpi"}

// boss is who signs what somebody drafts.
func (p *play) boss(who string) staff.Officer {
	office, _, _ := strings.Cut(who, ".")
	return p.people[bosses[office]]
}

// letter lets the head of the office sign what tells a reporter that their report
// was accepted.
func (p *play) letter(who, name string) {
	p.do("sign the letter about "+name, func() error {
		papers, err := p.Papers.Of(p.ctx, p.boss(who), ledger.OfComplaint, p.cases[name])
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

// signPapers lets the head of the office sign what waits about a supervision item.
func (p *play) signPapers(who string, item uuid.UUID) error {
	papers, err := p.Papers.Of(p.ctx, p.boss(who), ledger.OfItem, item)
	if err != nil {
		return err
	}
	for _, one := range papers {
		if one.State != paper.Drafted {
			continue
		}
		if _, err := p.Papers.Sign(p.ctx, p.boss(who), one.ID, one.Version); err != nil {
			return err
		}
	}
	return nil
}

// itemBehind is the supervision item that a case became.
func (p *play) itemBehind(name string) (uuid.UUID, error) {
	var tie struct{ ItemID uuid.UUID }
	err := store.One(p.Store.Read(p.ctx).Table("item_complaint").Where("complaint_id = ?", p.cases[name]), &tie)
	return tie.ItemID, err
}

// urge presses the item of a case; the paper about it is signed, or still waits.
func (p *play) urge(who, name string, sign bool, words string) error {
	item, err := p.itemBehind(name)
	if err != nil {
		return err
	}
	by := p.people[who]
	i, err := p.Docket.Item(p.ctx, by, item)
	if err != nil {
		return err
	}
	if err := p.Docket.Step(p.ctx, by, item, i.Version, "press", docket.Entry{Body: words}); err != nil || !sign {
		return err
	}
	return p.signPapers(who, item)
}

// annul calls the reminder of a case's item void.
func (p *play) annul(who, name, why string) error {
	item, err := p.itemBehind(name)
	if err != nil {
		return err
	}
	papers, err := p.Papers.Of(p.ctx, p.boss(who), ledger.OfItem, item)
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
