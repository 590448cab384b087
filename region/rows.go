package region

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// columns is the header of the file, as the statistics bureau's lists have it.
var columns = []string{"code12", "parent12", "name", "level", "urban_rural_code"}

// row is a line of the file that makes sense by itself.
type row struct {
	line       int
	code, name string
}

// readRows reads the whole file. A line that makes no sense becomes a problem
// and is left out.
func readRows(file io.Reader) ([]row, []ImportProblem, error) {
	buffered := bufio.NewReader(file)
	// Spreadsheets put a byte order mark before the header.
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\uFEFF" {
		buffered.Discard(3)
	}
	lines := csv.NewReader(buffered)
	lines.FieldsPerRecord = -1
	lines.LazyQuotes = true
	header, err := lines.Read()
	if errors.Is(err, io.EOF) {
		return nil, []ImportProblem{{1, "the file is empty"}}, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("region: read file: %w", err)
	}
	if problem := wrongHeader(header); problem != "" {
		return nil, []ImportProblem{{1, problem}}, nil
	}
	return readLines(lines)
}

func wrongHeader(header []string) string {
	for i := range header {
		header[i] = strings.ToLower(strings.TrimSpace(header[i]))
	}
	if slices.Equal(header, columns) {
		return ""
	}
	return fmt.Sprintf("the first line must be %q", strings.Join(columns, ","))
}

func readLines(lines *csv.Reader) ([]row, []ImportProblem, error) {
	var rows []row
	var problems []ImportProblem
	first := make(map[string]int)
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return rows, problems, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			problems = append(problems, ImportProblem{broken.Line, "this line is not valid CSV"})
			continue
		}
		if err != nil {
			return nil, nil, fmt.Errorf("region: read file: %w", err)
		}
		line, _ := lines.FieldPos(0)
		problem := wrongRow(fields)
		if problem == "" {
			if before, again := first[fields[0]]; again {
				problem = fmt.Sprintf("the code %s already stands on line %d", fields[0], before)
			}
			first[fields[0]] = line
		}
		if problem != "" {
			problems = append(problems, ImportProblem{line, problem})
			continue
		}
		rows = append(rows, row{line, fields[0], fields[2]})
	}
}

// wrongRow trims the fields and says in plain words what is wrong with them,
// the first thing only.
func wrongRow(fields []string) string {
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	if len(fields) != len(columns) {
		return fmt.Sprintf("there are %d fields where %d belong", len(fields), len(columns))
	}
	code, parent, name, level := fields[0], fields[1], fields[2], fields[3]
	if !wellFormed(code) {
		return fmt.Sprintf("the code %q is not 12 digits (a spreadsheet may have turned it into a number: format the column as text)", clip(code))
	}
	if p := wrongName(name); p != "" {
		return p
	}
	if is := levelOf(code); level != string(is) {
		return fmt.Sprintf("the level says %q, but the code %s is built like a %s", clip(level), code, is)
	}
	if is := parentOf(code); is != "" && parent != is {
		return fmt.Sprintf("the place above %s must be %s, not %q", code, is, clip(parent))
	}
	return ""
}

func wrongName(name string) string {
	switch {
	case name == "":
		return "the name is empty"
	case !utf8.ValidString(name):
		return "the name is not UTF-8 text: save the file as \"CSV UTF-8\""
	case utf8.RuneCountInString(name) > 60:
		return "the name is longer than 60 characters"
	case strings.ContainsFunc(name, unicode.IsControl):
		return "the name has a control character in it"
	}
	return ""
}

// clip keeps a message readable, and printable, whatever the file holds.
func clip(field string) string {
	field = strings.ToValidUTF8(field, "?")
	if runes := []rune(field); len(runes) > 30 {
		return string(runes[:30]) + "…"
	}
	return field
}
