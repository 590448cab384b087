package paper

// measures go with holding offices and people to account.
var measures = []Form{
	{
		Kind: MeasureProposal, Name: "责任追究建议书", series: "measure", word: "责",
		Basis:  measuresName + "第十九条、第二十条",
		Fields: needs("主送单位", "对象", "对象职务?", "事实", "适用条款", "建议措施", "建议依据", "反馈期限?"),
		layout: []block{
			to("{{主送单位}}："),
			title("一、对象"), para("{{对象}}　{{对象职务}}"),
			title("二、事实"), para("{{事实}}"),
			title("三、适用条款"), para("{{适用条款}}"),
			title("四、建议"), para("依据{{建议依据}}，建议：{{建议措施}}"),
			when("反馈期限", para("请于{{反馈期限}}前反馈是否采纳。")),
		},
	},
	{
		Kind: MeasureDecision, Name: "责任追究决定书", series: "measure", word: "责",
		Basis:  measuresName + "第十九条、第二十条",
		Fields: needs("主送单位", "对象", "对象职务?", "事实", "适用条款", "决定措施", "决定依据", "执行要求?", "申诉权利?"),
		layout: []block{
			to("{{主送单位}}："),
			title("一、对象"), para("{{对象}}　{{对象职务}}"),
			title("二、事实"), para("{{事实}}"),
			title("三、适用条款"), para("{{适用条款}}"),
			title("四、决定"), para("依据{{决定依据}}，决定：{{决定措施}}"),
			when("执行要求", para("{{执行要求}}")),
			part("五、申诉", "{{申诉权利}}", "申诉权利"),
		},
	},
	{
		Kind: Referral, Name: "问题线索移送单", series: "referral", word: "移", secret: true,
		Basis:  measuresName + "第二十条；" + petitions + "第二十二条：检举控告转送有权处理的纪检监察机关",
		Fields: needs("主送单位", "线索来源", "被反映人", "单位职务?", "主要问题", "已核实情况?", "移送依据", "回执要求?"),
		Lists:  []List{{"材料", false, []string{"序号", "名称", "份数", "说明"}}},
		layout: []block{
			to("{{主送单位}}："),
			para("现将下列问题线索移送你单位。本单只限承办人员查阅，不得转给被反映人或者其所在单位。"),
			facts(always("线索来源"), always("被反映人"), perhaps("单位职务"), always("主要问题"), perhaps("已核实情况"), always("移送依据")),
			title("移送的材料"),
			table("材料", col("序号", 10), col("名称", 50), col("份数", 12), col("说明", 28)),
			when("回执要求", para("{{回执要求}}")),
		},
	},
}
