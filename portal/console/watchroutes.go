package console

import (
	"github.com/gofiber/fiber/v2"

	"minsheng/staff"
)

// calendarBody is how many bytes a calendar may have: ten years of days.
const calendarBody = 512 << 10

// watchRoutes are the addresses of what is late, and of the rules and the calendar
// that dates are counted on.
func watchRoutes() []Route {
	const get, post = fiber.MethodGet, fiber.MethodPost
	hear, keep := staff.HearAlarms, staff.KeepClocks
	return []Route{
		{Method: get, Path: "/console/alarms", May: hear, handle: (*visit).alarms},
		{Method: post, Path: "/console/alarms/:id/heard", May: hear, handle: (*visit).hearAlarm},

		{Method: get, Path: "/console/clocks", May: keep, handle: (*visit).clocks},
		{Method: get, Path: "/console/clocks/change", May: keep, handle: (*visit).ruleForm},
		{Method: post, Path: "/console/clocks/change", May: keep, handle: (*visit).setRule},

		{Method: get, Path: "/console/calendar", May: keep, handle: (*visit).calendar},
		{Method: post, Path: "/console/calendar/try", May: keep, Files: true, Body: calendarBody, handle: (*visit).tryCalendar, take: (*visit).takeText},
		{Method: post, Path: "/console/calendar/import", May: keep, Body: calendarBody, handle: (*visit).importCalendar},
	}
}
