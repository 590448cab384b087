package world

import (
	"context"
	"math/rand/v2"
	"strconv"
	"time"

	"github.com/google/uuid"

	"minsheng/internal/privacy"
	"minsheng/internal/workday"
	"minsheng/notice"
	"minsheng/region"
	"minsheng/roll"
)

// rollHold is an open objection as roll keeps it.
type rollHold struct {
	ID       uuid.UUID `gorm:"primaryKey"`
	RollID   uuid.UUID
	Key      *int
	PlacedAt time.Time
	LiftedAt *time.Time
}

// TableName is roll_hold.
func (rollHold) TableName() string { return "roll_hold" }

// papers is what one transaction of load notices writes, in the order of the
// references between them.
type papers struct {
	*writer
	random                                        *rand.Rand
	funds, rolls, rows, projects, notices, backed *table
	holds                                         *table
}

func (w *writer) papers(r *rand.Rand) (*papers, error) {
	p := &papers{writer: w, random: r}
	for t, model := range map[**table]any{
		&p.funds: &notice.Fund{}, &p.rolls: &roll.Roll{}, &p.rows: &roll.Row{}, &p.projects: &notice.Project{},
		&p.notices: &notice.Notice{}, &p.holds: &rollHold{},
	} {
		made, err := tableOf(w.Store, model)
		if err != nil {
			return nil, err
		}
		*t = made
	}
	p.backed = &table{name: "notice_backing", columns: []string{"notice_id", "roll_version", "edits", "mismatch"}}
	return p, nil
}

func (p *papers) write(ctx context.Context) error {
	return write(ctx, p.Store, p.funds, p.rolls, p.rows, p.projects, p.notices, p.backed, p.holds)
}

// rowsOf is how many rows a table gets: most are a village's, a few a town's.
func rowsOf(r *rand.Rand) int {
	switch n := r.IntN(100); {
	case n < 80:
		return 4 + r.IntN(16)
	case n < 98:
		return 20 + r.IntN(60)
	}
	return 80 + r.IntN(220)
}

// table gives a notice its rows, and a fund and projects where it speaks of
// money.
func (p *papers) table(ctx context.Context, n *notice.Notice, size int) error {
	k, _ := notice.KindOf(n.Kind)
	if k.Roll == "" {
		return nil
	}
	if k.Roll == roll.Allocation || k.Roll == roll.Projects {
		size = min(size, 40)
	}
	made := roll.Roll{ID: uuid.Must(uuid.NewV7()), Kind: k.Roll, UnitID: n.UnitID, PlaceCode: n.PlaceCode, Year: n.Year, Stage: k.Stage,
		Version: 2, Size: size, CreatedAt: n.CreatedAt}
	n.RollID = &made.ID
	rows := make([]roll.Row, size)
	for i := range rows {
		rows[i] = p.row(made, i+1, n)
		made.People += rows[i].People
		made.TotalFen += rows[i].AmountFen
	}
	if k.Fund {
		if err := p.fund(ctx, n, made); err != nil {
			return err
		}
	}
	if err := p.rolls.add(ctx, &made); err != nil {
		return err
	}
	for i := range rows {
		if err := p.rows.add(ctx, &rows[i]); err != nil {
			return err
		}
		if k.Roll == roll.Allocation || k.Roll == roll.Projects {
			if err := p.project(ctx, n, rows[i]); err != nil {
				return err
			}
		}
	}
	p.backed.rows = append(p.backed.rows, []any{n.ID, int64(made.Version), "[]", ""})
	return p.held(ctx, n, k, made)
}

// row is a household, a payment or a project.
func (p *papers) row(of roll.Roll, key int, n *notice.Notice) roll.Row {
	r := p.random
	row := roll.Row{ID: uuid.Must(uuid.NewV7()), RollID: of.ID, Key: key, N: key, Since: 2, PlaceCode: of.PlaceCode, Cells: map[string]string{}, Reason: "imported"}
	if n.EndsOn != nil {
		row.StandsUntil = *n.EndsOn
	}
	programme := pick(r, programmes)[1]
	if !of.Kind.Personal() {
		row.Label = programme + "项目" + strconv.Itoa(key)
		row.Shown, row.AmountFen = row.Label, 1_000_000*(1+r.Int64N(90))
		row.Cells["content"], row.Cells["unit"] = programme+strconv.Itoa(1+r.IntN(60))+"户", "示例镇"
		return row
	}
	row.Label = pick(r, surnames) + pick(r, given)
	if r.IntN(4) > 0 {
		row.Label += pick(r, given)
	}
	row.Shown, row.Team = privacy.MaskName(row.Label), pick(r, teams)
	switch of.Kind {
	case roll.Payments:
		row.AmountFen = 12_000 * (1 + r.Int64N(60))
		row.Cells["programme"] = programme
	case roll.Exits:
		row.People, row.Cells["agreed"] = 1+r.IntN(5), "yes"
	default:
		row.People, row.Cells["cause"] = 1+r.IntN(5), pick(r, causes)
	}
	return row
}

// fund is what an allocation divides: it adds up.
func (p *papers) fund(ctx context.Context, n *notice.Notice, of roll.Roll) error {
	f := notice.Fund{ID: uuid.Must(uuid.NewV7()), UnitID: n.UnitID, PlaceCode: n.PlaceCode, Name: "财政专项扶贫资金", DocNumber: n.DocNumber,
		Source: notice.Sources()[p.random.IntN(len(notice.Sources()))], TotalFen: of.TotalFen, Year: n.Year, AllocatedOn: n.StartsOn.Add(-14), CreatedAt: n.CreatedAt, Version: 1}
	n.FundID = &f.ID
	return p.funds.add(ctx, &f)
}

// project is what a row of an allocation, plan or library became.
func (p *papers) project(ctx context.Context, n *notice.Notice, row roll.Row) error {
	made := notice.Project{ID: uuid.Must(uuid.NewV7()), FundID: n.FundID, RollID: &row.RollID, RowKey: &row.Key, UnitID: n.UnitID, PlaceCode: row.PlaceCode,
		Name: row.Label, Content: row.Cells["content"], AmountFen: row.AmountFen, State: "planned", CreatedAt: n.CreatedAt, Version: 1}
	age := workday.On(p.until).Sub(n.StartsOn)
	if age > 60 && p.random.IntN(3) > 0 {
		made.State, made.StartedOn = "under_way", n.StartsOn.Add(30)
	}
	if age > 200 && made.State == "under_way" && p.random.IntN(4) > 0 {
		made.State, made.AcceptedOn = "accepted", n.StartsOn.Add(180)
	}
	return p.projects.add(ctx, &made)
}

// held puts a few rows of running lists under objection.
func (p *papers) held(ctx context.Context, n *notice.Notice, k notice.Kind, of roll.Roll) error {
	if n.State != "published" || k.Announcement || k.Roll != roll.Households && k.Roll != roll.Exits {
		return nil
	}
	for range min(3, of.Size/10) {
		key := 1 + p.random.IntN(of.Size)
		if err := p.holds.add(ctx, &rollHold{ID: uuid.Must(uuid.NewV7()), RollID: of.ID, Key: &key, PlacedAt: *n.PublishedAt}); err != nil {
			return err
		}
	}
	return nil
}

var (
	given  = even("立", "成", "秀", "芝", "文", "学", "海", "林", "玉", "明", "春", "生", "桂", "兰", "长", "青", "有", "福", "守", "田", "德", "才", "红", "梅")
	teams  = even("一组", "二组", "三组", "四组", "五组")
	causes = even(roll.Causes()...)
)

// largest is a list of a whole town, running now: the page that everything about
// rows is measured with.
func (p *papers) largest(ctx context.Context, size int) error {
	town := region.TownCode(shuangliu)
	desk, err := p.desk(town, "unknown")
	if err != nil {
		return err
	}
	at := p.until.Add(-time.Hour).Truncate(time.Microsecond)
	end := workday.PublicityEnd(workday.On(at), 15)
	n := notice.Notice{
		ID: uuid.Must(uuid.NewV7()), Kind: "LIST_VILLAGE", Title: "甜水镇贫困户初选名单公示（第一次）", UnitID: desk.ID, PlaceCode: town,
		Body: "现将名单公示。有意见可以提，可以不留名字。", State: "published", StartsOn: workday.On(at), EndsOn: &end, PublishedAt: &at, CreatedAt: at,
		Version: 1, Year: workday.On(at).Year(), Fields: office(desk.Name, "示例路1号"),
	}
	if err := p.table(ctx, &n, size); err != nil {
		return err
	}
	return p.notices.add(ctx, &n)
}
