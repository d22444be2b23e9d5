package demo

import "purser"

// Summary is what came of the demo's first sync.
type Summary struct {
	Connectors []Connector `json:"connectors"`
}

// Connector is one system of the company.
type Connector struct {
	Name     string            `json:"name"`
	Instance string            `json:"instance"`
	Streams  map[string]int64  `json:"streams"` // records read by each
	Records  int64             `json:"records"`
	Runs     map[string]string `json:"runs"` // task to state
}

func (c *Connector) add(t purser.InstanceTask) {
	if c.Runs == nil {
		c.Runs, c.Streams = map[string]string{}, map[string]int64{}
	}
	c.Runs[string(t.Task)] = string(t.LastRun.State)
	c.Records += t.LastRun.Counts.Read
	for _, s := range t.LastRun.Streams {
		c.Streams[s.Stream] += s.Counts.Read
	}
}

// Complete reports whether every run succeeded.
func (s Summary) Complete() bool {
	for _, c := range s.Connectors {
		if len(c.Runs) == 0 {
			return false
		}
		for _, state := range c.Runs {
			if state != string(purser.RunSucceeded) {
				return false
			}
		}
	}
	return len(s.Connectors) > 0
}
