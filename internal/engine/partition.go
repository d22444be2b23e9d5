package engine

import (
	"context"
	"iter"
	"slices"
	"strings"

	"purser"
	"purser/internal/manifest"
)

// slice is one partition: what is read, checkpointed and swept on its own.
type slice struct {
	name string
	vars manifest.Vars
}

// partitions reads all partitions, from the one in which the checkpoint stands.
func (r *reading) partitions(ctx context.Context) error {
	for p, err := range r.slices(ctx) {
		if err == nil {
			err = r.partition(ctx, p)
		}
		if err != nil {
			return r.stopped(ctx, err)
		}
	}
	if !r.buffer.dirty {
		r.buffer.dirty = r.at.Pages == 0 // nothing to read is worth noting, too
	}
	return r.flush(ctx)
}

// stopped commits the whole pages that are there and passes on why it ended.
func (r *reading) stopped(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return canceled(ctx)
	}
	if flushErr := r.flush(ctx); flushErr != nil {
		return flushErr
	}
	return err
}

func (r *reading) slices(ctx context.Context) iter.Seq2[slice, error] {
	switch {
	case r.s.ForEach != nil:
		return r.parents(ctx)
	case r.s.Vary != nil:
		return r.varied()
	}
	return func(yield func(slice, error) bool) {
		if !r.at.Some { // else it was read to its end before the stop
			yield(slice{vars: r.job.Vars}, nil)
		}
	}
}

func (r *reading) varied() iter.Seq2[slice, error] {
	return func(yield func(slice, error) bool) {
		values, err := r.s.Values(r.job.Vars)
		if err != nil {
			yield(slice{}, &purser.Error{Class: purser.ClassConfig, What: "a setting has no value", Err: err})
			return
		}
		from := 0
		if r.at.Some {
			from = slices.Index(values, r.at.After) + 1
		}
		for _, v := range values[from:] {
			vars := func(name string) (string, bool) {
				if name == "vary."+r.s.Vary.Name {
					return v, true
				}
				return r.job.Vars(name)
			}
			if !yield(slice{name: v, vars: vars}, nil) {
				return
			}
		}
	}
}

// parents yields a partition for each parent, or for each batch of them.
func (r *reading) parents(ctx context.Context) iter.Seq2[slice, error] {
	return func(yield func(slice, error) bool) {
		var ids []string
		for p, err := range r.sink.Parents(ctx, r.s.ForEach.Stream, r.at.After) {
			if err != nil {
				yield(slice{}, err)
				return
			}
			if r.s.ForEach.Batch <= 1 {
				if !yield(slice{name: p.ExternalID, vars: r.parentVars(p)}, nil) {
					return
				}
				continue
			}
			if ids = append(ids, p.ExternalID); len(ids) == r.s.ForEach.Batch {
				if !yield(r.batch(ids), nil) {
					return
				}
				ids = nil
			}
		}
		if len(ids) > 0 {
			yield(r.batch(ids), nil)
		}
	}
}

func (r *reading) parentVars(p Parent) manifest.Vars {
	return func(name string) (string, bool) {
		field, ok := strings.CutPrefix(name, "parent.")
		switch {
		case !ok:
			return r.job.Vars(name)
		case field == "external_id":
			return p.ExternalID, true
		case p.Field == nil:
			return "", false
		}
		return p.Field(field)
	}
}

// batch is named after its last parent, so that a resumed run goes on after it.
func (r *reading) batch(ids []string) slice {
	all := strings.Join(ids, ",")
	return slice{name: ids[len(ids)-1], vars: func(name string) (string, bool) {
		if name == "parent.ids" {
			return all, true
		}
		return r.job.Vars(name)
	}}
}
