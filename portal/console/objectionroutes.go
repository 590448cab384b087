package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// objectionRoutes are the addresses where objections are looked into, payments
// are loaded and records are compared.
func objectionRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	work, rule, check := staff.WorkObjections, staff.RuleObjections, staff.CrossCheck
	return []Route{
		{Method: get, Path: "/console/objections", May: work, handle: (*visit).objections},
		{Method: get, Path: "/console/objections/:id", May: work, handle: (*visit).showObjection},
		{Method: get, Path: "/console/objections/:id/files/:file", May: work, handle: (*visit).sendObjectionFile},
		{Method: post, Path: "/console/objections/:id/acknowledge", May: work, handle: (*visit).acknowledgeObjection},
		{Method: post, Path: "/console/objections/:id/message", May: work, handle: (*visit).messageObjector},
		{Method: post, Path: "/console/objections/:id/check", May: work, Files: true, Body: fileBody, handle: (*visit).checkObjection},
		{Method: post, Path: "/console/objections/:id/sign", May: work, handle: (*visit).signCheck},
		{Method: post, Path: "/console/objections/:id/propose", May: work, handle: (*visit).proposeRuling},
		{Method: post, Path: "/console/objections/:id/rule", May: rule, handle: (*visit).ruleObjection},

		{Method: get, Path: "/console/payments", May: staff.LoadPayments, handle: (*visit).payments},
		{Method: get, Path: "/console/crosscheck", May: check, handle: (*visit).crossChecks},
		{Method: post, Path: "/console/crosscheck/run", May: check, handle: (*visit).runCheck},
		{Method: get, Path: "/console/crosscheck/hits/:id", May: check, handle: (*visit).showHit},
		{Method: post, Path: "/console/crosscheck/hits/:id/dismiss", May: check, handle: (*visit).dismissHit},
		{Method: post, Path: "/console/crosscheck/hits/:id/turn", May: check, handle: (*visit).turnHit},
	}
}
