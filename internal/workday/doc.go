// Package workday counts days on the official Chinese working calendar.
//
// Two ways of counting, never mixed: a time limit does not count its first day
// and, when its last day is a day off, ends on the next working day (Civil Code
// art. 201–203); a period of publicity counts both its ends. Days are civil
// days in Asia/Shanghai. The calendars of 2025 and 2026 are built in; beyond
// them a result is provisional, never silently wrong.
package workday
