package sheet_test

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"testing"

	"minsheng/internal/sheet"
	"minsheng/internal/sheet/sheettest"
)

func open(t testing.TB, file []byte, name string) *sheet.Book {
	t.Helper()
	b, err := sheet.Open(bytes.NewReader(file), int64(len(file)), name)
	if err != nil {
		t.Fatalf("open %s: %v", name, err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// flat is a record as the samples write it.
func flat(r sheet.Record) map[string]string {
	m := map[string]string{}
	types := map[string]sheet.Type{}
	for _, f := range sheettest.Fields() {
		types[f.Code] = f.Type
	}
	for code, v := range r.Values {
		switch types[code] {
		case sheet.Whole, sheet.Money, sheet.YesNo:
			m[code] = fmt.Sprint(v.N)
		case sheet.Day:
			m[code] = string(v.Day)
		default:
			m[code] = v.Text
		}
	}
	return m
}

func TestUglySheetsAreReadAsTheyAreMeant(t *testing.T) {
	for _, s := range sheettest.Ugly() {
		t.Run(s.Name, func(t *testing.T) {
			b := open(t, s.File, s.FileName)
			l, err := b.Guess(s.Sheet, sheettest.Fields(), nil)
			if err != nil {
				t.Fatalf("guess: %v", err)
			}
			if l.HeaderFrom != s.HeaderFrom || l.HeaderTo != s.HeaderTo {
				t.Errorf("header is rows %d to %d, want %d to %d", l.HeaderFrom, l.HeaderTo, s.HeaderFrom, s.HeaderTo)
			}
			var records []map[string]string
			var problems []string
			found, err := b.Read(context.Background(), l, sheettest.Fields(), nil, func(r sheet.Record, ps []sheet.Problem) error {
				records = append(records, flat(r))
				for _, p := range ps {
					where := p.Ref
					if p.Column < 0 {
						where = fmt.Sprintf("row %d", p.Row)
					}
					problems = append(problems, where+" "+p.Key)
				}
				return nil
			})
			if err != nil {
				t.Fatalf("read: %v", err)
			}
			var skips []string
			for _, k := range found.Skips {
				skips = append(skips, fmt.Sprintf("%d %s", k.Row, k.Why))
			}
			same(t, "records", records, s.Records)
			same(t, "problems", problems, s.Problems)
			same(t, "skips", skips, s.Skips)
			same(t, "totals", found.Totals, s.Totals)
			if found.Records != len(s.Records) || found.Problems != len(s.Problems) {
				t.Errorf("counted %d records and %d problems", found.Records, found.Problems)
			}
		})
	}
}

func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s are\n%v\nwant\n%v", what, got, want)
	}
}
