package workday

// The days off that the law fixes by the sun (全国年节及纪念日放假办法, as of
// 2025): they stand in every year, announced or not.
var fixedDaysOff = map[string]bool{
	"01-01": true,                // 元旦
	"05-01": true, "05-02": true, // 劳动节
	"10-01": true, "10-02": true, "10-03": true, // 国庆节
}

// The days off of 2027 that follow the moon or the solar terms: the eve of the
// Spring Festival with the three days after it, 清明, 端午, 中秋.
var lunarDaysOff = map[Date]bool{
	"2027-02-05": true, "2027-02-06": true, "2027-02-07": true, "2027-02-08": true,
	"2027-04-05": true, "2027-06-09": true, "2027-09-15": true,
}

// presumedOff reports whether a day of a year without announced calendar will
// be off by law. Which days around it are moved is not known: whoever counts on
// it says so.
func presumedOff(n dayNumber) bool {
	d := n.date()
	return fixedDaysOff[string(d[len("2006-"):])] || lunarDaysOff[d]
}
