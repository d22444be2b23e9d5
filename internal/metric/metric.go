// Package metric counts what Purser does, for Prometheus. Labels are closed lists
// (routes, methods, statuses): no vendor text and no personal data gets in.
package metric

import (
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"purser"
)

// Registry holds the counters of one server.
type Registry struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	writer   prometheus.Histogram
	runs     *prometheus.CounterVec
	renewals *prometheus.CounterVec
	longest  atomic.Int64 // of writes, in nanoseconds
}

// New returns counters that stand at nothing.
func New(version string) *Registry {
	r := &Registry{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "purser_http_requests_total",
			Help: "Requests answered, by route, method and status."}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "purser_http_request_seconds",
			Help: "How long answers took, by route.", Buckets: []float64{.005, .02, .05, .1, .25, .5, 1, 2.5, 10}}, []string{"route"}),
		writer: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "purser_store_write_seconds",
			Help: "How long the database's one writer was held.", Buckets: []float64{.001, .0025, .005, .01, .02, .03, .05, .075, .1, .15, .2, .25, .5, 1, 5}}),
	}
	r.runs = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "purser_runs_ended_total",
		Help: "Runs that ended on this server, by task and state."}, []string{"task", "state"})
	r.renewals = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "purser_token_renewals_total",
		Help: "Tokens asked of vendors, by how it went: ok, or the class of the error."}, []string{"result"})
	longest := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "purser_store_write_longest_seconds",
		Help: "The longest that the database's one writer was held since the start."}, func() float64 { return time.Duration(r.longest.Load()).Seconds() })
	info := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "purser_info", Help: "1, with the version as its label.",
		ConstLabels: prometheus.Labels{"version": version}}, func() float64 { return 1 })
	r.registry.MustRegister(r.requests, r.seconds, r.writer, r.runs, r.renewals, longest, info, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}

// Request counts an answered request.
func (r *Registry) Request(route, method string, status int, took time.Duration) {
	r.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	r.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// Write notes how long the database's writer was held.
func (r *Registry) Write(held time.Duration) {
	r.writer.Observe(held.Seconds())
	for longest := r.longest.Load(); int64(held) > longest && !r.longest.CompareAndSwap(longest, int64(held)); {
		longest = r.longest.Load()
	}
}

// Run counts a run that ended. Its task and state are words of closed lists.
func (r *Registry) Run(task purser.TaskName, state purser.RunState) {
	r.runs.WithLabelValues(string(task), string(state)).Inc()
}

// Renewal counts a token that was asked of a vendor.
func (r *Registry) Renewal(err error) {
	result := "ok"
	if err != nil {
		result = string(purser.ClassOf(err))
	}
	r.renewals.WithLabelValues(result).Inc()
}

// Handler answers with everything in Prometheus' text format.
func (r *Registry) Handler() http.Handler {
	return promhttp.HandlerFor(r.registry, promhttp.HandlerOpts{})
}
