package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/inspection"
	"minsheng/staff"
)

// inspectionRoutes are the addresses where inspections are planned and written
// down, where an inspected office answers, and where a visit goes onto a phone.
func inspectionRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	work, approve, read, answer := staff.WorkInspections, staff.ApprovePlans, staff.ReadItems, staff.AnswerOffices
	return []Route{
		{Method: get, Path: "/console/inspections", May: work, handle: (*visit).inspections},
		{Method: post, Path: "/console/inspections", May: work, handle: (*visit).arrangeInspection},
		{Method: get, Path: "/console/inspections/new", May: work, handle: (*visit).newInspection},
		{Method: get, Path: "/console/inspections/:id", May: work, handle: (*visit).showInspection},
		{Method: get, Path: "/console/inspections/:id/files/:file", May: work, handle: (*visit).sendInspectionFile},
		{Method: get, Path: "/console/inspections/:id/checklist", May: work, handle: (*visit).showChecklist},
		{Method: post, Path: "/console/inspections/:id/checklist", May: work, handle: (*visit).answerChecklist},
		{Method: get, Path: "/console/inspections/:id/exchange", May: work, handle: (*visit).showExchange},
		{Method: post, Path: "/console/inspections/:id/exchange", May: work, Files: true, Body: fileBody, handle: (*visit).exchangeViews},
		{Method: post, Path: "/console/inspections/:id/change", May: work, handle: (*visit).changeInspection},
		{Method: post, Path: "/console/inspections/:id/announce", May: work, handle: (*visit).announceInspection},
		{Method: post, Path: "/console/inspections/:id/ask", May: work, handle: (*visit).askMaterial},
		{Method: post, Path: "/console/inspections/:id/return", May: work, handle: (*visit).returnMaterial},
		{Method: post, Path: "/console/inspections/:id/silence", May: work, handle: (*visit).recordSilence},
		{Method: post, Path: "/console/inspections/:id/question", May: work, handle: (*visit).addQuestion},
		{Method: post, Path: "/console/inspections/:id/record", May: work, Files: true, Body: fileBody, handle: (*visit).recordActivity},
		{Method: post, Path: "/console/inspections/:id/matter", May: work, handle: (*visit).tieMatter},
		{Method: post, Path: "/console/inspections/:id/write", May: work, handle: (*visit).writeFinding},
		{Method: post, Path: "/console/inspections/:id/drop", May: work, handle: (*visit).dropFinding},
		{Method: post, Path: "/console/inspections/:id/submit", May: work, handle: (*visit).submitFindings},
		{Method: post, Path: "/console/inspections/:id/issue", May: approve, handle: (*visit).issueFindings},
		{Method: post, Path: "/console/inspections/:id/correct", May: work, handle: (*visit).correctFinding},
		{Method: post, Path: "/console/inspections/:id/revoke", May: work, handle: (*visit).revokeCopy},
		{Method: post, Path: "/console/inspections/:id/close", May: work, handle: endInspection(inspection.ToClose)},
		{Method: post, Path: "/console/inspections/:id/cancel", May: work, handle: endInspection(inspection.ToCancel)},

		{Method: get, Path: "/console/plans", May: work, handle: (*visit).plans},
		{Method: post, Path: "/console/plans", May: work, handle: (*visit).beginPlan},
		{Method: get, Path: "/console/plans/:id", May: work, handle: (*visit).showPlan},
		{Method: post, Path: "/console/plans/:id/save", May: work, handle: (*visit).savePlan},
		{Method: post, Path: "/console/plans/:id/entry", May: work, handle: (*visit).setPlanEntry},
		{Method: post, Path: "/console/plans/:id/drop", May: work, handle: (*visit).dropPlanEntry},
		{Method: post, Path: "/console/plans/:id/propose", May: work, handle: (*visit).proposePlan},
		{Method: post, Path: "/console/plans/:id/rule", May: approve, handle: (*visit).rulePlan},

		// The side of the inspected office.
		{Method: get, Path: "/console/inspected", May: read, handle: (*visit).inspected},
		{Method: get, Path: "/console/inspected/:id", May: read, handle: (*visit).showInspected},
		{Method: get, Path: "/console/inspected/:id/files/:file", May: read, handle: (*visit).sendInspectedFile},
		{Method: post, Path: "/console/inspected/:id/hand_in", May: answer, Files: true, Body: fileBody, take: (*visit).stagePaper, handle: (*visit).handInMaterial},
		{Method: post, Path: "/console/inspected/:id/refuse", May: answer, handle: (*visit).refuseMaterial},
		{Method: post, Path: "/console/inspected/:id/comment", May: answer, handle: (*visit).commentFindings},
	}
}
