package world

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/region"
)

// kindsOfNotice are the kinds with their titles and days (0: the long term).
var kindsOfNotice = []choice[struct {
	kind, title string
	days        int
}]{
	{kindOfNotice("FUND_ALLOC", "财政专项扶贫资金分配结果公告", 0), 20}, {kindOfNotice("ANNUAL_PLAN", "年度扶贫项目计划公告", 0), 5},
	{kindOfNotice("PROJECT_PRE", "扶贫项目实施前公示", 10), 20}, {kindOfNotice("PROJECT_DONE", "扶贫项目竣工公告", 10), 15},
	{kindOfNotice("LIST_VILLAGE", "贫困户初选名单公示(第一次)", 7), 15}, {kindOfNotice("EXIT_VILLAGE", "拟脱贫户名单公示", 7), 8},
	{kindOfNotice("SUBSIDY_ROSTER", "到户补贴发放公示", 7), 10}, {kindOfNotice("RESULT_PUB", "群众反映问题办理结果公开", 10), 5}, {kindOfNotice("POLICY", "扶贫政策文件", 0), 2},
}

func kindOfNotice(kind, title string, days int) struct {
	kind, title string
	days        int
} {
	return struct {
		kind, title string
		days        int
	}{kind, title, days}
}

// notices writes n notices, spread over three years; the first of a load is a
// list of largest rows (0: none).
func (w *writer) notices(ctx context.Context, n, largest int) error {
	p, err := w.papers(random(int(w.until.UnixNano()) + n))
	if err != nil {
		return err
	}
	if largest > 0 {
		if err := p.largest(ctx, largest); err != nil {
			return err
		}
		n--
	}
	for range n {
		place := w.places[p.random.IntN(len(w.places))]
		desk, err := w.desk(place.Code, "unknown")
		if err != nil {
			return err
		}
		made := w.notice(p.random, place, desk)
		if err := p.table(ctx, &made, rowsOf(p.random)); err != nil {
			return err
		}
		if err := p.notices.add(ctx, &made); err != nil {
			return err
		}
	}
	if err := p.write(ctx); err != nil {
		return err
	}
	return w.Store.Transact(ctx, func(tx *gorm.DB) error { return notice.Touch(tx) })
}

func (w *writer) notice(r *rand.Rand, place region.Division, desk region.Unit) notice.Notice {
	k := pick(r, kindsOfNotice)
	at := w.until.Add(-time.Duration(r.Int64N(int64(loadYears)))).Truncate(time.Microsecond)
	n := notice.Notice{
		ID: uuid.Must(uuid.NewV7()), Kind: k.kind, Title: place.FullName + k.title, UnitID: desk.ID, PlaceCode: place.Code,
		DocNumber: fmt.Sprintf("%s公〔%d〕%d号", desk.DocMark, at.Year(), 1+r.IntN(900)), State: "published",
		StartsOn: workday.On(at), PublishedAt: &at, CreatedAt: at, Version: 1,
		Year: workday.On(at).Year(), Fields: office(desk.Name, "示例路1号"),
	}
	if k.days > 0 {
		end := workday.PublicityEnd(n.StartsOn, k.days)
		n.EndsOn = &end
		n.State = w.standing(k.kind, end)
	}
	var body strings.Builder
	fmt.Fprintf(&body, "现将%s有关情况公布如下,请群众监督。\n\n", place.FullName)
	for i := range 4 + r.IntN(12) {
		p := pick(r, programmes)
		fmt.Fprintf(&body, "%d. %s:%d户,每户%d元,合计%d元。责任人:%s*\n", i+1, p[1], 1+r.IntN(30), 500*(1+r.IntN(20)), 1000*(1+r.IntN(200)), pick(r, surnames))
	}
	body.WriteString("\n有意见可以向我们反映,可以不留名字。")
	n.Body = body.String()
	return n
}

// standing is the state that midnight would have brought a notice to: lists of
// people are put away 30 days after their last day.
func (w *writer) standing(kind string, end workday.Date) string {
	k, _ := notice.KindOf(kind)
	over := workday.On(w.until).Sub(end)
	switch {
	case over <= 0:
		return "published"
	case k.Personal && over > 30:
		return "archived"
	}
	return "ended"
}
