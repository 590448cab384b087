package region

import (
	"context"
	"io"

	"minsheng/internal/store"
	"minsheng/internal/workday"
)

// Level of a division or of an office.
type Level string

const (
	City    Level = "city"
	County  Level = "county"
	Town    Level = "town"
	Village Level = "village"
)

// Division is a place: "211122111215 二创村".
type Division struct {
	Code          string `gorm:"primaryKey"`
	Name          string
	FullName      string
	Level         Level
	ParentCode    *string
	Pinyin        string
	Initials      string
	ValidFrom     workday.Date
	ValidTo       *workday.Date
	SuccessorCode *string
}

// TableName is division.
func (Division) TableName() string { return "division" }

// TownCode and CountyCode cut a 12-digit code down to the town's and county's.
func TownCode(code string) string   { return code[:9] + "000" }
func CountyCode(code string) string { return code[:6] + "000000" }

// Atlas answers questions about places and offices. Offices and towns are kept
// in memory and read again when they change.
type Atlas struct{ store *store.Store }

// NewAtlas reads the offices and towns.
func NewAtlas(ctx context.Context, s *store.Store) (*Atlas, error) { panic("contract: not built") }

// Division returns the place with that code, or store.ErrNotFound.
func (a *Atlas) Division(ctx context.Context, code string) (Division, error) {
	panic("contract: not built")
}

// Children lists the places right below code that are valid today, by code.
func (a *Atlas) Children(ctx context.Context, code string) ([]Division, error) {
	panic("contract: not built")
}

// Search finds at most 20 villages and towns by characters, full pinyin or
// initials ("slc", "shuangliu", "双柳"), best first.
func (a *Atlas) Search(ctx context.Context, text string) ([]Division, error) {
	panic("contract: not built")
}

// Import reads divisions from CSV with the header
// code12,parent12,name,level,urban_rural_code. It always reads everything and
// returns every problem by line; with dryRun, or with any problem, nothing is
// written. Existing codes with another name get that name. progress may be nil.
func (a *Atlas) Import(ctx context.Context, csv io.Reader, dryRun bool, progress func(done, total int)) (ImportResult, error) {
	panic("contract: not built")
}

// ImportResult tells what an import did, or would do.
type ImportResult struct {
	Added, Renamed, Unchanged int
	Problems                  []ImportProblem
}

// ImportProblem is one line that cannot be imported, in plain words.
type ImportProblem struct {
	Line int
	Text string
}
