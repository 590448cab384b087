package intake

import (
	"encoding/binary"
	"time"

	"github.com/google/uuid"
)

// How long a form and a tracking page can be used after they were made.
const (
	formLives  = 24 * time.Hour
	trackLives = 15 * time.Minute
	// Replicas' clocks may differ; what was made a little later than now is not
	// a forgery.
	clockSlack = 5 * time.Minute
)

// Form is a report form as rendered: it already holds its receipt.
type Form struct {
	Token string // sealed; the hidden field
	Key   []byte // names the form to evidence.Shelf; made from the receipt, says nothing of it
}

// NewForm makes a form with a fresh receipt. It may be used for 24 hours.
func (d *Desk) NewForm() Form {
	digits := newReceipt()
	return Form{Token: d.formBox.ShutText(d.dated([]byte(digits)), "form"), Key: d.formKey(digits)}
}

// OpenForm returns the form of a token, or ErrStaleForm.
func (d *Desk) OpenForm(token string) (Form, error) {
	digits, err := d.openForm(token)
	if err != nil {
		return Form{}, err
	}
	return Form{Token: token, Key: d.formKey(digits)}, nil
}

// openForm returns the receipt inside a token, or ErrStaleForm.
func (d *Desk) openForm(token string) (string, error) {
	plain, err := d.formBox.OpenText(token, "form")
	if err != nil {
		return "", ErrStaleForm
	}
	digits, fresh := d.undated(plain, formLives)
	if !fresh || len(digits) != receiptDigits {
		return "", ErrStaleForm
	}
	return string(digits), nil
}

// trackToken lets the tracking page act for a report, and read what is sealed to its
// receipt, without carrying the receipt.
func (d *Desk) trackToken(report uuid.UUID, pass passKey) string {
	return d.trackBox.ShutText(d.dated(append(report[:], pass.secret[:]...)), "track")
}

// openTrack returns the report of a tracking token, or ErrStaleForm.
func (d *Desk) openTrack(token string) (uuid.UUID, error) {
	report, _, err := d.openPass(token)
	return report, err
}

// openPass is openTrack with what opens what is sealed to the receipt.
func (d *Desk) openPass(token string) (report uuid.UUID, pass passKey, err error) {
	plain, err := d.trackBox.OpenText(token, "track")
	if err != nil {
		return uuid.Nil, pass, ErrStaleForm
	}
	content, fresh := d.undated(plain, trackLives)
	if !fresh || len(content) != len(report)+len(pass.secret) {
		return uuid.Nil, pass, ErrStaleForm
	}
	return uuid.UUID(content[:len(report)]), passKey{(*[32]byte)(content[len(report):])}, nil
}

func (d *Desk) dated(content []byte) []byte {
	return binary.BigEndian.AppendUint64(content, uint64(d.store.Now().Unix()))
}

// undated splits what dated joined and reports whether it is younger than
// lives.
func (d *Desk) undated(plain []byte, lives time.Duration) ([]byte, bool) {
	if len(plain) < 8 {
		return nil, false
	}
	cut := len(plain) - 8
	age := d.store.Now().Sub(time.Unix(int64(binary.BigEndian.Uint64(plain[cut:])), 0))
	return plain[:cut], age < lives && age > -clockSlack
}

func (d *Desk) formKey(digits string) []byte { return d.keys.MAC("form-key", []byte(digits)) }

// receiptIndex is all that is stored of a receipt: a keyed hash by which a
// report is found and by which a form that arrives twice is known.
func (d *Desk) receiptIndex(digits string) []byte { return d.keys.MAC("receipt", []byte(digits)) }
