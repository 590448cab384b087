package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/clock"
	"minsheng/custody"
	"minsheng/internal/evidence"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/region"
	"minsheng/staff"
)

// Receipt is what a reporter keeps.
type Receipt struct {
	ReportID  uuid.UUID
	Digits    string // 20 digits
	Groups    []string
	AcceptBy  workday.Date // the reporter is told by then whether it is taken up
	PlaceName string
	Replay    bool // the same form had arrived before
	Other     bool // it holds no complaint: another room keeps its matter
}

// Submit stores a report with its complaint, clocks and event, binds the files
// staged for the form, and returns the receipt. The same form returns the same
// receipt however often and wherever it arrives; of two versions the first is
// kept. Errors: *Invalid, ErrStaleForm.
func (d *Desk) Submit(ctx context.Context, s Submission) (Receipt, error) {
	return d.take(ctx, s.online(), ledger.Reporter(), nil)
}

// Enter is Submit by staff for a caller, visitor or letter. It needs
// staff.EnterReports; s.ReadBack must be true for callers and visitors. The
// place is not limited to the officer's own: who answers the phone writes down
// what is said, and the report goes to the desk it belongs to.
func (d *Desk) Enter(ctx context.Context, by staff.Officer, s Submission) (Receipt, error) {
	if err := by.Require(staff.EnterReports); err != nil {
		return Receipt{}, err
	}
	return d.take(ctx, s, by.Actor(), &by.ID)
}

// filed is a submission on its way into the database.
type filed struct {
	Submission
	digits    string
	form      []byte // key of the form, by which files are staged
	place     region.Division
	enteredBy *uuid.UUID
	actor     ledger.Actor
	at        time.Time
	wordless  bool   // what it is about says enough
	wide      bool   // the place may be a county or the city
	content   string // hash of the sealed words
	withFiles bool
	files     evidence.Bound
	late      map[string]string // facts of an objection that came too late; nil for all others
}

func (d *Desk) take(ctx context.Context, s Submission, actor ledger.Actor, enteredBy *uuid.UUID) (Receipt, error) {
	f, err := d.arrived(s)
	if err != nil {
		return Receipt{}, err
	}
	f.actor, f.enteredBy = actor, enteredBy
	return d.file(ctx, f)
}

// arrived opens the form that a submission came with.
func (d *Desk) arrived(s Submission) (filed, error) {
	digits, err := d.openForm(s.Token)
	if err != nil {
		return filed{}, err
	}
	return filed{Submission: s.tidied(), digits: digits, form: d.formKey(digits), actor: ledger.Reporter(), at: d.store.Now()}, nil
}

// file stores a submission as a report with a complaint, once. Most come without
// files, in one statement, which fails when there are some.
func (d *Desk) file(ctx context.Context, f filed) (receipt Receipt, err error) {
	if err := d.check(ctx, &f); err != nil {
		return d.orReplay(ctx, f.digits, err)
	}
	rows, receipt, err := d.rows(d.store.Read(ctx), f)
	if err != nil {
		return Receipt{}, err
	}
	err = d.store.InsertTogether(ctx, append(rows, evidence.NoneWaits(f.form))...)
	if err != nil && !store.IsDuplicate(err) {
		if some, asked := d.shelf.Waits(ctx, f.form); asked == nil && some {
			receipt, err = d.fileWithFiles(ctx, f)
		}
	}
	if store.IsDuplicate(err) {
		return d.replay(ctx, f.digits)
	}
	return receipt, err
}

// fileWithFiles is the rest of file for a form with files: they are held first, so
// that the event tells of those, and only of those, that the report gets.
func (d *Desk) fileWithFiles(ctx context.Context, f filed) (receipt Receipt, err error) {
	f.withFiles = true
	err = d.store.Transact(ctx, func(tx *gorm.DB) error {
		var rows []any
		if rows, receipt, err = d.rows(tx, f); err != nil {
			return err
		}
		return d.store.InsertInto(tx, rows...)
	})
	return receipt, err
}

// orReplay is what a form that cannot be stored is answered with: one that is
// already stored has its receipt, whatever became of what is typed in it now.
func (d *Desk) orReplay(ctx context.Context, digits string, err error) (Receipt, error) {
	if r, found := d.replay(ctx, digits); found == nil {
		return r, nil
	}
	return Receipt{}, err
}

// check finds what needs fixing, and the place.
func (d *Desk) check(ctx context.Context, f *filed) error {
	found := f.problems()
	if f.enteredBy != nil {
		f.entryProblems(found)
	}
	if found["place"] == "" {
		place, err := d.placeOf(ctx, f.PlaceCode, f.wide)
		if errors.Is(err, store.ErrNotFound) {
			found["place"] = "place_unknown"
		} else if err != nil {
			return err
		}
		f.place = place
	}
	if !f.wordless && utf8.RuneCountInString(f.Text) < minText {
		files, err := d.shelf.Staged(ctx, f.form)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			found["text"] = "text_short"
		}
	}
	return orNil(found)
}

func (f filed) entryProblems(found map[string]string) {
	if !slices.Contains([]Channel{Phone, Visit, Letter}, f.Channel) {
		found["channel"] = "channel_missing"
	}
	if f.Channel != Letter && !f.ReadBack {
		found["read_back"] = "read_back_missing"
	}
}

// rows makes everything that one submission leaves in the database: the report
// first, then the complaint. db is the transaction where there is one.
func (d *Desk) rows(db *gorm.DB, f filed) ([]any, Receipt, error) {
	people, err := d.named(db, f)
	if err != nil {
		return nil, Receipt{}, err
	}
	desk, beyond, err := d.DeskFor(db, f.place.Code, region.Accused{Level: RoutedAs(f.Kind, f.AccusedLevel)}, people)
	if err != nil {
		return nil, Receipt{}, fmt.Errorf("intake: no desk for %s: %w", f.place.Code, err)
	}
	report := d.report(f)
	complaint := f.complaint(report, desk.ID)
	to, err := d.firstKeepers(db, f, people, desk.ID)
	if err != nil {
		return nil, Receipt{}, err
	}
	if f.withFiles {
		if f.files, err = d.bind(db, f.form, "report", report.ID, desk.ID, to); err != nil {
			return nil, Receipt{}, err
		}
	}
	told, sealed, err := d.sealed(db, f, report.ID, desk.ID, to)
	if err != nil {
		return nil, Receipt{}, err
	}
	f.content = contentHash(sealed)
	earlier, err := d.earlierOf(db, f.Submission)
	if err != nil {
		return nil, Receipt{}, err
	}
	triage, accept, err := d.firstClocks(db, complaint, workday.On(f.at))
	if err != nil {
		return nil, Receipt{}, err
	}
	complaint.DueOn, complaint.DueRule = &triage.DueOn, triage.Rule
	if accept.DueOn < triage.DueOn {
		complaint.DueOn, complaint.DueRule = &accept.DueOn, accept.Rule
	}
	received, submitted := f.events(report, complaint, beyond, triage, accept)
	rows := append([]any{report, complaint}, sealed...)
	rows = append(rows, told.ownMasks(report.ID, f.at)...)
	rows = append(rows, &triage, &accept, &received, &submitted, d.indexEntry(*complaint, 1))
	rows = append(rows, aboutRows(complaint.ID, f.About)...)
	rows = append(rows, personRows(complaint.ID, people)...)
	last := submitted
	if f.late != nil {
		last = submitted.Next("late_objection", f.actor, f.at, f.late)
		late := last
		rows = append(rows, &late)
	}
	rows = append(rows, f.tie(complaint, earlier, last)...)
	return rows, receiptOf(report.ID, f.digits, report.PlaceName, accept.DueOn, false), nil
}

// RoutedAs is the level of whom a complaint accuses for choosing its desk.
// Retaliation goes to the city, whoever is accused (DOMAIN §0, §5): the county
// may be where the leak was.
func RoutedAs(kind Kind, accusedLevel string) string {
	if kind == "RETALIATION" && accusedLevel != "city" && accusedLevel != "office" {
		return "county"
	}
	return accusedLevel
}

func (d *Desk) report(f filed) *Report {
	return &Report{
		ID: newID(), ReceiptIndex: d.receiptIndex(f.digits), ReceiptKey: d.passOf(f.digits).recipient(), Mode: f.Mode, Channel: f.Channel, EnteredBy: f.enteredBy,
		PlaceCode: f.place.Code, PlaceName: f.place.FullName, Lang: f.Lang, ReceivedAt: f.at,
	}
}

func (f filed) complaint(r *Report, desk uuid.UUID) *Complaint {
	return &Complaint{
		ID: newID(), ReportID: r.ID, Part: 1, State: Submitted, Mode: r.Mode, Channel: r.Channel,
		PlaceCode: r.PlaceCode, TownCode: region.TownCode(r.PlaceCode), CountyCode: region.CountyCode(r.PlaceCode),
		PlaceName: r.PlaceName, Kind: f.Kind, Severity: f.Kind.Severity(), AccusedLevel: f.AccusedLevel,
		DeskUnitID: desk, ReceivedAt: f.at, Version: 1,
	}
}

// sealed are the words of a report and who wrote it, apart. The words are sealed to
// offices, or to the portal itself where there are none; told is how they are kept.
func (d *Desk) sealed(db *gorm.DB, f filed, report, desk uuid.UUID, to []custody.To) (told Narrative, rows []any, err error) {
	told = Narrative{Text: f.Text, Who: f.Who, When: f.When, Amount: f.Amount}
	if f.Mode != Anonymous {
		told, rows, err = d.keepIdentity(db, report, desk, told, Identity{Name: f.Name, Phone: f.Phone})
		if err != nil {
			return told, nil, err
		}
	}
	words, err := d.shutWords(report, told, to)
	return told, append(rows, words...), err
}

func (f filed) events(r *Report, c *Complaint, beyond bool, clocks ...clock.Deadline) (received, submitted ledger.Event) {
	facts := map[string]string{"place": c.PlaceCode, "kind": string(c.Kind), "desk": c.DeskUnitID.String()}
	if beyond {
		facts["beyond"] = "yes" // even the highest desk is accused: to be referred
	}
	return f.received(r), ledger.New(ledger.OfComplaint, c.ID, "submitted", f.actor, f.at, clock.Tell(facts, clocks...))
}

func receiptOf(report uuid.UUID, digits, place string, acceptBy workday.Date, replay bool) Receipt {
	return Receipt{ReportID: report, Digits: digits, Groups: groupsOf(digits), AcceptBy: acceptBy, PlaceName: place, Replay: replay}
}

// replay is the receipt of a form that arrived before, or store.ErrNotFound.
// Files that were slower than their form come to the report all the same.
func (d *Desk) replay(ctx context.Context, digits string) (Receipt, error) {
	var first struct {
		ID        uuid.UUID
		PlaceName string
		DueOn     workday.Date
		Other     bool
	}
	query := d.store.Read(ctx).Table("report").
		Select("report.id, report.place_name, COALESCE(deadline.due_on, report_other.answer_by) AS due_on, report_other.report_id IS NOT NULL AS other").
		Joins("LEFT JOIN complaint ON complaint.report_id = report.id AND complaint.part = 1").
		Joins("LEFT JOIN deadline ON deadline.subject_id = complaint.id AND deadline.rule = ? AND deadline.round = 1", RuleAccept).
		Joins("LEFT JOIN report_other ON report_other.report_id = report.id").
		Where("report.receipt_index = ?", d.receiptIndex(digits))
	if err := store.One(query, &first); err != nil {
		return Receipt{}, err
	}
	if err := d.bindLate(ctx, d.formKey(digits), first.ID); err != nil {
		return Receipt{}, err
	}
	receipt := receiptOf(first.ID, digits, first.PlaceName, first.DueOn, true)
	receipt.Other = first.Other
	return receipt, nil
}

// bindLate binds files that came after their form, but for those that came with it
// already: who presses twice sends them twice.
func (d *Desk) bindLate(ctx context.Context, form []byte, report uuid.UUID) error {
	late, err := d.shelf.Staged(ctx, form)
	if err != nil || len(late) == 0 {
		return err
	}
	there, err := d.shelf.Of(ctx, "report", report)
	if err != nil {
		return err
	}
	for _, f := range late {
		again := slices.ContainsFunc(there, func(known evidence.File) bool { return bytes.Equal(known.SHA256, f.SHA256) })
		if !again {
			continue
		}
		if err := d.shelf.Unstage(ctx, form, f.ID); err != nil {
			return err
		}
	}
	return again(func() error {
		return d.store.Transact(ctx, func(tx *gorm.DB) error {
			desk, err := d.deskOf(tx, report)
			if err != nil {
				return err
			}
			words, err := d.Keepers(tx, report, nil)
			if err != nil {
				return err
			}
			files, err := d.bind(tx, form, "report", report, desk, words)
			if err != nil || len(files) == 0 {
				return err
			}
			return ledger.Append(tx, ledger.OfReport, report, "files_added", ledger.Reporter(), d.store.Now(), files.Tell(nil))
		})
	})
}

// newID panics only when the machine has no randomness left.
func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
