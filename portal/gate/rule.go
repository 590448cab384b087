package gate

import "time"

// Rule says how often one thing may happen: Rate times each Per on average,
// Burst of them at once.
type Rule struct {
	Name  string
	Rate  int
	Per   time.Duration
	Burst int
	// Alone counts each replica for itself even when Redis answers, for rules
	// that protect a machine and not a visitor.
	Alone bool
}

// The rules. A visitor is an address, and a whole village can stand behind one
// address of its carrier: no rule for visitors may be so tight that thirty
// people within ten minutes are turned away.
var (
	// Submit guards the sending of a report, for each visitor. Whoever is over
	// it is asked for a longer captcha and never refused.
	Submit = Rule{Name: "submit", Rate: 6, Per: time.Hour, Burst: 3}
	// SubmitGlobal guards one replica against a flood of reports; over it the
	// page says when to try again and keeps every word.
	SubmitGlobal = Rule{Name: "submit-global", Rate: 60, Per: time.Minute, Burst: 60, Alone: true}
	// Track guards looking up a receipt, for each visitor. With 18 random digits
	// it is not guessing that it stops but the load of trying.
	Track = Rule{Name: "track", Rate: 30, Per: time.Minute, Burst: 30}
	// TrackGlobal is the same for everybody together: at this rate a year of
	// guessing against a million receipts finds one with odds of 1 in 3000.
	TrackGlobal = Rule{Name: "track-global", Rate: 600, Per: time.Minute, Burst: 600}
	// CaptchaImage guards pages that draw a puzzle (2 ms of processor and one
	// row each), for each visitor: thirty people with four tries each at once.
	CaptchaImage = Rule{Name: "captcha-image", Rate: 60, Per: time.Minute, Burst: 120}
	// CaptchaSound guards drawing the sound of a puzzle (29 ms), for each visitor.
	CaptchaSound = Rule{Name: "captcha-sound", Rate: 20, Per: time.Minute, Burst: 40}
	// CaptchaGlobal guards one replica's processor and its share of the table
	// against puzzles drawn for nobody: at most 24 000 lie open for each replica.
	CaptchaGlobal = Rule{Name: "captcha-global", Rate: 1200, Per: time.Minute, Burst: 600, Alone: true}
	// Household guards looking up what was paid to a household, for each visitor:
	// over it the puzzle is longer.
	Household = Rule{Name: "household", Rate: 12, Per: time.Hour, Burst: 6}
	// HouseholdVisitor stops one address that goes on: thirty people of a village
	// within ten minutes, not thousands of numbers.
	HouseholdVisitor = Rule{Name: "household-visitor", Rate: 60, Per: time.Hour, Burst: 40}
	// HouseholdName stops trying out the ends of one person's number, from
	// wherever: at this rate a thousand possible ends take a week.
	HouseholdName = Rule{Name: "household-name", Rate: 6, Per: time.Hour, Burst: 6}
	// HouseholdGlobal is for everybody together.
	HouseholdGlobal = Rule{Name: "household-global", Rate: 240, Per: time.Minute, Burst: 240}
	// Upload guards single files sent one by one, for each visitor: thirty people
	// with five files each.
	Upload = Rule{Name: "upload", Rate: 60, Per: time.Minute, Burst: 150}
	// Tile guards parts of the public log that have to be read from the database,
	// for each visitor: who checks a log of 150 000 events at one go is not held up,
	// and of a longer one reads a thousand events a second after that.
	Tile = Rule{Name: "tile", Rate: 600, Per: time.Minute, Burst: 1200}
	// TileGlobal guards one replica's database connections against many who do.
	TileGlobal = Rule{Name: "tile-global", Rate: 3000, Per: time.Minute, Burst: 3000, Alone: true}
	// SignInAccount slows guessing one account's password from one address, and
	// its codes from anywhere. It says when to try again.
	SignInAccount = Rule{Name: "signin-account", Rate: 5, Per: time.Minute, Burst: 5}
	// SignInAnywhere slows guessing one account's password from all addresses
	// together. It is wide, or anybody who knows a login could keep its owner out.
	SignInAnywhere = Rule{Name: "signin-anywhere", Rate: 60, Per: time.Minute, Burst: 60}
	// SignInVisitor is for each address: a whole office signs in at eight.
	SignInVisitor = Rule{Name: "signin-visitor", Rate: 30, Per: time.Minute, Burst: 60}
	// SignInGlobal is for everybody together; each try costs 64 MiB for 0.2 s.
	SignInGlobal = Rule{Name: "signin-global", Rate: 300, Per: time.Minute, Burst: 120}
)

// Everybody is who a rule counts when it does not tell visitors apart.
const Everybody = "everybody"
