package crosscheck

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/household"
	"minsheng/internal/sheet"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
	"minsheng/tray"
)

// Set is a loaded reference set.
type Set struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	Kind     string    // deceased, cadre, cadre_family, vehicle, house
	UnitID   uuid.UUID
	ByID     *uuid.UUID // nil: loaded from the command line
	Title    string
	FileHash []byte // of what the rows say, keyed
	Size     int
	At       time.Time
}

// TableName is reference_set.
func (Set) TableName() string { return "reference_set" }

// person is one row of a reference set.
type person struct {
	ID         uuid.UUID `gorm:"primaryKey"`
	SetID      uuid.UUID
	Row        int
	PlaceCode  string // '' not known
	IDKey      []byte `gorm:"column:id_key"`
	NameKey    []byte
	NameSealed []byte
	Since      workday.Date
}

func (person) TableName() string { return "reference_person" }

// Sets lists what the own office and those below loaded, newest first, at most
// 100 (staff.LoadPayments).
func (b *Bench) Sets(ctx context.Context, by staff.Officer) ([]Set, error) {
	if err := by.Require(staff.LoadPayments); err != nil {
		return nil, err
	}
	var sets []Set
	err := b.Store.Read(ctx).Where("unit_id IN ?", b.Atlas.Subtree(by.UnitID)).Order("at DESC, id DESC").Limit(100).Find(&sets).Error
	return sets, err
}

// Targets are the reference sets for the tray: "reference.deceased" … (name,
// identity number, village, since). staff.LoadPayments. A row needs the number,
// or a village of the office's area; both is better. What is loaded already is
// household.ErrSameFile.
func (b *Bench) Targets() []tray.Target {
	var targets []tray.Target
	for _, kind := range References() {
		targets = append(targets, tray.Target{
			Code: "reference." + kind, May: staff.LoadPayments, Fields: fields(kind), Personal: true,
			Check: func(ctx context.Context, by staff.Officer, _ tray.Sheet) (func(sheet.Record) []sheet.Problem, error) {
				return b.checkSheet(b.Store.Read(ctx), kind, by)
			},
			Take: func(tx *gorm.DB, by staff.Officer, s tray.Sheet, next func() (sheet.Record, error)) (uuid.UUID, error) {
				return b.take(tx, kind, by, s, next)
			},
		})
	}
	return targets
}

// sinceNames are the headings of the day that counts.
var sinceNames = map[string][]string{
	Deceased:    {"死亡日期", "死亡时间", "去世日期", "去世时间", "注销日期", "销户日期"},
	Cadre:       {"任职时间", "任职日期", "起始日期", "参加工作时间"},
	CadreFamily: {"起始日期", "任职时间"},
	Vehicle:     {"登记日期", "注册日期", "购车时间", "购买日期", "购置时间", "初次登记日期"},
	House:       {"登记日期", "登记时间", "购房时间", "购买日期", "购置时间", "网签日期"},
}

func fields(kind string) []sheet.Field {
	return []sheet.Field{
		{Code: "name", Type: sheet.Text, Required: true, Max: 50, Names: []string{
			"姓名", "户主", "户主姓名", "死者姓名", "死亡人员姓名", "干部姓名", "亲属姓名", "家属姓名", "车主", "车主姓名", "所有人", "产权人", "权利人", "业主", "name"}},
		{Code: "identity", Type: sheet.Identity, Names: []string{
			"身份证号", "身份证号码", "身份证", "证件号码", "证件号", "公民身份号码", "身份证件号码", "identity"}},
		{Code: "place", Type: sheet.Text, Names: []string{
			"村", "村名", "行政村", "所在村", "村名称", "所属村", "村委会", "户籍地", "住址", "地址", "village"}},
		{Code: "since", Type: sheet.Day, Names: append([]string{"日期", "时间", "since"}, sinceNames[kind]...)},
	}
}

// said is what a file says, however it was stored.
type said struct {
	hash.Hash
	records int
}

func (b *Bench) newSaid(kind string) *said {
	s := &said{Hash: sha256.New()}
	io.WriteString(s, kind+"\n")
	return s
}

func (s *said) add(r sheet.Record) {
	s.records++
	for _, code := range []string{"name", "identity", "place", "since"} {
		io.WriteString(s, strconv.Quote(r.Values[code].Text)+string(r.Values[code].Day)+"\n")
	}
}

func (b *Bench) hashOf(s *said) []byte { return b.Keys.MAC("crosscheck-file", s.Sum(nil)) }

// checkSheet looks at what the cells alone do not tell.
func (b *Bench) checkSheet(db *gorm.DB, kind string, by staff.Officer) (func(sheet.Record) []sheet.Problem, error) {
	places, err := b.Purse.Places(db, by.UnitID)
	if err != nil {
		return nil, err
	}
	var sets []Set
	if err := db.Select("size, file_hash").Where("kind = ?", kind).Order("at DESC").Limit(1000).Find(&sets).Error; err != nil {
		return nil, err
	}
	hashes := map[string]bool{}
	sizes := map[int]bool{}
	for _, s := range sets {
		hashes[string(s.FileHash)], sizes[s.Size] = true, true
	}
	said := b.newSaid(kind)
	return func(r sheet.Record) []sheet.Problem {
		var problems []sheet.Problem
		if field, key := wrong(places, r); key != "" {
			v := r.Values[field]
			problems = append(problems, sheet.Problem{Row: r.Row, Column: -1, Ref: v.Ref, Field: field, Key: key, Raw: v.Raw})
		}
		if said.add(r); sizes[said.records] && hashes[string(b.hashOf(said))] {
			problems = append(problems, sheet.Problem{Row: r.Row, Column: -1, Key: "same_file"})
		}
		return problems
	}, nil
}

// wrong says what a row lacks: whoever has no number must be of a known village.
func wrong(places *region.Gazetteer, r sheet.Record) (field, key string) {
	if r.Values["identity"].Text != "" {
		return "", ""
	}
	switch found := places.Find(r.Values["place"].Text); {
	case r.Values["place"].Text == "":
		return "identity", "required"
	case len(found) == 0:
		return "place", "place_unknown"
	case len(found) > 1:
		return "place", "place_several"
	case strings.HasSuffix(found[0], "000"):
		return "place", "place_village"
	}
	return "", ""
}

// take stores a file as one set.
func (b *Bench) take(tx *gorm.DB, kind string, by staff.Officer, s tray.Sheet, next func() (sheet.Record, error)) (uuid.UUID, error) {
	if err := by.Require(staff.LoadPayments); err != nil {
		return uuid.Nil, err
	}
	places, err := b.Purse.Places(tx, by.UnitID)
	if err != nil {
		return uuid.Nil, err
	}
	set := Set{ID: uuid.Must(uuid.NewV7()), Kind: kind, UnitID: by.UnitID, Title: s.Name, At: b.Store.Now()}
	set.FileHash = b.Keys.MAC("crosscheck-under-way", set.ID[:]) // until all of it was read
	actor := ledger.System()
	if by.ID != uuid.Nil {
		set.ByID, actor = &by.ID, by.Actor()
	}
	if err := tx.Create(&set).Error; err != nil {
		return uuid.Nil, fmt.Errorf("crosscheck: write set: %w", err)
	}
	said := b.newSaid(kind)
	if err := b.fill(tx, set.ID, said, places, next); err != nil {
		return uuid.Nil, err
	}
	err = tx.Model(&Set{}).Where("id = ?", set.ID).
		Updates(map[string]any{"file_hash": b.hashOf(said), "size": said.records}).Error
	if store.IsDuplicate(err) {
		return uuid.Nil, household.ErrSameFile
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("crosscheck: finish set: %w", err)
	}
	return set.ID, ledger.Append(tx, ledger.OfPayments, set.ID, "reference_loaded", actor, set.At,
		map[string]string{"kind": kind, "people": strconv.Itoa(said.records)})
}

// fill writes every record.
func (b *Bench) fill(tx *gorm.DB, set uuid.UUID, said *said, places *region.Gazetteer, next func() (sheet.Record, error)) error {
	some := make([]person, 0, b.together())
	for {
		r, err := next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err == nil {
			if _, key := wrong(places, r); key != "" {
				return tray.ErrProblems
			}
			said.add(r)
			some = append(some, b.person(set, places, r))
		}
		if len(some) > 0 && (len(some) == cap(some) || err != nil) {
			if wrong := tx.Create(&some).Error; wrong != nil {
				return fmt.Errorf("crosscheck: write people: %w", wrong)
			}
			some = some[:0]
		}
		if err != nil {
			return nil
		}
	}
}

// together is how many rows one statement inserts. SQLite's driver looks for
// each value among all of the statement's.
func (b *Bench) together() int {
	if b.Store.Postgres() {
		return 1000
	}
	return 30
}

// person is a record of a set. The number becomes a key here and is gone.
func (b *Bench) person(set uuid.UUID, places *region.Gazetteer, r sheet.Record) person {
	name := strings.TrimSpace(r.Values["name"].Text)
	p := person{ID: uuid.Must(uuid.NewV7()), SetID: set, Row: r.Row, IDKey: b.Purse.IDKey(r.Values["identity"].Text), Since: r.Values["since"].Day}
	if found := places.Find(r.Values["place"].Text); len(found) == 1 {
		p.PlaceCode = found[0]
		p.NameKey = b.Purse.NameKey(p.PlaceCode, name)
	}
	p.NameSealed = b.Purse.SealName(p.ID, name)
	return p
}
