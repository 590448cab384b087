package intake

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/custody"
	"minsheng/internal/evidence"
	"minsheng/internal/seal"
	"minsheng/staff"
)

// messageRow is a message as stored: its words are sealed.
type messageRow struct {
	ID          uuid.UUID `gorm:"primaryKey"`
	ReportID    uuid.UUID
	ComplaintID *uuid.UUID
	Side        string // "reporter", "office"
	Kind        MessageKind
	AuthorID    *uuid.UUID
	BodySealed  []byte
	FormKey     []byte // nil for the office
	At          time.Time
	ReadAt      *time.Time
	Keyed       bool       // has a key of its own in content_key; those of before lie under the portal's
	LetterID    *uuid.UUID // of kind answer: the letter that it tells
	KeptUnitID  *uuid.UUID // office that alone reads it, with those above; nil: whoever sees the case
}

// TableName is message.
func (messageRow) TableName() string { return "message" }

const fromOffice, fromReporter = "office", "reporter"

// maxTalk bounds how many messages of one report are read at once. What was
// decided comes first and then the newest talk, so that no flood of messages can
// keep an answer from being read.
const maxTalk = 500

func messagePlace(id uuid.UUID) string { return "message:" + id.String() }

// Reply adds the office's message inside the caller's transaction: talk, an
// approved answer, or the notice of a step. It writes no event: the step that
// it belongs to does. The zero Officer is the portal itself.
func (d *Desk) Reply(tx *gorm.DB, by staff.Officer, report uuid.UUID, complaint *uuid.UUID, kind MessageKind, text string) error {
	return d.reply(tx, by, messageRow{ReportID: report, ComplaintID: complaint, Kind: kind}, text)
}

// Answer is Reply with a letter, in words: whoever reads it under the receipt
// has got the letter.
func (d *Desk) Answer(tx *gorm.DB, by staff.Officer, c Complaint, letter uuid.UUID, text string) error {
	return d.reply(tx, by, messageRow{ReportID: c.ReportID, ComplaintID: &c.ID, Kind: AnswerText, LetterID: &letter}, text)
}

// ReplyAbove is Reply with talk that no office below the complaint's desk reads,
// also when the complaint lies there again.
func (d *Desk) ReplyAbove(tx *gorm.DB, by staff.Officer, c Complaint, text string) error {
	return d.reply(tx, by, messageRow{ReportID: c.ReportID, ComplaintID: &c.ID, Kind: Talk, KeptUnitID: &c.DeskUnitID}, text)
}

func (d *Desk) reply(tx *gorm.DB, by staff.Officer, m messageRow, text string) error {
	m.ID, m.Side, m.At = newID(), fromOffice, d.store.Now()
	if by.ID != uuid.Nil {
		m.AuthorID = &by.ID
	}
	to, err := d.keepersOfTold(tx, m)
	if err != nil {
		return err
	}
	return d.write(tx, m, tidy(text), to)
}

// write stores a message under a key of its own, which the receipt opens too.
func (d *Desk) write(tx *gorm.DB, m messageRow, text string, to []custody.To) error {
	key := newKey()
	rows, err := d.shutMessage(&m, key, text, to)
	if err != nil {
		return err
	}
	if err := d.store.InsertInto(tx, append([]any{&m}, rows...)...); err != nil || len(to) == 0 {
		return err
	}
	hears, _, err := hearers(tx, m.ReportID)
	if err != nil {
		return err
	}
	return d.tell(tx, hears, m.ID, key)
}

func (d *Desk) shutMessage(m *messageRow, key []byte, text string, to []custody.To) (rows []any, err error) {
	m.Keyed = true
	m.BodySealed, rows, err = d.shutUnder(key, m.ID, messagePlace(m.ID), []byte(text), to)
	return rows, err
}

// Conversation lists a report's messages in order with their authors and
// files, at most 500, with what is covered of them covered, as far as the officer's
// session opens them (Message.Kept). Whoever calls has checked that the officer may
// read them.
func (d *Desk) Conversation(ctx context.Context, by staff.Officer, report uuid.UUID) ([]Message, error) {
	rows, messages, err := d.messages(ctx, reader{by: by}, report)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	names, err := d.authors(ctx, rows)
	if err != nil {
		return nil, err
	}
	files, err := d.filesOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	covered, err := d.coverings(d.store.Read(ctx), by, nil, report)
	if err != nil {
		return nil, err
	}
	for i, row := range rows {
		covered[report].say(&messages[i])
		if row.AuthorID != nil {
			messages[i].AuthorName = names[*row.AuthorID]
		}
		messages[i].Files = files[row.ID]
		messages[i].FileCount = len(files[row.ID])
	}
	return messages, nil
}

// reader is who reads: an officer in their session, or whoever holds the receipt.
type reader struct {
	by   staff.Officer
	pass passKey
}

// messages opens a report's messages in order, as far as the reader's keys do.
func (d *Desk) messages(ctx context.Context, who reader, report uuid.UUID) ([]messageRow, []Message, error) {
	var rows []messageRow
	db := d.store.Read(ctx)
	err := db.Where("report_id = ?", report).Order("CASE kind WHEN 'talk' THEN 1 ELSE 0 END, at DESC, id DESC").Limit(maxTalk).Find(&rows).Error
	if err != nil {
		return nil, nil, err
	}
	slices.SortFunc(rows, func(a, b messageRow) int {
		return cmp.Or(a.At.Compare(b.At), bytes.Compare(a.ID[:], b.ID[:]))
	})
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	keys, err := d.contents.Contents(db, who.by, ids...)
	if err != nil {
		return nil, nil, err
	}
	if err := underReceipt(db, report, who.pass, keys); err != nil {
		return nil, nil, err
	}
	messages := make([]Message, len(rows))
	for i, row := range rows {
		text, kept, err := d.readable(keys, row)
		if err != nil {
			return nil, nil, err
		}
		messages[i] = Message{
			ID: row.ID, ComplaintID: row.ComplaintID, FromOffice: row.Side == fromOffice, Kind: row.Kind,
			Text: text, Kept: kept, At: row.At, ReadAt: row.ReadAt, KeptUnitID: row.KeptUnitID, Letter: row.LetterID != nil,
		}
	}
	return rows, messages, nil
}

// readable is what a message says, as far as the keys go that a session opened.
func (d *Desk) readable(keys map[uuid.UUID]custody.Content, m messageRow) (string, Kept, error) {
	var old *seal.Box
	if !m.Keyed {
		old = d.messageBox
	}
	text, kept, err := opened(keys, m.ID, messagePlace(m.ID), m.BodySealed, old)
	return string(text), kept, err
}

func (d *Desk) authors(ctx context.Context, rows []messageRow) (map[uuid.UUID]string, error) {
	var ids []uuid.UUID
	for _, row := range rows {
		if row.AuthorID != nil {
			ids = append(ids, *row.AuthorID)
		}
	}
	var accounts []struct {
		ID   uuid.UUID
		Name string
	}
	err := d.store.Read(ctx).Table("account").Select("id, name").Where("id IN ?", ids).Find(&accounts).Error
	names := make(map[uuid.UUID]string, len(accounts))
	for _, a := range accounts {
		names[a.ID] = a.Name
	}
	return names, err
}

func (d *Desk) filesOf(ctx context.Context, rows []messageRow) (map[uuid.UUID][]evidence.File, error) {
	var ids []uuid.UUID
	for _, row := range rows {
		if row.Side == fromReporter {
			ids = append(ids, row.ID)
		}
	}
	all, err := d.shelf.Of(ctx, "message", ids...)
	files := map[uuid.UUID][]evidence.File{}
	for _, f := range all {
		files[*f.OwnerID] = append(files[*f.OwnerID], f)
	}
	return files, err
}
