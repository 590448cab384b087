package console

import (
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// newInspectionPage asks for what an inspection is arranged with.
type newInspectionPage struct {
	Frame
	Form Form
	Says string // of which entry or earlier inspection it comes
}

// newInspection shows the form, filled from the entry of the plan or the earlier
// inspection that the address names.
func (v *visit) newInspection() (err error) {
	m, says := inspection.Mandate{StartsOn: v.day(), EndsOn: v.day(), Leader: v.by().ID}, ""
	if id, bad := uuid.Parse(v.c.Query("follows")); bad == nil {
		m.Follows = &id
		says, err = v.fromEarlier(&m)
	} else if key, bad := uuid.Parse(v.c.Query("entry")); bad == nil {
		m.PlanKey = &key
		says, err = v.fromPlan(&m)
	}
	if err != nil {
		return err
	}
	return v.newInspectionShow(fiber.StatusOK, m, says, Draft{})
}

func (v *visit) newInspectionShow(status int, m inspection.Mandate, says string, draft Draft) error {
	frame, err := v.frame(inspectionsPath+"/new", v.t("inspection.new"))
	if err != nil {
		return err
	}
	f := Form{Code: "arrange", Post: frame.Href(inspectionsPath), Label: v.t("inspection.act.arrange"), Button: v.t("inspection.act.arrange"),
		Does: v.t("inspection.does.arrange"), Told: v.t("inspection.told.arrange"), CSRF: frame.CSRF, Lang: string(v.lang), Primary: true}
	for name, id := range map[string]*uuid.UUID{"follows": m.Follows, "plan": m.PlanKey} {
		if id != nil {
			f.Fields = append(f.Fields, Field{Name: name, Kind: "hidden", Value: id.String()})
		}
	}
	asked, err := v.mandateFields(m, true)
	if err != nil {
		return err
	}
	f.Fields = append(f.Fields, asked...)
	return v.show(status, "inspection-new", newInspectionPage{frame, v.dress(draft.apply(v, f), draft), says})
}

// fromEarlier fills a mandate from the inspection that is followed up.
func (v *visit) fromEarlier(m *inspection.Mandate) (string, error) {
	w, err := v.Inspections.Open(v.ctx(), v.by(), *m.Follows)
	if err != nil {
		return "", err
	}
	m.Target, m.Kind, m.Form, m.Basis, m.Focus = w.TargetID, inspection.FollowUp, inspection.Onsite, w.Basis, v.t("inspection.follow_focus", "number", w.Number)
	return v.t("inspection.follows", "number", w.Number, "n", len(w.Findings)), nil
}

// fromPlan fills a mandate from an entry of the plan.
func (v *visit) fromPlan(m *inspection.Mandate) (string, error) {
	plan, err := uuid.Parse(v.c.Query("plan"))
	if err != nil {
		return "", store.ErrNotFound
	}
	s, err := v.Inspections.ShowPlan(v.ctx(), v.by(), plan)
	if err != nil {
		return "", err
	}
	for _, e := range s.Entries {
		if e.Key != *m.PlanKey {
			continue
		}
		m.Kind, m.Form, m.Focus, m.Basis = e.Kind, e.Form, e.Focus, v.t("inspection.plan_basis", "year", s.Year)
		if e.UnitID != nil {
			m.Target = *e.UnitID
		}
		return v.t("inspection.of_plan", "year", s.Year, "month", e.Month, "place", e.Place), nil
	}
	return "", store.ErrNotFound
}

func (v *visit) arrangeInspection() error {
	m := v.typedMandate()
	id, err := v.Inspections.Arrange(v.ctx(), v.by(), m)
	if err == nil {
		return v.leave(inspectionPath(id), "inspection_arrange")
	}
	draft, status, ok := v.refused("arrange", err)
	if !ok {
		return err
	}
	return v.newInspectionShow(status, m, "", draft)
}

// onInspection runs one step of an inspection and shows it again: changed, or
// with the words beside what is wrong. form is the code of the form it came from.
func (v *visit) onInspection(act inspection.Act, form string, do func(id uuid.UUID, version int) error) error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	if err = do(id, number(v.form.get("version"))); err == nil {
		return v.leave(inspectionPath(id), "inspection_"+string(act))
	}
	draft, status, ok := v.refused(form, err)
	if !ok {
		return err
	}
	return v.inspectionShow(status, id, draft)
}

// act is onInspection for a step with one form.
func (v *visit) inspectionAct(act inspection.Act, do func(id uuid.UUID, version int) error) error {
	return v.onInspection(act, string(act), do)
}

func (v *visit) changeInspection() error {
	return v.inspectionAct(inspection.ToChange, func(id uuid.UUID, version int) error {
		return v.Inspections.Rearrange(v.ctx(), v.by(), id, version, v.typedMandate())
	})
}

func (v *visit) announceInspection() error {
	return v.inspectionAct(inspection.ToAnnounce, func(id uuid.UUID, version int) error {
		return v.Inspections.Announce(v.ctx(), v.by(), id, version)
	})
}

func (v *visit) askMaterial() error {
	return v.inspectionAct(inspection.ToAsk, func(id uuid.UUID, _ int) error {
		return v.Inspections.AskFor(v.ctx(), v.by(), id, v.form.get("what"), workday.Date(v.form.get("until")))
	})
}

func (v *visit) returnMaterial() error {
	return v.inspectionAct(inspection.ToReturn, func(id uuid.UUID, _ int) error {
		material, version, err := v.formVersioned("material")
		if err != nil {
			return err
		}
		return v.Inspections.ReturnMaterial(v.ctx(), v.by(), id, material, version, v.form.get("words"))
	})
}

func (v *visit) recordSilence() error {
	return v.inspectionAct(inspection.ToSilence, func(id uuid.UUID, _ int) error {
		material, version, err := v.formVersioned("material")
		if err != nil {
			return err
		}
		return v.Inspections.RecordSilence(v.ctx(), v.by(), id, material, version, v.form.get("words"))
	})
}

func (v *visit) addQuestion() error {
	return v.inspectionAct(inspection.ToQuestion, func(id uuid.UUID, _ int) error {
		return v.Inspections.AskAlso(v.ctx(), v.by(), id, v.form.all("clauses"), v.form.get("own"))
	})
}

func (v *visit) recordActivity() error {
	return v.inspectionAct(inspection.ToRecord, func(id uuid.UUID, _ int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		done := v.typedActivity()
		done.Form = form.Key
		return v.Inspections.Record(v.ctx(), v.by(), id, done)
	})
}

// typedActivity is what was typed of an activity, at a desk or in the field.
func (v *visit) typedActivity() inspection.Done {
	return inspection.Done{
		Method: inspection.Method(v.form.get("method")), On: workday.Date(v.form.get("on")), From: v.form.get("from_time"), To: v.form.get("to_time"),
		Place: v.form.get("place"), People: v.form.lines("people"), Found: v.form.get("found"),
	}
}

func (v *visit) tieMatter() error {
	return v.inspectionAct(inspection.ToMatter, func(id uuid.UUID, _ int) error {
		return v.Inspections.LookInto(v.ctx(), v.by(), id, v.form.get("number"))
	})
}

// writeFinding writes a new finding, or another wording of the one that is named.
func (v *visit) writeFinding() error {
	form := string(inspection.ToWrite)
	var finding *uuid.UUID
	var rowVersion int
	if v.form.get("finding") != "" {
		id, n, err := v.formVersioned("finding")
		if err != nil {
			return err
		}
		finding, rowVersion, form = &id, n, form+"-"+id.String()
	}
	return v.onInspection(inspection.ToWrite, form, func(id uuid.UUID, _ int) error {
		words, err := v.typedFinding()
		if err != nil {
			return err
		}
		return v.Inspections.Write(v.ctx(), v.by(), id, finding, rowVersion, words)
	})
}

func (v *visit) typedFinding() (inspection.Words, error) {
	w := inspection.Words{
		Clause: v.form.get("clause"), Facts: v.form.get("facts"), Basis: v.form.get("basis"),
		Severity: inspection.Severity(v.form.get("severity")), Requirement: v.form.get("requirement"),
	}
	if text := v.form.get("households"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			return w, missing("households", "people")
		}
		w.Households = n
	}
	if text := v.form.get("amount"); text != "" {
		fen, ok := yuan(text)
		if !ok {
			return w, missing("amount", "amount")
		}
		w.AmountFen = fen
	}
	for _, proof := range v.form.all("proofs") {
		kind, text, _ := strings.Cut(proof, ".")
		id, _ := uuid.Parse(text) // what is none proves nothing: the room says so
		if kind == "activity" {
			w.Activities = append(w.Activities, id)
		} else {
			w.Materials = append(w.Materials, id)
		}
	}
	return w, nil
}

func (v *visit) dropFinding() error {
	finding, version, err := v.formVersioned("finding")
	if err != nil {
		return store.ErrNotFound
	}
	return v.onInspection("drop", "drop-"+finding.String(), func(id uuid.UUID, _ int) error {
		return v.Inspections.Drop(v.ctx(), v.by(), id, finding, version)
	})
}

func (v *visit) submitFindings() error {
	return v.inspectionAct(inspection.ToSubmit, func(id uuid.UUID, version int) error {
		return v.Inspections.SubmitFindings(v.ctx(), v.by(), id, version)
	})
}

// issueFindings rules on findings that were submitted.
func (v *visit) issueFindings() error {
	return v.inspectionAct(inspection.ToIssue, func(id uuid.UUID, version int) error {
		switch v.form.get("ruling") {
		case "approve":
			return v.Inspections.IssueFindings(v.ctx(), v.by(), id, version)
		case "return":
			return v.Inspections.ReturnFindings(v.ctx(), v.by(), id, version, v.form.get("note"))
		}
		return missing("ruling", "choose")
	})
}

func (v *visit) correctFinding() error {
	return v.inspectionAct(inspection.ToCorrect, func(id uuid.UUID, _ int) error {
		finding, err := v.formID("finding")
		if err != nil {
			return err
		}
		return v.Inspections.Correct(v.ctx(), v.by(), id, finding, v.form.get("words"))
	})
}

func (v *visit) revokeCopy() error {
	return v.inspectionAct(inspection.ToRevoke, func(id uuid.UUID, _ int) error {
		taken, err := v.formID("copy")
		if err != nil {
			return err
		}
		return v.Inspections.Revoke(v.ctx(), v.by(), id, taken)
	})
}

// endInspection is the handler of one way to end.
func endInspection(act inspection.Act) func(v *visit) error {
	return func(v *visit) error {
		return v.inspectionAct(act, func(id uuid.UUID, version int) error {
			end := v.Inspections.Finish
			if act == inspection.ToCancel {
				end = v.Inspections.CallOff
			}
			return end(v.ctx(), v.by(), id, version, v.form.get("why"))
		})
	}
}
