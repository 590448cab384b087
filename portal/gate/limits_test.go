package gate

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/redis/go-redis/v9"
)

var ctx = context.Background()

// eachBackend runs test with limits in Redis and in this process.
func eachBackend(t *testing.T, test func(t *testing.T, l *Limits)) {
	t.Run("local", func(t *testing.T) { test(t, NewLimits(nil, newKeys(t), true, 1)) })
	t.Run("redis", func(t *testing.T) {
		l := NewLimits(runningRedis(t), newKeys(t), true, 1)
		test(t, l)
		if l.Lapses() != 0 {
			t.Errorf("Redis was not asked %d times", l.Lapses())
		}
	})
}

func TestBurstThenPace(t *testing.T) {
	eachBackend(t, func(t *testing.T, l *Limits) {
		rule := unique(Rule{Name: "t", Rate: 60, Per: time.Minute, Burst: 3})
		for i := range 3 {
			if !l.Peek(ctx, rule, "a").OK || !l.Allow(ctx, rule, "a").OK {
				t.Fatalf("try %d of 3 was refused", i+1)
			}
		}
		for _, v := range []Verdict{l.Allow(ctx, rule, "a"), l.Peek(ctx, rule, "a")} {
			if v.OK || v.RetryAfter < time.Second || v.RetryAfter > 2*time.Second {
				t.Errorf("fourth try: %+v, want a refusal for about a second", v)
			}
		}
		if !l.Allow(ctx, rule, "b").OK {
			t.Error("somebody else pays for it")
		}
		time.Sleep(1100 * time.Millisecond)
		if !l.Allow(ctx, rule, "a").OK {
			t.Error("a second later still refused")
		}
		if l.Allow(ctx, rule, "a").OK {
			t.Error("the whole burst came back within a second")
		}
	})
}

func TestManyAtOnceGetNoMoreThanTheBurst(t *testing.T) {
	eachBackend(t, func(t *testing.T, l *Limits) {
		rule := unique(Rule{Name: "t", Rate: 1, Per: time.Hour, Burst: 7})
		var let atomic.Int64
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if l.Allow(ctx, rule, "a").OK {
					let.Add(1)
				}
			})
		}
		all.Wait()
		if let.Load() != 7 {
			t.Errorf("%d got through, want 7", let.Load())
		}
	})
}

// Behind one address of their carrier, thirty villagers within ten minutes:
// each opens the form, hears or sees two puzzles, sends five files and the
// report, and looks at the receipt. All of it happens at once here, which is
// harder.
func TestAVillageBehindOneAddressGetsThrough(t *testing.T) {
	eachBackend(t, func(t *testing.T, l *Limits) {
		who, longer := fmt.Sprint("carrier", time.Now().UnixNano()), 0
		must := func(rule Rule, who string, times int) {
			for range times {
				if v := l.Allow(ctx, rule, who); !v.OK {
					t.Fatalf("%s: refused for %v", rule.Name, v.RetryAfter)
				}
			}
		}
		for range 30 {
			must(CaptchaImage, who, 4)
			must(CaptchaSound, who, 1)
			must(CaptchaGlobal, Everybody, 4)
			must(Upload, who, 5)
			must(SubmitGlobal, Everybody, 1)
			must(Track, who, 1)
			must(TrackGlobal, Everybody, 1)
			if !l.Allow(ctx, Submit, who).OK {
				longer++ // a longer puzzle, not a refusal
			}
		}
		if longer == 0 {
			t.Error("thirty reports from one address and nobody was asked for a longer puzzle")
		}
	})
}

func TestReplicasShareWhatRedisCounts(t *testing.T) {
	keys, rule := newKeys(t), unique(Rule{Name: "t", Rate: 1, Per: time.Hour, Burst: 4})
	shared := runningRedis(t)
	one, two := NewLimits(shared, keys, true, 2), NewLimits(shared, keys, true, 2)
	let := 0
	for range 4 {
		for _, l := range []*Limits{one, two} {
			if l.Allow(ctx, rule, "a").OK {
				let++
			}
		}
	}
	if let != 4 {
		t.Errorf("two replicas let %d through together, want 4", let)
	}
}

func TestWithoutRedisEachReplicaAllowsItsShare(t *testing.T) {
	l := NewLimits(nil, newKeys(t), true, 3)
	rule := Rule{Name: "t", Rate: 30, Per: time.Minute, Burst: 9}
	let := 0
	for range 20 {
		if l.Allow(ctx, rule, "a").OK {
			let++
		}
	}
	v := l.Allow(ctx, rule, "a")
	if let != 3 || v.RetryAfter < 5*time.Second || v.RetryAfter > 6*time.Second {
		t.Errorf("let %d through, next in %v; want 3 and 6 s", let, v.RetryAfter)
	}
	alone := Rule{Name: "m", Rate: 30, Per: time.Minute, Burst: 9, Alone: true}
	for i := range 9 {
		if !l.Allow(ctx, alone, Everybody).OK {
			t.Fatalf("a rule for one machine was divided: refused at %d", i)
		}
	}
}

func TestSwitchedOffEverythingIsAllowed(t *testing.T) {
	l := NewLimits(nil, newKeys(t), false, 1)
	for range 100 {
		if !l.Allow(ctx, Submit, "a").OK || !l.Peek(ctx, Submit, "a").OK {
			t.Fatal("refused")
		}
	}
}

func TestRedisLearnsNoNames(t *testing.T) {
	server := miniredis.RunT(t)
	client, err := RedisClient("redis://" + server.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	NewLimits(client, newKeys(t), true, 1).Allow(ctx, SignInAccount, "zhang.wei")
	if keys := server.Keys(); len(keys) != 1 || strings.Contains(keys[0], "zhang") {
		t.Errorf("keys %q", keys)
	}
}

// The visitor going away must not look like a fault of Redis.
func TestAVisitorsDeadlineOpensNoBreaker(t *testing.T) {
	l := NewLimits(runningRedis(t), newKeys(t), true, 1)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if !l.Allow(gone, unique(Submit), "a").OK || l.Lapses() != 0 {
		t.Errorf("%d lapses", l.Lapses())
	}
}

func TestMemoryOfCountersIsBounded(t *testing.T) {
	now := time.Now()
	c := newCounters(1, func() time.Time { return now })
	rule := Rule{Name: "t", Rate: 1, Per: time.Hour, Burst: 1}
	c.take("first", rule, 1)
	for i := range generation + generation/2 {
		c.take(fmt.Sprint(i), rule, 1)
	}
	if c.take("first", rule, 1).OK {
		t.Error("a flood of others made the first one forgotten already")
	}
	for i := range 5 * generation {
		c.take(fmt.Sprint("x", i), rule, 1)
	}
	if n := len(c.young) + len(c.old); n > 2*generation {
		t.Errorf("%d keys are kept", n)
	}
}

// ask measures the slowest of n questions.
func ask(l *Limits, rule Rule, n int) (slowest time.Duration, let int) {
	for i := range n {
		began := time.Now()
		if l.Allow(ctx, rule, fmt.Sprint("visitor", i%2)).OK {
			let++
		}
		slowest = max(slowest, time.Since(began))
	}
	return slowest, let
}

// awaitRedis waits until Redis counts again: one pause, or more where the
// machine is so busy that Redis does not answer in time.
func awaitRedis(t *testing.T, l *Limits) {
	t.Helper()
	for deadline := time.Now().Add(5 * pause); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		before := l.Lapses()
		if l.Allow(ctx, unique(Submit), "a"); l.Lapses() == before {
			return
		}
	}
	t.Fatal("Redis is back and nobody noticed")
}

// slowestPage opens forty pages at once.
func slowestPage(t *testing.T, addr string) time.Duration {
	t.Helper()
	var slowest atomic.Int64
	var all sync.WaitGroup
	for range 40 {
		all.Go(func() {
			began := time.Now()
			answer, err := http.Get("http://" + addr + "/")
			if err != nil {
				t.Error(err)
				return
			}
			answer.Body.Close()
			for took := int64(time.Since(began)); ; {
				if seen := slowest.Load(); took <= seen || slowest.CompareAndSwap(seen, took) {
					return
				}
			}
		})
	}
	all.Wait()
	return time.Duration(slowest.Load())
}

// Running, stopped, back, frozen, back: never slow, never open, never shut.
func TestRedisStoppedFrozenAndBack(t *testing.T) {
	server := newRedis(t)
	server.start()
	client, err := RedisClient(server.url())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	l := NewLimits(client, newKeys(t), true, 1)
	rule := Rule{Name: "t", Rate: 1, Per: time.Hour, Burst: 5}
	pages := door(t, func(app *fiber.App) {
		app.Get("/", func(c *fiber.Ctx) error {
			for _, r := range []Rule{CaptchaImage, CaptchaSound, Submit, Track, TrackGlobal} {
				l.Allow(c.UserContext(), r, "a")
			}
			return nil
		})
	})
	check := func(state string, rule Rule, wantLapses bool) {
		t.Helper()
		if slowest := slowestPage(t, pages); slowest > time.Second {
			t.Errorf("%s: the slowest of 40 pages at once took %v", state, slowest)
		}
		before, began := l.Lapses(), time.Now()
		slowest, let := ask(l, rule, 100)
		if slowest > 200*time.Millisecond || time.Since(began) > time.Second {
			t.Errorf("%s: slowest of 100 took %v, all took %v", state, slowest, time.Since(began))
		}
		if let != 10 { // two visitors with five each
			t.Errorf("%s: %d of 100 got through, want 10", state, let)
		}
		if lapsed := l.Lapses() > before; lapsed != wantLapses {
			t.Errorf("%s: counted locally: %v, want %v", state, lapsed, wantLapses)
		}
	}
	check("running", unique(rule), false)
	server.stop()
	check("stopped", unique(rule), true)
	server.start()
	awaitRedis(t, l)
	check("back", unique(rule), false)
	server.signal(syscall.SIGSTOP)
	check("frozen", unique(rule), true)
	time.Sleep(pause)
	check("still frozen", unique(rule), true)
	server.signal(syscall.SIGCONT)
	awaitRedis(t, l)
	check("thawed", unique(rule), false)
}

// A frozen Redis makes one visitor wait each pause and not all of them.
func TestFrozenRedisIsAskedOnceAPause(t *testing.T) {
	server := newRedis(t)
	server.start()
	client, err := RedisClient(server.url())
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	l := NewLimits(client, newKeys(t), true, 1)
	questions := &counter{}
	client.AddHook(questions)
	l.Allow(ctx, Submit, "a")
	server.signal(syscall.SIGSTOP)
	defer server.signal(syscall.SIGCONT)
	questions.n.Store(0)
	asked := 0
	for began := time.Now(); time.Since(began) < pause/2; asked++ {
		l.Allow(ctx, Track, "a")
	}
	if n := questions.n.Load(); n != 1 || asked < 1000 {
		t.Errorf("of %d visitors %d waited for Redis within half a pause, want 1", asked, n)
	}
}

// counter counts what a client asks of Redis.
type counter struct{ n atomic.Int64 }

func (c *counter) DialHook(next redis.DialHook) redis.DialHook { return next }
func (c *counter) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}
func (c *counter) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		c.n.Add(1)
		return next(ctx, cmd)
	}
}

func TestClientGivesUpQuickly(t *testing.T) {
	client, err := RedisClient("redis://:secret-word@127.0.0.1:1/0")
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	began := time.Now()
	if client.Ping(ctx).Err() == nil || time.Since(began) > 100*time.Millisecond {
		t.Errorf("a refused connection took %v", time.Since(began))
	}
	if o := client.Options(); o.MaxRetries != 0 || !o.ContextTimeoutEnabled || o.DialerRetries != 1 ||
		o.DialTimeout != 150*time.Millisecond || o.ReadTimeout != 100*time.Millisecond || o.PoolTimeout != 150*time.Millisecond {
		t.Errorf("options %+v", o)
	}
	if _, err := RedisClient("http://:secret-word@x"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("err %v", err)
	}
	var none *redis.Client
	if c, err := RedisClient(""); c != none || err != nil {
		t.Errorf("no address: %v, %v", c, err)
	}
}
