package journey_test

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"minsheng/internal/store/storetest"
)

// patience is how long one step may take: other packages may be testing on the
// same two cores.
const patience = time.Minute

// chromium starts one browser for all journeys.
func chromium(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		storetest.Missing(t, "chromium", err)
	}
	ctx, stop := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("lang", "zh-CN"),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("font-render-hinting", "none"))...)
	t.Cleanup(stop)
	browser, end := chromedp.NewContext(ctx)
	t.Cleanup(end)
	if err := chromedp.Do(browser); err != nil {
		storetest.Missing(t, "chromium", err)
	}
	return browser
}

// device is what somebody holds in their hands.
type device struct {
	width, height int64
	phone         bool
	noScripts     bool
	scale         float64 // of pictures; 0 means 1
}

var (
	phone = device{width: 360, height: 740, phone: true}
	desk  = device{width: 1280, height: 900}
)

func (d device) without(scripts bool) device { d.noScripts = !scripts; return d }

// tab is one person's browser. Each step waits for what it causes, and fails
// the test with a picture when that does not happen.
type tab struct {
	t       *testing.T
	ctx     context.Context
	base    string
	lang    string // appended to addresses that are typed in; "" is Chinese
	album   *album
	scripts bool

	mu       sync.Mutex
	troubles []string
}

// open gives a person a browser of their own: nothing is shared with others.
func open(t *testing.T, browser context.Context, base, lang string, d device, a *album) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(browser, chromedp.WithNewBrowserContext())
	b := &tab{t: t, ctx: ctx, base: base, lang: lang, album: a, scripts: !d.noScripts}
	t.Cleanup(func() {
		b.mu.Lock()
		for _, trouble := range b.troubles {
			t.Error(trouble)
		}
		b.mu.Unlock()
		end()
	})
	var touch []chromedp.EmulateViewportOption
	if d.phone {
		touch = []chromedp.EmulateViewportOption{chromedp.EmulateMobile, chromedp.EmulatePortrait}
	}
	if d.scale > 0 {
		touch = append(touch, chromedp.EmulateScale(d.scale))
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(d.width, d.height, touch...), call(emulation.SetScriptExecutionDisabled,
		emulation.SetScriptExecutionDisabledParams{Value: d.noScripts})); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Listen(ctx, b.notice); err != nil {
		t.Fatal(err)
	}
	return b
}

// call is a protocol command as a step.
func call[P, R any](command cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		_, err := cdp.Call(ctx, target, command, params)
		return err
	})
}

// notice writes down what must never happen on any page: a script that fails,
// something the page's own policy refuses, a request to somebody else.
func (b *tab) notice(event any) {
	trouble := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		trouble = "script failed: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			trouble += " " + e.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Source == log.EntrySourceSecurity || e.Entry.Source == log.EntrySourceJavascript {
			trouble = "browser says: " + e.Entry.Text
		}
	case *network.EventRequestWillBeSent:
		if address := e.Request.URL; !strings.HasPrefix(address, b.base) && !strings.HasPrefix(address, "data:") && !strings.HasPrefix(address, "blob:") {
			trouble = "asked somebody else: " + address
		}
	case *page.EventJavascriptDialogOpening:
		go chromedp.Do(b.ctx, call(page.HandleJavaScriptDialog, page.HandleJavaScriptDialogParams{Accept: true}))
		trouble = "asked before leaving: " + e.Message
	}
	if trouble != "" {
		b.mu.Lock()
		b.troubles = append(b.troubles, trouble)
		b.mu.Unlock()
	}
}

// do takes one step.
func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.fail(what, err)
	}
}

// leads takes steps that lead to another page and returns its status.
func (b *tab) leads(what string, steps ...chromedp.Action[chromedp.Void]) int {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, steps...)
	if err != nil {
		b.fail(what, err)
	}
	if answer == nil {
		return 0
	}
	return int(answer.Status)
}

func (b *tab) fail(what string, why error) {
	b.t.Helper()
	b.album.picture(b, "FAILED-"+strings.ReplaceAll(b.t.Name(), "/", "-"))
	var here, text string
	ctx, cancel := context.WithTimeout(b.ctx, 5*time.Second)
	defer cancel()
	here, _ = chromedp.Run(ctx, chromedp.Location())
	text, _ = chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText.slice(0, 1500)`))
	b.t.Fatalf("%s: %v\nat %s\n%s", what, why, here, text)
}

// visit types an address into the browser.
func (b *tab) visit(path string) int {
	b.t.Helper()
	if b.lang != "" {
		mark := "?"
		if strings.Contains(path, "?") {
			mark = "&"
		}
		path += mark + "lang=" + b.lang
	}
	return b.leads("visit "+path, chromedp.Navigate(b.base+path))
}

// press clicks what leads to another page.
func (b *tab) press(selector string) int {
	b.t.Helper()
	return b.leads("press "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// tap clicks what changes this page.
func (b *tab) tap(selector string) {
	b.t.Helper()
	b.do("tap "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// write types text in place of what a field holds.
func (b *tab) write(selector, text string) {
	b.t.Helper()
	b.do("write into "+selector, chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible),
		chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`), call(input.InsertText, input.InsertTextParams{Text: text}))
	if got := ask[string](b, `document.querySelector(`+strconv.Quote(selector)+`).value`); got != text {
		b.fail("write into "+selector, fmt.Errorf("it holds %q", got))
	}
}

// choose picks the answer of a list that begins with label, or has that value.
func (b *tab) choose(selector, label string) {
	b.t.Helper()
	found := ask[bool](b, fmt.Sprintf(`(() => {
		const list = document.querySelector(%q), label = %q;
		const option = list && [...list.options].find(o => o.value === label || o.text.trim().startsWith(label));
		if (!option) return false;
		list.value = option.value;
		list.dispatchEvent(new Event('input', {bubbles: true}));
		list.dispatchEvent(new Event('change', {bubbles: true}));
		return true;
	})()`, selector, label))
	if !found {
		b.fail("choose "+label+" in "+selector, fmt.Errorf("no such answer"))
	}
}

// attach picks files.
func (b *tab) attach(selector string, files ...string) {
	b.t.Helper()
	b.do("attach to "+selector, chromedp.SetUploadFiles(chromedp.CSS(selector), files))
}

// ask evaluates an expression on the page, and waits for what it promises.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.fail(expression, err)
	}
	return answer
}

// await waits until an expression is true.
func (b *tab) await(expression string) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); !ask[bool](b, "!!("+expression+")"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			b.fail("await "+expression, context.DeadlineExceeded)
		}
	}
}

// has reports whether the page shows something like this.
func (b *tab) has(selector string) bool {
	b.t.Helper()
	return ask[bool](b, `!!document.querySelector(`+strconv.Quote(selector)+`)`)
}

// text is what the first such part of the page says.
func (b *tab) text(selector string) string {
	b.t.Helper()
	return ask[string](b, `(document.querySelector(`+strconv.Quote(selector)+`) || {innerText: ''}).innerText`)
}

// value is what a field holds.
func (b *tab) value(selector string) string {
	b.t.Helper()
	return ask[string](b, `(document.querySelector(`+strconv.Quote(selector)+`) || {value: ''}).value`)
}

// says fails unless the part of the page says all the words.
func (b *tab) says(selector string, words ...string) {
	b.t.Helper()
	text := b.text(selector)
	for _, word := range words {
		if !strings.Contains(text, word) {
			b.fail("read "+selector, fmt.Errorf("%q is not in %q", word, text))
		}
	}
}

// hides fails if the page says any of the words, also where it is folded.
func (b *tab) hides(words ...string) {
	b.t.Helper()
	text := ask[string](b, `document.documentElement.outerHTML`)
	for _, word := range words {
		if strings.Contains(text, word) {
			b.t.Errorf("%s says %q", ask[string](b, `location.pathname`), word)
		}
	}
}

// expect fails unless a step got the status that it should.
func (b *tab) expect(got, want int) {
	b.t.Helper()
	if got != want {
		b.fail("answer", fmt.Errorf("status %d, want %d", got, want))
	}
}
