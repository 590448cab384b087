package console

import (
	"bytes"
	"io"

	"github.com/gofiber/fiber/v2"

	"minsheng/internal/sheet"
	"minsheng/internal/step"
	"minsheng/selfreport"
)

// selfReportSheet gives out the sheet to fill in.
func (v *visit) selfReportSheet() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	w, err := v.SelfReports.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := w.Template(&out, func(q selfreport.Question) string { return v.hintOf(q.Kind) }); err != nil {
		return err
	}
	return v.deliver(xlsxType, w.Schedule.Title+" "+string(w.Period)+" "+w.UnitName+".xlsx", io.NopCloser(&out))
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// readSelfReport takes the answers of a sheet that was filled in: those that can
// be understood are kept, the others told by their cell. Handing in is another
// step: somebody looks at what was read first.
func (v *visit) readSelfReport() error {
	id, err := v.id("id")
	if err != nil {
		return err
	}
	w, err := v.SelfReports.Open(v.ctx(), v.by(), id)
	if err != nil {
		return err
	}
	a, problems, err := v.readSheet(w)
	if err == nil {
		err = v.SelfReports.Save(v.ctx(), v.by(), id, number(v.form.get("version")), a)
	}
	if err == nil && len(problems) == 0 {
		return v.leave(selfReportPath(id), "selfreport_sheet")
	}
	read := sheetView{Cells: v.cellProblems(w, problems)}
	if err == nil {
		return v.selfReportShow(fiber.StatusUnprocessableEntity, id, Draft{}, read)
	}
	draft, status, ok := v.refused("hand_in", err)
	if !ok {
		return err
	}
	if a == nil { // it was no sheet of this report: what is written stays
		read.Problem, draft = draft.problems["sheet"], Draft{}
	} else {
		draft.typed.values = v.asTyped(w, a)
	}
	return v.selfReportShow(status, id, draft, read)
}

// readSheet reads the sheet that came in; what is no sheet of this report is a
// problem of the field file.
func (v *visit) readSheet(w selfreport.Whole) (selfreport.Answers, []selfreport.CellProblem, error) {
	switch {
	case v.form.name == "":
		return nil, nil, step.Bad("sheet", "selfreport_no_sheet")
	case len(v.form.small) > smallFile:
		return nil, nil, step.Bad("sheet", "selfreport_sheet_large")
	}
	a, problems, err := w.Read(v.ctx(), bytes.NewReader(v.form.small), int64(len(v.form.small)), v.form.name)
	switch {
	case is(err, selfreport.ErrOtherSheet):
		err = step.Bad("sheet", "selfreport_other_sheet")
	case sheet.Reason(err) != "":
		err = step.Bad("sheet", "selfreport_unreadable")
	}
	return a, problems, err
}

func (v *visit) cellProblems(w selfreport.Whole, all []selfreport.CellProblem) (cells []cellProblem) {
	for _, p := range all {
		cells = append(cells, cellProblem{p.Ref, w.Questions[p.N-1].Words, v.known("sheet.problem."+p.Key, "console.problem.unclear"), p.Raw})
	}
	return cells
}

// asTyped is what a sheet says as the form would have it.
func (v *visit) asTyped(w selfreport.Whole, a selfreport.Answers) map[string][]string {
	typed := map[string][]string{}
	w.Answers = a
	for _, f := range v.handInForm(Frame{}, w).Fields {
		value := f.Value
		for _, o := range f.Options {
			if o.Chosen {
				value = o.Value
			}
		}
		typed[f.Name] = []string{value}
	}
	return typed
}
