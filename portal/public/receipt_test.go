package public

import (
	"strings"
	"testing"
	"time"

	"minsheng/intake"
	"minsheng/portal/locale"
	"minsheng/portal/view"
	"minsheng/portal/view/viewtest"
	"minsheng/transparency"
)

// A filled page is the page as it would have been rendered, for each reporter
// their own.
func TestReceiptIsFilledAsItWouldBeRendered(t *testing.T) {
	f := faceToRender(t)
	for _, r := range []reading{{lang: locale.Chinese}, {lang: locale.English, big: true}} {
		for _, receipt := range []intake.Receipt{
			{Groups: []string{"1111", "2222", "3333", "4444", "5555"}, AcceptBy: "2026-12-08", PlaceName: "甜水镇双柳村"},
			{Groups: []string{"9876", "5432", "1098", "7654", "3210"}, AcceptBy: "2027-01-31", PlaceName: `<b>"村"&'x'`},
		} {
			drawn, err := view.NewQR(strings.Join(receipt.Groups, " "))
			if err != nil {
				t.Fatal(err)
			}
			want, err := f.View.Render(r.lang, "public/receipt", receiptPage{
				Base: f.base(r, "/receipt", "receipt.title"), PlaceName: receipt.PlaceName, Groups: receipt.Groups,
				AcceptBy: view.Day(r.lang, receipt.AcceptBy), Address: f.address("/track"), Token: "token-of-one", QR: drawn,
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := f.receipt(r, "token-of-one", receipt)
			if err != nil || string(got) != string(want) {
				t.Errorf("%v: %v\n%s\nwant\n%s", r, err, got, want)
			}
		}
	}
}

func faceToRender(t *testing.T) *Face {
	t.Helper()
	look := viewtest.Of(t)
	return New(Config{View: look.Views, Assets: look.Assets, Transparency: &transparency.Log{}, Now: time.Now})
}
