package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"minsheng/region"
)

// The past is what lies before the story: two years of cases and items that are
// over, in small numbers, so that figures have something to show. It is written
// as load data is, with invented villages all over the city.
const (
	pastCases  = 460
	pastItems  = 90
	pastLength = 2 * 365 * 24 * time.Hour
	pastEnd    = 80 * 24 * time.Hour // before now: what is younger belongs to the story
)

// pastVillages are further invented villages, one for each town that has fields:
// blocks of 9xx, names that no village of the city has.
var pastVillages = []struct{ town, name string }{
	{"211122101000", "芦鸣村"}, {"211122002000", "鹤湾村"}, {"211122103000", "苇塘村"}, {"211122104000", "红碱村"}, {"211122004000", "雁落村"},
	{"211122106000", "柳岸村"}, {"211122107000", "蒲草村"}, {"211122108000", "榆荫村"}, {"211122001000", "泽北村"}, {"211122110000", "泽南村"},
	{"211122111000", "望海村"}, {"211122112000", "听潮村"}, {"211122003000", "沙燕村"}, {"211104002000", "晒网村"}, {"211104004000", "枣坡村"},
	{"211104005000", "杏园村"}, {"211104006000", "桑榆村"}, {"211104007000", "滩头村"}, {"211104009000", "槐荫村"}, {"211104101000", "渔歌村"},
	{"211104103000", "荷塘村"}, {"211104104000", "菱角村"}, {"211104106000", "蟹田村"}, {"211104107000", "盐蒿村"}, {"211104108000", "碧苇村"},
	{"211104109000", "金穗村"}, {"211104112000", "银苇村"}, {"211104113000", "鹭洲村"}, {"211104114000", "鸥集村"}, {"211102100000", "白羽村"},
	{"211102101000", "秋水村"}, {"211103400000", "春汛村"},
}

// past writes what is over.
func (p *play) past() {
	p.do("write the past", func() error {
		if err := p.pastPlaces(); err != nil {
			return err
		}
		w, err := newWriter(p.ctx, p.Rooms)
		if err != nil {
			return err
		}
		w.until, w.over = p.now.Add(-pastEnd), true
		w.places = slices.DeleteFunc(w.places, func(d region.Division) bool { return !strings.HasPrefix(d.Code[9:], "9") })
		first, err := reserve(p.ctx, p.Store, pastCases)
		if err != nil {
			return err
		}
		if err := w.stretch(p.ctx, first, 0, pastCases, w.until.Add(-pastLength), pastLength/pastCases); err != nil {
			return err
		}
		return errors.Join(w.index(p.ctx, first, pastCases), p.pastItems())
	})
}

func (p *play) pastPlaces() error {
	csv := "code12,parent12,name,level,urban_rural_code\n"
	for _, v := range pastVillages {
		csv += v.town[:9] + "951," + v.town + "," + v.name + ",village,220\n"
	}
	result, err := p.Atlas.Import(p.ctx, strings.NewReader(csv), false, nil)
	if err == nil && len(result.Problems) > 0 {
		err = fmt.Errorf("line %d: %s", result.Problems[0].Line, result.Problems[0].Text)
	}
	return err
}
