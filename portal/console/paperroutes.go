package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// paperRoutes are the addresses of documents and of the forms they have.
func paperRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	read, sign, keep := staff.ReadItems, staff.SignPapers, staff.KeepTemplates
	return []Route{
		{Method: get, Path: "/console/papers", May: read, handle: (*visit).listPapers},
		{Method: get, Path: "/console/papers/:id", May: read, handle: (*visit).showPaper},
		{Method: get, Path: "/console/papers/:id/docx", May: read, handle: (*visit).sendDocx},
		{Method: post, Path: "/console/papers/:id/sign", May: sign, handle: (*visit).signPaper},
		{Method: post, Path: "/console/papers/:id/void", May: sign, handle: (*visit).voidPaper},
		{Method: post, Path: "/console/papers/:id/discard", May: read, handle: (*visit).discardPaper},

		{Method: get, Path: "/console/templates", May: keep, handle: (*visit).forms},
		{Method: get, Path: "/console/templates/:kind", May: keep, handle: (*visit).showForm},
		{Method: get, Path: "/console/templates/:kind/docx", May: keep, handle: (*visit).sendForm},
		{Method: get, Path: "/console/templates/:kind/sample", May: keep, handle: (*visit).sendSample},
		{Method: post, Path: "/console/templates/:kind/offer", May: keep, Files: true, Body: fileBody, handle: (*visit).offerForm, take: (*visit).takeForm},
		{Method: post, Path: "/console/templates/:kind/use", May: keep, handle: (*visit).useForm},
		{Method: post, Path: "/console/templates/:kind/back", May: keep, handle: (*visit).backToBuiltIn},
	}
}
