package console

import (
	"cmp"
	"math"
	"strconv"

	"github.com/google/uuid"

	"minsheng/clock"
	"minsheng/figures"
	"minsheng/intake"
	"minsheng/portal/view"
)

// pictures are the charts of the page, in their order.
func (d *dashboard) pictures() []view.Picture {
	all := []view.Picture{d.flow(), d.inTime()}
	for _, s := range figures.Stages() {
		all = append(all, d.stage(s))
	}
	return append(all, d.ages(), d.outcomes(), d.ratings(), d.answerDays(), d.repeats())
}

// picture begins a picture with its title.
func (d *dashboard) picture(id string) view.Picture {
	return view.Picture{ID: id, Title: d.t("figures.picture." + id)}
}

// empty lets a picture say what will stand there.
func (d *dashboard) empty(p view.Picture) view.Picture {
	p.None = d.t("figures.none." + p.ID)
	return p
}

// ticks names the months below a picture: the number, and below it the year
// where it begins.
func (d *dashboard) ticks() (ticks []string) {
	for i, m := range d.at.period.Months() {
		text := strconv.Itoa(m.Number())
		if i == 0 || m.Number() == 1 {
			text += "\n" + strconv.Itoa(m.Year())
		}
		ticks = append(ticks, text)
	}
	return ticks
}

// flow is what came in and what was closed, month by month.
func (d *dashboard) flow() view.Picture {
	p := d.picture("flow")
	if d.sheet.Total.N(figures.Matters)+d.sheet.Total.N(figures.Closed) == 0 {
		return d.empty(p)
	}
	received, closed := view.Series{Class: "c-grey"}, view.Series{Class: "c-main"}
	p.Table.Head = d.words("figures.column.", "month", "reports", "matters", "accepted", "answered", "closed")
	var most figures.Month
	for _, m := range d.at.period.Months() {
		c, on, name := d.sheet.Months[m], string(m), d.monthLabel(m)
		in, out := d.number(c.N(figures.Matters), d.cases("received", on)), d.number(c.N(figures.Closed), d.cases("closed", on, "state", string(intake.Closed)))
		received.Add(float64(c.N(figures.Matters)), d.t("figures.says.matters", "month", name, "n", c.N(figures.Matters)), in.Href)
		closed.Add(float64(c.N(figures.Closed)), d.t("figures.says.closed", "month", name, "n", c.N(figures.Closed)), out.Href)
		if c.N(figures.Matters) > d.sheet.Months[most].N(figures.Matters) {
			most = m
		}
		p.Table.Rows = append(p.Table.Rows, view.TableRow{Name: name, Cells: []view.Figure{
			d.number(c.N(figures.Reports), d.cases("received", on, "first", "1")), in, d.number(c.N(figures.Accepted), d.cases("received", on, "taken", "1")),
			d.number(c.N(figures.Answered), d.cases("answered", on)), out,
		}})
	}
	p.Plot = view.Columns(d.ticks(), received, closed)
	p.Key = []view.Mark{{Class: "c-grey", Word: d.t("figures.column.matters")}, {Class: "c-main", Word: d.t("figures.column.closed")}}
	p.Says = d.t("figures.says.flow", "in", d.sheet.Total.N(figures.Matters), "out", d.sheet.Total.N(figures.Closed), "month", d.monthLabel(cmp.Or(most, d.at.period.First)), "most", d.sheet.Months[most].N(figures.Matters))
	return p
}

// inTime is the share of answers in time, month by month: what was put off
// counts apart, never as in time.
func (d *dashboard) inTime() view.Picture {
	p := d.picture("in_time")
	if d.sheet.Total.Came(figures.StageReply) == 0 {
		return d.empty(p)
	}
	s := view.Series{}
	p.Table.Head = d.words("figures.column.", "month", "rate", "kept", "extended", "missed")
	for _, m := range d.at.period.Months() {
		c, name := d.sheet.Months[m], d.monthLabel(m)
		value := math.NaN()
		if came := c.Came(figures.StageReply); came > 0 {
			value = 100 * float64(c.N(figures.StageReply.Came(clock.Kept))) / float64(came)
		}
		rate := d.rate(figures.StageReply, c, string(m), uuid.Nil)
		s.Add(value, name+" "+rate.Text, rate.Href)
		p.Table.Rows = append(p.Table.Rows, view.TableRow{Name: name, Cells: append([]view.Figure{rate}, d.results(figures.StageReply, c, string(m), uuid.Nil)...)})
	}
	p.Plot = view.Trend(d.ticks(), 100, s)
	total := d.sheet.Total
	p.Says = d.t("figures.says.in_time", "rate", percentOf(total.N(figures.StageReply.Came(clock.Kept)), total.Came(figures.StageReply)),
		"extended", total.N(figures.StageReply.Came(clock.Extended)), "missed", total.N(figures.StageReply.Came(clock.Missed)))
	return p
}

// dates is the address of the list behind last days of a stage; office narrows
// it to one, uuid.Nil none.
func (d *dashboard) dates(s figures.Stage, span string, office uuid.UUID, r clock.Result) string {
	pairs := []string{"dated", span, "stage", string(s)}
	if r != "" {
		pairs = append(pairs, "result", string(r))
	}
	if s.OfOrders() {
		if office != uuid.Nil {
			pairs = append(pairs, "target", office.String())
		}
		return d.orders(pairs...)
	}
	if s.OfItems() {
		if office != uuid.Nil {
			pairs = append(pairs, "lead", office.String())
		}
		return d.items(pairs...)
	}
	if office != uuid.Nil {
		pairs = append(pairs, "desk", office.String())
	}
	return d.cases(pairs...)
}

// rate is the share of last days that were kept; it leads to all of them.
func (d *dashboard) rate(s figures.Stage, c figures.Counts, span string, office uuid.UUID) view.Figure {
	came := c.Came(s)
	f := view.Figure{Text: percentOf(c.N(s.Came(clock.Kept)), came)}
	if came > 0 {
		f.Href = d.dates(s, span, office, "")
	}
	return f
}

// results are the counts of a stage's results, each with its list.
func (d *dashboard) results(s figures.Stage, c figures.Counts, span string, office uuid.UUID) (all []view.Figure) {
	for _, r := range clock.Results() {
		all = append(all, d.number(c.N(s.Came(r)), d.dates(s, span, office, r)))
	}
	return all
}

// classes are the colours of results: what went wrong stands out.
var resultClasses = map[clock.Result]string{clock.Kept: "c-grey", clock.Extended: "c-put-off", clock.Missed: "c-main"}

// stage is how the last days of a stage came, office by office.
func (d *dashboard) stage(s figures.Stage) view.Picture {
	p := d.picture(string(s))
	if d.sheet.Total.Came(s) == 0 {
		return d.empty(p)
	}
	p.Table.Head = d.words("figures.column.", "office", "rate", "kept", "extended", "missed")
	for _, r := range clock.Results() {
		p.Key = append(p.Key, view.Mark{Class: resultClasses[r], Word: d.t("figures.result." + string(r))})
	}
	for _, o := range d.officesWith(func(c figures.Counts) int64 { return c.Came(s) }) {
		c := d.sheet.Offices[o.id]
		var parts []view.SharePart
		for i, f := range d.results(s, c, d.span(), o.id) {
			r := clock.Results()[i]
			parts = append(parts, view.SharePart{N: float64(c.N(s.Came(r))), Class: resultClasses[r], Says: d.t("figures.result."+string(r)) + " " + f.Text, Href: f.Href})
		}
		rate := d.rate(s, c, d.span(), o.id)
		p.Lines = append(p.Lines, view.BarLine{Name: o.name, Href: o.href, Parts: view.Share(parts...), Value: rate})
		p.Table.Rows = append(p.Table.Rows, view.TableRow{Name: o.name, Href: o.href, Cells: append([]view.Figure{rate}, d.results(s, c, d.span(), o.id)...)})
	}
	total := d.sheet.Total
	p.Says = d.t("figures.says.stage", "rate", percentOf(total.N(s.Came(clock.Kept)), total.Came(s)), "kept", total.N(s.Came(clock.Kept)), "extended", total.N(s.Came(clock.Extended)), "missed", total.N(s.Came(clock.Missed)))
	return p
}

// ages is how old open matters are.
func (d *dashboard) ages() view.Picture {
	p := d.picture("ages")
	if d.sheet.Open.Matters == 0 {
		return d.empty(p)
	}
	p.Table.Head = d.words("figures.column.", "age", "open")
	most, old := 0, 0
	for _, a := range d.sheet.Open.Ages {
		most = max(most, a.N)
	}
	for i, a := range d.sheet.Open.Ages {
		span, class, name := "2000-01-01.."+string(a.To), "c-grey", d.t("figures.age.oldest", "from", a.Least)
		if a.From != "" {
			span, name = string(a.From)+".."+string(a.To), d.t("figures.age", "from", a.Least, "to", d.sheet.Open.Ages[i+1].Least-1)
		}
		if a.Least > 60 {
			class, old = "c-main", old+a.N
		}
		f := d.number(int64(a.N), d.cases("received", span, "open", "1"))
		p.Lines = append(p.Lines, view.BarLine{Name: name, Parts: view.Length(float64(a.N), float64(most), class, name+" "+f.Text, f.Href), Value: f})
		p.Table.Rows = append(p.Table.Rows, view.TableRow{Name: name, Cells: []view.Figure{f}})
	}
	p.Says = d.t("figures.says.ages", "n", d.sheet.Open.Matters, "old", old)
	return p
}

// outcomeClasses are the colours of outcomes.
var outcomeClasses = map[intake.Outcome]string{intake.Substantiated: "c-main", intake.Partly: "c-half", intake.Unsubstantiated: "c-grey", intake.Unverifiable: "c-soft"}

// outcomes is what closed matters turned out to be, office by office.
func (d *dashboard) outcomes() view.Picture {
	p := d.picture("outcomes")
	if d.sheet.Total.N(figures.Closed) == 0 {
		return d.empty(p)
	}
	list := []intake.Outcome{intake.Substantiated, intake.Partly, intake.Unsubstantiated, intake.Unverifiable}
	p.Table.Head = d.words("figures.column.", "office", "true")
	for _, o := range list {
		p.Key = append(p.Key, view.Mark{Class: outcomeClasses[o], Word: d.t("outcome." + string(o))})
		p.Table.Head = append(p.Table.Head, d.t("outcome."+string(o)))
	}
	found := func(c figures.Counts) int64 {
		return c.N(figures.ClosedAs(intake.Substantiated)) + c.N(figures.ClosedAs(intake.Partly))
	}
	for _, office := range d.officesWith(func(c figures.Counts) int64 { return c.N(figures.Closed) }) {
		c := d.sheet.Offices[office.id]
		closed := []string{"closed", d.span(), "state", string(intake.Closed), "desk", office.id.String()}
		share := view.Figure{Text: percentOf(found(c), c.N(figures.Closed)), Href: d.cases(closed...)}
		row := view.TableRow{Name: office.name, Href: office.href, Cells: []view.Figure{share}}
		var parts []view.SharePart
		for _, o := range list {
			f := d.number(c.N(figures.ClosedAs(o)), d.cases(append(closed, "outcome", string(o))...))
			parts = append(parts, view.SharePart{N: float64(c.N(figures.ClosedAs(o))), Class: outcomeClasses[o], Says: d.t("outcome."+string(o)) + " " + f.Text, Href: f.Href})
			row.Cells = append(row.Cells, f)
		}
		p.Lines = append(p.Lines, view.BarLine{Name: office.name, Href: office.href, Parts: view.Share(parts...), Value: share})
		p.Table.Rows = append(p.Table.Rows, row)
	}
	p.Says = d.t("figures.says.outcomes", "n", d.sheet.Total.N(figures.Closed), "true", found(d.sheet.Total), "share", percentOf(found(d.sheet.Total), d.sheet.Total.N(figures.Closed)))
	return p
}

// ratings are what reporters said of the answers, by office.
func (d *dashboard) ratings() view.Picture {
	p, list := d.picture("ratings"), intake.Ratings()
	rated := func(c figures.Counts) (n int64) {
		for _, r := range list {
			n += c.N(figures.Rated(r))
		}
		return n
	}
	if rated(d.sheet.Total) == 0 {
		return d.empty(p)
	}
	p.Table.Head = d.words("figures.column.", "office")
	for _, r := range list {
		p.Key = append(p.Key, view.Mark{Class: ratingClasses[r], Word: d.t("rating." + string(r))})
		p.Table.Head = append(p.Table.Head, d.t("rating."+string(r)))
	}
	for _, office := range d.officesWith(rated) {
		c := d.sheet.Offices[office.id]
		row := view.TableRow{Name: office.name, Href: office.href}
		var parts []view.SharePart
		for _, r := range list {
			n := c.N(figures.Rated(r))
			f := d.number(n, d.cases("rated", d.span(), "rating", string(r), "desk", office.id.String()))
			parts = append(parts, view.SharePart{N: float64(n), Class: ratingClasses[r], Says: d.t("rating."+string(r)) + " " + f.Text, Href: f.Href})
			row.Cells = append(row.Cells, f)
		}
		solved := d.number(c.N(figures.Rated(intake.Solved)), d.cases("rated", d.span(), "rating", string(intake.Solved), "desk", office.id.String()))
		solved.Text = percentOf(c.N(figures.Rated(intake.Solved)), rated(c))
		p.Lines = append(p.Lines, view.BarLine{Name: office.name, Href: office.href, Parts: view.Share(parts...), Value: solved})
		p.Table.Rows = append(p.Table.Rows, row)
	}
	total := d.sheet.Total
	p.Says = d.t("figures.says.ratings", "n", rated(total), "solved", total.N(figures.Rated(intake.Solved)), "unsolved", total.N(figures.Rated(intake.Unsolved)))
	return p
}

var ratingClasses = map[intake.Rating]string{intake.Solved: "c-main", intake.Partway: "c-half", intake.Unsolved: "c-grey"}

// replyLimit is how many days the law leaves for an answer from acceptance; the
// picture of days draws it.
const replyLimit = 60

// answerDays is how long answers took on average, office by office.
func (d *dashboard) answerDays() view.Picture {
	p := d.picture("answer_days")
	if d.sheet.Total.N(figures.Answered) == 0 {
		return d.empty(p)
	}
	p.Table.Head = d.words("figures.column.", "office", "days", "answered")
	offices := d.officesWith(func(c figures.Counts) int64 { return c.N(figures.Answered) })
	most := float64(replyLimit)
	for _, o := range offices {
		most = max(most, float64(average(d.sheet.Offices[o.id])))
	}
	most = math.Ceil(most/30) * 30
	for _, o := range offices {
		c := d.sheet.Offices[o.id]
		answered := d.number(c.N(figures.Answered), d.cases("answered", d.span(), "desk", o.id.String()))
		mean := view.Figure{Text: d.t("figures.days", "n", average(c)), Href: answered.Href}
		p.Lines = append(p.Lines, view.BarLine{Name: o.name, Href: o.href, Dot: view.Place(float64(average(c)), most), Mark: view.Place(replyLimit, most), Value: mean})
		p.Table.Rows = append(p.Table.Rows, view.TableRow{Name: o.name, Href: o.href, Cells: []view.Figure{mean, answered}})
	}
	p.Says = d.t("figures.says.answer_days", "n", average(d.sheet.Total), "limit", replyLimit)
	return p
}

// repeats is what came again after it was closed, month by month.
func (d *dashboard) repeats() view.Picture {
	p := d.picture("repeats")
	if d.sheet.Total.N(figures.Repeats) == 0 {
		return d.empty(p)
	}
	s := view.Series{}
	s.Class = "c-main"
	p.Table.Head = d.words("figures.column.", "month", "repeats", "matters")
	for _, m := range d.at.period.Months() {
		c, name := d.sheet.Months[m], d.monthLabel(m)
		again := d.number(c.N(figures.Repeats), d.cases("received", string(m), "again", "1"))
		s.Add(float64(c.N(figures.Repeats)), name+" "+again.Text, again.Href)
		p.Table.Rows = append(p.Table.Rows, view.TableRow{Name: name, Cells: []view.Figure{again, d.number(c.N(figures.Matters), d.cases("received", string(m)))}})
	}
	p.Plot = view.Columns(d.ticks(), s)
	p.Says = d.t("figures.says.repeats", "n", d.sheet.Total.N(figures.Repeats), "share", percentOf(d.sheet.Total.N(figures.Repeats), d.sheet.Total.N(figures.Matters)))
	return p
}

// words are the sentences of several keys with one beginning.
func (d *dashboard) words(prefix string, keys ...string) (all []string) {
	for _, key := range keys {
		all = append(all, d.t(prefix+key))
	}
	return all
}
