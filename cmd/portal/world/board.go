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
}

var board = []posted{
	{90, "POLICY", "211100000000", cityPoor, "盘扶贫公", "扶贫资金项目公告公示办法", 0,
		"一、谁分配、谁公开，谁使用、谁公开，分配到哪里、公开到哪里。\n二、市、县在网上长期公开；镇、村和项目单位在公示栏公开，时间不少于10天。\n三、名单公示期内可以提意见，可以不留名字。"},
	{60, "FUND_ALLOC", "211122000000", panPoor, "盘县扶公", "盘山县财政专项扶贫资金分配结果公告（第二批）", 0,
		"资金来源：省级财政专项扶贫资金\n下达文号：辽财农〔2026〕示例1号\n总额：186.5万元\n\n分配结果：\n1. 甜水镇 危房改造 42户 63万元\n2. 坝墙子镇 设施大棚 12栋 60万元\n3. 胡家镇 机井 1眼 13.5万元\n4. 沙岭镇 道路硬化 2公里 50万元\n\n责任单位：各镇人民政府"},
	{55, "FUND_ALLOC", "211104000000", dawa, "洼督公", "大洼区财政专项扶贫资金分配结果公告", 0,
		"总额：120万元\n\n1. 唐家镇 产业项目 55万元\n2. 新兴镇 通村路 1.2公里 40万元\n3. 各镇 慰问物资 25万元"},
	{48, "ANNUAL_PLAN", "211122000000", panPoor, "盘县扶公", "盘山县年度扶贫资金项目计划公告", 0,
		"全年安排项目23个，资金512万元。其中产业类11个，基础设施类7个，教育医疗类5个。每个项目开工前在村里公示，完工后公告。"},
	{26, "PROJECT_DONE", "211122101000", panshan, "盘县督公", "沙岭镇通村路硬化工程竣工公告", 10,
		"建设内容：水泥路2公里，宽3.5米\n总投资：49.8万元\n验收结果：合格\n受益：186户\n质量有问题请反映，可以不留名字。"},
	{14, "RESULT_PUB", "211122111000", panshan, "盘县督公", "群众反映问题办理结果公开", 10,
		"群众反映甜水镇某村危房改造补助被扣的问题，经核查属实，已全部退还，涉及6户，退还群众资金15000元，对有关责任人另案处理。"},
	{9, "PROJECT_PRE", "211104107000", dawa, "洼督公", "新兴镇通村路建设项目实施前公示", 10,
		"项目名称：新兴镇通村路硬化\n资金来源：财政专项扶贫资金40万元\n建设内容：水泥路1.2公里\n工期：60天\n建设单位责任人：辛*\n受益：95户"},
	{6, "EXIT_VILLAGE", shuangliu, tianshui, "甜水公", "双柳村拟脱贫户名单公示", 7,
		"以下农户经评议拟脱贫，本人已签字认可：\n一组 张* 3口\n一组 王*山 2口\n二组 关* 4口\n\n有意见请在公示期内提出，可以不留名字。"},
	{4, "LIST_VILLAGE", dayushu, tangjia, "唐家公", "大榆树村贫困户初选名单公示（第一次）", 7,
		"评议会日期：上月28日 应到31人 实到27人\n\n一组 李* 2口\n一组 赵*学 3口\n二组 孙* 1口\n二组 佟*花 2口\n三组 苗* 4口\n三组 于*田 5口\n三组 刘* 2口\n\n有意见请在公示期内提出，可以不留名字。"},
	{3, "SUBSIDY_ROSTER", nanpaozi, xinxing, "新兴公", "南泡子村临时救助发放公示", 7,
		"补助标准：每户600元\n\n一组 田* 600元\n一组 杨*柱 600元\n二组 王* 600元\n三组 张*芝 600元\n\n合计4户2400元。"},
	{2, "PROJECT_LIB", "211122000000", panPoor, "盘县扶公", "盘山县扶贫项目库入库公示", 10,
		"拟入库项目：\n1. 羊圈子镇 河蟹养殖合作社 80万元 带动60户\n2. 陈家镇 庭院经济 25万元 带动90户\n3. 吴家镇 农机合作社 45万元 带动40户"},
	{1, "CIRCULAR_PUB", "211100000000", cityDesk, "盘督公", "关于第三季度扶贫督查情况的通报（公开版）", 0,
		"第三季度督查两县区和经济区共14个镇。做得好的：沙岭镇项目公示齐全、账目清楚。要整改的：个别村公示时间不够、公示内容不全，限一个月内整改。"},
}

// publish puts up the notices.
func (p *play) publish() {
	for i, b := range board {
		p.do("publish "+b.title, func() error {
			p.when(b.days, 9)
			at := p.Store.Now()
			n := notice.Notice{
				Kind: b.kind, Title: b.title, DocNumber: fmt.Sprintf("%s〔%d〕%d号", b.mark, at.In(workday.Shanghai).Year(), i+1),
				UnitID: p.offices[b.unit].ID, PlaceCode: b.place, Body: b.body, State: "published",
				StartsOn: workday.On(at), PublishedAt: &at,
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
