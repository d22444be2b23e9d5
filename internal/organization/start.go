package organization

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// The steps of getting started.
const (
	StepOrganization = "organization"
	StepPeople       = "people"
	StepSecond       = "second_source"
	StepColleagues   = "colleagues"
	StepNotices      = "notices"
)

// skips is what is noted of getting started: nothing that can be seen elsewhere.
type skips struct {
	Skipped   []string `json:"skipped"`
	Dismissed bool     `json:"dismissed"`
}

// Start says how far getting started is.
func (s *Service) Start(ctx context.Context) (purser.GettingStarted, error) {
	if err := s.Gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return purser.GettingStarted{}, err
	}
	db := s.DB.Read()
	kept, err := s.skips(ctx, db)
	if err != nil {
		return purser.GettingStarted{}, err
	}
	done, err := s.done(ctx, db)
	if err != nil {
		return purser.GettingStarted{}, err
	}
	out := purser.GettingStarted{Steps: steps(), Dismissed: kept.Dismissed, Over: true}
	for i := range out.Steps {
		st := &out.Steps[i]
		st.Done = done[st.Key]
		st.Skipped = !st.Done && slices.Contains(kept.Skipped, st.Key)
		out.Over = out.Over && (st.Done || st.Skipped)
	}
	out.Over = out.Over || kept.Dismissed
	return out, nil
}

func steps() []purser.StartStep {
	return []purser.StartStep{
		{Key: StepOrganization, Title: "Say who you are", Button: "Organization settings", URL: "/settings/organization",
			Why: "Mail domains tell colleagues from guests; currency and time zone are those of every page."},
		{Key: StepPeople, Title: "Connect HR or the identity provider", Button: "Choose a system", URL: "/catalog?category=hr&category=identity",
			Why: "The system that knows your people: every account that is read later is matched to them."},
		{Key: StepSecond, Title: "Connect a second source", Button: "Open the catalog", URL: "/catalog",
			Why: "Accounts held against people show who left and still has access."},
		{Key: StepColleagues, Title: "Invite colleagues", Button: "Invite", URL: "/settings/users",
			Why: "Operators connect, finance looks at spend, auditors read everything and change nothing."},
		{Key: StepNotices, Title: "Say who is told", Button: "Recipients", URL: "/settings/notifications",
			Why: "A sync that fails, a token that dies: mail says so once, when it changes."},
	}
}

// done sees in the data which steps are done.
func (s *Service) done(ctx context.Context, db bun.IDB) (map[string]bool, error) {
	o, err := s.load(ctx, db)
	if err != nil {
		return nil, err
	}
	instances, err := store.Instances(ctx, db, store.InstanceFilter{})
	if err != nil {
		return nil, err
	}
	people, connected := false, 0
	for _, i := range instances {
		if !i.Confirmed || i.Status == purser.StatusDeleting {
			continue
		}
		connected++
		switch s.Category(i.Connector) {
		case "hr", "identity":
			people = true
		}
	}
	users, recipients, err := store.CountAround(ctx, db)
	if err != nil {
		return nil, err
	}
	return map[string]bool{StepOrganization: o.Complete(), StepPeople: people, StepSecond: people && connected > 1, StepColleagues: users > 1,
		StepNotices: recipients > 0 && s.MailWorks != nil && s.MailWorks()}, nil
}

func (s *Service) skips(ctx context.Context, db bun.IDB) (k skips, err error) {
	text, ok, err := store.Setting(ctx, db, settingStart)
	if err != nil || !ok {
		return k, err
	}
	if err := json.Unmarshal([]byte(text), &k); err != nil {
		return k, fmt.Errorf("read what was skipped of getting started: %w", err)
	}
	return k, nil
}

// Skip notes that a step is not wanted, or is after all.
func (s *Service) Skip(ctx context.Context, key string, skip bool) error {
	return s.note(ctx, func(k *skips) error {
		if !slices.ContainsFunc(steps(), func(st purser.StartStep) bool { return st.Key == key }) {
			return purser.NotFound("step", key)
		}
		k.Skipped = slices.DeleteFunc(k.Skipped, func(x string) bool { return x == key })
		if skip {
			k.Skipped = append(k.Skipped, key)
		}
		return nil
	})
}

// Dismiss hides getting started, or shows it again.
func (s *Service) Dismiss(ctx context.Context, dismiss bool) error {
	return s.note(ctx, func(k *skips) error { k.Dismissed = dismiss; return nil })
}

func (s *Service) note(ctx context.Context, change func(*skips) error) error {
	if err := s.Gate.Allow(ctx, purser.OpSettingWrite); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		k, err := s.skips(ctx, tx)
		if err != nil {
			return err
		}
		if err := change(&k); err != nil {
			return err
		}
		text, err := json.Marshal(k)
		if err != nil {
			return err
		}
		if err := store.PutSetting(ctx, tx, settingStart, string(text), purser.MicrosOf(s.Now())); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: "getting_started", ObjectName: "Getting started", At: s.Now(),
			After: map[string]any{"skipped": k.Skipped, "dismissed": k.Dismissed}})
	})
}
