package triage

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"minsheng/intake"
	"minsheng/staff"
)

// AlikeAnswer is an answer to another case that says nearly the same.
type AlikeAnswer struct {
	Number  string // of the other case; "" when the officer may not see it
	ID      uuid.UUID
	Percent int // of the pieces of both texts that they share
}

const (
	alikeSince   = 90 * 24 * time.Hour
	alikeLooked  = 200 // letters of the office that are opened and compared
	alikeShown   = 3
	alikePercent = 80 // from which on two answers are nearly word for word the same
	alikeLeast   = 20 // pieces that an answer must have to be compared: short ones are alike by chance
)

// alikeAnswers compares a proposed answer with the latest of the same office
// (DOMAIN §9: replies copied from one case to the next). The letters are opened
// in memory, newest first, as many as alikeLooked.
func (q *Queue) alikeAnswers(ctx context.Context, by staff.Officer, c intake.Complaint, a Answer) ([]AlikeAnswer, error) {
	db := q.store.Read(ctx)
	letters, err := q.intake.LettersSince(db, by, c.DeskUnitID, q.store.Now().Add(-alikeSince), alikeLooked)
	if err != nil {
		return nil, err
	}
	own := pieces(parts(a, nil, false))
	var found []AlikeAnswer
	var cases []uuid.UUID
	for _, l := range letters {
		if p := likeness(own, pieces(l.Parts)); p >= alikePercent && l.ComplaintID != c.ID {
			found = append(found, AlikeAnswer{ID: l.ComplaintID, Percent: p})
			cases = append(cases, l.ComplaintID)
		}
	}
	slices.SortStableFunc(found, func(a, b AlikeAnswer) int { return b.Percent - a.Percent })
	found = found[:min(len(found), alikeShown)]
	if len(found) == 0 {
		return nil, nil
	}
	seen, err := q.Among(ctx, by, cases...)
	for i := range found {
		found[i].ID, found[i].Number = visibleOne(seen, found[i].ID)
	}
	return found, err
}

func visibleOne(seen []Row, id uuid.UUID) (uuid.UUID, string) {
	for _, r := range seen {
		if r.ID == id {
			return id, r.Number()
		}
	}
	return uuid.Nil, ""
}

// pieces are the pieces of what an answer found and did. Its basis takes no part:
// the same law is quoted the same way.
func pieces(parts []intake.LetterPart) map[string]bool {
	set := map[string]bool{}
	for _, p := range parts {
		for _, gram := range intake.Grams(p.Facts + " " + p.Done) {
			set[gram] = true
		}
	}
	return set
}

// likeness is the share of the pieces of two texts that both have, in percent.
func likeness(a, b map[string]bool) int {
	if len(a) < alikeLeast || len(b) < alikeLeast {
		return 0
	}
	both := 0
	for gram := range a {
		if b[gram] {
			both++
		}
	}
	return both * 100 / (len(a) + len(b) - both)
}
