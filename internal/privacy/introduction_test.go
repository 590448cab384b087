package privacy

import (
	"slices"
	"testing"
)

// TestIntroductions looks at how villagers say who they are, and at what only looks
// like it.
func TestIntroductions(t *testing.T) {
	for _, c := range []struct {
		text string
		own  []string
	}{
		{"我叫李明，家里三口人。", []string{"李明"}},
		{"领导好！我是甲乙镇的王春生，低保被停了", []string{"王春生"}},
		{"我是双柳村三组村民王春生，家里三口人", []string{"王春生"}},
		{"我是村民李明。", []string{"李明"}},
		{"本人系双柳村人赵秀兰", nil},
		{"本人系双柳村的赵秀兰，女", []string{"赵秀兰"}},
		{"我是双柳村的高中生，家里没钱", nil},
		{"我是村里的王会计说的那户，", nil},
		{"我是镇上的", nil},
		{"我是来反映双柳村的王大力，他扣了钱", nil},
		{"我是要举报村里的王大力", nil},
		{"我是听村里的王大力的", nil},
		{"我是王春生，低保被停了", []string{"王春生"}},
		{"本人赵秀兰，女，今年67岁", []string{"赵秀兰"}},
		{"本人高秀兰住在村东头", []string{"高秀兰"}},
		{"我叫欧阳娜，丈夫有病", []string{"欧阳娜"}},
		{"姓名：孙大力 电话：13800000000", []string{"孙大力", "13800000000"}},
		{"我叫李明，电话138 0000 0000，请回电", []string{"李明", "138 0000 0000"}},
		{"我的手机是13800000000", []string{"13800000000"}},
		{"有事联系我 13800000000", []string{"13800000000"}},
		{"My name is Li Ming and my phone is 13800000000.", []string{"Li Ming", "13800000000"}},
		{"我是王家村的", nil},
		{"我是王家村，", nil},
		{"我是高中生，家里没钱", nil},
		{"我是低保户，没有钱", nil},
		{"我叫张会计，他不来", nil},
		{"我叫他来，他不来", nil},
		{"书记的电话是13800000000", nil},
		{"我的领导是村里的李书记电话13800000000", nil},
		{"村会计刘某扣了我的钱。会计电话13800000000", nil},
		{"", nil},
	} {
		var own []string
		for _, s := range Introductions(c.text) {
			own = append(own, c.text[s.Start:s.End])
		}
		if !slices.Equal(own, c.own) {
			t.Errorf("%s: found %q, want %q", c.text, own, c.own)
		}
	}
}
