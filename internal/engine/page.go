package engine

import (
	"context"
	"errors"
	"hash/maphash"
	"strings"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/mapping"
)

// partition reads one partition to a proven end.
func (r *reading) partition(ctx context.Context, p slice) error {
	if !r.at.In || r.at.Part != p.name {
		r.at.Part, r.at.In, r.at.Next = p.name, true, position{}
	}
	r.vars, r.seen, r.last = r.within(p.vars), map[uint64]bool{}, 0
	retried := false
	for {
		if ctx.Err() != nil {
			return canceled(ctx)
		}
		evidence, err := r.page(ctx, p.name)
		switch class := purser.ClassOf(err); {
		case class == purser.ClassInvalidResponse && !retried:
			retried = true // once more: the same page, as if it had never been asked for
			continue
		case class == purser.ClassCursorExpired && r.at.Next.Restarts == 0:
			if err := r.restart(p.name); err != nil {
				return err
			}
			continue
		case class == purser.ClassNotFound && r.nextAddress():
			continue
		case class == purser.ClassNotFound && (r.s.ForEach != nil || r.s.Vary != nil):
			return r.notFound(ctx, p.name)
		case err != nil:
			return err
		}
		retried = false
		if evidence != "" {
			part := r.buffer.part(p.name)
			part.Complete, part.Evidence = true, evidence
			r.leave(p.name)
			r.at.Done++
			return r.kept(ctx)
		}
		if err := r.kept(ctx); err != nil {
			return err
		}
	}
}

// leave moves the checkpoint past a partition.
func (r *reading) leave(name string) {
	r.at.After, r.at.Some, r.at.Part, r.at.In, r.at.Next = name, true, "", false, position{}
}

// restart reads a partition from its beginning, and without the cursor: the
// vendor has forgotten our place.
func (r *reading) restart(name string) error {
	r.at.Next = position{Restarts: r.at.Next.Restarts + 1}
	r.at.Since = ""
	r.seen = map[uint64]bool{}
	r.buffer.parts = append(r.buffer.parts, Part{Partition: name, Restart: true})
	return r.setStart()
}

// nextAddress turns to the next of several addresses before anything was read.
func (r *reading) nextAddress() bool {
	if r.at.Next.Page > 0 || r.at.Next.Try+1 >= len(r.s.Requests) {
		return false
	}
	r.at.Next.Try++
	return true
}

func (r *reading) notFound(ctx context.Context, name string) error {
	part := r.buffer.part(name)
	if r.s.OnNotFound == "gone" {
		part.Gone, part.Complete, part.Evidence = true, true, "not_found"
		r.at.Done++
	} else {
		part.Stays = true
		r.at.Stayed++
	}
	r.leave(name)
	return r.kept(ctx)
}

// within gives ${start}, ${end} and ${page} their values.
func (r *reading) within(vars manifest.Vars) manifest.Vars {
	return func(name string) (string, bool) {
		switch name {
		case "start":
			if r.at.Next.Window > 0 {
				return r.format(r.at.Next.Window), true
			}
			return r.at.Start, r.at.Start != ""
		case "end":
			if end, ok := r.windowEnd(); ok {
				return r.format(end), true
			}
			return "", false
		case "page":
			return r.pagePlace()
		case "run.today": // of the beginning: a run that resumes tomorrow tells one story
			return time.UnixMicro(r.at.Began).UTC().Format(time.DateOnly), true
		}
		return vars(name)
	}
}

// windowEnd returns where the present window ends.
func (r *reading) windowEnd() (int64, bool) {
	c := r.s.Cursor
	if c == nil || c.Window <= 0 || r.at.From == 0 {
		return 0, false
	}
	from := max(r.at.Next.Window, r.at.From)
	return min(from+c.Window.Std().Microseconds(), r.at.Began), true
}

// page reads one page, keeps its records and moves on. It returns what proves
// that the page was the last, "" if more follow. After an error nothing has moved.
func (r *reading) page(ctx context.Context, partition string) (evidence string, err error) {
	req, resp, err := r.answer(ctx, partition)
	if err != nil {
		return "", err
	}
	if resp.Release != nil {
		defer resp.Release() // decoded texts are parts of a copy
	}
	page, err := r.s.Records.Decode(resp.Body, mapping.Env{Value: r.vars, Lookup: r.sink.Lookup, Drift: r.job.Drift, Spare: &r.spare})
	if err != nil {
		return "", err
	}
	next, evidence, err := r.turn(req, resp, page)
	if err != nil {
		return "", err
	}
	r.keep(partition, resp, page, next.Token)
	if evidence == "" {
		r.at.Next = next
		return "", nil
	}
	if end, ok := r.windowEnd(); ok && end < r.at.Began { // the next window
		r.at.Next = position{Window: end, Try: next.Try, Restarts: next.Restarts}
		r.seen = map[uint64]bool{}
		return "", nil
	}
	return evidence, nil
}

// answer asks for the page at which the checkpoint stands. A table of the
// connector's own stands in place of an answer, and a hook may put an answer into
// a form that the manifest can describe.
func (r *reading) answer(ctx context.Context, partition string) (Request, *Response, error) {
	if r.s.Rows != nil {
		return Request{}, &Response{Status: 200, Body: r.s.Rows, Header: func(string) []string { return nil }}, nil
	}
	req, err := r.request(partition)
	if err != nil {
		return req, nil, err
	}
	resp, err := r.fetch(ctx, req)
	if err != nil || r.s.Hook == "" {
		return req, resp, err
	}
	if r.job.Rewrite == nil {
		return req, nil, &purser.Error{Class: purser.ClassConfig, Code: "hook", What: "the code " + r.s.Hook + " of this connector is not part of this program",
			Hint: "Connectors of one's own have no code; leave hook out of the manifest."}
	}
	body, err := r.job.Rewrite(resp.Body)
	if err != nil {
		return req, nil, invalid("the answer for %s is not what the connector's code expects", r.s.Name)
	}
	if resp.Release != nil {
		resp.Release()
	}
	return req, &Response{Status: resp.Status, Header: resp.Header, Body: body, URL: resp.URL}, nil
}

// request builds the request for the page at which the checkpoint stands.
func (r *reading) request(partition string) (Request, error) {
	at := r.at.Next
	add, err := r.added()
	var built manifest.Built
	if err == nil {
		from := r.s.Requests[at.Try]
		if r.s.More != nil && at.Token != "" {
			from = r.s.More
		}
		built, err = from.Build(r.vars, add)
	}
	if err != nil {
		e := &purser.Error{Class: purser.ClassConfig, What: "the request for " + r.s.Name + " cannot be made", Err: err}
		if m, ok := errors.AsType[*mapping.MissingError](err); ok {
			e.Field = strings.TrimPrefix(m.Name, "settings.")
		}
		return Request{}, e
	}
	req := Request{Stream: r.s.Name, Route: built.Route, Method: built.Method, URL: built.URL, Header: built.Header, Body: built.Body,
		ContentType: built.ContentType, Token: r.s.Token, Scopes: r.s.Scopes, Partition: partition, Page: at.Page + 1, RedirectTo: r.s.RedirectTo(),
		Large: r.s.Form() == "csv" || r.s.Form() == "ndjson"}
	if link := r.link(); link != "" {
		req.URL, req.Followed = link, true
	}
	return req, nil
}

// keep puts a page into the buffer.
func (r *reading) keep(partition string, resp *Response, page *mapping.Page, token string) {
	part := r.buffer.part(partition)
	r.buffer.grow(len(page.Records))
	var d digester
	for _, rec := range page.Records {
		r.buffer.add(Row{ExternalID: rec.ExternalID, Values: rec.Values, Digest: d.sum(rec.Values), Removed: rec.Removed})
	}
	part.Rejects = append(part.Rejects, resp.Rejects...)
	for _, rej := range page.Rejects {
		part.Rejects = append(part.Rejects, Reject{ExternalID: rej.ExternalID, Reason: rej.Reason})
	}
	r.buffer.rows += len(page.Records)
	r.buffer.pages++
	r.buffer.read += len(page.Records) + len(page.Rejects) + len(resp.Rejects)
	r.at.Pages++
	r.at.Items += page.Items + len(resp.Rejects)
	r.at.Rows += len(page.Records)
	r.at.Rejects += len(page.Rejects) + len(resp.Rejects)
	r.at.High = max(r.at.High, page.Newest)
	if k := r.s.Paging.Kind; k == "page" || k == "offset" {
		r.last = r.fingerprint(resp.Body)
	}
	for path, n := range page.Drift {
		if r.drift == nil {
			r.drift = map[string]int{}
		}
		r.drift[strings.Clone(path)] += n
	}
	c := r.s.Cursor
	switch {
	case c == nil:
	case c.Kind == "link":
		if r.at.Token = token; token == "" {
			r.at.Token = resp.URL
		}
	case c.Kind == "opaque":
		if token, ok := page.Answer.Text(manifest.AnswerCursor); ok && token != "" {
			r.at.Token = strings.Clone(token)
		}
	case c.Kind == "header":
		if values := resp.Header(c.From); len(values) > 0 {
			r.at.Token = values[0]
		}
	}
}

// fingerprint tells whether a page came twice; it means nothing outside this reading.
func (r *reading) fingerprint(body []byte) uint64 { return maphash.Bytes(r.seed, body) }
