package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// accountabilityRoutes are the addresses where offices and people are held to
// account, and where an office reads what was decided about it.
func accountabilityRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	propose, approve, answer := staff.ProposeMeasures, staff.ApproveMeasures, staff.AnswerOffices
	refer, reveal := staff.SealReferrals, staff.RevealIdentity
	return []Route{
		{Method: get, Path: "/console/measures", May: propose, handle: (*visit).measures},
		{Method: post, Path: "/console/measures", May: propose, handle: (*visit).proposeMeasure},
		{Method: get, Path: "/console/measures/new", May: propose, handle: (*visit).newMeasure},
		{Method: get, Path: "/console/measures/:id", May: propose, handle: (*visit).showMeasure},
		{Method: get, Path: "/console/measures/:id/files/:file", May: propose, handle: (*visit).sendMeasureFile},
		{Method: post, Path: "/console/measures/:id/rule", May: approve, handle: (*visit).ruleMeasure},
		{Method: post, Path: "/console/measures/:id/serve", May: propose, handle: (*visit).serveMeasure},
		{Method: post, Path: "/console/measures/:id/answer", May: propose, Files: true, Body: fileBody, handle: (*visit).answerMeasure},
		{Method: post, Path: "/console/measures/:id/appeal", May: propose, Files: true, Body: fileBody, handle: (*visit).recordAppeal},
		{Method: post, Path: "/console/measures/:id/lift", May: approve, handle: (*visit).liftMeasure},
		{Method: post, Path: "/console/measures/:id/decline", May: propose, handle: (*visit).declineOffer},

		// The side of the office that is held to account.
		{Method: get, Path: "/console/served", May: answer, handle: (*visit).servedMeasures},
		{Method: get, Path: "/console/served/:id", May: answer, handle: (*visit).showServed},
		{Method: get, Path: "/console/served/:id/files/:file", May: answer, handle: (*visit).sendMeasureFile},
		{Method: post, Path: "/console/served/:id/appeal", May: answer, Files: true, Body: fileBody, handle: (*visit).appealMeasure},

		// What goes to the discipline organ and to the courts.
		{Method: get, Path: "/console/referrals", May: refer, handle: (*visit).referrals},
		{Method: post, Path: "/console/referrals", May: refer, handle: (*visit).composeReferral},
		{Method: get, Path: "/console/referrals/new", May: refer, handle: (*visit).newReferral},
		{Method: get, Path: "/console/referrals/keys", May: refer, handle: (*visit).referralKeys},
		{Method: post, Path: "/console/referrals/keys", May: refer, handle: (*visit).setReferralKey},
		{Method: get, Path: "/console/referrals/:id", May: refer, handle: (*visit).showReferral},
		{Method: get, Path: "/console/referrals/:id/package", May: refer, Confirm: true, handle: (*visit).sendPackage},
		{Method: get, Path: "/console/referrals/:id/files/:file", May: refer, handle: (*visit).sendReferralFile},
		{Method: post, Path: "/console/referrals/:id/seal", May: refer, Confirm: true, handle: (*visit).sealReferral},
		{Method: post, Path: "/console/referrals/:id/release", May: refer, handle: (*visit).askRelease},
		{Method: post, Path: "/console/referrals/:id/hand", May: refer, handle: (*visit).handReferral},
		{Method: post, Path: "/console/referrals/:id/receipt", May: refer, Files: true, Body: fileBody, handle: (*visit).receiveReferral},

		// The custodian's side.
		{Method: get, Path: "/console/releases", May: reveal, handle: (*visit).releases},
		{Method: post, Path: "/console/releases/:id", May: reveal, Confirm: true, handle: (*visit).ruleRelease},
	}
}
