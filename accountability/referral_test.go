package accountability

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"

	"minsheng/docket"
	"minsheng/intake"
	"minsheng/internal/evidence"
	"minsheng/internal/step"
	"minsheng/internal/store"
	"minsheng/internal/store/storetest"
	"minsheng/internal/workday"
	"minsheng/ledger"
	"minsheng/staff"
	"minsheng/triage"
)

// clue is a proper referral of a case.
func (o *office) clue(c intake.Complaint) NewReferral {
	return NewReferral{Organ: Discipline, Target: o.units[tianshui].ID, Grounds: []string{c.Number()},
		Clue: Clue{To: "盘山县纪委监委", Name: accused, Post: "村会计", Problem: "涉嫌截留危房改造补助三千元。", Verified: "发放表与存折相差三千元。", Basis: "《督查追责办法》第二十条"}}
}

func (o *office) composed(n NewReferral) uuid.UUID {
	o.t.Helper()
	id, err := o.Compose(bg, o.boss, n)
	o.must(err)
	return id
}

// verified is a case of taken whose evidence somebody looked over: the middle of the
// picture is black.
func (o *office) verified() intake.Complaint {
	o.t.Helper()
	c := o.taken()
	o.lookOver(c)
	return c
}

func (o *office) lookOver(c intake.Complaint) {
	o.t.Helper()
	opened, err := o.Triage.Case(bg, o.officer, c.ID)
	o.must(err)
	for _, v := range opened.Checks {
		for _, f := range v.Files {
			o.must(o.Triage.ClearFile(bg, o.officer, f.ID, triage.FileCheck{Verdict: evidence.Covered, Squares: []int{44, 45, 54, 55}}))
		}
	}
}

// taken is a case whose facts were looked at twice; the second note quotes the
// reporter, and a white picture was taken along.
func (o *office) taken() intake.Complaint {
	o.t.Helper()
	c := o.complaint()
	for i, found := range []string{"发放表与存折相差三千元。", reporter + "说会计扣了钱。"} {
		key := []byte(uuid.NewString())
		if i == 0 {
			white := image.NewGray(image.Rect(0, 0, 100, 100))
			for i := range white.Pix {
				white.Pix[i] = 255
			}
			var picture bytes.Buffer
			o.must(jpeg.Encode(&picture, white, nil))
			_, err := o.Shelf.Stage(bg, key, "门牌.jpg", &picture)
			o.must(err)
		}
		o.must(store.One(o.Store.Read(bg).Where("id = ?", c.ID), &c))
		o.must(o.Triage.Verify(bg, o.officer, c.ID, c.Version, triage.NewVerification{VisitedOn: o.today(), Place: "双柳村村部", Method: "review_files", Verifiers: []string{"李核"}, Found: found, FormKey: key}))
	}
	o.must(store.One(o.Store.Read(bg).Where("id = ?", c.ID), &c))
	return c
}

// opened unseals a package and checks every hash of its list.
func (o *office) opened(id uuid.UUID, identity age.Identity) map[string]string {
	o.t.Helper()
	name, content, err := o.Package(bg, o.boss2, id)
	o.must(err)
	defer content.Close()
	sealed, err := io.ReadAll(content)
	o.must(err)
	if !strings.HasSuffix(name, ".zip.age") || bytes.Contains(sealed, []byte(accused)) {
		o.t.Errorf("%s is not sealed", name)
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed), identity)
	o.must(err)
	zipped, err := io.ReadAll(plain)
	o.must(err)
	archive, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	o.must(err)
	files := map[string]string{}
	for _, f := range archive.File {
		r, err := f.Open()
		o.must(err)
		text, err := io.ReadAll(r)
		o.must(err)
		files[f.Name] = string(text)
	}
	sums := 0
	for line := range strings.Lines(files["SHA256SUMS"]) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		got := sha256.Sum256([]byte(files[name]))
		if hex.EncodeToString(got[:]) != sum || !strings.Contains(files["00-清单.txt"], sum) {
			o.t.Errorf("%s is not what the list says", name)
		}
		sums++
	}
	if sums != len(files)-2 {
		o.t.Errorf("%d files, %d in the list", len(files)-2, sums)
	}
	return files
}

func all(files map[string]string) string {
	var b strings.Builder
	for name, text := range files {
		b.WriteString(name + "\n" + text + "\n")
	}
	return b.String()
}

func TestAPackageIsSealedToTheOrgansKeyAndNamesNoReporter(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		organ, err := age.GenerateX25519Identity()
		o.must(err)
		o.fails("an officer sets a key", o.SetKey(bg, o.officer, Discipline, organ.Recipient().String()), staff.ErrForbidden)
		if err := o.SetKey(bg, o.boss, Discipline, "age1nonsense"); problem(err, "key") == "" {
			t.Errorf("nonsense is a key: %v", err)
		}
		o.must(o.SetKey(bg, o.boss, Discipline, " "+organ.Recipient().String()+" "))
		c := o.taken()
		measure := o.approved(o.against(ToDiscipline, c.Number()))
		n := o.clue(c)
		n.Measure = &measure
		o.fails("an officer composes", func() error { _, err := o.Compose(bg, o.officer, n); return err }(), staff.ErrForbidden)
		id := o.composed(n)
		_, err = o.Compose(bg, o.boss2, n)
		o.fails("composed twice", err, step.ErrState)
		w, err := o.OpenReferral(bg, o.boss2, id)
		o.must(err)
		if len(w.Materials) != 2 || w.Left != 1 || w.Key != organ.Recipient().String() || !slices.Contains(w.Actions, "seal") {
			t.Errorf("before it is sealed: %+v, left %d, %v", w.Materials, w.Left, w.Actions)
		}
		if _, err := o.Seal(bg, o.boss2, id, 1); problem(err, "materials") != "referral_unclear" || w.Materials[1].Unclear == "" {
			t.Errorf("a picture that nobody looked over leaves: %v %+v", err, w.Materials)
		}
		o.lookOver(c)
		if w, err = o.OpenReferral(bg, o.boss2, id); err != nil || w.Materials[1].Unclear != "" {
			t.Errorf("looked over: %v %+v", err, w.Materials)
		}
		_, err = o.Seal(bg, o.boss, id, 1)
		o.fails("who composed seals", err, step.ErrSamePerson)
		_, err = o.Seal(bg, o.cityBoss, id, 1)
		o.fails("the office above seals", err, staff.ErrForbidden)
		_, _, err = o.Package(bg, o.boss2, id)
		o.fails("a package before it is sealed", err, store.ErrNotFound)
		phrase, err := o.Seal(bg, o.boss2, id, 1)
		o.must(err)
		if phrase != "" {
			t.Error("a phrase, though there is a key")
		}
		files := o.opened(id, organ)
		text := all(files)
		if len(files) != 4 || !strings.Contains(text, "发放表与存折相差三千元") || strings.Contains(text, "李核") {
			t.Errorf("the package: %s", text)
		}
		for name, content := range files {
			if picture, err := jpeg.Decode(strings.NewReader(content)); strings.HasSuffix(name, ".jpg") {
				if err != nil || color.GrayModel.Convert(picture.At(50, 50)).(color.Gray).Y > 16 || color.GrayModel.Convert(picture.At(5, 5)).(color.Gray).Y < 240 {
					t.Errorf("the picture is not black where it should: %v", err)
				}
			}
		}
		for _, secret := range []string{reporter, "13800000000", "手续费", "会计扣了钱"} {
			if strings.Contains(text, secret) {
				t.Errorf("the package tells %s", secret)
			}
		}
		o.fails("handed over before it was sealed", o.Hand(bg, o.boss, id, 1, o.today()), step.ErrStale)
		o.must(o.Hand(bg, o.boss, id, 2, o.today()))
		if m := o.stored(measure); m.State != Served || m.ServedHow != byPackage || m.Number == "" {
			t.Errorf("the measure: %+v", m)
		}
		key := []byte(uuid.NewString())
		o.stage(key)
		if err := o.Receipt(bg, o.boss, id, 3, Feedback{On: "2026-03-01", Words: "收到"}); problem(err, "on") == "" {
			t.Errorf("a receipt before it was handed over: %v", err)
		}
		o.must(o.Receipt(bg, o.boss, id, 3, Feedback{Adopted: true, On: o.today(), Words: "已收到，登记编号3号。", FormKey: key}))
		w, err = o.OpenReferral(bg, o.boss, id)
		o.must(err)
		if w.State != Received || w.Ended != "已收到，登记编号3号。" || len(w.Files) != 1 || len(w.Materials) != 2 || o.stored(measure).State != Adopted {
			t.Errorf("at the end: %s %q %d files, measure %s", w.State, w.Ended, len(w.Files), o.stored(measure).State)
		}
		_, _, _, err = o.ReferralFile(bg, o.boss, id, *w.FileID)
		o.fails("the package as a file", err, store.ErrNotFound)
		_, receipt, _, err := o.ReferralFile(bg, o.boss, id, w.Files[0].ID)
		o.must(err)
		receipt.Close()
		want := []string{"referral_composed", "paper_issued", "referral_sealed", "package_opened", "referral_handed", "referral_received", "evidence_opened"}
		if got := o.kinds(ledger.OfReferral, id); !slices.Equal(got, want) {
			t.Errorf("events %v", got)
		}
		for table, rows := range o.dump() {
			for _, row := range rows {
				if strings.Contains(row, accused) {
					t.Errorf("%s holds the name: %s", table, row)
				}
			}
		}
	})
}

// TestWhatAHandlingOfficeSentIsLookedOverToo before it gets into a package.
func TestWhatAHandlingOfficeSentIsLookedOverToo(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		organ, err := age.GenerateX25519Identity()
		o.must(err)
		o.must(o.SetKey(bg, o.boss, Discipline, organ.Recipient().String()))
		item := o.item(o.officer)
		key := []byte(uuid.NewString())
		o.stage(key)
		o.must(o.Docket.Step(bg, o.clerk, item.ID, 2, "acknowledge", docket.Entry{}))
		o.must(o.Docket.Step(bg, o.clerk, item.ID, 3, "report", docket.Entry{Body: "逐户核对了发放表和存折，两户少发。", FormKey: key}))
		n := o.clue(o.complaint())
		n.Grounds = []string{item.Number}
		id := o.composed(n)
		_, err = o.Seal(bg, o.boss2, id, 1)
		w, shown := o.OpenReferral(bg, o.boss2, id)
		o.must(shown)
		at := slices.IndexFunc(w.Materials, func(m Material) bool { return m.Unclear != "" })
		if problem(err, "materials") != "referral_unclear" || at < 0 || !strings.HasPrefix(w.Materials[at].Unclear, "/console/items/"+item.ID.String()+"/cover/of/") {
			t.Fatalf("what nobody looked over leaves: %v %+v", err, w.Materials)
		}
		file := uuid.MustParse(path.Base(w.Materials[at].Unclear))
		o.must(o.Triage.ClearFile(bg, o.boss, file, triage.FileCheck{Verdict: evidence.Fit}))
		if _, err = o.Seal(bg, o.boss2, id, 1); problem(err, "materials") != "referral_unclear" {
			t.Errorf("one person alone: %v", err)
		}
		o.must(o.Triage.AgreeFile(bg, o.boss2, file, 1))
		_, err = o.Seal(bg, o.boss2, id, 1)
		o.must(err)
		if text := all(o.opened(id, organ)); !strings.Contains(text, "报告佐证.pdf") || !strings.Contains(text, "两户少发") {
			t.Errorf("the package: %s", text)
		}
	})
}

func TestWithoutAKeyAPhraseIsShownOnce(t *testing.T) {
	o := build(t, store.Config{Dir: storetest.SQLiteDir(t)})
	id := o.composed(o.clue(o.verified()))
	phrase, err := o.Seal(bg, o.boss2, id, 1)
	o.must(err)
	if len(phrase) != 29 || phrase == passphrase() {
		t.Errorf("the phrase is %q", phrase)
	}
	identity, err := age.NewScryptIdentity(phrase)
	o.must(err)
	if len(o.opened(id, identity)) != 4 {
		t.Error("the package is not whole")
	}
	for table, rows := range o.dump() {
		for _, row := range rows {
			if strings.Contains(row, phrase) {
				t.Errorf("%s holds the phrase", table)
			}
		}
	}
	again, err := o.Seal(bg, o.boss2, id, 2)
	if again != "" || !errors.Is(err, step.ErrState) {
		t.Errorf("sealed again: %q, %v", again, err)
	}
}

// The tool that anybody can install opens what the portal seals, and finds it whole.
func TestStockAgeOpensAPackage(t *testing.T) {
	tool, err := exec.LookPath("age")
	if err != nil {
		storetest.Missing(t, "age", err)
	}
	organ, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	o := build(t, store.Config{Dir: storetest.SQLiteDir(t)})
	o.must(o.SetKey(bg, o.boss, Discipline, organ.Recipient().String()))
	id := o.composed(o.clue(o.verified()))
	_, err = o.Seal(bg, o.boss2, id, 1)
	o.must(err)
	_, sealed, err := o.Package(bg, o.boss2, id)
	o.must(err)
	defer sealed.Close()
	key := filepath.Join(t.TempDir(), "key.txt")
	o.must(os.WriteFile(key, []byte(organ.String()+"\n"), 0o600))
	cmd := exec.CommandContext(t.Context(), tool, "-d", "-i", key)
	cmd.Stdin = sealed
	zipped, err := cmd.Output()
	o.must(err)
	archive, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	o.must(err)
	if len(archive.File) != 4 || !slices.ContainsFunc(archive.File, func(f *zip.File) bool { return f.Name == "SHA256SUMS" }) {
		t.Errorf("age opens %d files", len(archive.File))
	}
}

func TestOnlyTheCustodianReleasesWhoReported(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		organ, err := age.GenerateX25519Identity()
		o.must(err)
		o.lockAway()
		first, second := o.key(o.custodian), o.key(o.keeper)
		c := o.verified()
		id := o.composed(o.clue(c))
		if err := o.AskRelease(bg, o.boss, id, 1, uuid.New(), "纪委需要核实。"); problem(err, "complaint") == "" {
			t.Errorf("asked about another case: %v", err)
		}
		o.must(o.AskRelease(bg, o.boss, id, 1, c.ID, "纪委需要向反映人核实。"))
		o.fails("asked twice", o.AskRelease(bg, o.boss, id, 2, c.ID, "纪委需要向反映人核实。"), step.ErrState)
		_, err = o.Seal(bg, o.boss2, id, 2)
		o.fails("sealed while the custodian has not answered", err, step.ErrState)
		if w, err := o.OpenReferral(bg, o.boss2, id); err != nil || slices.Contains(w.Actions, "seal") {
			t.Errorf("offered to seal: %v, %v", w.Actions, err)
		}
		for who, want := range map[*staff.Officer]Waiting{&o.custodian: {Releases: 1}, &o.keeper: {Releases: 1}, &o.boss2: {Seals: 1}, &o.boss: {}, &o.cityBoss: {}} {
			if n, err := o.Waiting(bg, *who); err != nil || n != want {
				t.Errorf("waiting: %+v, %v, want %+v", n, err, want)
			}
		}
		asked, err := o.Asked(bg, o.custodian)
		o.must(err)
		if len(asked) != 1 || asked[0].Number != c.Number() || asked[0].Why != "纪委需要向反映人核实。" || asked[0].UnitName != panshan {
			t.Fatalf("the custodian reads %+v", asked)
		}
		o.fails("a boss releases", o.RuleRelease(bg, o.boss2, nil, asked[0].ID, true, "同意移送。"), staff.ErrForbidden)
		o.fails("the custodian opens the referral", o.MaySeal(bg, o.custodian, id), store.ErrNotFound)
		both := o.boss
		both.Roles = append(slices.Clone(both.Roles), staff.IdentityCustodian)
		o.fails("who asked releases", o.RuleRelease(bg, both, nil, asked[0].ID, true, "同意移送。"), step.ErrSamePerson)
		if slices.Contains(o.kinds(ledger.OfComplaint, c.ID), "identity_opened") {
			t.Error("opened already")
		}
		if err := o.RuleRelease(bg, o.custodian, first, asked[0].ID, true, "同意随包移送。"); problem(err, "give") == "" {
			t.Errorf("without a key of the organ: %v", err)
		}
		o.must(o.SetKey(bg, o.boss, Discipline, organ.Recipient().String()))
		o.must(o.RuleRelease(bg, o.custodian, first, asked[0].ID, true, "同意随包移送。"))
		o.fails("one custodian alone", o.RuleRelease(bg, o.custodian, first, asked[0].ID, true, "同意随包移送。"), step.ErrSamePerson)
		o.fails("without the key of a session", o.RuleRelease(bg, o.keeper, nil, asked[0].ID, true, "同意随包移送。"), staff.ErrNoKey)
		if slices.Contains(o.kinds(ledger.OfComplaint, c.ID), "identity_opened") {
			t.Error("opened by one")
		}
		for who, want := range map[*staff.Officer]int{&o.custodian: 0, &o.keeper: 1} {
			if n, err := o.Waiting(bg, *who); err != nil || n.Releases != want {
				t.Errorf("waiting for %s: %+v, %v", who.Name, n, err)
			}
		}
		o.must(o.RuleRelease(bg, o.keeper, second, asked[0].ID, true, "来函核对过了。"))
		reader := o.keeper
		reader.Key = second
		why, err := o.Triage.Reasons(bg, reader, c.ID)
		o.must(err)
		if len(why) != 2 || why[0].Words != "同意随包移送。" || why[1].Words != "来函核对过了。" {
			t.Errorf("what the two wrote: %+v", why)
		}
		o.fails("released twice", o.RuleRelease(bg, o.keeper, second, asked[0].ID, true, "同意随包移送。"), store.ErrNotFound)
		var row releaseRow
		o.must(store.One(o.Store.Read(bg).Where("id = ?", asked[0].ID), &row))
		if bytes.Contains(row.IdentitySealed, []byte(reporter)) {
			t.Error("the portal itself opens what was released")
		}
		if !slices.Contains(o.kinds(ledger.OfComplaint, c.ID), "identity_opened") {
			t.Error("the reporter does not read that their name was opened")
		}
		_, err = o.Seal(bg, o.boss2, id, 2)
		o.fails("sealed as the page was before", err, step.ErrStale)
		other, err := age.GenerateX25519Identity()
		o.must(err)
		o.must(o.SetKey(bg, o.boss, Discipline, other.Recipient().String()))
		if _, err = o.Seal(bg, o.boss2, id, 4); problem(err, "ruling") == "" {
			t.Errorf("sealed to another key than the name: %v", err)
		}
		o.must(o.SetKey(bg, o.boss, Discipline, organ.Recipient().String()))
		_, err = o.Seal(bg, o.boss2, id, 4)
		o.must(err)
		text := ""
		for name, content := range o.opened(id, organ) {
			if strings.HasSuffix(name, ".age") {
				inner, err := age.Decrypt(strings.NewReader(content), organ)
				o.must(err)
				named, err := io.ReadAll(inner)
				o.must(err)
				content = string(named)
			}
			text += content
		}
		if !strings.Contains(text, "姓名："+reporter) || !strings.Contains(text, "13800000000") || strings.Contains(text, "手续费") {
			t.Errorf("the package: %s", text)
		}
		// Withheld: nothing is opened, and the package names nobody.
		kept := o.verified()
		withheld := o.composed(o.clue(kept))
		o.must(o.AskRelease(bg, o.boss, withheld, 1, kept.ID, "纪委需要向反映人核实。"))
		asked, err = o.Asked(bg, o.custodian)
		o.must(err)
		o.must(o.RuleRelease(bg, o.custodian, first, asked[0].ID, false, ""))
		_, err = o.Seal(bg, o.boss2, withheld, 3)
		o.must(err)
		if strings.Contains(all(o.opened(withheld, organ)), reporter) || slices.Contains(o.kinds(ledger.OfComplaint, kept.ID), "identity_opened") {
			t.Error("withheld, and told all the same")
		}
	})
}

func TestNobodyElseKnowsOfAReferral(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		c := o.verified()
		n := o.clue(c)
		var leak *triage.Leak
		n.Problem = "据" + reporter + "反映，涉嫌截留补助。"
		if _, err := o.Compose(bg, o.boss, n); !errors.As(err, &leak) || leak.Findings[0].Field != "problem" {
			t.Errorf("the reporter's name in the letter: %v", err)
		}
		id := o.composed(o.clue(c))
		for name, who := range map[string]struct {
			by   staff.Officer
			sees bool
		}{"the composer": {o.boss, true}, "a second boss": {o.boss2, true}, "the boss above": {o.cityBoss, true}, "an officer": {o.officer, false}, "the boss beside": {o.foreign, false},
			"the town": {o.clerk, false}, "the custodian": {o.custodian, false}} {
			if err := o.MaySeal(bg, who.by, id); (err == nil) != who.sees {
				t.Errorf("%s: %v", name, err)
			}
			list, err := o.Referrals(bg, who.by, uuid.Nil)
			o.must(err)
			if (len(list) == 1) != who.sees {
				t.Errorf("%s lists %d", name, len(list))
			}
		}
		o.must(o.Store.Read(bg).Exec("UPDATE referral SET target_id = ? WHERE id = ?", o.units[panshan].ID, id).Error)
		o.fails("about somebody in the own office", o.MaySeal(bg, o.boss, id), store.ErrNotFound)
		o.must(o.Store.Read(bg).Exec("UPDATE referral SET target_id = ? WHERE id = ?", o.units[tianshui].ID, id).Error)
		o.must(o.Triage.Recuse(bg, o.boss2, c.ID, "是亲戚"))
		o.fails("who stepped back", o.MaySeal(bg, o.boss2, id), store.ErrNotFound)
		third := o.person2()
		o.oneWins("sealed and returned", []error{step.ErrStale, step.ErrState},
			func() error { _, err := o.Seal(bg, third, id, 1); return err },
			func() error { return o.Return(bg, o.person2(), id, 1, "材料不够，补充后再移送。") })
		if err := o.Store.Read(bg).Exec("UPDATE referral SET ruled_by = composed_by WHERE id = ?", id).Error; err == nil {
			t.Error("the schema lets who composed seal")
		}
		if o.today() != workday.Date("2026-03-02") {
			t.Error("the clock ran")
		}
	})
}
