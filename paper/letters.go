package paper

const (
	measuresName = "《盘锦市精准扶贫督查追责办法（试行）》"
	petitions    = "《信访工作条例》"
)

// letters go to people who reported something. They say “您” and name nobody
// unless the room that writes them has the right to.
var letters = []Form{
	{
		Kind: Acceptance, Name: "受理告知书", series: "told", word: "告",
		Basis:  petitions + "第二十三条：自收到之日起15日内书面告知是否受理",
		Fields: needs("反映人?", "收到日期", "反映事项", "受理日期", "办理期限", "期限依据?", "查询方式?"),
		layout: []block{
			when("反映人", to("{{反映人}}：")),
			para("您于{{收到日期}}反映的事项，我们已经收到。经审查，属于我单位办理范围，决定自{{受理日期}}起受理。"),
			part("一、反映的事项", "{{反映事项}}", "反映事项"),
			title("二、办理期限"), para("最晚于{{办理期限}}前书面答复您。"), when("期限依据", para("依据：{{期限依据}}。")),
			part("三、怎样查询进度", "{{查询方式}}", "查询方式"),
		},
	},
	{
		Kind: NonAcceptance, Name: "不予受理告知书", series: "told", word: "告",
		Basis:  petitions + "第二十三条：自收到之日起15日内书面告知是否受理，不予受理的说明理由",
		Fields: needs("反映人?", "收到日期", "反映事项", "不予受理理由", "依据", "应向何处反映?"),
		layout: []block{
			when("反映人", to("{{反映人}}：")),
			para("您于{{收到日期}}反映的事项，我们已经收到。经审查，不予受理。"),
			part("一、反映的事项", "{{反映事项}}", "反映事项"),
			title("二、不予受理的理由"), para("{{不予受理理由}}"), para("依据：{{依据}}。"),
			part("三、可以向哪里反映", "{{应向何处反映}}", "应向何处反映"),
		},
	},
	{
		Kind: TransferNote, Name: "转送告知书", series: "told", word: "告",
		Basis:  petitions + "第二十二条：转送有权处理的机关、单位，并告知信访人",
		Fields: needs("反映人?", "收到日期", "反映事项", "转送单位", "转送日期", "转送理由", "对方电话?"),
		layout: []block{
			when("反映人", to("{{反映人}}：")),
			para("您于{{收到日期}}反映的事项，我们已经收到。经审查，应由{{转送单位}}办理，已于{{转送日期}}转送。"),
			part("一、反映的事项", "{{反映事项}}", "反映事项"),
			title("二、为什么转送"), para("{{转送理由}}"),
			when("对方电话", title("三、怎样联系"), para("{{转送单位}}电话：{{对方电话}}。")),
		},
	},
	{
		Kind: ExtensionNote, Name: "延期告知书", series: "told", word: "告",
		Basis:  petitions + "：情况复杂的，经负责人批准可以延长，不超过30日，并告知延期理由",
		Fields: needs("反映人?", "反映事项", "原办理期限", "延长后期限", "延期理由", "批准单位?"),
		layout: []block{
			when("反映人", to("{{反映人}}：")),
			para("您反映的事项，原定于{{原办理期限}}前答复。因情况复杂，经批准延长办理期限。"),
			part("一、反映的事项", "{{反映事项}}", "反映事项"),
			title("二、延期的理由"), para("{{延期理由}}"),
			title("三、新的期限"), para("最晚于{{延长后期限}}前书面答复您。延期只有这一次。"),
			when("批准单位", para("批准单位：{{批准单位}}。")),
		},
	},
	{
		Kind: Decision, Name: "处理意见书", series: "decision", word: "处",
		Basis:  petitions + "：自受理之日起60日内办结，出具书面处理意见，载明事实、依据、意见和救济途径",
		Fields: needs("反映人?", "反映事项", "受理日期?", "核查情况?", "总体结论", "复查权利"),
		Lists:  []List{{"诉求", true, []string{"序号", "诉求", "认定事实", "依据", "结论", "处理意见"}}},
		layout: []block{
			when("反映人", to("{{反映人}}：")),
			when("受理日期", para("您反映的事项，我单位于{{受理日期}}受理，现已核查完毕，意见如下。")),
			part("反映的事项", "{{反映事项}}", "反映事项"),
			part("核查的情况", "{{核查情况}}", "核查情况"),
			repeat("诉求",
				title("第{{序号}}项　{{诉求}}"),
				para("认定的事实：{{认定事实}}"),
				when("依据", para("依据：{{依据}}")),
				when("结论", para("结论：{{结论}}")),
				when("处理意见", para("处理：{{处理意见}}"))),
			title("总体结论"), para("{{总体结论}}"),
			title("您的权利"), para("{{复查权利}}"),
		},
	},
	{
		Kind: ReviewDecision, Name: "复查意见书", series: "review", word: "复", above: true,
		Basis:  petitions + "：自收到复查请求之日起30日内提出复查意见",
		Fields: needs("反映人?", "原处理单位", "原处理意见", "复查请求", "复查认定", "依据", "复查意见", "复核权利"),
		layout: []block{
			when("反映人", to("{{反映人}}：")),
			para("您不服{{原处理单位}}的处理意见（{{原处理意见}}），请求复查。现已复查完毕，意见如下。"),
			title("一、复查的请求"), para("{{复查请求}}"),
			title("二、复查认定的事实"), para("{{复查认定}}"), para("依据：{{依据}}"),
			title("三、复查意见"), para("{{复查意见}}"),
			title("四、您的权利"), para("{{复核权利}}"),
		},
	},
	{
		Kind: ReexamDecision, Name: "复核意见书", series: "reexam", word: "核", above: true,
		Basis:  petitions + "：自收到复核请求之日起30日内提出复核意见，听证时间不计算在内",
		Fields: needs("反映人?", "原复查单位", "原复查意见", "复核请求", "听证情况?", "复核认定", "依据", "复核意见", "终结说明"),
		layout: []block{
			when("反映人", to("{{反映人}}：")),
			para("您不服{{原复查单位}}的复查意见（{{原复查意见}}），请求复核。现已复核完毕，意见如下。"),
			title("一、复核的请求"), para("{{复核请求}}"),
			when("听证情况", title("听证的情况"), para("{{听证情况}}")),
			title("二、复核认定的事实"), para("{{复核认定}}"), para("依据：{{依据}}"),
			title("三、复核意见"), para("{{复核意见}}"),
			title("四、说明"), para("{{终结说明}}"),
		},
	},
}
