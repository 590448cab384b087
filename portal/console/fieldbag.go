package console

import (
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"minsheng/inspection"
	"minsheng/portal/view"
	"minsheng/staff"
)

// bag is a visit as it goes onto a phone.
type bag struct {
	Copy      uuid.UUID     `json:"copy"`
	ID        uuid.UUID     `json:"id"`
	Number    string        `json:"number"`
	Target    string        `json:"target"`
	Kind      string        `json:"kind"`
	Days      string        `json:"days"`
	Focus     string        `json:"focus"`
	Team      []string      `json:"team"`
	Questions []bagQuestion `json:"questions"`
	Findings  []bagFinding  `json:"findings"`
	Prepared  bagTalk       `json:"prepared"`
}

type bagQuestion struct {
	ID      uuid.UUID `json:"id"`
	Article string    `json:"article"`
	Words   string    `json:"words"`
	Answer  string    `json:"answer"`
	Note    string    `json:"note"`
	By      string    `json:"by"`
	Version int       `json:"version"`
}

type bagFinding struct {
	ID          uuid.UUID `json:"id"`
	Title       string    `json:"title"`
	Facts       string    `json:"facts"`
	Requirement string    `json:"requirement"`
}

// bagTalk is an exchange of views as it is being prepared, in the shape in which
// the phone's form has it.
type bagTalk struct {
	Version int               `json:"version"`
	By      string            `json:"by"`
	Fields  map[string]string `json:"fields"`
}

// takeVisit hands a visit out to a phone.
func (v *visit) takeVisit() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	l, err := v.Inspections.TakeAlong(v.ctx(), v.by(), id, staff.DeviceName(v.c.Get(fiber.HeaderUserAgent)))
	if err != nil {
		return v.toPhone(err)
	}
	i := l.Inspection
	b := bag{Copy: l.Copy, ID: id, Number: i.Number, Target: l.TargetName, Kind: v.t("inspection.kind." + string(i.Kind)), Focus: i.Focus, Team: l.Team,
		Days: v.t("inspection.days", "from", view.Day(v.lang, i.StartsOn), "to", view.Day(v.lang, i.EndsOn)), Prepared: bagTalkOf(l.Prepared),
		Questions: []bagQuestion{}, Findings: []bagFinding{}} // none is no null
	articles, _ := v.checklistOf(l.Questions)
	for _, a := range articles {
		for _, q := range a.Questions {
			b.Questions = append(b.Questions, bagQuestionOf(q, a.Title))
		}
	}
	for n, f := range l.Findings {
		if f.ExchangeID == nil {
			b.Findings = append(b.Findings, bagFinding{f.ID, v.t("inspection.nth_finding", "n", n+1) + " " + v.clauseName(f.Clause), f.Facts, f.Requirement})
		}
	}
	return v.c.JSON(b)
}

func bagQuestionOf(q questionView, article string) bagQuestion {
	return bagQuestion{q.ID, article, q.Words, q.Answer, q.Note, q.By, q.Version}
}

func bagTalkOf(p inspection.Prepared) bagTalk {
	t := bagTalk{Version: p.Version, By: p.By, Fields: map[string]string{}}
	if p.Version == 0 {
		return t
	}
	for name, text := range map[string]string{
		"held_on": string(p.HeldOn), "leaders": strings.Join(p.Leaders, "\n"), "agreed": choiceOf(p, "agreed", p.Whole.Agreed), "opinion": p.Whole.Words, "signed": choiceOf(p, "signed", p.Signed), "unsigned_why": p.UnsignedWhy,
	} {
		t.Fields[name] = text
	}
	for id, o := range p.Of {
		agreed := "agreed." + id.String()
		t.Fields[agreed], t.Fields["opinion."+id.String()] = choiceOf(p, agreed, o.Agreed), o.Words
	}
	return t
}
