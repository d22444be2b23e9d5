package connect

import (
	"context"
	"errors"

	"purser"
	"purser/internal/credential"
	"purser/internal/run"
	"purser/internal/store"
	"purser/internal/vendorhttp"
)

// Sources opens instances for runs: the run.Sources of this house.
type Sources struct {
	Links Links
	DB    *store.DB
	// HandedOver opens an instance to which records are handed over. nil: there are none.
	HandedOver func(ctx context.Context, i purser.Instance, record func(purser.LogLine)) (run.Access, error)
}

// Open makes an instance ready to be read with its credential in use.
func (s Sources) Open(ctx context.Context, i purser.Instance, record func(purser.LogLine)) (run.Access, error) {
	if c := s.Links.Catalog.Get(i.Connector); c != nil && c.Manifest.HandedOver() && s.HandedOver != nil {
		return s.HandedOver(ctx, i, record)
	}
	tasks, err := enabledTasks(ctx, s.DB, i.ID)
	if err != nil {
		return run.Access{}, err
	}
	link, err := s.Links.Open(i, tasks, func(e vendorhttp.Event) {
		if record != nil {
			record(line(e))
		}
	})
	if err != nil {
		return run.Access{}, err
	}
	granted, err := link.granted(ctx)
	if err != nil {
		return run.Access{}, err
	}
	access := run.Access{Close: link.Close, Source: link.Source, Vars: link.Vars, Granted: granted}
	if p := link.Connector.Probe; p != nil && p.Request != nil {
		access.Probe = func(ctx context.Context) error { return link.probe(ctx, link.Vars) }
	}
	return access, nil
}

// Refused reports whether the vendor has confirmed that it no longer accepts the
// credential: not a 401 of some request, but a refused refresh, asked twice.
func Refused(err error) bool { return errors.Is(err, credential.ErrRefused) }

// granted returns all scopes that the vendor says it granted, nil if it does not say.
func (k *Link) granted(ctx context.Context) ([]string, error) {
	by, err := k.grantedBy(ctx)
	if err != nil || by == nil {
		return nil, err
	}
	all := []string{}
	for _, token := range tokenNames(k.Auth) {
		all = append(all, by[token]...)
	}
	return all, nil
}

// grantedBy returns what the vendor says it granted, by token; nil if it does
// not say. If it does for one token, another one of which it says nothing was
// not given at all.
func (k *Link) grantedBy(ctx context.Context) (map[string][]string, error) {
	var by map[string][]string
	for _, token := range tokenNames(k.Auth) {
		scopes, known, err := k.Session.Granted(ctx, token)
		if err != nil {
			return nil, err
		}
		if known {
			if by == nil {
				by = map[string][]string{}
			}
			by[token] = scopes
		}
	}
	return by, nil
}

// line is a request, wait or retry as the log of a run has it.
func line(e vendorhttp.Event) purser.LogLine {
	l := purser.LogLine{At: e.At, Kind: "request", Stream: e.Stream, Method: e.Method, Host: e.Host, Path: e.Path, Status: e.Status,
		Duration: e.Duration, Bytes: e.Bytes, Page: e.Page, Attempt: e.Attempt, Class: e.Class, Message: e.Message}
	switch {
	case e.Wait == 0 && e.Message == "" && e.Reason != "":
		l.Message = "asks for a token: " + e.Reason
	case e.Wait > 0:
		l.Kind, l.Duration, l.Message = "wait", e.Wait, e.Reason
		if e.Message != "" {
			l.Message = e.Reason + ": " + e.Message
		}
	case e.Class == purser.ClassConfig: // nothing was sent
		l.Kind = "error"
	}
	return l
}
