package intake

import "slices"

// Mode is what a reporter lets be known of who they are.
type Mode string

const (
	Anonymous    Mode = "anonymous"    // 不留名字
	Named        Mode = "named"        // 留名字
	Confidential Mode = "confidential" // 留名字但要保密
)

// Channel is how a report reached the office.
type Channel string

const (
	Web    Channel = "web"
	Poster Channel = "poster"
	Phone  Channel = "phone"
	Visit  Channel = "visit"
	Letter Channel = "letter"
)

// State of a complaint (DESIGN §4).
type State string

const (
	Submitted   State = "submitted"
	NeedInfo    State = "need_info"
	Accepted    State = "accepted"
	NotAccepted State = "not_accepted"
	Transferred State = "transferred"
	Referred    State = "referred" // to the discipline organ
	Merged      State = "merged"
	Verifying   State = "verifying"
	Decided     State = "decided"   // the answer lies under the receipt
	Delivered   State = "delivered" // and was read, or handed over
	Review      State = "review"    // 复查, by the office above
	Reexam      State = "reexam"    // 复核, by the next one
	Final       State = "final"     // decided for the last time
	Closed      State = "closed"
	Withdrawn   State = "withdrawn"
)

// Outcome of a decided complaint.
type Outcome string

const (
	Substantiated   Outcome = "substantiated"
	Partly          Outcome = "partly"
	Unsubstantiated Outcome = "unsubstantiated"
	Unverifiable    Outcome = "unverifiable"

	// RepeatAfterFinal is the outcome of what is not taken up because it was
	// decided finally before.
	RepeatAfterFinal Outcome = "repeat_after_final"
)

// Rating is what a reporter says of an answer.
type Rating string

const (
	Solved   Rating = "solved"
	Partway  Rating = "partly"
	Unsolved Rating = "unsolved"
)

// Ratings lists the codes in order (catalog key rating.<code>).
func Ratings() []Rating { return []Rating{Solved, Partway, Unsolved} }

// Stage is one of the five words that the public sees.
type Stage int

const (
	Received Stage = iota + 1 // 已收到
	TakenUp                   // 已受理
	Checking                  // 正在核实
	Answered                  // 已答复
	Finished                  // 已办完
)

// Kind of complaint (DOMAIN §5). The empty kind is "not known yet".
type Kind string

// Kinds lists the dictionary in order; public ones are offered on the form in
// plain words (catalog key kind.<code>, kind.<code>.cue).
var kinds = []struct {
	Code   Kind
	Public bool
	Clause string // of Art. 19 of the Measures
}{
	{"FUND_WITHHOLD", true, "19(5)"},
	{"FUND_FRAUD_CLAIM", true, "19(5)"},
	{"FUND_FALSE_REPORT", true, "19(5)"},
	{"FUND_DIVERT", true, "19(5)"},
	{"FUND_ENCROACH", true, "19(5)"},
	{"FUND_DELAY", true, "19(7)"},
	{"FEE_EXTORT", true, "19(7)"},
	{"CARD_HELD", true, "19(5)"},
	{"FAVOURITISM", true, "19(3)"},
	{"HH_INELIGIBLE", true, "19(3)"},
	{"HH_INFO_BAD", true, "19(2)"},
	{"PROC_NO_PUBLICITY", true, "19(4)"},
	{"PROJECT_QUALITY", true, "19(7)"},
	{"TEAM_DERELICT", true, "19(6)"},
	{"INACTION", true, "19(7)"},
	{"MEETING_DOC", false, "19(1)"},
	{"RETALIATION", true, "20(2)"},
	{"PRIVACY_LEAK", true, ""},
	{"OTHER", true, "19(7)"},
}

// Kinds returns the codes in order; publicOnly leaves out what villagers are
// not offered.
func Kinds(publicOnly bool) []Kind {
	var out []Kind
	for _, k := range kinds {
		if k.Public || !publicOnly {
			out = append(out, k.Code)
		}
	}
	return out
}

// Clause returns the clause of the Measures a kind falls under, "" for none.
func (k Kind) Clause() string {
	for _, known := range kinds {
		if known.Code == k {
			return known.Clause
		}
	}
	return ""
}

// programmes is the second facet: what money or help it is about.
var programmes = []string{"subsistence", "housing", "industry", "microloan", "education", "medical", "roads_water", "relief_goods", "relocation", "public_job", "other"}

// Programmes lists the programme codes in order (catalog key programme.<code>).
func Programmes() []string { return append([]string(nil), programmes...) }

// AccusedLevels lists what a reporter may tick about whom it is, in order
// (catalog key accused.<code>). It decides which office gets the report.
func AccusedLevels() []string {
	return []string{"unknown", "village", "town", "county", "city", "office"}
}

// known reports whether the dictionary has k; "not known yet" is known.
func (k Kind) known() bool {
	return k == "" || slices.Contains(Kinds(false), k)
}

// Severity is how grave a complaint of that kind is until an officer looks: 1
// for retaliation, 2 for money, 3 for lists, procedure and what is not known
// yet, 4 for the rest (DOMAIN §5).
func (k Kind) Severity() int {
	switch k {
	case "RETALIATION":
		return 1
	case "FUND_WITHHOLD", "FUND_FRAUD_CLAIM", "FUND_FALSE_REPORT", "FUND_DIVERT", "FUND_ENCROACH",
		"FUND_DELAY", "FEE_EXTORT", "CARD_HELD":
		return 2
	case "", "FAVOURITISM", "HH_INELIGIBLE", "HH_INFO_BAD", "PROC_NO_PUBLICITY", "PRIVACY_LEAK":
		return 3
	}
	return 4
}
