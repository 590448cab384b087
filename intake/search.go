package intake

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"gorm.io/gorm"

	"minsheng/internal/store"
)

// Grams cuts text into the two-character pieces that are indexed and searched:
// for Chinese every pair of neighbours (a single character stands for itself),
// for letters and digits lower-case runs. Full-width forms are folded. Each
// piece is returned once, in order of first appearance.
func Grams(text string) []string {
	var grams []string
	seen := map[string]bool{}
	add := func(gram string) {
		if !seen[gram] {
			seen[gram] = true
			grams = append(grams, gram)
		}
	}
	for _, run := range runs(strings.ToLower(norm.NFKC.String(text))) {
		if !unicode.Is(unicode.Han, run[0]) || len(run) == 1 {
			add(string(run))
			continue
		}
		for i := 1; i < len(run); i++ {
			add(string(run[i-1 : i+1]))
		}
	}
	return grams
}

// runs splits text into stretches of Chinese and stretches of other letters and
// digits; everything else separates.
func runs(text string) (all [][]rune) {
	class := 0
	for _, r := range text {
		was := class
		switch {
		case unicode.Is(unicode.Han, r):
			class = 1
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			class = 2
		default:
			class = 0
			continue
		}
		if class != was {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], r)
	}
	return all
}

// Index puts a complaint into the full-text index (summary, place, number) in
// the caller's transaction, replacing what stood there.
func (d *Desk) Index(tx *gorm.DB, c Complaint) error {
	grams := Grams(c.Summary + " " + c.PlaceName + " " + c.Number())
	if !d.store.Postgres() {
		if err := tx.Exec("DELETE FROM complaint_search WHERE rowid = ?", c.Seq).Error; err != nil {
			return err
		}
		return tx.Exec("INSERT INTO complaint_search (rowid, grams) VALUES (?, ?)", c.Seq, strings.Join(grams, " ")).Error
	}
	return tx.Exec(`INSERT INTO complaint_search (seq, grams) VALUES (?, array_to_tsvector(?::text[]))
		ON CONFLICT (seq) DO UPDATE SET grams = excluded.grams`, c.Seq, array(grams)).Error
}

// array writes a PostgreSQL array of grams, which hold letters and digits only.
func array(grams []string) string { return "{" + strings.Join(grams, ",") + "}" }

// indexEntry is the index row of a complaint that is being inserted as row
// complaint of the same statement: its number is known to the database only.
func (d *Desk) indexEntry(c Complaint, complaint int) store.Row {
	seq := store.Given{Row: complaint, Column: "seq"}
	year, _, _ := strings.Cut(c.Number(), "-")
	grams := Grams(c.PlaceName + " " + year)
	if d.store.Postgres() {
		return store.Row{Table: "complaint_search", Columns: []string{"seq", "grams"}, Values: []any{
			seq, store.Expr{SQL: "array_to_tsvector(?::text[] || to_char(?, 'FM000000'))", Args: []any{array(grams), seq}},
		}}
	}
	return store.Row{Table: "complaint_search", Columns: []string{"rowid", "grams"}, Values: []any{
		seq, store.Expr{SQL: "? || printf(' %06d', ?)", Args: []any{strings.Join(grams, " "), seq}},
	}}
}
