package gate

import (
	"context"
	"encoding/base64"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"minsheng/internal/seal"
)

// Verdict is whether something may happen now, and if not, when.
type Verdict struct {
	OK         bool
	RetryAfter time.Duration // > 0 when not OK
}

// Limits counts what visitors do. It is safe for concurrent use.
type Limits struct {
	shared  *redis_rate.Limiter // nil without Redis
	keys    *seal.Keys
	on      bool
	local   *counters // ÷ replicas, while Redis does not answer
	alone   *counters // for rules that count one replica
	breaker breaker
	lapses  atomic.Int64
}

// NewLimits returns limits that count in Redis, or in this process when rdb is
// nil or does not answer; then each of the replicas allows its share. When on
// is false everything is allowed.
func NewLimits(rdb *redis.Client, keys *seal.Keys, on bool, replicas int) *Limits {
	l := &Limits{
		keys:  keys,
		on:    on,
		local: newCounters(max(replicas, 1), time.Now),
		alone: newCounters(1, time.Now),
	}
	if rdb != nil {
		l.shared = redis_rate.NewLimiter(rdb)
	}
	return l
}

// patience is how long one question to Redis may take. A round trip takes
// 0.2 ms; whatever takes this long is not going to answer.
const patience = 100 * time.Millisecond

// Allow counts one more of rule by who and says whether it may happen. What is
// refused is not counted. It answers within a tenth of a second whatever state
// Redis is in.
func (l *Limits) Allow(ctx context.Context, rule Rule, who string) Verdict {
	return l.ask(ctx, rule, who, 1)
}

// Peek says whether Allow would allow, and counts nothing.
func (l *Limits) Peek(ctx context.Context, rule Rule, who string) Verdict {
	return l.ask(ctx, rule, who, 0)
}

func (l *Limits) ask(ctx context.Context, rule Rule, who string, n int) Verdict {
	if !l.on {
		return Verdict{OK: true}
	}
	key := l.key(rule, who)
	if rule.Alone {
		return l.alone.take(key, rule, n)
	}
	if l.shared != nil && l.breaker.closed() {
		v, err := l.askShared(ctx, rule, key, n)
		if l.breaker.report(err == nil); err == nil {
			return v
		}
	}
	if l.shared != nil {
		l.lapses.Add(1)
	}
	return l.local.take(key, rule, n)
}

func (l *Limits) askShared(ctx context.Context, rule Rule, key string, n int) (Verdict, error) {
	// The visitor's own deadline must not look like a fault of Redis.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	limit := redis_rate.Limit{Rate: rule.Rate, Period: rule.Per, Burst: rule.Burst}
	res, err := l.shared.AllowN(ctx, key, limit, n)
	if err != nil {
		return Verdict{}, fmt.Errorf("gate: limit: %w", err)
	}
	if n == 0 && res.Remaining < 1 {
		return Verdict{RetryAfter: max(res.ResetAfter-rule.Per/time.Duration(rule.Rate)*time.Duration(rule.Burst-1), time.Second)}, nil
	}
	if n > 0 && res.Allowed < n {
		return Verdict{RetryAfter: max(res.RetryAfter, time.Second)}, nil
	}
	return Verdict{OK: true}, nil
}

// Lapses is how many answers were given without the Redis that should have
// given them, for the metrics.
func (l *Limits) Lapses() int64 { return l.lapses.Load() }

// key names a counter. Redis learns neither addresses nor account names.
func (l *Limits) key(rule Rule, who string) string {
	return rule.Name + ":" + base64.RawURLEncoding.EncodeToString(l.keys.MAC("limit", []byte(rule.Name+"\x00"+who))[:16])
}

// pause is how long Redis is left alone after it failed.
const pause = 3 * time.Second

// breaker lets one question through each pause while Redis does not answer, so
// that one visitor waits and not all.
type breaker struct{ until atomic.Int64 } // unix nanoseconds; 0 when all is well

func (b *breaker) closed() bool {
	until := b.until.Load()
	if until == 0 {
		return true
	}
	now := time.Now().UnixNano()
	return now >= until && b.until.CompareAndSwap(until, now+int64(pause))
}

func (b *breaker) report(ok bool) {
	if ok {
		// Answers that were under way when Redis froze must not reopen it early;
		// those arrive within patience, and then one pause is lost at most.
		b.until.Store(0)
		return
	}
	b.until.Store(time.Now().Add(pause).UnixNano())
}

// RedisClient returns a client for a redis:// address that gives up quickly:
// with its defaults a frozen Redis costs ten seconds a question (measured).
// An empty address is no client and no error.
func RedisClient(url string) (*redis.Client, error) {
	if url == "" {
		return nil, nil
	}
	o, err := redis.ParseURL(url)
	if err != nil {
		// The address may hold a password: do not repeat it.
		return nil, fmt.Errorf("gate: the address of Redis is not of the form redis://[user:password@]host:port/number")
	}
	o.DialTimeout = 150 * time.Millisecond
	o.ReadTimeout = 100 * time.Millisecond
	o.WriteTimeout = 100 * time.Millisecond
	o.PoolTimeout = 150 * time.Millisecond
	o.MaxRetries = -1
	o.ContextTimeoutEnabled = true
	o.DialerRetries = 1
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	hush()
	return redis.NewClient(o), nil
}

// hush keeps the client's own lines out of the log, which is JSON and tells of
// Redis through Lapses. The client has one logger a process.
var hush = sync.OnceFunc(func() { redis.SetLogger(silence{}) })

type silence struct{}

// Printf prints nothing.
func (silence) Printf(context.Context, string, ...any) {}
