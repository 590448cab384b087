package notice

import "minsheng/internal/workday"

// Standing tells for how many more days a notice stands, today counted, and
// whether its days are over. Both ends of the period count: a notice that ends
// today has one day left. A notice without an end stands for the long term: 0
// days left, not ended.
func Standing(n Notice, today workday.Date) (left int, ended bool) {
	if n.EndsOn == nil {
		return 0, n.State == "ended" || n.State == "archived"
	}
	if today > *n.EndsOn {
		return 0, true
	}
	return n.EndsOn.Sub(max(today, n.StartsOn)) + 1, false
}
