package world

import (
	"fmt"
	"strings"

	"minsheng/crosscheck"
	"minsheng/intake"
	"minsheng/internal/privacy"
	"minsheng/staff"
)

// LookUp is a household of the demo world that finds its payments.
type LookUp struct{ Village, Name, LastSix string }

// LookUps are two households whose numbers are examples of GB 11643 itself
// (DOMAIN §10): everybody may know them.
func LookUps() []LookUp {
	return []LookUp{{"双柳村", "甄顺", "31002X"}, {"大榆树村", "李守成", "010014"}}
}

// numberless makes an identity number that nobody can have: its last digit is
// wrong.
func numberless(n int) string {
	for last := range 10 {
		id := fmt.Sprintf("2111221950%02d%02d%03d%d", 1+n%12, 1+n%28, n%1000, last)
		if _, form, valid := privacy.ID(id); form && !valid {
			return id
		}
	}
	return ""
}

// payee is a household of the payments; account 0: cash.
type payee struct {
	village, name string
	account       int
}

// payees are on the lists of their villages but for one, and two are paid into
// one account.
var payees = []payee{
	{"双柳村", "甄顺", 1}, {"大榆树村", "李守成", 2}, {"双柳村", "穆青山", 3}, {"双柳村", "欧阳长河", 4}, {"双柳村", "宫秀芝", 5},
	{"双柳村", "阎守田", 6}, {"双柳村", "白启明", 7}, {"双柳村", "娄长海", 7}, {"双柳村", "冉树林", 8},
	{"大榆树村", "赵立学", 9}, {"大榆树村", "孙大田", 0}, {"大榆树村", "诸葛青", 10}, {"大榆树村", "苗春生", 11}, {"大榆树村", "霍有余", 12},
}

func (who payee) identity(n int) string {
	if n < 2 {
		return []string{"11010519491231002X", "440524188001010014"}[n]
	}
	return numberless(n)
}

// payments are two files as the city's office loads them, and what one household
// says to its own.
func (p *play) payments() {
	p.chapter()
	for _, file := range []struct {
		days             int
		programme, batch string
		yuan             int
	}{{58, "农村最低生活保障", "上季度", 1260}, {20, "耕地地力保护补贴", "当年", 384}} {
		p.near(file.days, 10)
		table := "村名,户主姓名,身份证号码,补贴项目,批次,发放金额(元),发放日期,一卡通账号\n"
		for n, who := range payees {
			account := ""
			if who.account > 0 {
				account = fmt.Sprintf("000000000000%04d", 2000+who.account)
			}
			table += fmt.Sprintf("%s,%s,%s,%s,%s,%d.00,%s,%s\n", who.village, who.name, who.identity(n), file.programme, file.batch,
				file.yuan+12*(n%5), p.today.Add(-file.days-2), account)
		}
		p.load("payments", file.programme+".csv", table)
	}
	p.last = p.when(3, 19)
	p.do("say that a payment did not come", func() error {
		home := LookUps()[0]
		lines, err := p.Purse.Look(p.ctx, home.Village, home.Name, home.LastSix)
		if err != nil || len(lines) < 2 {
			return fmt.Errorf("%d payments found: %w", len(lines), err)
		}
		if err := p.Purse.Confirm(p.ctx, lines[1].Ref); err != nil {
			return err
		}
		pay, err := p.Purse.Refer(p.ctx, lines[0].Ref)
		if err != nil {
			return err
		}
		_, err = p.Intake.Submit(p.ctx, intake.Submission{
			Token: p.Intake.NewForm().Token, PlaceCode: shuangliu, Text: "网上写着补贴发了，我折子上没有这笔钱，去银行打了流水也没有。", Mode: intake.Confidential,
			Kind: "FUND_WITHHOLD", AccusedLevel: "unknown", Channel: intake.Web, Lang: "zh-CN", Name: "甄某", Phone: "13800000000",
			About: []intake.About{{Kind: "payment", RefID: pay.ID}},
		})
		return err
	})
}

// load brings a file into the portal as the command line does.
func (p *play) load(target, name, table string) {
	p.do("load "+name, func() error {
		by, err := p.by("shi.fupin.gongshi")
		if err != nil {
			return err
		}
		trial, _, err := p.Tray.Now(p.ctx, by, target, name, strings.NewReader(table), nil)
		if err != nil {
			return fmt.Errorf("%w %v", err, trial.List)
		}
		return nil
	})
}

// compare is one cross-check: somebody looks at its hits, and one is none, and
// one becomes a case.
func (p *play) compare() {
	p.chapter()
	p.near(8, 10)
	p.load("reference.deceased", "注销户口人员.csv", "姓名,身份证号,所在村,死亡日期\n宫秀芝,"+numberless(4)+",双柳村,"+string(p.today.Add(-120))+"\n")
	p.load("reference.cadre", "村干部名册.csv", "姓名,所在村,任职日期\n水长青,望苇村,"+string(p.today.Add(-900))+"\n")
	p.load("reference.vehicle", "车辆登记.csv", "车主姓名,身份证号,登记日期\n苗春生,"+numberless(12)+","+string(p.today.Add(-200))+"\n")
	p.near(2, 10)
	p.do("run the cross-check", func() error {
		_, err := p.Checks.Check(p.ctx, p.people["shi.shouli"])
		return err
	})
	p.near(1, 10)
	p.hit("dismiss", "shi.shouli", crosscheck.Cadre, func(by staff.Officer, h crosscheck.Hit) error {
		return p.Checks.Dismiss(p.ctx, by, h.ID, h.Version, "同名不同人，已和村里核对过年龄。")
	})
	p.near(1, 11)
	p.hit("turn", "shi.shouli", crosscheck.Deceased, func(by staff.Officer, h crosscheck.Hit) error {
		_, err := p.Checks.Turn(p.ctx, by, h.ID, h.Version, "比对发现：户口已注销的人员之后仍有补贴发放记录，请核实由谁领取。")
		return err
	})
}

func (p *play) hit(what, who, rule string, act func(by staff.Officer, h crosscheck.Hit) error) {
	p.do(what+" a hit of "+rule, func() error {
		by, err := p.by(who)
		if err != nil {
			return err
		}
		hits, err := p.Checks.Hits(p.ctx, by, crosscheck.Filter{Rule: rule})
		if err != nil {
			return err
		}
		if len(hits) == 0 {
			return fmt.Errorf("none was found")
		}
		return act(by, hits[0])
	})
}
