package console

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/inspection"
)

// checklistPage asks the questions of an inspection's checklist.
type checklistPage struct {
	Frame
	Whole    inspection.Whole
	Articles []articleView
	Answers  []Option
	Says     string
	Changed  []changedAnswer
	Typed    map[string]string // name of a field → what was typed
	Problem  string
}

// changedAnswer is a question that somebody else answered meanwhile.
type changedAnswer struct {
	inspection.Asked
	Words  string
	Answer string // theirs, in words
	Mine   string // in words
	Note   string // mine
}

func (v *visit) showChecklist() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	return v.checklistShow(fiber.StatusOK, id, checklistPage{})
}

func (v *visit) checklistShow(status int, id uuid.UUID, page checklistPage) error {
	w, err := v.Inspections.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	if page.Frame, err = v.frame(inspectionPath(id)+"/checklist", v.t("inspection.checklist")+" "+w.Number); err != nil {
		return err
	}
	page.Whole, page.Answers = w, v.options("inspection.answer.", inspection.Answers())
	page.Articles, _ = v.checklistOf(w.Questions)
	return v.show(status, "inspection-checklist", page)
}

// Value is what was typed into a field, or what is stored when nothing was.
func (p checklistPage) Value(name, stored string) string {
	if text, typed := p.Typed[name]; typed {
		return text
	}
	return stored
}

// answerChecklist takes those answers that differ from what the page showed.
func (v *visit) answerChecklist() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	answers, typed := v.typedAnswers()
	if len(answers) == 0 {
		return v.leave(inspectionPath(id), "")
	}
	err = v.Inspections.Answer(v.ctx(), v.by(), id, answers)
	if err == nil {
		return v.leave(inspectionPath(id), "inspection_answer")
	}
	page := checklistPage{Typed: typed}
	var conflict *inspection.Conflict
	if errors.As(err, &conflict) {
		page.Says, page.Changed = v.t("inspection.says.answered"), v.changedAnswers(conflict.Now, answers)
		return v.checklistShow(fiber.StatusConflict, id, page)
	}
	draft, status, ok := v.refused("answer", err)
	if !ok {
		return err
	}
	page.Says = draft.says + " " + firstProblem(draft)
	return v.checklistShow(status, id, page)
}

// Was is what a question said when the page showed it: its version, and enough of
// its answer to see whether it was changed. A form has room for 200 fields, so
// that the note itself is not sent along.
func (q questionView) Was() string {
	return strconv.Itoa(q.Version) + "." + said(q.Answer, q.Note)
}

// said is a short form of an answer; browsers write line breaks as they like.
func said(answer, note string) string {
	sum := sha256.Sum256([]byte(answer + "\n" + strings.ReplaceAll(note, "\r\n", "\n")))
	return hex.EncodeToString(sum[:6])
}

// typedAnswers reads answer.<id>, note.<id> and was.<id>, and keeps those answers
// that are not what the page showed.
func (v *visit) typedAnswers() (answers []inspection.Answered, typed map[string]string) {
	typed = map[string]string{}
	for name := range v.form.values {
		text, is := strings.CutPrefix(name, "was.")
		question, err := uuid.Parse(text)
		if !is || err != nil {
			continue
		}
		version, before, _ := strings.Cut(v.form.get(name), ".")
		a := inspection.Answered{Question: question, Version: number(version), Answer: v.form.get("answer." + text), Note: v.form.get("note." + text)}
		typed["answer."+text], typed["note."+text] = a.Answer, a.Note
		if said(a.Answer, a.Note) != before {
			answers = append(answers, a)
		}
	}
	return answers, typed
}

func (v *visit) changedAnswers(now []inspection.Asked, mine []inspection.Answered) (all []changedAnswer) {
	say := func(code string) string {
		if code == "" {
			return v.t("inspection.unanswered")
		}
		return v.known("inspection.answer."+code, "inspection.unanswered")
	}
	for _, q := range now {
		for _, a := range mine {
			if a.Question == q.ID {
				all = append(all, changedAnswer{q, v.questionWords(q), say(q.Answer), say(a.Answer), a.Note})
			}
		}
	}
	return all
}
