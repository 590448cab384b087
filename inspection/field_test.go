package inspection

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/staff"
)

const device = "Chrome · Android"

// carried is a planned inspection that its leader took along.
func (o *office) carried() (uuid.UUID, Luggage) {
	o.t.Helper()
	id := o.arranged()
	bag, err := o.TakeAlong(bg, o.lead, id, device)
	o.must(err)
	return id, bag
}

// photo stages a picture as the phone sends it.
func (o *office) photo(copyID, entry uuid.UUID) {
	o.t.Helper()
	o.stage(o.PhotoKey(o.lead, parcel(uuid.Nil, copyID, entry)))
}

// parcel is the first edition of an entry.
func parcel(id, copyID, entry uuid.UUID) Parcel { return Parcel{id, copyID, entry, 1} }

func TestAVisitIsTakenAlongAndComesInOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, bag := o.carried()
		if bag.TargetName != tianshui || len(bag.Questions) != 3 || !slices.Equal(bag.Team, []string{o.lead.Name, o.mate.Name}) || bag.Inspection.Number == "" {
			t.Errorf("packed %+v", bag)
		}
		c := o.whole(id).Copies
		if len(c) != 1 || c[0].Who != o.lead.Name || c[0].Device != device || !c[0].Abroad() {
			t.Errorf("copies %+v", c)
		}
		o.fails("by who is not of the team", second(o.TakeAlong(bg, o.idle, id, device)), staff.ErrForbidden)
		o.fails("by another office", second(o.TakeAlong(bg, o.other, id, device)), store.ErrNotFound)

		answer, activity, photo := uuid.New(), uuid.New(), uuid.New()
		bring := func() {
			t.Helper()
			o.must(o.BringAnswer(bg, o.lead, parcel(id, bag.Copy, answer), Answered{bag.Questions[0].ID, 1, No, "会计代领"}))
			o.must(o.BringActivity(bg, o.lead, parcel(id, bag.Copy, activity), o.done()))
			o.photo(bag.Copy, photo)
			o.must(o.BringPhoto(bg, o.lead, parcel(id, bag.Copy, photo), activity))
		}
		bring()
		first := o.kinds(ledger.OfInspection, id)
		bring() // the answers were lost on the way
		bring()
		w := o.whole(id)
		if len(w.Activities) != 1 || len(w.Activities[0].Files) != 1 || w.Questions[0].Version != 2 || w.Copies[0].Entries != 3 || w.State != UnderWay {
			t.Errorf("%d activities, %+v, %d entries", len(w.Activities), w.Questions[0], w.Copies[0].Entries)
		}
		if *w.Activities[0].CopyID != bag.Copy || *w.Questions[0].CopyID != bag.Copy {
			t.Error("it is not told where it came from")
		}
		if again := o.kinds(ledger.OfInspection, id); !slices.Equal(again, first) {
			t.Errorf("events %v, then %v", first, again)
		}
		if in, err := o.CameIn(bg, parcel(id, bag.Copy, photo)); err != nil || !in {
			t.Errorf("the photo: %v, %v", in, err)
		}
		if in, err := o.CameIn(bg, parcel(id, uuid.New(), photo)); err != nil || in {
			t.Errorf("the photo of another copy: %v, %v", in, err)
		}
		// The same name twice at the same moment.
		entry := uuid.New()
		for _, err := range race(
			func() error { return o.BringActivity(bg, o.lead, parcel(id, bag.Copy, entry), o.done()) },
			func() error { return o.BringActivity(bg, o.lead, parcel(id, bag.Copy, entry), o.done()) },
			func() error { return o.BringActivity(bg, o.lead, parcel(id, bag.Copy, entry), o.done()) },
		) {
			o.must(err)
		}
		if n := len(o.whole(id).Activities); n != 2 {
			t.Errorf("%d activities", n)
		}
		o.must(o.Unpack(bg, o.lead, id, bag.Copy))
		o.must(o.Unpack(bg, o.lead, id, bag.Copy))
		if c := o.whole(id).Copies[0]; c.Abroad() || c.ClearedAt == nil {
			t.Errorf("%+v", c)
		}
		o.fails("lost after it was cleared", o.Revoke(bg, o.boss, id, bag.Copy), step.ErrState)
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhatDoesNotFitIsTold(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, bag := o.carried()
		done := o.done()
		done.Found = "短"
		if err := o.BringActivity(bg, o.lead, parcel(id, bag.Copy, uuid.New()), done); problem(err, "found") == "" {
			t.Errorf("%v", err)
		}
		photo, activity := uuid.New(), uuid.New()
		o.photo(bag.Copy, photo)
		o.fails("a photo before its activity", o.BringPhoto(bg, o.lead, parcel(id, bag.Copy, photo), activity), store.ErrNotFound)
		o.must(o.BringActivity(bg, o.lead, parcel(id, bag.Copy, activity), o.done()))
		o.must(o.BringPhoto(bg, o.lead, parcel(id, bag.Copy, photo), activity))
		if err := o.BringPhoto(bg, o.lead, parcel(id, bag.Copy, uuid.New()), activity); problem(err, "files") == "" {
			t.Errorf("no photo: %v", err)
		}
		o.fails("a photo of a photo", o.BringPhoto(bg, o.lead, parcel(id, bag.Copy, uuid.New()), photo), store.ErrNotFound)
		// An entry's name belongs to its copy.
		other, err := o.TakeAlong(bg, o.mate, id, device)
		o.must(err)
		o.fails("another's entry again", o.BringActivity(bg, o.mate, parcel(id, other.Copy, activity), o.done()), store.ErrNotFound)
		o.fails("with another's copy", o.BringActivity(bg, o.mate, parcel(id, bag.Copy, uuid.New()), o.done()), store.ErrNotFound)
		o.fails("into another inspection", o.BringActivity(bg, o.lead, parcel(o.arranged(), bag.Copy, uuid.New()), o.done()), store.ErrNotFound)
		// Who left the team brings in what they carry; who left the office does not.
		o.must(o.exec("DELETE FROM inspection_member WHERE inspection_id = ? AND account_id = ?", id, o.mate.ID))
		o.must(o.BringActivity(bg, o.mate, parcel(id, other.Copy, uuid.New()), o.done()))
		gone := o.mate
		gone.UnitID = o.units[cityDesk].ID
		o.fails("who left the office", o.BringActivity(bg, gone, parcel(id, other.Copy, uuid.New()), o.done()), staff.ErrForbidden)
		// After the end nothing more is taken.
		o.must(o.CallOff(bg, o.boss, id, o.version(id), "合并到下月进行"))
		o.fails("after the end", o.BringActivity(bg, o.lead, parcel(id, bag.Copy, uuid.New()), o.done()), step.ErrState)
		o.must(o.BringActivity(bg, o.lead, parcel(id, bag.Copy, activity), o.done())) // this one is there already
	})
}

func TestTwoAnswersToOneQuestionAreShownSideBySide(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, bag := o.carried()
		q, entry := bag.Questions[0], uuid.New()
		o.must(o.Answer(bg, o.mate, id, []Answered{{q.ID, 1, Yes, "都到了"}}))
		mine := Answered{q.ID, 1, No, "两户没到"}
		var conflict *Conflict
		if err := o.BringAnswer(bg, o.lead, parcel(id, bag.Copy, entry), mine); !errors.As(err, &conflict) || conflict.Now[0].Answer != Yes || conflict.Now[0].By != o.mate.Name || conflict.Now[0].Version != 2 {
			t.Fatalf("%v", err)
		}
		if in, _ := o.CameIn(bg, parcel(id, bag.Copy, entry)); in {
			t.Error("a conflict counts as come in")
		}
		mine.Version = conflict.Now[0].Version // mine, the inspector says
		o.must(o.BringAnswer(bg, o.lead, parcel(id, bag.Copy, entry), mine))
		if now := o.whole(id).Questions[0]; now.Answer != No || now.Note != "两户没到" || now.Version != 3 {
			t.Errorf("%+v", now)
		}
		// Both say the same: there is nothing to choose.
		o.must(o.BringAnswer(bg, o.lead, parcel(id, bag.Copy, uuid.New()), Answered{q.ID, 1, No, "两户没到"}))

		var draft *DraftConflict
		o.must(o.KeepDraft(bg, o.mate, id, 0, Talk{Leaders: []string{"副镇长 某"}}))
		theirs := o.talk(id)
		if err := o.BringDraft(bg, o.lead, parcel(id, bag.Copy, entry), 0, theirs); err != nil {
			t.Errorf("a name that is known already: %v", err)
		}
		entry = uuid.New()
		if err := o.BringDraft(bg, o.lead, parcel(id, bag.Copy, entry), 0, theirs); !asDraft(err, &draft) || draft.Now.Leaders[0] != "副镇长 某" {
			t.Errorf("%v", err)
		}
		o.must(o.BringDraft(bg, o.lead, parcel(id, bag.Copy, entry), draft.Now.Version, theirs))
		if p := o.whole(id).Prepared; p.Leaders[0] != theirs.Leaders[0] || *p.CopyID != bag.Copy {
			t.Errorf("%+v", p)
		}
		theirs.Whole.Words = strings.Repeat("长", 30_000)
		if err := o.BringDraft(bg, o.lead, parcel(id, bag.Copy, uuid.New()), 2, theirs); problem(err, "opinion") == "" {
			t.Errorf("a draft without end: %v", err)
		}
	})
}

func TestWhatIsChangedOnThePhoneAfterItMayHaveComeInCounts(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, bag := o.carried()
		q := bag.Questions[0]
		first := parcel(id, bag.Copy, uuid.New())
		second, third := first, first
		second.Edition, third.Edition = 2, 3
		// The first came in, but its answer was lost; the inspector thought again.
		o.must(o.BringAnswer(bg, o.lead, first, Answered{q.ID, 1, Yes, ""}))
		o.must(o.BringAnswer(bg, o.lead, second, Answered{q.ID, 1, No, "两户没到"}))
		o.must(o.BringAnswer(bg, o.lead, first, Answered{q.ID, 1, Yes, ""})) // it arrives late, again
		if now := o.whole(id).Questions[0]; now.Answer != No || now.Note != "两户没到" || now.Version != 3 {
			t.Errorf("%+v", now)
		}
		if c := o.whole(id).Copies[0]; c.Entries != 1 {
			t.Errorf("%d entries of one answer", c.Entries)
		}
		o.must(o.Answer(bg, o.mate, id, []Answered{{q.ID, 3, Partly, "一户没到"}}))
		var conflict *Conflict
		if err := o.BringAnswer(bg, o.lead, third, Answered{q.ID, 1, No, "两户都没到"}); !errors.As(err, &conflict) {
			t.Errorf("over somebody else's answer: %v", err)
		}
		draft := parcel(id, bag.Copy, uuid.New())
		again := draft
		again.Edition = 2
		talk := o.talk(id)
		o.must(o.BringDraft(bg, o.lead, draft, 0, talk))
		talk.Leaders = []string{"镇长 某某"}
		o.must(o.BringDraft(bg, o.lead, again, 0, talk))
		if p := o.whole(id).Prepared; p.Version != 2 || p.Leaders[0] != "镇长 某某" {
			t.Errorf("%+v", p)
		}
		// A record stays as it came in.
		activity := parcel(id, bag.Copy, uuid.New())
		o.must(o.BringActivity(bg, o.lead, activity, o.done()))
		activity.Edition = 2
		other := o.done()
		other.Found = "另外一种说法，写在后面"
		o.must(o.BringActivity(bg, o.lead, activity, other))
		if w := o.whole(id); len(w.Activities) != 1 || w.Activities[0].Found == other.Found {
			t.Errorf("%+v", w.Activities)
		}
	})
}

func TestNothingIsTakenFromALostPhone(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		id, bag := o.carried()
		activity := uuid.New()
		o.must(o.BringActivity(bg, o.lead, parcel(id, bag.Copy, activity), o.done()))
		o.fails("by another office", o.Revoke(bg, o.other, id, bag.Copy), store.ErrNotFound)
		o.fails("by the office above", o.Revoke(bg, o.city, id, bag.Copy), staff.ErrForbidden)
		o.fails("of another inspection", o.Revoke(bg, o.boss, o.arranged(), bag.Copy), store.ErrNotFound)
		o.must(o.Revoke(bg, o.idle, id, bag.Copy))
		o.fails("twice", o.Revoke(bg, o.idle, id, bag.Copy), step.ErrState)
		photo := uuid.New()
		o.photo(bag.Copy, photo)
		for what, err := range map[string]error{
			"an answer":         o.BringAnswer(bg, o.lead, parcel(id, bag.Copy, uuid.New()), Answered{bag.Questions[0].ID, 1, No, ""}),
			"an activity":       o.BringActivity(bg, o.lead, parcel(id, bag.Copy, uuid.New()), o.done()),
			"the same activity": o.BringActivity(bg, o.lead, parcel(id, bag.Copy, activity), o.done()),
			"a photo":           o.BringPhoto(bg, o.lead, parcel(id, bag.Copy, photo), activity),
			"a draft":           o.BringDraft(bg, o.lead, parcel(id, bag.Copy, uuid.New()), 0, Talk{}),
			"its end":           o.Unpack(bg, o.lead, id, bag.Copy),
		} {
			o.fails(what, err, ErrRevoked)
		}
		if w := o.whole(id); len(w.Activities) != 1 || w.Copies[0].RevokedAt == nil {
			t.Errorf("%+v", w.Copies)
		}
		// Another phone of the same person works on.
		other, err := o.TakeAlong(bg, o.lead, id, device)
		o.must(err)
		o.must(o.BringActivity(bg, o.lead, parcel(id, other.Copy, uuid.New()), o.done()))
	})
}

func TestWhatCanBeTakenAlong(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		later := o.mandate()
		later.StartsOn, later.EndsOn = "2026-03-20", "2026-03-20"
		far, err := o.Arrange(bg, o.lead, later)
		o.must(err)
		near, over := o.arranged(), o.arranged()
		o.must(o.CallOff(bg, o.boss, over, o.version(over), "合并到下月进行"))
		ids := func(by staff.Officer) (ids []uuid.UUID) {
			lines, err := o.Visits(bg, by)
			o.must(err)
			for _, l := range lines {
				ids = append(ids, l.ID)
			}
			return ids
		}
		for by, want := range map[*staff.Officer][]uuid.UUID{&o.lead: {near, far}, &o.mate: {near, far}, &o.idle: nil, &o.city: nil} {
			if got := ids(*by); !slices.Equal(got, want) {
				t.Errorf("%v, want %v", got, want)
			}
		}
	})
}
