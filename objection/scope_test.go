package objection

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/store"
	"minsheng/ledger"
	"minsheng/notice"
	"minsheng/roll"
	"minsheng/staff"
)

func (o *office) lists(by staff.Officer, was Objection) bool {
	o.t.Helper()
	lines, err := o.List(bg, by, Filter{State: "all"})
	if err != nil {
		return false
	}
	return slices.ContainsFunc(lines, func(l Line) bool { return l.ID == was.ID })
}

func TestWhoMayKnowOfAnObjection(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		ofTown := o.filed(o.list(), key(2), WrongIn)
		ofCounty := o.filed(o.list(func(n *notice.Notice) { n.UnitID = o.units[poor].ID }), key(2), WrongIn)
		for _, c := range []struct {
			unit         string
			role         staff.Role
			town, county bool
		}{
			{panshan, staff.TriageOfficer, true, false},
			{panshan, staff.Supervisor, true, false},
			{panshan, staff.Registrar, false, false},
			{panshan, staff.Publisher, false, false},
			{panshan, staff.NoticeApprover, false, false},
			{panshan, staff.IdentityCustodian, false, false},
			{panshan, staff.Auditor, false, false},
			{panshan, staff.Administrator, false, false},
			{panshan, staff.UnitHandler, false, false},
			{dawa, staff.Supervisor, false, false},
			{poor, staff.Supervisor, false, false},
			{"town", staff.TriageOfficer, false, false},
			{"town", staff.Publisher, false, false},
			{cityDesk, staff.Supervisor, true, true},
			{cityDesk, staff.Publisher, false, false},
		} {
			by := o.officer(c.unit, c.role)
			for want, was := range map[*bool]Objection{&c.town: ofTown, &c.county: ofCounty} {
				_, err := o.Open(bg, by, was.ID)
				if *want != (err == nil) || err != nil && !errors.Is(err, store.ErrNotFound) || o.lists(by, was) != *want {
					t.Errorf("%s of %s: opens %v, lists %v, want %v", c.role, c.unit, err, o.lists(by, was), *want)
				}
				if *want {
					continue
				}
				for name, err := range map[string]error{
					"Acknowledge": o.Acknowledge(bg, by, was.ID, was.Version),
					"Message":     o.Message(bg, by, was.ID, "你好，请问"),
					"Record":      o.Record(bg, by, was.ID, was.Version, o.visit(householdVisit)),
					"Sign":        o.Sign(bg, by, was.ID, uuid.New(), was.Version, true),
					"Propose":     o.Propose(bg, by, was.ID, was.Version, NotUpheld, roll.Edit{}, reply),
					"Rule":        o.Rule(bg, by, was.ID, uuid.New(), was.Version, true, ""),
				} {
					if !errors.Is(err, store.ErrNotFound) {
						t.Errorf("%s of %s: %s gives %v", c.role, c.unit, name, err)
					}
				}
			}
		}
	})
}

// An office that published, and those below it, see nothing although the desk
// is theirs: the desks may have been set up otherwise since.
func TestThePublisherNeverReadsIt(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		was := o.filed(o.list(), key(2), WrongIn)
		set := func(desk, publisher string) {
			o.must(o.Store.Read(bg).Table("objection").Where("id = ?", was.ID).
				Updates(map[string]any{"desk_unit_id": o.units[desk].ID, "publisher_id": o.units[publisher].ID}).Error)
		}
		for _, c := range []struct {
			desk, publisher, reader string
			want                    bool
		}{
			{panshan, panshan, panshan, false},
			{panshan, cityDesk, panshan, false}, // below the publisher
			{panshan, panshan, cityDesk, true},
			{panshan, poor, panshan, true}, // beside
			{"town", "town", panshan, false},
			{"town", "town", "town", false},
		} {
			set(c.desk, c.publisher)
			_, err := o.Open(bg, o.officer(c.reader, staff.Supervisor), was.ID)
			if c.desk == "town" && c.reader == panshan {
				continue // no complaints are taken there: nothing lies on such a desk
			}
			if (err == nil) != c.want {
				t.Errorf("%s reads what %s published, on the desk of %s: %v, want %v", c.reader, c.publisher, c.desk, err, c.want)
			}
		}
	})
}

func TestARefusedAttemptStandsInTheRecordOnce(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		was, spy := o.filed(o.list(), key(2), WrongIn), o.officer("town", staff.TriageOfficer)
		for range 3 {
			if _, err := o.Open(bg, spy, was.ID); !errors.Is(err, store.ErrNotFound) {
				t.Fatal(err)
			}
		}
		if err := o.Message(bg, spy, was.ID, "你是谁家的"); !errors.Is(err, store.ErrNotFound) {
			t.Fatal(err)
		}
		events, err := ledger.Of(bg, o.Store, ledger.OfObjection, was.ID, "refused")
		if err != nil || len(events) != 1 || *events[0].ActorID != spy.ID {
			t.Errorf("events %+v, %v", events, err)
		}
		if _, err := o.Open(bg, spy, uuid.New()); !errors.Is(err, store.ErrNotFound) || o.count("event", "kind = 'refused'") != 2 {
			t.Errorf("what there is not must take as long as what is hidden: %v", err)
		}
	})
}

func TestTheList(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		one, two := o.filed(n, key(1), WrongIn), o.filed(n, nil, BadProcedure)
		three := o.filed(n, key(3), BadInfo)
		o.must(o.Withdraw(bg, three.ReportID))
		o.must(o.Acknowledge(bg, by.first, two.ID, two.Version))
		o.days(3) // Thursday: the first was to be acknowledged on Tuesday
		for name, c := range map[string]struct {
			f    Filter
			want []uuid.UUID
		}{
			"open":     {Filter{}, []uuid.UUID{one.ID, two.ID}},
			"next":     {Filter{After: one.Seq}, []uuid.UUID{two.ID}},
			"all":      {Filter{State: "all"}, []uuid.UUID{three.ID, two.ID, one.ID}},
			"all next": {Filter{State: "all", After: two.Seq}, []uuid.UUID{one.ID}},
			"withdrew": {Filter{State: Withdrawn}, []uuid.UUID{three.ID}},
			"mine":     {Filter{Mine: true}, []uuid.UUID{two.ID}},
			"town":     {Filter{Place: tianshui}, []uuid.UUID{one.ID, two.ID}},
			"county":   {Filter{Place: panshanCo}, []uuid.UUID{one.ID, two.ID}},
			"nearby":   {Filter{Place: "211122108000"}, nil},
			"odd":      {Filter{Place: "x' OR 1=1"}, nil},
		} {
			lines, err := o.List(bg, by.first, c.f)
			o.must(err)
			var ids []uuid.UUID
			for _, l := range lines {
				ids = append(ids, l.ID)
			}
			if !slices.Equal(ids, c.want) {
				t.Errorf("%s: %v, want %v", name, ids, c.want)
			}
		}
		lines, err := o.List(bg, by.first, Filter{})
		o.must(err)
		if l := lines[0]; l.Late != 2 || l.Notice != n.Title || l.Row == "" || l.Owner != "" {
			t.Errorf("first %+v", l)
		}
		if l := lines[1]; l.Late != -2 || l.Owner != by.first.Name || l.Row != "" {
			t.Errorf("second %+v", l)
		}
		if _, err := o.List(bg, o.officer(panshan, staff.Publisher), Filter{}); !errors.Is(err, staff.ErrForbidden) {
			t.Errorf("a publisher lists: %v", err)
		}
	})
}

// pdf stages a small PDF for a form.
func (o *office) pdf(form []byte) uuid.UUID {
	o.t.Helper()
	content := "%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n" + strings.Repeat(" ", 200) + "\n%%EOF\n"
	f, err := o.Shelf.Stage(bg, form, "照片.pdf", strings.NewReader(content))
	o.must(err)
	return f.ID
}

func TestFilesAreOpenedOnTheRecord(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		n, by := o.list(), o.county()
		f := o.filling(n, key(2), WrongIn)
		form, err := o.Intake.OpenForm(f.Token)
		o.must(err)
		handedIn := o.pdf(form.Key)
		receipt, _, err := o.File(bg, f)
		o.must(err)
		was := o.of(receipt)
		page, err := o.Intake.Track(bg, receipt.Digits)
		o.must(err)
		later := o.pdf(page.Form.Key)
		o.must(o.Intake.Say(bg, page.Token, page.Form.Token, "补一份存折照片"))
		o.must(o.Acknowledge(bg, by.first, was.ID, was.Version))
		v := o.visit(householdVisit)
		v.Form = []byte("visit")
		photo := o.pdf(v.Form)
		o.must(o.Record(bg, by.first, was.ID, was.Version+1, v))
		other := o.filed(n, key(1), WrongIn)
		foreign := o.pdf([]byte("elsewhere"))
		o.in(func(tx *gorm.DB) error {
			_, err := o.Shelf.Bind(tx, []byte("elsewhere"), "report", other.ReportID)
			return err
		})
		c, err := o.Open(bg, by.second, was.ID)
		if err != nil || len(c.Files) != 1 || len(c.Checks) != 1 || len(c.Checks[0].Files) != 1 || c.Narrative.Text != words || c.RowNow == nil || c.RowNow.Label != "李乙二" {
			t.Errorf("case %+v, %v", c, err)
		}
		if len(c.Messages) == 0 || len(c.Messages[0].Files) != 1 || c.Messages[0].Files[0].ID != later {
			t.Errorf("what came with a later message is not shown: %+v", c.Messages)
		}
		for _, file := range []uuid.UUID{handedIn, photo, later} {
			_, content, name, err := o.OpenFile(bg, by.second, was.ID, file)
			o.must(err)
			b, err := io.ReadAll(content)
			if err != nil || len(b) < 200 || name == "" {
				t.Errorf("read %d bytes as %s, %v", len(b), name, err)
			}
			content.Close()
		}
		if _, _, _, err := o.OpenFile(bg, by.second, was.ID, foreign); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("a file of another: %v", err)
		}
		if _, _, _, err := o.OpenFile(bg, o.officer("town", staff.TriageOfficer), was.ID, handedIn); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the publisher: %v", err)
		}
		events, err := ledger.Of(bg, o.Store, ledger.OfObjection, was.ID, "evidence_opened")
		if err != nil || len(events) != 3 || *events[0].ActorID != by.second.ID {
			t.Errorf("events %+v, %v", events, err)
		}
	})
}
