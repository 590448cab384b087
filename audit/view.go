package audit

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

// Marks of what is out of the way (catalog key audit.mark.<code>). They prove
// nothing: a person looks at each.
const (
	OffHours  = "off_hours" // not on a working day between 8:30 and 17:30
	NoPart    = "no_part"   // by somebody who took no step in the case
	OfAccused = "accused"   // from an office that the earlier report is about, or one below it
	NotShown  = "refused"   // an attempt on what was hidden
)

// Entry is one thing that somebody was shown, or tried to see.
type Entry struct {
	At      time.Time
	What    string // page, file, name, item, export, print, refused, probed (catalog key look.<code>)
	Of      string // number of the case
	Name    string
	Role    string
	Unit    string // where they sat then
	Account uuid.UUID
	Marks   []string
}

// View is an audit with its list.
type View struct {
	Audit
	Entries []Entry   // of the page, newest first
	Total   int       // on all pages
	Next    time.Time // the next page lists what is before; zero: this is the last
	People  []Person  // who is on any page, those with most marks first
	Since   time.Time // from when on every look is recorded
	Words   string    // what the audit found
	ByName  string
	InList  bool // the officer is in the list, or took part: another one says what it found
	MayEnd  bool // the officer may say what it found
}

// Person is everybody's own sum.
type Person struct {
	Name, Unit string
	Looks      int
	Marks      map[string]int
}

const (
	// shown is how many entries a page lists, and a few more where several were
	// made in the same instant.
	shown = 200
	// most is how many entries an audit has at most: looks are one an hour for each
	// person, so that nothing real comes near it.
	most = 50_000
)

// Open shows an audit, of its entries those before an instant (the zero time: the
// newest); store.ErrNotFound to who may not read it. It shows who looked and when,
// and nothing of what they saw.
func (d *Desk) Open(ctx context.Context, by staff.Officer, complaint uuid.UUID, before time.Time) (View, error) {
	db := d.Store.Read(ctx)
	e, err := d.read(db, by, complaint)
	if err != nil {
		return View{}, err
	}
	var v View
	if v.Audit, err = d.face(ctx, db, by, e); err != nil {
		return v, err
	}
	cases, err := d.cases(db, e)
	if err != nil {
		return v, err
	}
	all, err := d.entries(db, cases)
	if err != nil {
		return v, err
	}
	if err := d.mark(db, cases, all); err != nil {
		return v, err
	}
	v.People, v.Total = people(all), len(all)
	v.Entries, v.Next = page(all, before)
	if v.InList, err = d.inList(db, cases, by, *e.AuditAt); err != nil {
		return v, err
	}
	v.MayEnd = e.AuditEndedAt == nil && !v.InList && by.May(staff.ApproveCases)
	return v, d.readResult(db, complaint, &v)
}

// cases are those of the earlier report, and those that they were merged into.
func (d *Desk) cases(db *gorm.DB, e intake.Earlier) (map[uuid.UUID]string, error) {
	parts, err := numbers(db, "report_id = ?", e.EarlierReportID)
	if err != nil {
		return nil, err
	}
	all := map[uuid.UUID]string{}
	for _, c := range parts {
		all[c.ID] = c.Number()
		if c.MergedInto == nil {
			continue
		}
		leads, err := numbers(db, "id = ?", *c.MergedInto)
		if err != nil {
			return nil, err
		}
		for _, lead := range leads {
			all[lead.ID] = lead.Number()
		}
	}
	return all, nil
}

// told are the entries of the record that say of somebody that they saw
// something, or tried to.
var told = map[string]string{
	"evidence_opened": triage.SawFile, "original_opened": triage.SawFile, "pictures_opened": triage.SawFile, "pictures_taken": triage.SawFile, "identity_opened": triage.SawName, "refused": "refused", "name_stopped": "probed",
}

// page cuts the entries before an instant off a list that has the newest first;
// entries of the same instant are not torn apart.
func page(all []Entry, before time.Time) (entries []Entry, next time.Time) {
	for i, e := range all {
		if !before.IsZero() && !e.At.Before(before) {
			continue
		}
		if n := len(entries); n >= shown && !e.At.Equal(all[i-1].At) {
			return entries, all[i-1].At
		}
		entries = append(entries, e)
	}
	return entries, time.Time{}
}

// entries lists looks and the record's own entries, newest first. What is in both
// is listed once.
func (d *Desk) entries(db *gorm.DB, cases map[uuid.UUID]string) (all []Entry, err error) {
	var ids []uuid.UUID
	for id := range cases {
		ids = append(ids, id)
	}
	var looks []triage.Look
	if err := db.Where("complaint_id IN ?", ids).Order("at DESC").Limit(most).Find(&looks).Error; err != nil {
		return nil, err
	}
	listed := map[string]bool{}
	for _, l := range looks {
		listed[key(l.ComplaintID, l.AccountID, l.What, l.At)] = true
		all = append(all, Entry{At: l.At.UTC(), What: l.What, Of: cases[l.ComplaintID], Name: l.Name, Role: l.Role, Unit: l.UnitName, Account: l.AccountID})
	}
	var events []ledger.Event
	err = db.Where("subject_kind = ? AND subject_id IN ? AND actor_kind = 'staff' AND kind IN ?", ledger.OfComplaint, ids, kinds()).
		Order("at DESC").Limit(most).Find(&events).Error
	if err != nil {
		return nil, err
	}
	for _, ev := range events {
		if ev.ActorID == nil || listed[key(ev.SubjectID, *ev.ActorID, told[ev.Kind], ev.At)] {
			continue
		}
		all = append(all, Entry{At: ev.At.UTC(), What: told[ev.Kind], Of: cases[ev.SubjectID], Name: ev.ActorName, Role: ev.ActorRole, Unit: ev.ActorUnit, Account: *ev.ActorID})
	}
	slices.SortStableFunc(all, func(a, b Entry) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.What, b.What)) })
	return all, nil
}

// key is the same for a look and for an entry of the record of the same hour.
func key(complaint, account uuid.UUID, what string, at time.Time) string {
	return complaint.String() + account.String() + what + at.UTC().Truncate(time.Hour).Format(time.RFC3339)
}

func kinds() (all []string) {
	for kind := range told {
		all = append(all, kind)
	}
	slices.Sort(all)
	return all
}

// mark says of each entry what is out of the way about it.
func (d *Desk) mark(db *gorm.DB, cases map[uuid.UUID]string, all []Entry) error {
	part, err := d.partOf(db, cases)
	if err != nil {
		return err
	}
	accused, err := d.accusedNames(db, cases)
	if err != nil {
		return err
	}
	for i := range all {
		e := &all[i]
		if e.What == "refused" || e.What == "probed" {
			e.Marks = append(e.Marks, NotShown)
		}
		if accused[e.Unit] {
			e.Marks = append(e.Marks, OfAccused)
		}
		if !part[e.Account] {
			e.Marks = append(e.Marks, NoPart)
		}
		if d.offHours(e.At) {
			e.Marks = append(e.Marks, OffHours)
		}
	}
	return nil
}

// partOf lists who took a step in any of the cases.
func (d *Desk) partOf(db *gorm.DB, cases map[uuid.UUID]string) (map[uuid.UUID]bool, error) {
	part := map[uuid.UUID]bool{}
	for id := range cases {
		took, err := d.Triage.TookPart(db, &intake.Complaint{ID: id})
		if err != nil {
			return nil, err
		}
		for account := range took {
			part[account] = true
		}
	}
	return part, nil
}

// accusedNames are what the offices are called that any of the cases is about,
// and those below them.
func (d *Desk) accusedNames(db *gorm.DB, cases map[uuid.UUID]string) (map[string]bool, error) {
	var ids []uuid.UUID
	for id := range cases {
		ids = append(ids, id)
	}
	named, err := d.Triage.Accused(db, ids...)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	if len(named) == 0 {
		return names, nil
	}
	var called []string
	err = db.Table("unit_name").Where("unit_id IN ?", named).Limit(1000).Pluck("name", &called).Error
	for _, name := range called {
		names[name] = true
	}
	return names, err
}

// The hours of offices, in Shanghai, in minutes after midnight.
const opens, closes = 8*60 + 30, 17*60 + 30

// offHours reports whether offices are closed at a time.
func (d *Desk) offHours(at time.Time) bool {
	local := at.In(workday.Shanghai)
	minute := local.Hour()*60 + local.Minute()
	works, _ := d.Clocks.Calendar().IsWorkday(workday.On(at))
	return !works || minute < opens || minute >= closes
}

// people sums up the list by person.
func people(all []Entry) []Person {
	sums := map[uuid.UUID]*Person{}
	var order []*Person
	for _, e := range all {
		p := sums[e.Account]
		if p == nil {
			p = &Person{Name: e.Name, Unit: e.Unit, Marks: map[string]int{}}
			sums[e.Account] = p
			order = append(order, p)
		}
		p.Looks++
		for _, m := range e.Marks {
			p.Marks[m]++
		}
	}
	weight := func(p *Person) int {
		return 100*(p.Marks[OfAccused]+p.Marks[NotShown]) + p.Marks[NoPart] + p.Marks[OffHours]
	}
	slices.SortStableFunc(order, func(a, b *Person) int { return weight(b) - weight(a) })
	var out []Person
	for _, p := range order {
		out = append(out, *p)
	}
	return out
}

// inList reports whether an officer is among those who looked before the audit
// began, or took part in the cases: they do not say what it found.
func (d *Desk) inList(db *gorm.DB, cases map[uuid.UUID]string, by staff.Officer, began time.Time) (bool, error) {
	var ids []uuid.UUID
	for id := range cases {
		ids = append(ids, id)
	}
	var looked int64
	err := db.Model(&triage.Look{}).Where("complaint_id IN ? AND account_id = ? AND at < ?", ids, by.ID, began).Count(&looked).Error
	if err != nil || looked > 0 {
		return true, err
	}
	part, err := d.partOf(db, cases)
	return part[by.ID], err
}

// readResult reads what an audit found.
func (d *Desk) readResult(db *gorm.DB, complaint uuid.UUID, v *View) error {
	var r row
	err := store.One(db.Where("complaint_id = ?", complaint), &r)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	words, err := d.box.Open(r.WordsSealed, "look_audit:"+complaint.String())
	if err != nil {
		return err
	}
	v.Words = string(words)
	var who struct{ Name string }
	err = store.One(db.Table("account").Select("name").Where("id = ?", r.ByID), &who)
	v.ByName = who.Name
	return err
}
