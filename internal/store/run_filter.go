package store

import (
	"strings"

	"github.com/uptrace/bun"

	"purser"
)

// RunFilter selects runs; zero fields select every one.
type RunFilter struct {
	Instances []string // identifiers
	Tasks     []purser.TaskName
	States    []purser.RunState
	Triggers  []purser.Trigger
	From      purser.Micros // queued from then on
	To        purser.Micros // and before
	BeforeNo  int64
	Limit     int
	Any       []RunFilter // groups of conditions, of which a row meets one
}

func (f RunFilter) where() (string, []any) {
	where, args := []string{"1 = 1"}, []any{}
	add := func(cond string, arg any) { where, args = append(where, cond), append(args, arg) }
	if len(f.Instances) > 0 {
		add("r.instance_id IN (?)", bun.List(f.Instances))
	}
	if len(f.Tasks) > 0 {
		add("r.task IN (?)", bun.List(f.Tasks))
	}
	if len(f.States) > 0 {
		add("r.state IN (?)", bun.List(f.States))
	}
	if len(f.Triggers) > 0 {
		add("r.cause IN (?)", bun.List(f.Triggers))
	}
	if f.From > 0 {
		add("r.queued_at >= ?", int64(f.From))
	}
	if f.To > 0 {
		add("r.queued_at < ?", int64(f.To))
	}
	var groups []string
	for _, g := range f.Any {
		group, of := g.where()
		groups, args = append(groups, "("+group+")"), append(args, of...)
	}
	if len(groups) > 0 {
		where = append(where, "("+strings.Join(groups, " OR ")+")")
	}
	return strings.Join(where, " AND "), args
}

// LogFilter selects lines of a run's log; zero fields select every one.
type LogFilter struct {
	Kinds   []string
	Streams []string
	Classes []purser.Class
}

func (f LogFilter) where() (string, []any) {
	where, args := "", []any{}
	if len(f.Kinds) > 0 {
		where, args = where+" AND kind IN (?)", append(args, bun.List(f.Kinds))
	}
	if len(f.Streams) > 0 {
		where, args = where+" AND stream IN (?)", append(args, bun.List(f.Streams))
	}
	if len(f.Classes) > 0 {
		where, args = where+" AND class IN (?)", append(args, bun.List(f.Classes))
	}
	return where, args
}
