package sheet

import (
	"bufio"
	"fmt"
	"io"
	"os"
)

// Spool gives what write writes as a file that is gone when it is closed, with
// its size. A table that fails half-way is then an error and not half a table,
// and whoever loads it slowly holds a file and not the database.
func Spool(write func(io.Writer) error) (*os.File, int, error) {
	file, err := os.CreateTemp("", "rows-*")
	if err != nil {
		return nil, 0, fmt.Errorf("sheet: %w", err)
	}
	os.Remove(file.Name()) // the open file stays readable
	b := bufio.NewWriter(file)
	err = write(b)
	if err == nil {
		err = b.Flush()
	}
	size, seekErr := file.Seek(0, io.SeekCurrent)
	if err == nil {
		err = seekErr
	}
	if _, seekErr = file.Seek(0, io.SeekStart); err == nil {
		err = seekErr
	}
	if err != nil {
		file.Close()
		return nil, 0, err
	}
	return file, int(size), nil
}
