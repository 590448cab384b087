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
	var rows []row
	first := make(map[string]int)
	problems, err := readTable(file, columns, func(line int, fields []string) string {
		if problem := wrongRow(fields); problem != "" {
			return problem
		}
		if before, again := first[fields[0]]; again {
			return fmt.Sprintf("the code %s already stands on line %d", fields[0], before)
		}
		first[fields[0]] = line
		rows = append(rows, row{line, fields[0], fields[2]})
		return ""
	})
	return rows, problems, err
}

// readTable reads a whole CSV file with that header. Each line with as many
// fields, trimmed, is given to take, which says what is wrong with it; what
// is wrong becomes a problem.
func readTable(file io.Reader, header []string, take func(line int, fields []string) string) ([]ImportProblem, error) {
	buffered := bufio.NewReader(file)
	// Spreadsheets put a byte order mark before the header.
	if mark, err := buffered.Peek(3); err == nil && string(mark) == "\uFEFF" {
		buffered.Discard(3)
	}
	lines := csv.NewReader(buffered)
	lines.FieldsPerRecord = -1
	lines.LazyQuotes = true
	given, err := lines.Read()
	if errors.Is(err, io.EOF) {
		return []ImportProblem{{1, "the file is empty"}}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("region: read file: %w", err)
	}
	for i := range given {
		given[i] = strings.ToLower(strings.TrimSpace(given[i]))
	}
	if !slices.Equal(given, header) {
		return []ImportProblem{{1, fmt.Sprintf("the first line must be %q", strings.Join(header, ","))}}, nil
	}
	return readLines(lines, len(header), take)
}

func readLines(lines *csv.Reader, width int, take func(line int, fields []string) string) ([]ImportProblem, error) {
	var problems []ImportProblem
	for {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return problems, nil
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			problems = append(problems, ImportProblem{broken.Line, "this line is not valid CSV"})
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("region: read file: %w", err)
		}
		line, _ := lines.FieldPos(0)
		for i := range fields {
			fields[i] = strings.TrimSpace(fields[i])
		}
		problem := fmt.Sprintf("there are %d fields where %d belong", len(fields), width)
		if len(fields) == width {
			problem = take(line, fields)
		}
		if problem != "" {
			problems = append(problems, ImportProblem{line, problem})
		}
	}
}

// wrongRow says in plain words what is wrong with a line, the first thing only.
func wrongRow(fields []string) string {
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
