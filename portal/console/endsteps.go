package console

import (
	"github.com/google/uuid"

	"minsheng/appeal"
	"minsheng/intake"
	"minsheng/internal/workday"
	"minsheng/triage"
)

// The steps that follow an answer: each reads its form and asks for one thing.

func (v *visit) endStep(a appeal.Action, do func(id uuid.UUID, version int) error) error {
	return v.act(triage.Action(a), do)
}

func (v *visit) handOver() error {
	return v.endStep(appeal.HandOver, func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		to, err := v.formID("deliver_to")
		if err != nil {
			return err
		}
		return v.Appeals.Deliver(v.ctx(), v.by(), id, version, appeal.Handing{
			To: to, How: v.form.get("how"), OnDay: v.dayIn("on_day"), Words: v.form.get("words"), FormKey: form.Key,
		})
	})
}

// dayIn is the day typed into a field, "" when it is none.
func (v *visit) dayIn(name string) workday.Date {
	day, err := workday.Parse(v.form.get(name))
	if err != nil {
		return ""
	}
	return day
}

func (v *visit) callBack() error {
	return v.endStep(appeal.CallOn, func(id uuid.UUID, version int) error {
		form, err := v.filesForm()
		if err != nil {
			return err
		}
		return v.Appeals.CallBack(v.ctx(), v.by(), id, version, appeal.Call{
			OnDay: v.dayIn("on_day"), Channel: v.form.get("callback"), Reached: v.form.get("reached") == "1",
			Result: intake.Rating(v.form.get("result")), Words: v.form.get("words"), FormKey: form.Key,
		})
	})
}

func (v *visit) secondLook() error {
	return v.endStep(appeal.LookAgain, func(id uuid.UUID, version int) error {
		look := v.form.get("look")
		if look != appeal.LookRedo && look != appeal.LookStands {
			return missing("look", "choose")
		}
		return v.Appeals.SecondLook(v.ctx(), v.by(), id, version, look == appeal.LookRedo, v.form.get("words"))
	})
}

func (v *visit) appealNote() error {
	return v.endStep(appeal.TakeNote, func(id uuid.UUID, version int) error {
		return v.Appeals.NoteDown(v.ctx(), v.by(), id, version, v.form.get("text"))
	})
}

func (v *visit) hearing() error {
	return v.endStep(appeal.SetHearing, func(id uuid.UUID, version int) error {
		return v.Appeals.Hear(v.ctx(), v.by(), id, version, appeal.Hearing{First: v.dayIn("first_on"), Last: v.dayIn("last_on"), Words: v.form.get("words")})
	})
}

func (v *visit) proposeAppeal() error {
	return v.endStep(appeal.ProposeOn, func(id uuid.UUID, version int) error {
		return v.Appeals.Propose(v.ctx(), v.by(), id, version, appeal.Ruling{
			Ruling: v.form.get("appeal_ruling"), Facts: v.form.get("facts"), Basis: v.form.get("basis"), Answer: v.answerIn(),
		})
	})
}

func (v *visit) ruleAppeal() error {
	return v.endStep(appeal.RuleOn, func(id uuid.UUID, version int) error {
		ruling := v.form.get("ruling")
		if ruling != "approve" && ruling != "return" {
			return missing("ruling", "choose")
		}
		return v.Appeals.Rule(v.ctx(), v.by(), id, version, ruling == "approve", v.form.get("note"))
	})
}

func (v *visit) rejectRepeat() error {
	return v.act(triage.RejectRepeat, func(id uuid.UUID, version int) error {
		final, err := v.formID("final")
		if err != nil {
			return err
		}
		return v.Triage.ProposeRepeat(v.ctx(), v.by(), id, version, final)
	})
}

func (v *visit) comesAgain() error {
	return v.act(triage.Again, func(id uuid.UUID, version int) error {
		earlier, err := v.formID("into")
		if err != nil {
			return err
		}
		return v.Triage.ComesAgain(v.ctx(), v.by(), id, version, earlier)
	})
}

func (v *visit) tieEarlier() error {
	return v.act(triage.TieEarlier, func(id uuid.UUID, version int) error {
		earlier, err := v.caseNamed("", v.form.get("number"))
		if err != nil {
			return err
		}
		return v.Triage.TieEarlier(v.ctx(), v.by(), id, version, earlier)
	})
}

func (v *visit) letGo() error {
	return v.act(triage.LetGo, func(id uuid.UUID, version int) error {
		ends := v.form.get("let_go")
		if ends != "let_go" && ends != "goes_on" {
			return missing("let_go", "choose")
		}
		return v.Triage.LetGo(v.ctx(), v.by(), id, version, ends == "let_go", v.form.get("words"))
	})
}
