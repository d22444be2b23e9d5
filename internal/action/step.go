package action

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/manifest"
	"purser/internal/store"
	"purser/internal/vendorhttp"
)

// target goes on with one target: it is looked at once more, then its requests
// are sent, each noted before and after.
func (c *carrying) target(ctx context.Context, item store.ActionItemRow) (goOn bool, err error) {
	requests, err := item.Asked()
	if err != nil {
		return false, err
	}
	interrupted := item.Sending != 0
	if interrupted && !c.action.Repeatable(requests[item.Step].Method) {
		return true, c.write(ctx, func(ctx context.Context, tx bun.Tx) error { return c.unsure(ctx, tx, &item) })
	}
	if !interrupted && item.Step == 0 {
		why, err := c.recheck(ctx, item)
		if err != nil {
			return false, err
		}
		if why != "" {
			return true, c.settle(ctx, &item, purser.ItemSkipped, why, nil)
		}
	}
	if c.caller == nil {
		if c.caller, err = c.Vendors.Open(ctx, c.instance, c.record); err != nil {
			return c.unopened(ctx, &item, err)
		}
	}
	for int(item.Step) < len(requests) {
		goOn, over, err := c.request(ctx, &item, requests[item.Step], interrupted)
		if err != nil || over {
			return goOn, err
		}
		interrupted = false
	}
	return true, nil
}

// recheck looks once more whether a target may be touched and needs it.
func (c *carrying) recheck(ctx context.Context, item store.ActionItemRow) (string, error) {
	db := c.DB.Read()
	shield, err := readShield(ctx, db)
	if err != nil {
		return "", err
	}
	shown, err := c.row.Action(purser.ActionCounts{})
	if err != nil {
		return "", err
	}
	t := target{given: shown.Given, record: store.Record{ExternalID: item.Record, Fields: map[string]any{}}}
	if item.Account != "" {
		account, live, err := accountOf(ctx, db, c.instance.No, item.Account)
		if err != nil {
			return "", err
		}
		if !live {
			return "the account is not there any more", nil
		}
		all, err := c.targets(ctx, db, c.instance, c.action, account, shown.Given)
		if err != nil {
			return "", err
		}
		found := false
		for _, one := range all {
			if one.record.ExternalID == item.Record {
				t, found = one, true
			}
		}
		if !found {
			return "there is nothing to do: what it would change is not there any more", nil
		}
	}
	return c.refuses(ctx, db, c.instance, c.action, shield, &t, item.No)
}

// request sends one request. over means that the target has ended, or that the
// action waits (goOn is false then).
func (c *carrying) request(ctx context.Context, item *store.ActionItemRow, r purser.ActionRequest, again bool) (goOn, over bool, err error) {
	began := false
	err = c.write(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		began, err = store.BeginRequest(ctx, tx, *item)
		return err
	})
	if err != nil || !began {
		return false, true, err // somebody else is at it
	}
	item.State, item.Sending, item.Tries = string(purser.ItemRunning), 1, item.Tries+1
	c.lines = nil
	repeatable := c.action.Repeatable(r.Method)
	_, told := c.caller.Do(ctx, vendorhttp.Request{Stream: c.action.Name, Route: r.Route, Method: r.Method, URL: r.URL, Header: r.Headers, Body: bodyOf(r),
		ContentType: r.ContentType, Token: c.action.Token, Scopes: c.scopes(), Write: true, Repeatable: repeatable, AlreadyDone: c.action.AlreadyDone})
	if told == nil {
		return true, false, c.answered(ctx, item)
	}
	e, ok := errors.AsType[*purser.Error](told)
	if !ok {
		e = &purser.Error{Class: purser.ClassInternal, What: told.Error()}
	}
	switch {
	case ctx.Err() != nil || e.Class == purser.ClassCanceled:
		return false, true, nil // it stays as it is: after the next start nobody knows whether it arrived
	case e.Class == purser.ClassRateLimited:
		return false, true, c.delayed(ctx, item, e)
	case again && e.Class == purser.ClassNotFound && r.Method == "DELETE":
		return true, false, c.answered(ctx, item) // the first one had arrived
	case arrived(e) || again && e.Class != purser.ClassTransient && e.Class != purser.ClassAuthRevoked:
		return true, true, c.write(ctx, func(ctx context.Context, tx bun.Tx) error {
			item.Class = string(e.Class)
			return c.unsure(ctx, tx, item)
		})
	}
	return true, true, c.settle(ctx, item, purser.ItemFailed, e.Error(), e)
}

// arrived reports whether a request may have had its effect although it failed:
// no whole answer came, and it is not known that it never left.
func arrived(e *purser.Error) bool {
	return e.Class == purser.ClassTransient && e.Code != "not_sent" || e.Class == purser.ClassInvalidResponse && e.Status < 300 && e.Code == ""
}

func bodyOf(r purser.ActionRequest) []byte {
	if r.Body == "" && r.ContentType == "" {
		return nil
	}
	return []byte(r.Body)
}

func (c *carrying) scopes() []string {
	return c.action.Scopes.Asked(c.manifest(), c.instance.Settings)
}

func (c *carrying) manifest() *manifest.Manifest { return c.Catalog.Get(c.row.Connector).Manifest }

// answered notes a request that was answered well; after the last one the target is sent.
func (c *carrying) answered(ctx context.Context, item *store.ActionItemRow) error {
	was := item.State
	requests, err := item.Asked()
	if err != nil {
		return err
	}
	item.Step, item.Sending = item.Step+1, 0
	if int(item.Step) == len(requests) {
		item.State, item.SentAt, item.EndedAt = string(purser.ItemSent), c.now(), c.now()
		item.Why, item.Class, item.Hint = "", "", ""
	}
	return c.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := c.put(ctx, tx, item); err != nil || item.State == was {
			return err
		}
		return c.auditItem(ctx, tx, *item, was)
	})
}

// settle ends a target.
func (c *carrying) settle(ctx context.Context, item *store.ActionItemRow, state purser.ItemState, why string, e *purser.Error) error {
	was := item.State
	item.State, item.Why, item.Sending, item.EndedAt = string(state), why, 0, c.now()
	if e != nil {
		item.Class, item.Hint = string(e.Class), e.Hint
	}
	return c.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := c.put(ctx, tx, item); err != nil {
			return err
		}
		return c.auditItem(ctx, tx, *item, was)
	})
}

// unsure ends a target of which nobody knows whether its request arrived.
func (c *carrying) unsure(ctx context.Context, tx bun.Tx, item *store.ActionItemRow) error {
	was := item.State
	item.State, item.Sending, item.SentAt, item.EndedAt = string(purser.ItemUnsure), 0, c.now(), c.now()
	item.Why = "it is not known whether the request arrived; it is not sent again, the next reading tells"
	if err := c.put(ctx, tx, item); err != nil {
		return err
	}
	return c.auditItem(ctx, tx, *item, was)
}

// delayed lets the action wait for the vendor's budget: the request was refused.
func (c *carrying) delayed(ctx context.Context, item *store.ActionItemRow, e *purser.Error) error {
	item.Sending = 0
	if item.Step == 0 {
		item.State = string(purser.ItemPlanned)
	}
	until := e.Until
	if !until.After(c.Now()) {
		until = c.Now().Add(lookEvery)
	}
	err := c.write(ctx, func(ctx context.Context, tx bun.Tx) error { return c.put(ctx, tx, item) })
	if err != nil {
		return err
	}
	return c.wait(ctx, until, "the vendor limits how much may be asked")
}

// unopened notes that the credential cannot be used: the target fails, and so
// will those after it.
func (c *carrying) unopened(ctx context.Context, item *store.ActionItemRow, err error) (bool, error) {
	e, ok := errors.AsType[*purser.Error](err)
	if !ok || ctx.Err() != nil {
		return false, err
	}
	return true, c.settle(ctx, item, purser.ItemFailed, e.Error(), e)
}

// record keeps a line of the log of the request that is being sent.
func (c *carrying) record(l purser.LogLine) { c.lines = append(c.lines, l) }

// put writes a target with the lines of its log.
func (c *carrying) put(ctx context.Context, tx bun.Tx, item *store.ActionItemRow) error {
	if len(c.lines) > 0 {
		var log []purser.LogLine
		if err := json.Unmarshal([]byte(item.Log), &log); err != nil {
			return fmt.Errorf("read the log of a target: %w", err)
		}
		var calls []purser.Call
		for _, l := range c.lines {
			l.Seq = int64(len(log) + 1)
			log = append(log, l)
			if call, ok := purser.CallOf(l); ok {
				calls = append(calls, call)
			}
		}
		text, err := json.Marshal(log)
		if err != nil {
			return err
		}
		item.Log, c.lines = string(text), nil
		if err := store.CountCalls(ctx, tx, c.row.InstanceNo, calls); err != nil {
			return err
		}
	}
	return store.PutActionItem(ctx, tx, *item)
}

// write writes also while the server stops: what was sent must be noted.
func (c *carrying) write(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return c.DB.Write(context.WithoutCancel(ctx), fn)
}
