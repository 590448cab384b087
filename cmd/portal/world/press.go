package world

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

// near is at for offices that have a day to keep: it goes back over a weekend,
// but works through a long holiday.
func (p *play) near(daysAgo, hour int) {
	back := daysAgo
	for works, _ := p.Clocks.Calendar().IsWorkday(p.today.Add(-back)); !works && back < daysAgo+3 && daysAgo > 0; works, _ = p.Clocks.Calendar().IsWorkday(p.today.Add(-back)) {
		back++
	}
	p.follow(p.when(back, hour))
}

// chapter begins a story that has nothing to do with the ones before.
func (p *play) chapter() { p.last = p.today.Add(-180).Time() }

// by finds a person of the cast.
func (p *play) by(who string) (staff.Officer, error) {
	o, known := p.people[who]
	if !known {
		return o, fmt.Errorf("nobody is called %s", who)
	}
	return o, nil
}

// office says where people are told to turn to about a notice.
func office(unit, address string) map[string]string {
	return map[string]string{"contact_unit": unit, "contact_phone": "0427-0000000", "contact_address": address, "report_phone": "12317",
		"objection_channel": "公示期内可以在本页提意见，也可以打电话、写信或者到镇政府一楼服务台说，可以不留名字。"}
}

// draft begins a notice by which the story goes on to speak of it; days is how
// long it stands, 0 for the long term.
func (p *play) draft(who, name string, days int, in notice.Draft) {
	p.do("begin "+name, func() error {
		by, err := p.by(who)
		if err != nil {
			return err
		}
		in.Year = cmp.Or(in.Year, p.today.Year())
		in.StartsOn = workday.On(p.Store.Now())
		if days > 0 {
			in.EndsOn = workday.PublicityEnd(in.StartsOn, days)
		}
		n, err := p.Desk.Begin(p.ctx, by, in)
		p.notices[name] = n.ID
		return err
	})
}

// paper lets somebody do something with a notice as it stands.
func (p *play) paper(what, who, name string, act func(by staff.Officer, n notice.Notice) error) {
	p.do(what+" "+name, func() error {
		by, err := p.by(who)
		if err != nil {
			return err
		}
		var n notice.Notice
		if err := store.One(p.Store.Read(p.ctx).Where("id = ?", p.notices[name]), &n); err != nil {
			return err
		}
		return act(by, n)
	})
}

// rows imports a sheet, as the office has it, into the table of a draft.
func (p *play) rows(who, name, file, content string) {
	p.paper("import the rows of", who, name, func(by staff.Officer, n notice.Notice) error {
		k, _ := notice.KindOf(n.Kind)
		s, err := p.Tray.Put(p.ctx, by, "roll."+string(k.Roll), n.RollID, file, strings.NewReader(content))
		if err != nil {
			return err
		}
		if err := p.Tray.Import(p.ctx, by, s.ID, s.Version); err != nil {
			trial, _ := p.Tray.Try(p.ctx, by, s.ID)
			return fmt.Errorf("%w: %v", err, trial.List)
		}
		if err := p.Tray.Wait(p.ctx); err != nil {
			return err
		}
		s, err = p.Tray.Sheet(p.ctx, by, s.ID)
		if err == nil && s.State != "done" {
			err = fmt.Errorf("%s is %s", file, s.State)
		}
		return err
	})
}

// minutes writes down the meeting of a round, with the signatures.
func (p *play) minutes(who, name string, daysAgo, present, entitled int, note string) {
	p.paper("minute", who, name, func(by staff.Officer, n notice.Notice) error {
		form := []byte("demo:minutes:" + n.ID.String())
		if err := p.stage(form, "签字页.jpg"); err != nil {
			return err
		}
		on := min(p.today.Add(-daysAgo), workday.On(p.Store.Now()))
		return p.Desk.SetMinutes(p.ctx, by, n.ID, roll.Minutes{MetOn: on, Present: present, Entitled: entitled, Note: note}, form)
	})
}

func (p *play) handIn(who, name string) {
	p.paper("hand in", who, name, func(by staff.Officer, n notice.Notice) error {
		return p.Desk.HandIn(p.ctx, by, n.ID, n.Version)
	})
}

// sign lets another person of the office approve a notice.
func (p *play) sign(who, name string, daysAgo int) {
	p.near(daysAgo, 15)
	p.paper("approve", who, name, func(by staff.Officer, n notice.Notice) error {
		return p.Desk.Approve(p.ctx, by, n.ID, n.Version, notice.Approval{})
	})
}

// hang photographs the board on which a notice was posted.
func (p *play) hang(who, name string) {
	p.paper("photograph the board with", who, name, func(by staff.Officer, n notice.Notice) error {
		form := []byte("demo:board:" + n.ID.String())
		if err := p.stage(form, "公示栏.jpg"); err != nil {
			return err
		}
		return p.Desk.Attach(p.ctx, by, n.ID, "notice_start", form)
	})
}

// rollOf is the table of a notice; rolls go on through several.
func (p *play) rollOf(name string) *uuid.UUID {
	var n notice.Notice
	p.do("find the rows of "+name, func() error {
		return store.One(p.Store.Read(p.ctx).Where("id = ?", p.notices[name]), &n)
	})
	return n.RollID
}

// rowOf is the row of somebody in a notice's table.
func (p *play) rowOf(name, label string) roll.Row {
	var row roll.Row
	id := p.rollOf(name)
	p.do("find "+label+" on "+name, func() error {
		return store.One(p.Store.Read(p.ctx).Where("roll_id = ? AND label = ? AND until IS NULL", id, label), &row)
	})
	return row
}
