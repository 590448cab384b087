package paper

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/ledger"
)

// State of a paper.
type State string

// States: a draft is signed and final, or discarded; what is final can be called
// void, and keeps its number and its copy.
const (
	Drafted   State = "draft"
	Final     State = "final"
	Void      State = "void"
	Discarded State = "discarded"
)

// ErrChanged means that the frozen copy of a paper, or what is stored of it, is
// not what was signed: somebody has been at the database or at the disk.
var ErrChanged = errors.New("paper: the frozen copy was changed")

// Paper is a paper without what it says.
type Paper struct {
	ID        uuid.UUID
	Kind      Kind
	UnitID    uuid.UUID
	ToUnitID  *uuid.UUID
	Subject   ledger.Subject
	SubjectID uuid.UUID
	State     State
	Secret    bool
	Title     string
	Kept      intake.Kept // why neither title nor words are shown
	Number    string      // "" of a draft that gets one of its own
	FormID    *uuid.UUID
	SHA256    []byte // of the frozen copy
	DraftedBy uuid.UUID
	DraftedAt time.Time
	IssuedBy  *uuid.UUID
	IssuedAt  *time.Time
	EndedBy   *uuid.UUID
	EndedAt   *time.Time
	EndedWhy  string
	Version   int

	// Names of people, where papers are read one by one or in lists.
	Drafter, Signer, Ender string
	// Offices that it is addressed to, in the same places.
	To []uuid.UUID
}

// Hash is the SHA-256 of the frozen copy in hexadecimal, "" of a draft.
func (p Paper) Hash() string { return hex.EncodeToString(p.SHA256) }

// row is a paper as stored. What it says is sealed: it may name people.
type row struct {
	ID            uuid.UUID `gorm:"primaryKey"`
	Kind          Kind
	UnitID        uuid.UUID
	ToUnitID      *uuid.UUID
	SubjectKind   ledger.Subject
	SubjectID     uuid.UUID
	State         State
	Secret        bool
	Year          int
	Series        string
	N             *int
	Number        string
	TitleSealed   []byte
	ContentSealed []byte
	FormID        *uuid.UUID
	FileID        *uuid.UUID
	SHA256        []byte `gorm:"column:sha256"`
	DraftedBy     uuid.UUID
	DraftedAt     time.Time
	IssuedBy      *uuid.UUID
	IssuedAt      *time.Time
	EndedBy       *uuid.UUID
	EndedAt       *time.Time
	EndedWhy      string
	Version       int
}

// TableName is paper.
func (row) TableName() string { return "paper" }

func place(id uuid.UUID, what string) string { return "paper:" + id.String() + ":" + what }

// paper is what is stored of a paper but for what it says, with its title as it was
// opened.
func (r row) paper(title intake.SheetText) Paper {
	return Paper{
		ID: r.ID, Kind: r.Kind, UnitID: r.UnitID, ToUnitID: r.ToUnitID, Subject: r.SubjectKind, SubjectID: r.SubjectID, State: r.State, Secret: r.Secret,
		Title: string(title.Text), Kept: title.Kept, Number: r.Number, FormID: r.FormID, SHA256: r.SHA256, DraftedBy: r.DraftedBy, DraftedAt: r.DraftedAt,
		IssuedBy: r.IssuedBy, IssuedAt: r.IssuedAt, EndedBy: r.EndedBy, EndedAt: r.EndedAt, EndedWhy: r.EndedWhy, Version: r.Version,
	}
}

// named puts in the names of the people that papers speak of, and the offices that
// they are addressed to.
func (p *Press) named(ctx context.Context, papers []Paper) error {
	var ids, all []uuid.UUID
	for _, one := range papers {
		all = append(all, one.ID)
		ids = append(ids, one.DraftedBy)
		for _, id := range []*uuid.UUID{one.IssuedBy, one.EndedBy} {
			if id != nil {
				ids = append(ids, *id)
			}
		}
	}
	names, err := people(p.Store.Read(ctx), ids)
	if err != nil {
		return err
	}
	to, err := addresseesOf(p.Store.Read(ctx), all...)
	if err != nil {
		return err
	}
	of := func(id *uuid.UUID) string {
		if id == nil {
			return ""
		}
		return names[*id]
	}
	for i := range papers {
		papers[i].Drafter, papers[i].Signer, papers[i].Ender = names[papers[i].DraftedBy], of(papers[i].IssuedBy), of(papers[i].EndedBy)
		papers[i].To = to[papers[i].ID]
	}
	return nil
}

// addresseesOf reads whom papers are addressed to.
func addresseesOf(db *gorm.DB, papers ...uuid.UUID) (map[uuid.UUID][]uuid.UUID, error) {
	var rows []addressed
	err := db.Where("paper_id IN ?", papers).Order("paper_id, unit_id").Find(&rows).Error
	to := map[uuid.UUID][]uuid.UUID{}
	for _, r := range rows {
		to[r.PaperID] = append(to[r.PaperID], r.UnitID)
	}
	return to, err
}

// people reads what people with accounts are called.
func people(db *gorm.DB, ids []uuid.UUID) (map[uuid.UUID]string, error) {
	names := map[uuid.UUID]string{}
	if len(ids) == 0 {
		return names, nil
	}
	var rows []struct {
		ID   uuid.UUID
		Name string
	}
	err := db.Table("account").Select("id, name").Where("id IN ?", ids).Find(&rows).Error
	for _, r := range rows {
		names[r.ID] = r.Name
	}
	return names, err
}

// record is a digest of everything that is fixed when a paper becomes final. It
// stands in the event of that moment, which nobody can change. What is sealed to
// others is in it as it is sealed: that needs no key to be compared, and tells nothing
// to who tries to guess the words.
func record(r row, says ...any) (string, error) {
	fixed, err := json.Marshal(slices.Concat([]any{r.ID, r.Kind, r.UnitID, r.ToUnitID, r.SubjectKind, r.SubjectID, r.Number}, says, []any{r.FormID, r.FileID,
		hex.EncodeToString(r.SHA256), r.DraftedBy, r.IssuedBy}))
	sum := sha256.Sum256(fixed)
	return hex.EncodeToString(sum[:]), err
}

// Facts of the event of a paper's signing that hold its record: over what it says, or
// over that as it is sealed.
const (
	factRecord = "record"
	factSealed = "record_sealed"
)

// unchanged reports ErrChanged unless a final paper is the one that the event of
// its signing tells of.
func unchanged(r row, title string, c Content, signed ledger.Event) error {
	was, sealed := signed.Body[factSealed]
	says := []any{r.TitleSealed, r.ContentSealed}
	if !sealed {
		was, says = signed.Body[factRecord], []any{title, c}
	}
	now, err := record(r, says...)
	if err != nil {
		return err
	}
	if was != now || signed.Body["hash"] != hex.EncodeToString(r.SHA256) || signed.Body["number"] != r.Number {
		return ErrChanged
	}
	return nil
}

// same reports ErrChanged unless copied is what was frozen.
func same(copied, hash []byte) error {
	if sum := sha256.Sum256(copied); !bytes.Equal(sum[:], hash) {
		return ErrChanged
	}
	return nil
}
