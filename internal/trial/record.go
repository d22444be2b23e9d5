package trial

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/connectortest"
	"purser/internal/engine"
	"purser/internal/manifest"
)

// streamed is a stream after its reading.
type streamed struct {
	of     *manifest.CompiledStream
	sink   *connectortest.Kept
	result engine.Result
}

// Recording is the fixture of one task, made of the vendor's own answers without
// the people in them.
type Recording struct {
	Task    string
	Fixture connectortest.Fixture // without the records: those are what the scrubbed answers give
	Records int                   // that the vendor's own answers gave
}

// recorder keeps exchanges as they pass. It is an engine.Source.
type recorder struct {
	engine.Source
	exchanges []connectortest.Exchange
	err       error
}

// Fetch keeps the request and its answer.
func (r *recorder) Fetch(ctx context.Context, q engine.Request) (*engine.Response, error) {
	answer, err := r.Source.Fetch(ctx, q)
	if err != nil {
		return nil, err
	}
	e, err := exchangeOf(q, answer)
	if err != nil {
		r.err = errors.Join(r.err, err)
	}
	r.exchanges = append(r.exchanges, e)
	return answer, nil
}

func exchangeOf(q engine.Request, answer *engine.Response) (e connectortest.Exchange, err error) {
	u, err := url.Parse(q.URL)
	if err != nil {
		return e, err
	}
	e = connectortest.Exchange{Method: q.Method, Path: u.Path, Answer: connectortest.Answer{Status: answer.Status}}
	for name, values := range u.Query() {
		if e.Query == nil {
			e.Query = map[string]connectortest.Values{}
		}
		e.Query[name] = values
	}
	if len(q.Body) > 0 {
		if !json.Valid(q.Body) {
			return e, fmt.Errorf("%s: only JSON can be sent in a fixture", u.Path)
		}
		e.JSON = bytes.Clone(q.Body)
	}
	if link := answer.Header("Link"); len(link) > 0 {
		e.Answer.Headers = map[string][]string{"Link": slices.Clone(link)}
	}
	if !json.Valid(answer.Body) {
		return e, fmt.Errorf("%s: only JSON answers can be recorded", u.Path)
	}
	e.Answer.Body = bytes.Clone(answer.Body)
	return e, nil
}

// Record reads every stream of one task completely and returns the scrubbed
// fixture. It refuses a reading that is not complete or takes more requests than
// the limit: record from a small tenant, such as the vendor's developer tenant.
func (t *Trial) Record(ctx context.Context, requests int) (*Recording, error) {
	if len(t.tasks) != 1 {
		return nil, &purser.Problem{Kind: purser.ProblemInvalid, Field: "task", What: "a fixture is of one task", Hint: "Name it with --task"}
	}
	source := &recorder{Source: &Limit{Source: t.link.Source, Requests: requests}}
	out := &Recording{Task: string(t.tasks[0])}
	var failed error
	at := t.now().UTC().Truncate(time.Second) // one moment: what is asked by date is asked by this one when it is replayed
	t.streams(ctx, source, func() time.Time { return at }, func(_ string, s streamed) {
		out.Records += len(s.sink.Records(s.of.Name))
		if e := s.result.Err; e != nil && e.Code == codeLimit {
			failed = errors.Join(failed, &purser.Problem{Kind: purser.ProblemInvalid, Field: "requests", What: fmt.Sprintf("%s takes more than %d requests", s.of.Name, requests),
				Hint: "Record from a smaller tenant, or allow more with --requests"})
		} else if e != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %s", s.of.Name, t.link.Session.Redact(e.Error())))
		}
	})
	if failed = errors.Join(failed, source.err); failed != nil {
		return nil, failed
	}
	var err error
	scrub := newScrubber(t.connector.Manifest, t.instance)
	out.Fixture = connectortest.Fixture{Note: "Recorded from the vendor; every text that the manifest does not name was replaced.",
		Now: at, Settings: scrub.settings, Tenant: map[string]string{"id": scrub.text(t.instance.TenantID), "name": "Example"},
		Exchanges: make([]connectortest.Exchange, len(source.exchanges))}
	for i, e := range source.exchanges {
		if out.Fixture.Exchanges[i], err = scrub.exchange(e); err != nil {
			return nil, err
		}
	}
	if left := scrub.left(out.Fixture.Exchanges); len(left) > 0 {
		return nil, fmt.Errorf("scrubbing left %d values of the instance's own settings in the answers (in %s): nothing was written", len(left), strings.Join(left, ", "))
	}
	return out, nil
}
