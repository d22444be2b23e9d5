package connect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/manifest"
	"purser/internal/store"
)

// CreateInput is what a person chose before anything is stored.
type CreateInput struct {
	Connector  string
	Name       string // "" for the connector's title
	Auth       string // "" for the recommended way
	Settings   map[string]string
	Tasks      []purser.TaskName // nil for all but those that are off until chosen
	SetUpLater bool              // settings may be missing: the application is managed without a connection
}

// Create stores a draft: an instance without a credential, and its application as managed.
func (s *Service) Create(ctx context.Context, in CreateInput) (purser.Instance, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceWrite); err != nil {
		return purser.Instance{}, err
	}
	c, err := s.connector(in.Connector)
	if err != nil {
		return purser.Instance{}, err
	}
	if c.Custom && !c.Trusted {
		return purser.Instance{}, &purser.Problem{Kind: purser.ProblemConflict, Field: "connector", What: "the connector " + in.Connector + " is not trusted yet",
			Hint: "An admin must see what it calls and trust it (purser connector own)"}
	}
	i, tasks, err := draft(c.Manifest, in)
	if err != nil {
		return purser.Instance{}, err
	}
	now := s.now()
	if c.Manifest.HandedOver() { // there is nobody to authorize at
		i.Status, i.Confirmed = purser.StatusLive, true
	}
	i.ID, i.CreatedAt, i.UpdatedAt = s.ids.New(purser.PrefixInstance), now, now
	if actor, ok := purser.ActorFrom(ctx); ok && actor.Kind == purser.ActorUser {
		i.OwnerID = actor.ID
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if i.Name, err = freeName(ctx, tx, i.Name, in.Name == ""); err != nil {
			return err
		}
		app, err := applicationOf(ctx, tx, c.Manifest, i, purser.MicrosOf(now))
		if err != nil {
			return err
		}
		i.Application = store.ApplicationID(app)
		if i.No, err = store.InsertInstance(ctx, tx, i); err != nil {
			return err
		}
		for k := range c.Manifest.Tasks {
			t := &c.Manifest.Tasks[k]
			row := store.TaskRow{InstanceID: i.ID, Task: t.Name, Enabled: slices.Contains(tasks, purser.TaskName(t.Name)), Every: everyOf(t).Microseconds()}
			if err := store.PutTask(ctx, tx, row); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpInstanceWrite, Object: i.ID, ObjectName: i.Name, At: now,
			After: map[string]any{"connector": i.Connector, "name": i.Name, "status": string(i.Status), "auth": i.Auth, "settings": i.Settings, "tasks": tasks}})
	})
	if err != nil {
		return purser.Instance{}, err
	}
	return store.Instance(ctx, s.db.Read(), i.ID)
}

// draft checks the input; nothing is stored before all of it is right.
func draft(m *manifest.Manifest, in CreateInput) (i purser.Instance, tasks []purser.TaskName, err error) {
	i = purser.Instance{Connector: m.Name, Status: purser.StatusDraft, Health: purser.HealthUnknown, Auth: in.Auth, Settings: map[string]string{}}
	if i.Name, err = checkName(in.Name, m.Title); err != nil {
		return i, nil, err
	}
	if i.Auth == "" && len(m.Auth) > 0 {
		i.Auth = m.Auth[0].Name
	}
	if m.AuthNamed(i.Auth) == nil && !(m.HandedOver() && i.Auth == "") {
		return i, nil, purser.Invalid("auth", "%s has no way to authorize called %q; there are: %s", m.Title, in.Auth, authNames(m))
	}
	if tasks, err = checkTasks(m, in.Tasks); err != nil {
		return i, nil, err
	}
	kept, _, err := m.CheckSettings(in.Settings)
	switch {
	case err == nil:
		i.Settings = kept
	case !in.SetUpLater || len(in.Settings) > 0:
		return i, nil, err
	}
	return i, tasks, nil
}

// applicationOf returns the application that an instance reads: the connector's
// own, or for one that serves any application the one that a person has named.
func applicationOf(ctx context.Context, tx bun.Tx, m *manifest.Manifest, i purser.Instance, at purser.Micros) (int64, error) {
	if name := strings.Join(strings.Fields(i.Settings[manifest.SettingApplication]), " "); name != "" && m.AnyApplication() {
		return store.NameApplication(ctx, tx, name, at)
	}
	return store.ManageApplication(ctx, tx, m.Title, i.Connector, at)
}

func checkTasks(m *manifest.Manifest, chosen []purser.TaskName) ([]purser.TaskName, error) {
	if chosen == nil {
		for i := range m.Tasks {
			if m.Tasks[i].Off == "" {
				chosen = append(chosen, purser.TaskName(m.Tasks[i].Name))
			}
		}
		return chosen, nil
	}
	for _, name := range chosen {
		if taskOf(m, name) == nil {
			return nil, purser.Invalid("tasks", "%s has no task %q", m.Title, name)
		}
	}
	return chosen, nil
}

func checkName(name, otherwise string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		name = otherwise
	}
	switch {
	case utf8.RuneCountInString(name) > 100:
		return "", purser.Invalid("name", "the name is longer than 100 characters")
	case strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", purser.Invalid("name", "the name has characters that cannot be seen")
	case strings.HasPrefix(name, purser.PrefixInstance):
		return "", purser.Invalid("name", "a name must not start with %s: it would look like an identifier", purser.PrefixInstance)
	}
	return name, nil
}

// freeName refuses a name that is taken. A name that nobody chose gets a number instead.
func freeName(ctx context.Context, tx bun.IDB, name string, number bool) (string, error) {
	try := name
	for n := 2; ; n++ {
		_, err := store.Instance(ctx, tx, try)
		if p, ok := errors.AsType[*purser.Problem](err); ok && p.Kind == purser.ProblemNotFound {
			return try, nil
		}
		if err != nil {
			return "", err
		}
		if !number {
			return "", &purser.Problem{Kind: purser.ProblemConflict, Field: "name", What: fmt.Sprintf("there is an instance called %q already", name),
				Hint: "Choose another name, such as the organization's or the region's"}
		}
		try = fmt.Sprintf("%s %d", name, n)
	}
}

func authNames(m *manifest.Manifest) string {
	names := make([]string, len(m.Auth))
	for i := range m.Auth {
		names[i] = m.Auth[i].Name
	}
	return strings.Join(names, ", ")
}
