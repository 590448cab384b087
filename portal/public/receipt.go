package public

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"minsheng/intake"
	"minsheng/portal/view"
	"minsheng/transparency"
)

type receiptPage struct {
	view.Base
	PlaceName string
	Groups    []string
	AcceptBy  string
	Address   string
	Token     string
	Finger    string // of the key that the log is signed with
	QR        view.QR
}

// Marks stand for what differs between receipts while their page is rendered.
const (
	markPlace = "mark-place-mark"
	markGroup = "mark-group-mark"
	markDay   = "mark-day-mark"
	markDrawn = "mark-drawn-mark"
)

// showReceipt answers with the receipt.
func (f *Face) showReceipt(a *arrival, receipt intake.Receipt) error {
	html, err := f.receipt(a.reading, a.form.Token, receipt)
	if err != nil {
		return err
	}
	private(a.c)
	a.c.Set(fiber.HeaderContentType, htmlKind)
	a.c.Response().SetBodyRaw(html)
	return nil
}

// receipt fills the page of a receipt, which is rendered once a minute:
// rendering it anew for each reporter would take as long as everything else
// that the portal itself does with a report.
func (f *Face) receipt(r reading, token string, receipt intake.Receipt) ([]byte, error) {
	drawn, err := view.NewQR(strings.Join(receipt.Groups, " "))
	if err != nil {
		return nil, err
	}
	page, err := f.emptyReceipt(r, len(receipt.Groups), drawn.Size)
	if err != nil {
		return nil, err
	}
	values := map[string]string{
		markPlace: template.HTMLEscapeString(receipt.PlaceName),
		markDay:   view.Day(r.lang, receipt.AcceptBy),
		markToken: template.HTMLEscapeString(token),
		markDrawn: drawn.Path,
	}
	for i, group := range receipt.Groups {
		values[groupMark(i)] = group
	}
	return page.fill(values), nil
}

// emptyReceipt is the page of a receipt with so many groups of digits and a
// drawing of such a size.
func (f *Face) emptyReceipt(r reading, groups, size int) (*splice, error) {
	now := f.Now()
	address := fmt.Sprint("receipt ", r.lang, r.big, groups, " ", size)
	if kept := f.forms.find(address, now); kept != nil {
		return kept.splice, nil
	}
	p := receiptPage{
		Base: f.base(r, "/receipt", "receipt.title"), PlaceName: markPlace, AcceptBy: markDay,
		Address: f.address("/track"), Token: markToken, Finger: f.finger(), QR: view.QR{Size: size, Path: markDrawn},
	}
	for i := range groups {
		p.Groups = append(p.Groups, groupMark(i))
	}
	html, err := f.View.Render(r.lang, "public/receipt", p)
	if err != nil {
		return nil, err
	}
	marks := slices.Concat(p.Groups, []string{markPlace, markDay, markToken, markDrawn})
	form := &keptForm{cut(html, marks...), now.Add(keptFor)}
	f.forms.keep(address, form)
	return form.splice, nil
}

func groupMark(i int) string { return markGroup + strconv.Itoa(i) + "." }

// finger is the fingerprint of the key that the log is signed with: printed on
// paper it is what nobody can change later.
func (f *Face) finger() string {
	key, _ := f.Transparency.Keys()
	return transparency.Fingerprint(key)
}
