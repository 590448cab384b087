package triage

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/intake"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
)

// crew is an office with the people that most stories need.
type crew struct {
	*office
	officer, second, boss staff.Officer    // at the desk of 盘山县
	custodian, keeper     staff.Officer    // the same
	above                 staff.Officer    // at the city's desk
	foreign               staff.Officer    // at the desk of 大洼区
	before                intake.Complaint // another case, that a step names
}

func newCrew(t testing.TB, s *store.Store) *crew {
	t.Helper()
	o := newOffice(t, s)
	// Sentences come back with what they were filled with.
	o.tell = func(lang, key string, pairs ...any) string {
		if len(pairs) == 0 {
			return lang + " " + key
		}
		return fmt.Sprintln(append([]any{lang, key}, pairs...)...)
	}
	return &crew{
		office:    o,
		officer:   o.officer(panshan, staff.TriageOfficer),
		second:    o.officer(panshan, staff.TriageOfficer),
		boss:      o.officer(panshan, staff.Supervisor),
		custodian: o.officer(panshan, staff.IdentityCustodian),
		keeper:    o.officer(panshan, staff.IdentityCustodian),
		above:     o.officer(cityDesk, staff.Supervisor),
		foreign:   o.officer(dawa, staff.Supervisor),
	}
}

const reporterWords = "去年村里给我家报的危房改造,说是补一万五,到我折子上就一万二,会计说那三千是手续费。"

// handIn hands in a real report under a name and returns its complaint and
// receipt.
func (w *crew) handIn(place string, with ...func(*intake.Submission)) (intake.Complaint, string) {
	w.t.Helper()
	s := intake.Submission{
		Token: w.intake.NewForm().Token, PlaceCode: place, Text: reporterWords, Mode: intake.Named,
		Name: "张试样", Phone: "13800000001", Channel: intake.Web, Lang: "zh-CN",
	}
	for _, change := range with {
		change(&s)
	}
	r, err := w.intake.Submit(bg, s)
	w.must(err)
	var c intake.Complaint
	w.must(w.store.Read(bg).Order("seq DESC").Take(&c).Error)
	return c, r.Digits
}

func (w *crew) again(c intake.Complaint) intake.Complaint {
	w.t.Helper()
	var now intake.Complaint
	w.must(store.One(w.store.Read(bg).Where("id = ?", c.ID), &now))
	return now
}

var goodDescription = Description{
	Summary: "反映甜水镇双柳村危房改造补助未足额发放", Kind: "FUND_WITHHOLD", Programme: "housing", Severity: 2,
	Demands: []string{"查清补助去向", "把少发的补上"},
}

// A case at each point of its life. Each returns it as it is then.

func (w *crew) submitted() intake.Complaint { c, _ := w.handIn(shuangliu); return c }

func (w *crew) described() intake.Complaint {
	c := w.submitted()
	w.must(w.Describe(bg, w.officer, c.ID, c.Version, goodDescription))
	return w.again(c)
}

func (w *crew) accepted() intake.Complaint {
	c := w.described()
	w.must(w.Accept(bg, w.officer, c.ID, c.Version))
	return w.again(c)
}

func (w *crew) verified() intake.Complaint {
	c := w.accepted()
	w.must(w.Verify(bg, w.officer, c.ID, c.Version, w.check("李核", "王查")))
	return w.again(c)
}

func (w *crew) decided() intake.Complaint {
	c := w.verified()
	w.must(w.ProposeAnswer(bg, w.officer, c.ID, c.Version, goodAnswer))
	w.must(w.Rule(bg, w.boss, c.ID, w.openProposal(c), true, ""))
	return w.again(c)
}

func (w *crew) delivered() intake.Complaint {
	c := w.decided()
	w.reaches(c, c, w.today())
	return w.again(c)
}

// reaches lets the newest letter of a case reach a reporter on a day.
func (w *crew) reaches(c, reporter intake.Complaint, day workday.Date) {
	w.t.Helper()
	letters, err := w.intake.Letters(w.store.Read(bg), staff.Officer{}, c.ID)
	w.must(err)
	w.must(w.store.Transact(bg, func(tx *gorm.DB) error {
		_, err := w.intake.Deliver(tx, ledger.Reporter(), intake.Delivery{LetterID: letters[0].ID, ComplaintID: reporter.ID, How: intake.Read, OnDay: day})
		return err
	}))
}

// satisfied is a case whose reporter says that all is solved.
func (w *crew) satisfied() intake.Complaint {
	c := w.delivered()
	w.must(w.store.Read(bg).Exec("UPDATE complaint SET rating = ? WHERE id = ?", intake.Solved, c.ID).Error)
	return w.again(c)
}

func (w *crew) closed() intake.Complaint {
	c := w.satisfied()
	w.must(w.Close(bg, w.officer, c.ID, c.Version))
	return w.again(c)
}

// final is a case that was decided for the last time.
func (w *crew) final() intake.Complaint {
	c := w.delivered()
	w.must(w.store.Read(bg).Exec("UPDATE complaint SET state = 'final', final_at = ? WHERE id = ?", w.store.Now(), c.ID).Error)
	return w.again(c)
}

// repeating is a complaint about what another case decided finally.
func (w *crew) repeating() intake.Complaint {
	w.before = w.final()
	return w.described()
}

// comingAgain is a complaint about what another case ended just before.
func (w *crew) comingAgain() intake.Complaint {
	w.before = w.closed()
	return w.described()
}

// leaving is a grave complaint whose reporter withdrew it, when that can no more
// be taken back.
func (w *crew) leaving() intake.Complaint {
	c, digits := w.handIn(shuangliu)
	w.must(w.Describe(bg, w.officer, c.ID, c.Version, goodDescription))
	page, err := w.intake.Track(bg, digits)
	w.must(err)
	w.must(w.intake.Withdraw(bg, page.Token, "tired"))
	w.must(w.store.Read(bg).Exec("UPDATE complaint SET leaves_on = ? WHERE id = ?", w.today(), c.ID).Error)
	return w.again(c)
}

// retaliation is a complaint that somebody was punished for an earlier one.
func (w *crew) retaliation() intake.Complaint {
	w.before = w.submitted()
	c, _ := w.handIn(shuangliu, func(s *intake.Submission) { s.Kind = intake.Retaliation })
	return c
}

func (w *crew) check(verifiers ...string) NewVerification {
	return NewVerification{
		VisitedOn: w.today(), Place: "双柳村村部", Method: "review_files", Verifiers: verifiers,
		Found: "发放表与存折相差三千元", FormKey: w.staged(),
	}
}

// staged is a form with one file in it.
func (w *crew) staged() []byte {
	w.t.Helper()
	key := []byte(uuid.NewString())
	content := "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + strings.Repeat(" ", 200) + "\n%%EOF\n"
	_, err := w.shelf.Stage(bg, key, "发放表.pdf", strings.NewReader(content))
	w.must(err)
	return key
}

var goodAnswer = Answer{Outcome: intake.Substantiated, Findings: []AnswerPart{
	{N: 1, Result: intake.Substantiated, Facts: "村会计扣下三千元", Basis: "资金管理办法第五条", Done: "已责令退还"},
	{N: 2, Result: intake.Partly, Facts: "补发正在办理", Basis: "资金管理办法第六条"},
}}

func (w *crew) openProposal(c intake.Complaint) uuid.UUID {
	w.t.Helper()
	var p proposalRow
	w.must(store.One(w.store.Read(bg).Where("complaint_id = ? AND state = 'open'", c.ID), &p))
	return p.ID
}

func (w *crew) kinds(of ledger.Subject, id uuid.UUID) []string {
	w.t.Helper()
	events, err := ledger.Of(bg, w.store, of, id)
	w.must(err)
	var kinds []string
	for _, e := range events {
		kinds = append(kinds, e.Kind)
	}
	return kinds
}

// drill is one way to change a case, for the drills that every one must pass.
type drill struct {
	action  Action
	from    func(*crew) intake.Complaint
	take    func(w *crew, by staff.Officer, c intake.Complaint) error
	by      func(*crew) staff.Officer // nil: the officer
	state   intake.State              // afterwards
	events  []string                  // written to the case
	told    int                       // messages to the reporter
	unaware bool                      // takes no version
	anytime bool                      // possible in every state
	anybody bool                      // every reader may
}

func drills() map[string]drill {
	return map[string]drill{
		"claim": {action: Claim, from: (*crew).submitted, state: intake.Submitted, events: []string{"claimed"}, unaware: true,
			take: func(w *crew, by staff.Officer, c intake.Complaint) error { return w.Claim(bg, by, c.ID) }},
		"assign": {action: Assign, from: (*crew).submitted, state: intake.Submitted, events: []string{"assigned"}, unaware: true,
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.Assign(bg, by, w.second.ID, c.ID)
			}},
		"recuse": {action: Recuse, from: (*crew).submitted, state: intake.Submitted, events: []string{"recused"}, unaware: true, anytime: true, anybody: true,
			take: func(w *crew, by staff.Officer, c intake.Complaint) error { return w.Recuse(bg, by, c.ID, "是亲戚") }},
		"describe": {action: Describe, from: (*crew).submitted, state: intake.Submitted, events: []string{"described"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.Describe(bg, by, c.ID, c.Version, goodDescription)
			}},
		"name subject": {action: NameSubject, from: (*crew).submitted, state: intake.Submitted, events: []string{"subject_named"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.NameSubject(bg, by, c.ID, c.Version, []uuid.UUID{w.village(shuangliu).ID})
			}},
		"split": {action: Split, from: (*crew).described, state: intake.Submitted, events: []string{"split"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				_, err := w.Split(bg, by, c.ID, c.Version, []string{"反映同村道路工程质量问题"})
				return err
			}},
		"link": {action: Link, from: (*crew).described, state: intake.Merged, events: []string{"merged"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.Link(bg, by, c.ID, c.Version, w.described().ID)
			}},
		"message": {action: SayToReporter, from: (*crew).submitted, state: intake.Submitted, events: []string{"message_sent"}, told: 1, unaware: true,
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.Message(bg, by, c.ID, "您好,正在看。")
			}},
		"ask more": {action: AskMore, from: (*crew).submitted, state: intake.NeedInfo, events: []string{"more_asked"}, told: 1,
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.AskMore(bg, by, c.ID, c.Version, "是哪一年的事?")
			}},
		"accept": {action: Accept, from: (*crew).described, state: intake.Accepted, events: []string{"accepted"}, told: 1,
			take: func(w *crew, by staff.Officer, c intake.Complaint) error { return w.Accept(bg, by, c.ID, c.Version) }},
		"propose to transfer away": {action: Transfer, from: (*crew).described, state: intake.Submitted, events: []string{"transfer_proposed"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.Transfer(bg, by, c.ID, c.Version, uuid.Nil, "请找住建局,电话12345")
			}},
		"transfer to a desk": {action: Transfer, from: (*crew).described, state: intake.Submitted, events: []string{"moved_desk"}, told: 1,
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.Transfer(bg, by, c.ID, c.Version, w.units[cityDesk].ID, "涉及全市")
			}},
		"propose to refer": {action: Refer, from: (*crew).described, state: intake.Submitted, events: []string{"refer_proposed"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.ProposeReferral(bg, by, c.ID, c.Version, "反映村会计侵占")
			}},
		"propose to decline": {action: Decline, from: (*crew).described, state: intake.Submitted, events: []string{"decline_proposed"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.ProposeDecline(bg, by, c.ID, c.Version, "属于法院管的事", "县法院 12368")
			}},
		"propose to extend": {action: Extend, from: (*crew).accepted, state: intake.Accepted, events: []string{"extend_proposed"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.ProposeExtension(bg, by, c.ID, c.Version, 30, "要查五年的账")
			}},
		"verify": {action: Verify, from: (*crew).accepted, state: intake.Verifying, events: []string{"verified"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.Verify(bg, by, c.ID, c.Version, w.check("李核"))
			}},
		"propose an answer": {action: Decide, from: (*crew).verified, state: intake.Verifying, events: []string{"decide_proposed"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.ProposeAnswer(bg, by, c.ID, c.Version, goodAnswer)
			}},
		"convert": {action: Convert, from: (*crew).verified, state: intake.Verifying, events: []string{"converted"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.Convert(bg, by, c.ID, c.Version, toItem(new(uuid.UUID)))
			}},
		"close": {action: Close, from: (*crew).satisfied, state: intake.Closed, events: []string{"closed"}, told: 1,
			take: func(w *crew, by staff.Officer, c intake.Complaint) error { return w.Close(bg, by, c.ID, c.Version) }},
		"propose that it repeats": {action: RejectRepeat, from: (*crew).repeating, state: intake.Submitted, events: []string{"repeat_proposed"},
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.ProposeRepeat(bg, by, c.ID, c.Version, w.before.ID)
			}},
		"say that it comes again": {action: Again, from: (*crew).comingAgain, state: intake.Submitted, events: []string{"came_again"}, told: 1,
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.ComesAgain(bg, by, c.ID, c.Version, w.before.ID)
			}},
		"let go": {action: LetGo, from: (*crew).leaving, state: intake.Withdrawn, events: []string{"withdrawal_let_go"},
			by: func(w *crew) staff.Officer { return w.second },
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.LetGo(bg, by, c.ID, c.Version, true, "打过电话,是本人的意思")
			}},
		"tie to an earlier one": {action: TieEarlier, from: (*crew).retaliation, state: intake.Submitted, events: []string{"earlier_tied", "audit_opened"},
			by: func(w *crew) staff.Officer { return w.above },
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.TieEarlier(bg, by, c.ID, c.Version, w.before.ID)
			}},
		"ask for the name": {action: RevealName, from: (*crew).submitted, state: intake.Submitted, events: []string{"name_asked"}, unaware: true, anytime: true,
			by: func(w *crew) staff.Officer { return w.custodian },
			take: func(w *crew, by staff.Officer, c intake.Complaint) error {
				return w.AskName(bg, by, w.key(by), c.ID, "contact: 要约定入户时间")
			}},
	}
}

// toItem stands for the room of items: it makes one, and notes which.
func toItem(made *uuid.UUID) func(*gorm.DB, intake.Complaint, Into) error {
	return func(_ *gorm.DB, _ intake.Complaint, into Into) error {
		*made = uuid.New()
		return into(*made)
	}
}

func TestEveryStepMovesTheCaseAndIsRecorded(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		for _, name := range slices.Sorted(maps.Keys(drills())) {
			d := drills()[name]
			t.Run(name, func(t *testing.T) {
				w.t = t
				c := d.from(w)
				before, told := len(w.kinds(ledger.OfComplaint, c.ID)), w.toldTo(c)
				w.must(d.take(w, d.who(w), c))
				if now := w.again(c); now.State != d.state {
					t.Errorf("state %s, want %s", now.State, d.state)
				} else if !d.unaware && now.Version <= c.Version {
					t.Errorf("version stays %d", now.Version)
				}
				if got := w.kinds(ledger.OfComplaint, c.ID)[before:]; !slices.Equal(got, d.events) {
					t.Errorf("events %v, want %v", got, d.events)
				}
				if got := w.toldTo(c) - told; got != d.told {
					t.Errorf("%d messages to the reporter, want %d", got, d.told)
				}
			})
		}
	})
}

func (d drill) who(w *crew) staff.Officer {
	if d.by != nil {
		return d.by(w)
	}
	return w.officer
}

func (w *crew) toldTo(c intake.Complaint) int {
	w.t.Helper()
	talk, err := w.intake.Conversation(bg, staff.Officer{}, c.ReportID)
	w.must(err)
	return len(talk)
}

func TestEveryStepRefusesWhoMayNot(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		for _, name := range slices.Sorted(maps.Keys(drills())) {
			d := drills()[name]
			t.Run(name, func(t *testing.T) {
				w.t = t
				c := d.from(w)
				foreign := w.foreign
				if d.action == RevealName {
					foreign = w.office.officer(dawa, staff.IdentityCustodian)
				}
				if err := d.take(w, foreign, c); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("another county: %v, want ErrNotFound", err)
				}
				handler := w.office.officer(panshan, staff.UnitHandler)
				if err := d.take(w, handler, c); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("unit handler: %v, want ErrNotFound", err)
				}
				wrong := w.custodian
				switch d.action {
				case RevealName:
					wrong = w.officer
				case TieEarlier: // lies with the city
					wrong = w.office.officer(cityDesk, staff.IdentityCustodian)
				}
				if err := d.take(w, wrong, c); !d.anybody && !errors.Is(err, staff.ErrForbidden) {
					t.Errorf("wrong role: %v, want ErrForbidden", err)
				}
			})
		}
	})
}

func TestEveryStepRefusesStaleAndImpossible(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		over := w.closed()
		for _, name := range slices.Sorted(maps.Keys(drills())) {
			d := drills()[name]
			t.Run(name, func(t *testing.T) {
				w.t = t
				if !d.unaware {
					c := d.from(w)
					c.Version--
					if err := d.take(w, d.who(w), c); !errors.Is(err, step.ErrStale) {
						t.Errorf("stale: %v, want step.ErrStale", err)
					}
				}
				if d.anytime {
					return
				}
				if err := d.take(w, d.who(w), over); !errors.Is(err, step.ErrState) {
					t.Errorf("closed case: %v, want step.ErrState", err)
				}
			})
		}
	})
}

// When the record cannot be written, nothing of the step stays.
func TestEveryStepIsRecordedOrLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newCrew(t, s)
		for _, name := range slices.Sorted(maps.Keys(drills())) {
			d := drills()[name]
			t.Run(name, func(t *testing.T) {
				w.t = t
				w.village(shuangliu) // not inside the step that must leave nothing
				lead := w.described()
				c := d.from(w)
				if d.action == Link {
					d.take = func(w *crew, by staff.Officer, c intake.Complaint) error {
						return w.Link(bg, by, c.ID, c.Version, lead.ID)
					}
				}
				check := w.check("李核")
				if d.action == Verify {
					d.take = func(w *crew, by staff.Officer, c intake.Complaint) error {
						return w.Verify(bg, by, c.ID, c.Version, check)
					}
				}
				restore := w.sealRecord()
				before := w.everything()
				err := d.take(w, d.who(w), c)
				after := w.everything()
				restore()
				if err == nil {
					t.Fatal("the step went through without its event")
				}
				if before != after {
					t.Errorf("left something behind:\n%s\nwas\n%s", after, before)
				}
			})
		}
	})
}

// sealRecord makes every event fail until it is undone.
func (w *crew) sealRecord() func() {
	w.t.Helper()
	log := slog.Default()
	slog.SetDefault(slog.New(slog.DiscardHandler)) // the failures are meant
	accept := storetest.RefuseInserts(w.t, w.store, "event")
	return func() { accept(); slog.SetDefault(log) }
}

// everything is a digest of all that steps can change.
func (w *crew) everything() string {
	w.t.Helper()
	var b strings.Builder
	for _, table := range []string{"complaint", "complaint_subject", "recusal", "demand", "verification", "proposal", "step_reason",
		"letter", "delivery", "withdrawal", "complaint_earlier", "look", "supervision_item", "item_unit", "item_complaint", "item_note", "doc_number", "deadline", "message", "evidence_file", "event"} {
		var rows []map[string]any
		w.must(w.store.Read(bg).Table(table).Find(&rows).Error)
		var lines []string
		for _, r := range rows {
			lines = append(lines, fmt.Sprint(r))
		}
		slices.Sort(lines)
		fmt.Fprintln(&b, table, len(rows), lines)
	}
	return b.String()
}
