package portal

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"minsheng/internal/store"
	"minsheng/portal/gate"
)

// Metrics are figures about the running portal. They are served on a listener
// of their own and know routes, never addresses.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec

	mu    sync.RWMutex
	known map[answered]prometheus.Observer // the vector's own look-up hashes every label
}

// answered is a kind of answer that is measured apart.
type answered struct {
	method, route string
	status        int
}

// NewMetrics returns metrics with nothing counted yet.
func NewMetrics() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		known:    map[answered]prometheus.Observer{},
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "portal_request_seconds",
			Help:    "Time to answer a request, by route pattern.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30},
		}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the figures in the text form that Prometheus reads.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *Metrics) observe(method, route string, status int, took time.Duration) {
	if m == nil {
		return
	}
	kind := answered{method, route, status}
	m.mu.RLock()
	observer := m.known[kind]
	m.mu.RUnlock()
	if observer == nil {
		observer = m.requests.WithLabelValues(method, route, strconv.Itoa(status))
		m.mu.Lock()
		m.known[kind] = observer
		m.mu.Unlock()
	}
	observer.Observe(took.Seconds())
}

// watch adds the figures of the limits and of the database's connections.
func (m *Metrics) watch(limits *gate.Limits, s *store.Store) {
	if limits != nil {
		m.registry.Register(prometheus.NewCounterFunc(prometheus.CounterOpts{
			Name: "portal_limits_without_redis_total",
			Help: "Limit decisions taken by this replica alone because Redis did not answer.",
		}, func() float64 { return float64(limits.Lapses()) }))
	}
	if s != nil {
		m.registry.Register(collectors.NewDBStatsCollector(s.Pool(), "portal"))
	}
}
