package selfreport

import (
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"minsheng/internal/sheet"
)

// cell is the type of a cell that holds an answer.
func (k Kind) cell() sheet.Type {
	return map[Kind]sheet.Type{Number: sheet.Whole, Amount: sheet.Money, YesNo: sheet.YesNo}[k] // "" is a text
}

// written is an answer as a sheet holds it; nil when there is none.
func (q Question) written(a Answers) any {
	v, given := a[q.N]
	switch {
	case !given:
		return nil
	case q.Kind == Text:
		return v.Words
	case q.Kind == YesNo:
		return v.Figure == 1
	}
	return v.Figure
}

// Codes of the columns of the sheet that offices fill in.
const (
	columnCode   = "编号"
	columnWords  = "问题"
	columnAnswer = "填写"
)

// code names a question in the sheet of a period, so that a sheet of another
// period is told from it.
func (w Whole) code(q Question) string { return string(w.Period) + "-" + strconv.Itoa(q.N) }

// Template writes the sheet that the office fills in: a line for each question,
// with what is answered already. hint says with what a question is answered; it
// also keeps a question that ends in 合计 from being taken for a line of totals.
func (w Whole) Template(out io.Writer, hint func(Question) string) error {
	heads := []sheet.Head{{Name: columnCode, Type: sheet.Text, Width: 14}, {Name: columnWords, Type: sheet.Text, Width: 60}, {Name: columnAnswer, Type: sheet.Text, Width: 30}}
	x, err := sheet.NewXLSX(out, w.Schedule.Title+" "+string(w.Period), heads)
	if err != nil {
		return err
	}
	for _, q := range w.Questions {
		answer := q.written(w.Answers)
		if fen, is := answer.(int64); is && q.Kind == Amount {
			answer = sheet.Yuan(fen)
		}
		if err := x.Write(w.code(q), q.Words+"（"+hint(q)+"）", answer); err != nil {
			return err
		}
	}
	return x.Close()
}

// CellProblem is what is wrong with an answer in a sheet: Key is of
// sheet.problem.<key>, Ref the cell.
type CellProblem struct {
	N   int
	Ref string
	Key string
	Raw string
}

// ErrOtherSheet means that a sheet is not the one that was asked for: no line of
// it is of this report and period.
var ErrOtherSheet = errors.New("selfreport: not the sheet of this report")

// Read reads the answers of a sheet that was filled in. Cells that cannot be
// understood are told and left out. Errors: those of sheet.Open, ErrOtherSheet.
func (w Whole) Read(ctx context.Context, r io.ReaderAt, size int64, name string) (Answers, []CellProblem, error) {
	book, err := sheet.Open(r, size, name)
	if err != nil {
		return nil, nil, err
	}
	defer book.Close()
	columns := []sheet.Field{{Code: "code", Type: sheet.Text, Names: []string{columnCode}}, {Code: "answer", Type: sheet.Text, Names: []string{columnAnswer}}}
	layout, err := book.Guess(0, columns, nil)
	if err != nil {
		return nil, nil, err
	}
	layout.Columns = spread(layout.Columns)
	found := reading{whole: w, seen: map[int]bool{}, answers: Answers{}}
	_, err = book.Read(ctx, layout, answerFields, nil, found.line)
	switch {
	case err != nil:
		return nil, nil, err
	case len(found.seen) == 0:
		return nil, nil, ErrOtherSheet
	}
	for _, q := range w.Questions {
		if !found.seen[q.N] { // a line that was taken out, or for something else
			found.problems = append(found.problems, CellProblem{N: q.N, Key: "no_line"})
		}
	}
	return found.answers, found.problems, nil
}

// answerFields are what an answer can be, besides the code of its line: each line
// is read as all of them, and the one that its question asks for counts.
var answerFields = []sheet.Field{
	{Code: "code", Type: sheet.Text}, {Code: string(Text), Type: sheet.Text, Max: longestAnswer}, {Code: string(Number), Type: sheet.Whole},
	{Code: string(Amount), Type: sheet.Money}, {Code: string(YesNo), Type: sheet.YesNo},
}

// spread reads the column of answers as everything that an answer can be.
func spread(columns []sheet.Column) (all []sheet.Column) {
	for _, c := range columns {
		switch c.Field {
		case "code":
			all = append(all, c)
		case "answer":
			for _, k := range Kinds() {
				c.Field = string(k)
				all = append(all, c)
			}
		}
	}
	return all
}

// reading is one pass over a sheet.
type reading struct {
	whole    Whole
	seen     map[int]bool // questions that have a line
	answers  Answers
	problems []CellProblem
}

func (d *reading) line(r sheet.Record, problems []sheet.Problem) error {
	at := slices.IndexFunc(d.whole.Questions, func(q Question) bool { return strings.TrimSpace(r.Values["code"].Text) == d.whole.code(q) })
	if at < 0 {
		return nil
	}
	q := d.whole.Questions[at]
	d.seen[q.N] = true
	for _, p := range problems {
		if p.Field == string(q.Kind) {
			d.problems = append(d.problems, CellProblem{q.N, p.Ref, p.Key, p.Raw})
			return nil
		}
	}
	v, given := r.Values[string(q.Kind)]
	if !given {
		return nil
	}
	if q.Kind == Text {
		d.answers[q.N] = Value{Words: v.Text}
	} else {
		d.answers[q.N] = Value{Figure: v.N}
	}
	return nil
}

// questionFields are the columns of a sheet of questions.
var questionFields = []sheet.Field{
	{Code: "words", Type: sheet.Text, Max: 200, Required: true, Names: []string{columnWords, "自查问题", "填报内容", "项目", "question"}},
	{Code: "kind", Type: sheet.Text, Names: []string{"类型", "填写方式", "答案类型", "kind"}},
	{Code: "required", Type: sheet.YesNo, Names: []string{"必填", "是否必填", "required"}},
}

// kindNames are what offices call the kinds of answers.
var kindNames = map[string]Kind{
	"数字": Number, "数量": Number, "数": Number, "户数": Number, "人数": Number, "number": Number, "金额": Amount, "钱": Amount, "资金": Amount, "元": Amount, "amount": Amount,
	"是否": YesNo, "是/否": YesNo, "判断": YesNo, "yesno": YesNo, "yes/no": YesNo, "文字": Text, "文本": Text, "说明": Text, "text": Text,
}

// ReadQuestions reads questions from a sheet with the columns 问题, 类型 and 必填,
// at most 30. A kind that nobody knows is told and taken for a text. Errors: those
// of sheet.Open; sheet.ErrEmpty when no column is the questions.
func ReadQuestions(ctx context.Context, r io.ReaderAt, size int64, name string) (all []Question, problems []CellProblem, err error) {
	book, err := sheet.Open(r, size, name)
	if err != nil {
		return nil, nil, err
	}
	defer book.Close()
	layout, err := book.Guess(0, questionFields, nil)
	if err != nil {
		return nil, nil, err
	}
	if !slices.ContainsFunc(layout.Columns, func(c sheet.Column) bool { return c.Field == "words" }) {
		return nil, nil, sheet.ErrEmpty
	}
	_, err = book.Read(ctx, layout, questionFields, nil, func(rec sheet.Record, wrong []sheet.Problem) error {
		for _, p := range wrong {
			problems = append(problems, CellProblem{len(all) + 1, p.Ref, p.Key, p.Raw})
		}
		words, has := rec.Values["words"]
		if !has || len(all) == mostQuestions {
			return nil
		}
		q := Question{N: len(all) + 1, Words: words.Text, Kind: Text, Required: rec.Values["required"].N == 1}
		if kind, has := rec.Values["kind"]; has {
			known, is := kindNames[strings.ToLower(strings.ReplaceAll(kind.Text, " ", ""))]
			if !is {
				known = Text
				problems = append(problems, CellProblem{q.N, kind.Ref, "unknown_kind", kind.Raw})
			}
			q.Kind = known
		}
		all = append(all, q)
		return nil
	})
	return all, problems, err
}
