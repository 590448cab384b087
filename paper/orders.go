package paper

// orders go with supervision items: what an office is to do, how it is reminded,
// and what it asks of the office above.
var orders = []Form{
	{
		Kind: Assignment, Name: "交办单", series: "item", word: "交",
		Basis: measuresName + "第十三条、第十七条",
		Fields: needs("主送单位", "来源", "事项摘要", "办理要求", "主办单位", "协办单位?", "密级?", "紧急程度", "交办日期", "办结时限", "时限依据?",
			"反馈方式?", "批示?"),
		layout: []block{
			to("{{主送单位}}："),
			para("现将下列事项交你单位办理，请于{{办结时限}}前办结并书面报告结果。"),
			facts(always("来源"), always("事项摘要"), always("办理要求"), always("主办单位"), perhaps("协办单位"), perhaps("密级"), always("紧急程度"),
				always("交办日期"), always("办结时限"), perhaps("时限依据"), perhaps("反馈方式"), perhaps("批示"), perhaps("签发人")),
		},
	},
	{
		Kind: SupervisionOrder, Name: "督办通知单", series: "press", word: "办",
		Basis: measuresName + "第十三条、第十七条",
		Fields: needs("主送单位", "来源", "原文号?", "事项摘要", "前期情况?", "督办要求", "主办单位", "协办单位?", "密级?", "紧急程度", "交办日期",
			"办结时限", "反馈方式?", "批示?"),
		layout: []block{
			to("{{主送单位}}："),
			para("下列事项列入督办，请于{{办结时限}}前办结并书面报告结果。"),
			facts(always("来源"), perhaps("原文号"), always("事项摘要"), perhaps("前期情况"), always("督办要求"), always("主办单位"), perhaps("协办单位"),
				perhaps("密级"), always("紧急程度"), always("交办日期"), always("办结时限"), perhaps("反馈方式"), perhaps("批示"), perhaps("签发人")),
		},
	},
	{
		Kind: Reminder, Name: "催办通知书", series: "remind", word: "催",
		Basis:  measuresName + "第十七条",
		Fields: needs("主送单位", "原文号", "事项", "交办日期", "办结时限", "逾期情况?", "催办要求", "回复期限?"),
		layout: []block{
			to("{{主送单位}}："),
			para("{{原文号}}交你单位办理的“{{事项}}”，于{{交办日期}}交办，办结时限为{{办结时限}}。{{逾期情况}}"),
			para("{{催办要求}}"),
			when("回复期限", para("请于{{回复期限}}前书面回复。")),
		},
	},
	{
		Kind: ExtensionRequest, Name: "延期申请", series: "extend", word: "延", asked: true,
		Basis:  measuresName + "第十七条：应在期满以前提出",
		Fields: needs("主送单位", "原文号", "事项", "原办结时限", "申请延至", "延期理由", "目前进展", "下步措施?", "负责人?"),
		layout: []block{
			to("{{主送单位}}："),
			para("{{原文号}}交办的“{{事项}}”，办结时限为{{原办结时限}}。因不能按期办结，申请延期至{{申请延至}}。"),
			title("一、延期的理由"), para("{{延期理由}}"),
			title("二、目前的进展"), para("{{目前进展}}"),
			part("三、下步措施", "{{下步措施}}", "下步措施"),
			when("负责人", para("单位负责人：{{负责人}}")),
		},
	},
}
