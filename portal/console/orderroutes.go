package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/rectification"
	"minsheng/staff"
)

// orderRoutes are the addresses where orders to put something right are issued and
// followed, by both sides. The page for a new one stands before those of one
// order: the first that fits an address answers.
func orderRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	read, order, approve, answer := staff.ReadItems, staff.OrderRectifying, staff.ApproveCases, staff.AnswerOffices
	at := func(a rectification.Act) string { return ordersPath + "/:id/" + string(a) }
	return []Route{
		{Method: get, Path: ordersPath, May: read, handle: (*visit).orders},
		{Method: get, Path: ordersPath + "/new", May: order, handle: (*visit).newOrder},
		{Method: post, Path: ordersPath, May: order, handle: (*visit).proposeOrder},
		{Method: get, Path: ordersPath + "/:id", May: read, handle: (*visit).showOrder},
		{Method: get, Path: ordersPath + "/:id/files/:file", May: read, handle: (*visit).sendOrderFile},

		{Method: post, Path: at(rectification.ToChange), May: order, handle: (*visit).changeOrder},
		{Method: post, Path: at(rectification.ToIssue), May: order, handle: (*visit).issueOrder},
		{Method: post, Path: at(rectification.ToWithdraw), May: order, handle: (*visit).withdrawOrder},
		{Method: post, Path: at(rectification.ToRulePlan), May: order, handle: (*visit).ruleOrderPlan},
		{Method: post, Path: at(rectification.ToReturn), May: order, handle: (*visit).returnOrderReport},
		{Method: post, Path: at(rectification.ToCheck), May: order, Files: true, Body: fileBody, handle: (*visit).checkOrder},
		{Method: post, Path: at(rectification.ToConfirm), May: order, handle: (*visit).confirmMoney},
		{Method: post, Path: at(rectification.ToStrike), May: approve, handle: (*visit).strikeOrder},
		{Method: post, Path: at(rectification.ToFollow), May: order, Files: true, Body: fileBody, handle: (*visit).followOrder},
		{Method: post, Path: at(rectification.ToSuspend), May: order, handle: (*visit).suspendOrder},
		{Method: post, Path: at(rectification.ToRuleHalt), May: approve, handle: (*visit).ruleOrderHalt},
		{Method: post, Path: at(rectification.ToResume), May: order, handle: (*visit).resumeOrder},

		{Method: post, Path: at(rectification.ToAcknowledge), May: answer, handle: (*visit).acknowledgeOrder},
		{Method: post, Path: at(rectification.ToPlan), May: answer, Files: true, Body: fileBody, take: (*visit).stagePaper, handle: (*visit).planOrder},
		{Method: post, Path: at(rectification.ToNote), May: answer, Files: true, Body: fileBody, take: (*visit).stagePaper, handle: (*visit).noteOrder},
		{Method: post, Path: at(rectification.ToReport), May: answer, Files: true, Body: fileBody, take: (*visit).stagePaper, handle: (*visit).reportOrder},
		{Method: post, Path: at(rectification.ToEnter), May: answer, Files: true, Body: fileBody, take: (*visit).stagePaper, handle: (*visit).enterMoney},
		{Method: post, Path: at(rectification.ToCorrect), May: answer, handle: (*visit).correctMoney},
	}
}
