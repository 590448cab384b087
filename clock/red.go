package clock

import (
	"context"

	"minsheng/internal/workday"
)

// RedBy is the last of the days such that what was due on it is red today: as
// many working days lie behind it as the rule of red says. Queries compare last
// days with it.
func (b *Book) RedBy(ctx context.Context) (workday.Date, error) {
	today := b.today()
	red, err := b.Stood(ctx, "supervision_item.red", "", today)
	if err != nil {
		return "", err
	}
	day := today.Add(-1)
	for b.Late(&day, today) < red.N {
		day = day.Add(-1)
	}
	return day, nil
}
