package world

import (
	"context"
	"fmt"
	"strings"
	"time"

	"minsheng/accountability"
	"minsheng/appeal"
	"minsheng/audit"
	"minsheng/bulletin"
	"minsheng/clock"
	"minsheng/crosscheck"
	"minsheng/custody"
	"minsheng/docket"
	"minsheng/figures"
	"minsheng/household"
	"minsheng/inspection"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/internal/store"
	"minsheng/notice"
	"minsheng/objection"
	"minsheng/paper"
	"minsheng/rectification"
	"minsheng/region"
	"minsheng/register"
	"minsheng/retention"
	"minsheng/roll"
	"minsheng/selfreport"
	"minsheng/staff"
	"minsheng/tray"
	"minsheng/triage"
	"minsheng/watch"
)

// Rooms are the rooms of the portal that is being filled.
type Rooms struct {
	Store      *store.Store
	Keys       *seal.Keys
	Atlas      *region.Atlas
	Staff      *staff.Desk
	Custody    *custody.Desk
	Intake     *intake.Desk
	Triage     *triage.Queue
	Notices    *notice.Board
	Desk       *notice.Desk
	Rolls      *roll.Book
	Tray       *tray.Tray
	Objections *objection.Desk
	Purse      *household.Purse
	Checks     *crosscheck.Bench
	Shelf      *evidence.Shelf
	Clocks     *clock.Book

	Papers      *paper.Press
	Docket      *docket.Desk
	Appeals     *appeal.Desk
	Audits      *audit.Desk
	Inspections *inspection.Desk
	Orders      *rectification.Desk
	Measures    *accountability.Desk
	SelfReports *selfreport.Desk
	Figures     *figures.Board
	Register    *register.Book
	Retention   *retention.Desk
	Bulletins   *bulletin.Desk
	Watch       *watch.Watch

	// Clock sets the time that the store's clock (store.Config.Now) tells from
	// now on. Build moves it through the past so that what happened in the
	// world has the dates it would have had; afterwards whoever lent it sets it
	// right. Load does not use it.
	Clock func(time.Time)
}

// villages are the invented villages: places of the sample messages and lists.
const villages = `code12,parent12,name,level,urban_rural_code
211122111901,211122111000,双柳村,village,220
211122108902,211122108000,苇子沟村,village,220
211122106903,211122106000,新河沿村,village,220
211104112904,211104112000,大榆树村,village,220
211104107905,211104107000,南泡子村,village,220
211122111906,211122111000,望苇村,village,220
211122111907,211122111000,鹤栖村,village,220
`

// places makes sure that the towns, the invented villages and the offices that
// the Measures name are there.
func (r Rooms) places(ctx context.Context) error {
	if err := region.Seed(ctx, r.Store); err != nil {
		return err
	}
	result, err := r.Atlas.Import(ctx, strings.NewReader(villages), false, nil)
	if err != nil {
		return err
	}
	if len(result.Problems) > 0 {
		return fmt.Errorf("world: villages, line %d: %s", result.Problems[0].Line, result.Problems[0].Text)
	}
	_, err = r.Atlas.StandardUnits(ctx)
	return err
}
