package table

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Report is how often the reader gets a view by mail.
type Report struct {
	Every   string    `json:"every"` // weekly, monthly
	NextAt  time.Time `json:"next_at"`
	LastAt  time.Time `json:"last_at,omitzero"`
	Outcome string    `json:"outcome,omitempty"` // how it went the last time
}

// mostReportRows is how many rows a mailed file holds; the page has all of them.
const mostReportRows = 10_000

// Rhythms lists how often a report may go out.
func Rhythms() []string { return []string{"weekly", "monthly"} }

func report(r store.SavedReportRow) *Report {
	return &Report{Every: r.Every, NextAt: r.NextAt.Time(), LastAt: r.LastAt.Time(), Outcome: r.Outcome}
}

// after is when a report goes out next: Monday, or the first of the month, at six in
// the organization's time zone.
func after(at time.Time, every string, zone *time.Location) time.Time {
	t := at.In(zone)
	for n := 0; n < 40; n++ {
		day := time.Date(t.Year(), t.Month(), t.Day()+n, 6, 0, 0, 0, zone)
		if day.After(at) && (every == "weekly" && day.Weekday() == time.Monday || every == "monthly" && day.Day() == 1) {
			return day
		}
	}
	return at.AddDate(0, 1, 0)
}

// Subscribe mails a view to the reader; "" ends it. One subscribes oneself alone, so
// that a mail tells nobody what the role of somebody else may see.
func (s *Service) Subscribe(ctx context.Context, id, every string) (View, error) {
	if every != "" && !slices.Contains(Rhythms(), every) {
		return View{}, purser.Invalid("every", "%q is not one of %s", every, strings.Join(Rhythms(), ", "))
	}
	if err := s.Gate.Allow(ctx, purser.OpExport); err != nil {
		return View{}, err
	}
	actor, _ := purser.ActorFrom(ctx)
	err := s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		v, _, err := s.one(ctx, tx, id)
		if err == nil && every != "" {
			err = v.Opens()
		}
		if err != nil {
			return err
		}
		if _, ok, err := store.UserByID(ctx, tx, actor.ID); err != nil || !ok && every != "" {
			return errors.Join(err, purser.Invalid("every", "only a user of Purser gets mail: sign in as one"))
		}
		was, ok, err := store.SavedReport(ctx, tx, id, actor.ID)
		if err != nil {
			return err
		}
		before := map[string]any{}
		if ok {
			before["every"] = was.Every
		}
		if every == "" {
			err = store.DeleteSavedReport(ctx, tx, id, actor.ID)
		} else {
			err = store.PutSavedReport(ctx, tx, store.SavedReportRow{ViewID: id, UserID: actor.ID, Every: every, NextAt: purser.MicrosOf(after(s.Now(), every, s.Zone(ctx))), LastAt: was.LastAt})
		}
		if err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpViewSave, Object: id, ObjectName: v.Name, Before: before, After: map[string]any{"every": every}, At: s.Now()})
	})
	if err != nil {
		return View{}, err
	}
	return s.View(ctx, id)
}

// Serve looks every ten minutes for reports that are due, until ctx ends.
func (s *Service) Serve(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		if err := s.Send(ctx); err != nil && ctx.Err() == nil && s.Log != nil {
			s.Log.ErrorContext(ctx, "reports cannot be looked for; tried again in ten minutes", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Send posts the reports that are due. What was missed because Purser was stopped
// goes out once.
func (s *Service) Send(ctx context.Context) error {
	if s.Tell == nil {
		return nil
	}
	due, err := store.DueSavedReports(ctx, s.DB.Read(), purser.MicrosOf(s.Now()), 500)
	if err != nil {
		return err
	}
	for _, r := range due {
		if err := s.send(ctx, r); err != nil {
			return fmt.Errorf("post the report of view %s: %w", r.ViewID, err)
		}
	}
	return nil
}

func (s *Service) send(ctx context.Context, r store.SavedReportRow) error {
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		v, u, err := s.reader(ctx, tx, r.ViewID, r.UserID)
		if errors.Is(err, errNobody) {
			return store.DeleteSavedReport(ctx, tx, r.ViewID, r.UserID)
		}
		problem, refused := errors.AsType[*purser.Problem](err)
		if err != nil && !refused {
			return err
		}
		e := purser.Event{Kind: purser.EventReport, At: s.Now(), Key: fmt.Sprintf("%s/%s/%s/%d", purser.EventReport, r.ViewID, r.UserID, int64(r.NextAt)), To: []string{u.Email},
			What: fmt.Sprintf("%s, %s", v.Name, r.Every), Why: "The file holds what your role may see at the time of this mail", Hint: "Open the list for all of it, or end these mails there",
			Path: "/views/" + r.ViewID, Report: r.ViewID}
		r.LastAt, r.NextAt, r.Outcome = purser.MicrosOf(s.Now()), purser.MicrosOf(after(s.Now(), r.Every, s.Zone(ctx))), "handed to the outbox"
		if refused {
			r.Outcome = "not sent: " + problem.What
		} else if err := s.Tell(ctx, tx, e); err != nil {
			return err
		}
		return store.PutSavedReport(ctx, tx, r)
	})
}

// errNobody says that whoever was to get a report is no user any more, or has left.
var errNobody = errors.New("nobody gets it any more")

// reader returns a view as a user sees it now, with the role of now.
func (s *Service) reader(ctx context.Context, db bun.IDB, viewID, userID string) (v View, u store.User, err error) {
	u, ok, err := store.UserByID(ctx, db, userID)
	if err != nil {
		return v, u, err
	}
	left := false
	if ok {
		if left, err = store.HasLeft(ctx, db, strings.ToLower(u.Email)); err != nil {
			return v, u, err
		}
	}
	if !ok || left {
		return v, u, errNobody
	}
	ctx = as(ctx, u)
	for _, op := range []purser.Operation{purser.OpExport, purser.OpViewSave} {
		if err := s.Gate.Allow(ctx, op); err != nil {
			return v, u, err
		}
	}
	if v, _, err = s.one(ctx, db, viewID); err == nil {
		err = v.Opens()
	}
	return v, u, err
}

// as gives ctx the user as its actor.
func as(ctx context.Context, u store.User) context.Context {
	return purser.WithActor(ctx, purser.Actor{Kind: purser.ActorUser, ID: u.ID, Name: u.Email, Role: u.Role, Origin: "report"})
}

// Attachment is the file of a report, made when the mail goes out.
type Attachment struct {
	Name    string
	Content []byte
	Rows    int
	More    bool // the list has more rows than the file
}

var errFull = errors.New("the file is full")

// Attach makes the file of a report for the user of an address, with the rights of
// this moment. It refuses where the user is gone or may no longer see the list.
func (s *Service) Attach(ctx context.Context, viewID, email string) (a Attachment, err error) {
	who, ok, err := store.UserByEmail(ctx, s.DB.Read(), strings.ToLower(email))
	if err != nil {
		return a, err
	}
	if !ok {
		return a, gone()
	}
	v, u, err := s.reader(ctx, s.DB.Read(), viewID, who.ID)
	if errors.Is(err, errNobody) {
		return a, gone()
	}
	if err != nil {
		return a, err
	}
	ctx = as(ctx, u)
	x, err := s.source(ctx, v.List)
	if err != nil {
		return a, err
	}
	q, err := url.ParseQuery(v.Query)
	if err != nil {
		return a, err
	}
	heads := Shown(s.Visible(ctx, x.heads), q["cols"])
	var file bytes.Buffer
	err = write(&file, "xlsx", x.title, false, func(begin func([]Head) error, fn func([]string) error) error {
		err := x.each(ctx, q, heads, begin, func(cells []string) error {
			if a.Rows == mostReportRows {
				return errFull
			}
			a.Rows++
			return fn(cells)
		})
		if a.More = errors.Is(err, errFull); a.More {
			return nil
		}
		return err
	})
	a.Name, a.Content = fmt.Sprintf("%s-%s.xlsx", v.List, s.Now().In(s.Zone(ctx)).Format(time.DateOnly)), file.Bytes()
	return a, err
}

func gone() error {
	return &purser.Problem{Kind: purser.ProblemForbidden, What: "whoever was to get this report is no user of Purser any more, or has left"}
}
