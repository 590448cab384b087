package console

import (
	"errors"
	"strings"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/internal/store"
	"minsheng/internal/workday"
	"minsheng/triage"
)

// The steps of a case: each reads its form and asks the queue for one thing.

func (v *visit) claim() error {
	return v.act(triage.Claim, func(id uuid.UUID, _ int) error { return v.Triage.Claim(v.ctx(), v.by(), id) })
}

func (v *visit) assign() error {
	return v.act(triage.Assign, func(id uuid.UUID, _ int) error {
		to, err := v.formID("to")
		if err != nil {
			return err
		}
		return v.Triage.Assign(v.ctx(), v.by(), to, id)
	})
}

func (v *visit) release() error {
	return v.act(triage.Release, func(id uuid.UUID, _ int) error { return v.Triage.Release(v.ctx(), v.by(), id) })
}

func (v *visit) recuse() error {
	return v.act(triage.Recuse, func(id uuid.UUID, _ int) error {
		return v.Triage.Recuse(v.ctx(), v.by(), id, v.form.get("reason"))
	})
}

func (v *visit) describe() error {
	return v.act(triage.Describe, func(id uuid.UUID, version int) error {
		return v.Triage.Describe(v.ctx(), v.by(), id, version, triage.Description{
			Summary: v.form.get("summary"), Kind: intake.Kind(v.form.get("kind")), Programme: v.form.get("programme"),
			Severity: number(v.form.get("severity")), Demands: v.form.lines("demands"),
		})
	})
}

func (v *visit) nameSubject() error {
	return v.act(triage.NameSubject, func(id uuid.UUID, version int) error {
		units, err := v.formIDs("units")
		if err != nil {
			return err
		}
		return v.Triage.NameSubject(v.ctx(), v.by(), id, version, units)
	})
}

func (v *visit) namePerson() error {
	return v.act(triage.NamePerson, func(id uuid.UUID, version int) error {
		var unit uuid.UUID
		var err error
		if v.form.get("person_unit") != "" {
			unit, err = v.formID("person_unit")
		}
		if err != nil {
			return err
		}
		return v.Triage.NamePerson(v.ctx(), v.by(), id, version, v.form.get("person"), unit)
	})
}

func (v *visit) split() error {
	return v.act(triage.Split, func(id uuid.UUID, version int) error {
		_, err := v.Triage.Split(v.ctx(), v.by(), id, version, v.form.lines("summaries"))
		return err
	})
}

func (v *visit) link() error {
	return v.act(triage.Link, func(id uuid.UUID, version int) error {
		into, err := v.caseNamed(v.form.get("into"), v.form.get("number"))
		if err != nil {
			return err
		}
		return v.Triage.Link(v.ctx(), v.by(), id, version, into)
	})
}

// caseNamed finds the case that was chosen from a list, or whose number was
// typed.
func (v *visit) caseNamed(chosen, number string) (uuid.UUID, error) {
	if number == "" {
		if id, err := uuid.Parse(chosen); err == nil {
			return id, nil
		}
		return uuid.Nil, missing("number", "choose")
	}
	found, err := v.Triage.Find(v.ctx(), v.by(), triage.Filter{Text: number}, "")
	if err != nil && !errors.Is(err, triage.ErrShortSearch) {
		return uuid.Nil, err
	}
	for _, row := range found.Rows {
		if strings.EqualFold(row.Number(), number) {
			return row.ID, nil
		}
	}
	return uuid.Nil, missing("number", "no_such_case")
}

func (v *visit) message() error {
	return v.act(triage.SayToReporter, func(id uuid.UUID, _ int) error {
		return v.Triage.Message(v.ctx(), v.by(), id, v.form.get("text"))
	})
}

func (v *visit) askMore() error {
	return v.act(triage.AskMore, func(id uuid.UUID, version int) error {
		return v.Triage.AskMore(v.ctx(), v.by(), id, version, v.form.get("text"))
	})
}

func (v *visit) accept() error {
	return v.act(triage.Accept, func(id uuid.UUID, version int) error { return v.Triage.Accept(v.ctx(), v.by(), id, version) })
}

func (v *visit) transfer() error {
	return v.act(triage.Transfer, func(id uuid.UUID, version int) error {
		to, err := v.formID("unit")
		if err != nil {
			return err
		}
		return v.Triage.Transfer(v.ctx(), v.by(), id, version, to, v.form.get("reason"))
	})
}

func (v *visit) refer() error {
	return v.act(triage.Refer, func(id uuid.UUID, version int) error {
		return v.Triage.ProposeReferral(v.ctx(), v.by(), id, version, v.form.get("reason"))
	})
}

func (v *visit) decline() error {
	return v.act(triage.Decline, func(id uuid.UUID, version int) error {
		return v.Triage.ProposeDecline(v.ctx(), v.by(), id, version, v.form.get("reason"), v.form.get("where_to"))
	})
}

func (v *visit) extend() error {
	return v.act(triage.Extend, func(id uuid.UUID, version int) error {
		return v.Triage.ProposeExtension(v.ctx(), v.by(), id, version, number(v.form.get("days")), v.form.get("reason"))
	})
}

func (v *visit) verify() error {
	return v.act(triage.Verify, func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		day, err := workday.Parse(v.form.get("visited_on"))
		if err != nil {
			return missing("visited_on", "day")
		}
		return v.Triage.Verify(v.ctx(), v.by(), id, version, triage.NewVerification{
			VisitedOn: day, Place: v.form.get("place"), Method: v.form.get("method"),
			Verifiers: v.form.lines("verifiers"), Found: v.form.get("found"), FormKey: form.Key,
		})
	})
}

// filesForm opens the form that names the files handed in with a step. A file
// that was refused stops the step: whoever sent it must know before it counts.
func (v *visit) filesForm() (intake.Form, error) {
	form, err := v.Intake.OpenForm(v.form.get("form"))
	if err == nil && len(v.form.refused) > 0 {
		return form, errRefused
	}
	return form, err
}

// errRefused means that some of the files were not taken.
var errRefused = errors.New("console: files refused")

func (v *visit) decide() error {
	return v.act(triage.Decide, func(id uuid.UUID, version int) error {
		return v.Triage.ProposeAnswer(v.ctx(), v.by(), id, version, v.answerIn())
	})
}

// answerIn is the answer that was typed: one finding on each demand.
func (v *visit) answerIn() triage.Answer {
	answer := triage.Answer{Outcome: intake.Outcome(v.form.get("outcome"))}
	for n := 1; n <= 50 && v.form.has("facts."+itoa(n)); n++ {
		part := func(name string) string { return v.form.get(name + "." + itoa(n)) }
		answer.Findings = append(answer.Findings, triage.AnswerPart{
			N: n, Result: intake.Outcome(part("result")), Facts: part("facts"), Basis: part("basis"), Done: part("done"),
		})
	}
	return answer
}

func (v *visit) rule() error {
	return v.act(triage.Rule, func(id uuid.UUID, _ int) error {
		proposal, err := v.formID("proposal")
		if err != nil {
			return err
		}
		ruling := v.form.get("ruling")
		if ruling != "approve" && ruling != "return" {
			return missing("ruling", "choose")
		}
		return v.Triage.Rule(v.ctx(), v.by(), id, proposal, ruling == "approve", v.form.get("note"))
	})
}

func (v *visit) convert() error {
	return v.act(triage.Convert, func(id uuid.UUID, version int) error {
		item, err := v.typedItem()
		if err != nil {
			return err
		}
		_, err = v.Docket.Convert(v.ctx(), v.by(), id, version, item)
		return err
	})
}

func (v *visit) closeCase() error {
	return v.act(triage.Close, func(id uuid.UUID, version int) error { return v.Triage.Close(v.ctx(), v.by(), id, version) })
}

// formID reads an id chosen from a list.
func (v *visit) formID(name string) (uuid.UUID, error) {
	if v.form.get(name) == "" {
		return uuid.Nil, missing(name, "choose")
	}
	id, err := uuid.Parse(v.form.get(name))
	if err != nil {
		return uuid.Nil, store.ErrNotFound
	}
	return id, nil
}

func (v *visit) formIDs(name string) ([]uuid.UUID, error) {
	var out []uuid.UUID
	for _, text := range v.form.all(name) {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, store.ErrNotFound
		}
		out = append(out, id)
	}
	if len(out) == 0 {
		return nil, missing(name, "choose")
	}
	return out, nil
}

// missing is what the domain would say of a field, had it been asked.
func missing(field, key string) error {
	return &intake.Invalid{Problems: map[string]string{field: "console_" + key}}
}
