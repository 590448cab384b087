package world

import (
	"fmt"

	"minsheng/internal/workday"
	"minsheng/notice"
)

// posted is a notice of the demo world. Names are masked as DOMAIN §10 asks of
// the web.
type posted struct {
	days                    int // published so long ago
	kind, place, unit, mark string
	title                   string
	period                  int // days it stands, 0 for the long term
	body                    string
	fields                  map[string]string
}

// board are notices of before, which the offices put up as they were.
var board = []posted{
	{90, "POLICY", "211100000000", cityPoor, "盘扶贫公", "扶贫资金项目公告公示办法", 0,
		"一、谁分配、谁公开，谁使用、谁公开，分配到哪里、公开到哪里。\n\n二、市、县在网上长期公开；镇、村和项目单位在公示栏公开，时间不少于10天。\n\n三、名单公示期内可以提意见，可以不留名字。",
		office(cityPoor, "盘锦市政务服务中心三楼")},
	{26, "PROJECT_DONE", "211122101000", panPoor, "盘县扶公", "沙岭镇通村路硬化工程竣工公告", 0,
		"受益：186户。质量有问题请反映，可以不留名字。",
		with(office(panPoor, "盘山县行政服务中心二楼"), "fund_spent", "安排50万元，用了49.8万元，结余交回县财政。", "works_result", "水泥路2公里，宽3.5米",
			"acceptance", "县镇两级验收，合格", "performance", "186户出行不再走土路。")},
	{14, "RESULT_PUB", "211122111000", panshan, "盘县督公", "群众反映问题办理结果公开", 15,
		"感谢反映问题的群众。",
		with(office(panshan, "盘山县行政服务中心四楼"), "problem_kind", "危房改造补助被扣", "found", "群众反映甜水镇某村危房改造补助被扣的问题，经核查属实，涉及6户。",
			"handled", "已全部退还，退还群众资金15000元，对有关责任人另案处理。")},
	{9, "PROJECT_PRE", "211104107000", dawaPoor, "洼扶公", "新兴镇通村路建设项目实施前公示", 15,
		"开工前公示。对项目有意见请反映，可以不留名字。",
		with(office(dawaPoor, "大洼区政务服务中心一楼"), "project_name", "新兴镇通村路硬化", "funding", "财政专项扶贫资金40万元", "works", "水泥路1.2公里，宽3.5米",
			"works_period", "60天", "owner_unit", xinxing, "owner_person", "辛某", "builder_unit", "示例建筑队", "builder_person", "匡某",
			"bidding", "公开比选，两家报价", "beneficiaries", "南泡子村95户")},
	{1, "CIRCULAR_PUB", "211100000000", cityDesk, "盘督公", "关于第三季度扶贫督查情况的通报（公开版）", 0,
		"第三季度督查两县区和经济区共14个镇。",
		with(office(cityDesk, "盘锦市政务服务中心三楼"), "addressee", "各县区、经济区扶贫办，各镇", "covered", "第三季度", "situation", "沙岭镇项目公示齐全、账目清楚；个别村公示时间不够、公示内容不全。",
			"verdict", "both", "demands", "公示时间不够的重新公示，内容不全的补齐。", "deadline", "一个月内")},
}

// publish puts up the notices.
func (p *play) publish() {
	for i, b := range board {
		p.do("publish "+b.title, func() error {
			p.when(b.days, 9)
			at := p.Store.Now()
			n := notice.Notice{
				Kind: b.kind, Title: b.title, DocNumber: fmt.Sprintf("%s〔%d〕%d号", b.mark, at.In(workday.Shanghai).Year(), i+1),
				UnitID: p.offices[b.unit].ID, PlaceCode: b.place, Body: b.body, Fields: map[string]string{}, State: "published",
				StartsOn: workday.On(at), PublishedAt: &at,
			}
			for _, f := range knownFields(b.kind) {
				n.Fields[f] = b.fields[f]
			}
			if b.period > 0 {
				end := workday.PublicityEnd(n.StartsOn, b.period)
				n.EndsOn = &end
			}
			_, err := p.Notices.Put(p.ctx, n)
			return err
		})
	}
}

// knownFields are the fields that a kind asks for.
func knownFields(kind string) []string {
	k, _ := notice.KindOf(kind)
	var codes []string
	for _, f := range k.Fields {
		codes = append(codes, f.Code)
	}
	return codes
}
