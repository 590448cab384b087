package crosscheck

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/roll"
)

// key is the first half of a keyed hash: enough to tell a hundred million
// people apart.
type key [16]byte

func keyOf(hash []byte) (k key) {
	copy(k[:], hash)
	return k
}

func (k key) known() bool { return k != key{} }

// paid is a payment, as small as it can be: there may be a million.
type paid struct {
	id                      uuid.UUID
	look, person, name, acc key
	batch                   uuid.UUID
	row                     int
	place                   string
	day                     string
	year                    int
	fen                     int64
}

// known is a person of a reference set.
type known struct {
	set          int // in data.sets
	row          int
	person, name key
	since        string
}

// listed is a row of a published roll.
type listed struct {
	list   int // in data.lists
	n      int // its key in the roll
	name   key
	place  string
	stands string
	fen    int64
}

// list is a published roll.
type list struct {
	roll.Roll
	day string // on which it was begun
}

// data is everything that one check compares.
type data struct {
	today    string
	payments []paid
	people   []known
	sets     []Set
	lists    []list
	rows     []listed
}

// gather reads what lies in the area, and the reference people of offices in
// line with unit: those below it and those above.
func (b *Bench) gather(ctx context.Context, unit uuid.UUID, a area) (*data, error) {
	d := &data{today: string(workday.On(b.Store.Now()))}
	for _, read := range []func() error{
		func() error { return b.gatherPayments(ctx, a, d) },
		func() error { return b.gatherPeople(ctx, unit, d) },
		func() error { return b.gatherLists(ctx, a, d) },
	} {
		if err := read(); err != nil {
			return nil, fmt.Errorf("crosscheck: gather: %w", err)
		}
	}
	return d, nil
}

// same keeps one copy of each of the few texts that come again and again.
type same map[string]string

func (s same) of(text []byte) string {
	if kept, ok := s[string(text)]; ok {
		return kept
	}
	kept := string(text)
	s[kept] = kept
	return kept
}

// each hands out the rows of a query.
func each(query *gorm.DB, scan func(rows *sql.Rows) error) error {
	rows, err := query.Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (b *Bench) gatherPayments(ctx context.Context, a area, d *data) error {
	texts := same{}
	query := a.within(b.Store.Read(ctx).Table("payment"), "place_code").
		Select("id, batch_id, row, place_code, look_key, id_key, name_key, account_key, amount_fen, paid_on")
	var place, look, person, name, account, day sql.RawBytes
	return each(query, func(rows *sql.Rows) error {
		var p paid
		if err := rows.Scan(&p.id, &p.batch, &p.row, &place, &look, &person, &name, &account, &p.fen, &day); err != nil {
			return err
		}
		p.place, p.day, p.year = texts.of(place), texts.of(day), yearOf(day)
		p.look, p.person, p.name, p.acc = keyOf(look), keyOf(person), keyOf(name), keyOf(account)
		d.payments = append(d.payments, p)
		return nil
	})
}

// yearOf is the year of a civil day, 0 for none.
func yearOf(day []byte) int {
	if len(day) < 4 {
		return 0
	}
	year, _ := strconv.Atoi(string(day[:4]))
	return year
}

func (b *Bench) gatherPeople(ctx context.Context, unit uuid.UUID, d *data) error {
	inLine := slices.Concat(b.Atlas.Subtree(unit), b.Atlas.Above(unit))
	if err := b.Store.Read(ctx).Where("unit_id IN ?", inLine).Order("at, id").Find(&d.sets).Error; err != nil {
		return err
	}
	texts := same{}
	var person, name, since sql.RawBytes
	for i, set := range d.sets {
		query := b.Store.Read(ctx).Table("reference_person").Select("row, id_key, name_key, since").Where("set_id = ?", set.ID)
		err := each(query, func(rows *sql.Rows) error {
			p := known{set: i}
			if err := rows.Scan(&p.row, &person, &name, &since); err != nil {
				return err
			}
			p.person, p.name, p.since = keyOf(person), keyOf(name), texts.of(since)
			d.people = append(d.people, p)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// gatherLists reads the present rows of published lists of households and of
// payments. Who is proposed to leave a list is no finding.
func (b *Bench) gatherLists(ctx context.Context, a area, d *data) error {
	var rolls []roll.Roll
	err := b.Store.Read(ctx).Where("kind IN ? AND stage <> ?", []roll.Kind{roll.Households, roll.Payments}, roll.Draft).
		Where("EXISTS (?)", a.within(b.Store.Read(ctx).Table("roll_row").Select("1").Where("roll_row.roll_id = roll.id AND until IS NULL"), "roll_row.place_code")).
		Order("created_at, id").Find(&rolls).Error
	if err != nil {
		return err
	}
	texts := same{}
	var place, label, stands sql.RawBytes
	for i, r := range rolls {
		d.lists = append(d.lists, list{r, string(workday.On(r.CreatedAt))})
		query := a.within(b.Store.Read(ctx).Table("roll_row").Where("roll_id = ? AND until IS NULL", r.ID), "place_code").
			Select("key, place_code, label, stands_until, amount_fen")
		err := each(query, func(rows *sql.Rows) error {
			l := listed{list: i}
			if err := rows.Scan(&l.n, &place, &label, &stands, &l.fen); err != nil {
				return err
			}
			l.place, l.stands = texts.of(place), texts.of(stands)
			l.name = keyOf(b.Purse.NameKey(l.place, string(label)))
			d.rows = append(d.rows, l)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
