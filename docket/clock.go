package docket

import "minsheng/internal/workday"

// The clocks that run on items (DOMAIN §3.5). What they count and on which
// basis stands in the table of time rules.
const (
	ruleAcknowledge = "supervision_item.acknowledge"
	ruleDispute     = "supervision_item.dispute"
)

// dueRule is the clock of an item by its urgency.
func dueRule(urgency string) string { return "supervision_item." + urgency }

// today is the day in Shanghai by the portal's clock.
func (d *Desk) today() workday.Date { return workday.On(d.Store.Now()) }
