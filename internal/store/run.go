package store

// RunRow is a row of run.
type RunRow struct {
	No         int64  `bun:"no"`
	ID         string `bun:"id"`
	InstanceNo int64  `bun:"instance_no"`
	Task       string `bun:"task"`
}
