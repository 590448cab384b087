package transparency

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"filippo.io/torchwood"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"gorm.io/gorm/clause"
)

// ErrWitness means that a witness did not sign.
var ErrWitness = errors.New("transparency: the witness did not sign")

// ErrContradicted means that a witness has seen another history than the one it
// was shown.
var ErrContradicted = errors.New("transparency: the witness has seen another history")

func cosigner(vkey string) (note.Verifier, error) {
	v, err := torchwood.NewCosignatureVerifier(vkey)
	if err != nil {
		return nil, fmt.Errorf("transparency: key of a witness: %w", err)
	}
	return v, nil
}

// ParseWitnesses reads "VKEY URL, VKEY URL …".
func ParseWitnesses(text string) (all []Witness, err error) {
	for _, entry := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == '\n' }) {
		fields := strings.Fields(entry)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 || !strings.HasPrefix(fields[1], "http") {
			return nil, errors.New("must be a public key and an address for each witness: VKEY URL, VKEY URL")
		}
		if _, err := cosigner(fields[0]); err != nil {
			return nil, err
		}
		all = append(all, Witness{VKey: fields[0], URL: strings.TrimSuffix(fields[1], "/")})
	}
	return all, nil
}

// Witnessed shows the newest checkpoint to every witness that has not signed it,
// and keeps what they sign. A witness that is away delays nothing but itself.
func (l *Log) Witnessed(ctx context.Context) {
	if len(l.Witnesses) == 0 {
		return
	}
	c, err := l.Newest(ctx)
	if err != nil || c.Size == 0 {
		return
	}
	for _, w := range l.Witnesses {
		err := l.show(ctx, w, c)
		l.mu.Lock()
		l.seen[w.key.Name()] = err
		l.mu.Unlock()
	}
}

// show asks one witness for its cosignature of a checkpoint.
func (l *Log) show(ctx context.Context, w Witness, c Checkpoint) error {
	var before []cosignature
	if err := l.Store.Read(ctx).Where("witness = ?", w.key.Name()).Order("size DESC").Limit(1).Find(&before).Error; err != nil {
		return err
	}
	old := int64(0)
	if len(before) > 0 {
		old = before[0].Size
	}
	if old == c.Size {
		return nil
	}
	line, known, err := l.ask(ctx, w, c, old)
	if err == nil && line == "" && known != old && known <= c.Size {
		line, _, err = l.ask(ctx, w, c, known) // it remembers more than we do, or less
	}
	if err != nil {
		return err
	}
	if line == "" {
		return ErrContradicted // it says that it has seen more than there is
	}
	signed := c.Note + line
	if _, err := note.Open([]byte(signed), note.VerifierList(w.key)); err != nil {
		return fmt.Errorf("%w: what it sent is no cosignature of its key", ErrWitness)
	}
	row := cosignature{Size: c.Size, Witness: w.key.Name(), Line: line, At: l.Store.Now()}
	return l.Store.Read(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error
}

// longestAnswer bounds what is read of a witness's answer, in bytes.
const longestAnswer = 16 << 10

// ask sends a checkpoint with the proof that it goes on from the tree of size
// old. line is the cosignature; "" with the size that the witness knows where
// that is another.
func (l *Log) ask(ctx context.Context, w Witness, c Checkpoint, old int64) (line string, known int64, err error) {
	body := fmt.Sprintf("old %d\n", old)
	if old > 0 && old < c.Size {
		proof, err := tlog.ProveTree(c.Size, old, reader(l.Store.Read(ctx)))
		if err != nil {
			return "", 0, err
		}
		for _, h := range proof {
			body += h.String() + "\n"
		}
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL+"/add-checkpoint", strings.NewReader(body+"\n"+c.Note))
	if err != nil {
		return "", 0, ErrWitness
	}
	answer, err := l.Client.Do(request)
	if err != nil {
		return "", 0, fmt.Errorf("%w: no answer", ErrWitness)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, longestAnswer))
	if err != nil {
		return "", 0, fmt.Errorf("%w: no answer", ErrWitness)
	}
	return read(answer.StatusCode, text)
}

// read understands a witness's answer, as C2SP tlog-witness lays it down.
func read(status int, text []byte) (line string, known int64, err error) {
	switch status {
	case http.StatusOK:
		if !bytes.HasPrefix(text, []byte("— ")) || !bytes.HasSuffix(text, []byte("\n")) {
			return "", 0, fmt.Errorf("%w: what it sent is no signature", ErrWitness)
		}
		return string(text), 0, nil
	case http.StatusConflict:
		known, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err != nil || known < 0 {
			return "", 0, ErrContradicted
		}
		return "", known, nil
	case http.StatusUnprocessableEntity:
		return "", 0, ErrContradicted
	}
	return "", 0, fmt.Errorf("%w: status %d", ErrWitness, status)
}
