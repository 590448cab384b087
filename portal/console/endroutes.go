package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// endRoutes are the steps that follow an answer, and the audits of who looked at
// a case.
func endRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	work, approve, audits := staff.WorkCases, staff.ApproveCases, staff.AuditLooks
	return []Route{
		{Method: post, Path: "/console/cases/:id/deliver", May: work, Files: true, Body: fileBody, handle: (*visit).handOver},
		{Method: post, Path: "/console/cases/:id/call_back", May: work, Files: true, Body: fileBody, handle: (*visit).callBack},
		{Method: post, Path: "/console/cases/:id/second_look", May: work, handle: (*visit).secondLook},
		{Method: post, Path: "/console/cases/:id/appeal_note", May: work, handle: (*visit).appealNote},
		{Method: post, Path: "/console/cases/:id/hearing", May: work, handle: (*visit).hearing},
		{Method: post, Path: "/console/cases/:id/appeal_propose", May: work, handle: (*visit).proposeAppeal},
		{Method: post, Path: "/console/cases/:id/appeal_rule", May: approve, handle: (*visit).ruleAppeal},
		{Method: post, Path: "/console/cases/:id/repeat", May: work, handle: (*visit).rejectRepeat},
		{Method: post, Path: "/console/cases/:id/again", May: work, handle: (*visit).comesAgain},
		{Method: post, Path: "/console/cases/:id/earlier", May: work, handle: (*visit).tieEarlier},
		{Method: post, Path: "/console/cases/:id/withdrawal", May: work, handle: (*visit).letGo},

		{Method: get, Path: "/console/audits", May: audits, handle: (*visit).audits},
		{Method: get, Path: "/console/audits/:id", May: audits, handle: (*visit).showAudit},
		{Method: post, Path: "/console/audits/:id/end", May: approve, handle: (*visit).endAudit},
	}
}
