package metric

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// State is what stands in the database now. Instances are told apart by their
// identifiers: names are people's words, and change.
type State struct {
	Tasks    []Task
	Runs     map[string]int64 // open ones by state: queued, running, waiting
	Notices  map[string]int64 // deliveries that are not done, by state: waiting, sending, failed, unsure
	Frozen   bool
	Health   map[string]int64 // live instances by health
	Restored bool
}

// Task is one enabled task of a live instance.
type Task struct {
	Instance string
	Task     string
	Age      time.Duration // since the data's own time
	Never    bool          // it was never read whole; Age is then since the task was first due
	Failures int64         // failed runs since the last that went well
}

// longestScrape is how long the database may take to answer a scrape.
const longestScrape = 5 * time.Second

// Watch adds what read says at each scrape. Where it fails, purser_state_readable is 0
// and the rest is left out: no number is made up.
func (r *Registry) Watch(read func(ctx context.Context) (State, error)) {
	gauge := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	r.registry.MustRegister(&watched{read: read,
		readable: gauge("purser_state_readable", "1 if the database answered this scrape."),
		age:      gauge("purser_sync_age_seconds", "How old the data of a task is; left out while it was never read whole.", "instance", "task"),
		never:    gauge("purser_sync_never", "1 while a task was never read whole.", "instance", "task"),
		failures: gauge("purser_sync_failures", "Failed runs of a task since the last that went well.", "instance", "task"),
		runs:     gauge("purser_runs_open", "Runs that have not ended, by state: queued, running, waiting.", "state"),
		notices:  gauge("purser_outbox_length", "Messages that are not delivered, by state.", "state"),
		health:   gauge("purser_instances", "Live instances by health.", "health"),
		frozen:   gauge("purser_frozen", "1 while every outgoing call is stopped."),
		restored: gauge("purser_restored", "1 while a restored box waits for the word that the old one is gone.")})
}

type watched struct {
	read                                          func(ctx context.Context) (State, error)
	readable, age, never, failures, runs, notices *prometheus.Desc
	health, frozen, restored                      *prometheus.Desc
}

// Describe names the gauges.
func (w *watched) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{w.readable, w.age, w.never, w.failures, w.runs, w.notices, w.health, w.frozen, w.restored} {
		to <- d
	}
}

// Collect asks the database.
func (w *watched) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), longestScrape)
	defer cancel()
	set := func(d *prometheus.Desc, v float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	flag := func(d *prometheus.Desc, on bool, labels ...string) {
		v := 0.0
		if on {
			v = 1
		}
		set(d, v, labels...)
	}
	s, err := w.read(ctx)
	flag(w.readable, err == nil)
	if err != nil {
		return
	}
	for _, t := range s.Tasks {
		if !t.Never {
			set(w.age, t.Age.Seconds(), t.Instance, t.Task)
		}
		flag(w.never, t.Never, t.Instance, t.Task)
		set(w.failures, float64(t.Failures), t.Instance, t.Task)
	}
	counts := func(d *prometheus.Desc, known []string, have map[string]int64) {
		for _, name := range known { // a closed list: what is nothing is told as nothing
			set(d, float64(have[name]), name)
		}
	}
	counts(w.runs, []string{"queued", "running", "waiting"}, s.Runs)
	counts(w.notices, []string{"waiting", "sending", "failed", "unsure"}, s.Notices)
	counts(w.health, []string{"unknown", "ok", "failing", "unauthorized", "forbidden", "rate_limited"}, s.Health)
	flag(w.frozen, s.Frozen)
	flag(w.restored, s.Restored)
}
