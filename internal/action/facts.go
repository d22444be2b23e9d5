package action

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/manifest"
	"purser/internal/store"
)

// target is one record that an action is to change, with what is known of it.
type target struct {
	account store.Record // the account whose it is; zero if there is none
	record  store.Record // the account itself, a seat, a membership …
	given   map[string]string
}

// facts are what conditions see.
func (t target) facts() map[string]any {
	given := map[string]any{}
	for k, v := range t.given {
		given[k] = v
	}
	return map[string]any{"account": t.account.Fields, "record": t.record.Fields, "given": given}
}

// vars are what the places of requests see, beside those of the instance.
func (t target) vars(base manifest.Vars) manifest.Vars {
	return func(name string) (string, bool) {
		root, field, _ := strings.Cut(name, ".")
		switch root {
		case "account":
			return text(t.account.Fields[field])
		case "record":
			return text(t.record.Fields[field])
		case "given":
			v, ok := t.given[field]
			return v, ok
		}
		return base(name)
	}
}

func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case int64:
		return strconv.FormatInt(v, 10), true
	case bool:
		return strconv.FormatBool(v), true
	case []string:
		return strings.Join(v, ","), true
	}
	return "", false
}

// name is how the target is shown.
func (t target) name() string {
	label := ""
	for _, field := range []string{"display_name", "email", "user_name", "external_id", "name"} {
		if label, _ = text(t.account.Fields[field]); label != "" {
			break
		}
	}
	if label == "" {
		label = t.record.ExternalID
	}
	for _, field := range []string{"plan", "group", "application"} {
		if of, ok := text(t.record.Fields[field]); ok {
			label += ", " + field + " " + of
		}
	}
	return label
}

// addresses are the e-mail addresses and names by which an account is known.
func (t target) addresses() (out []string) {
	for _, field := range []string{"email", "user_name"} {
		if v, ok := text(t.account.Fields[field]); ok {
			out = append(out, strings.ToLower(v))
		}
	}
	if list, ok := t.account.Fields["aliases"].([]string); ok {
		for _, v := range list {
			out = append(out, strings.ToLower(v))
		}
	}
	if v := t.given["email"]; v != "" {
		out = append(out, strings.ToLower(v))
	}
	return out
}

// makes reports whether an action makes a record that is not there yet.
func makes(a *manifest.CompiledAction) bool { return a.Switch() == string(purser.SwitchProvisioning) }

// maxRecords is how many records of one account an action may change.
const maxRecords = 500

// targets returns what an action would change for an account. Records are those
// of the account that fit what was given.
func (s *Service) targets(ctx context.Context, db bun.IDB, i purser.Instance, a *manifest.CompiledAction, account store.Record, given map[string]string) ([]target, error) {
	kind := purser.Kind(a.Target)
	switch {
	case kind == purser.KindAccount:
		return []target{{account: account, record: account, given: given}}, nil
	case makes(a):
		fields := map[string]any{"account": account.ExternalID}
		var id []string
		for _, name := range slices.Sorted(maps.Keys(given)) {
			fields[name] = given[name]
			id = append(id, given[name])
		}
		return []target{{account: account, record: store.Record{ExternalID: strings.Join(append([]string{account.ExternalID}, id...), "/"), Live: true, Fields: fields}, given: given}}, nil
	}
	equal := map[string]string{"account": account.ExternalID}
	for name, v := range given {
		if slices.ContainsFunc(purser.Fields(kind), func(f purser.Field) bool { return f.Name == name }) {
			equal[name] = v
		}
	}
	records, err := store.Records(ctx, db, kind, i.No, store.RecordFilter{Equal: equal, Limit: maxRecords})
	if err != nil {
		return nil, fmt.Errorf("look for what %s would change: %w", a.Name, err)
	}
	out := make([]target, len(records))
	for n, r := range records {
		out[n] = target{account: account, record: r, given: given}
	}
	return out, nil
}

// accountOf returns an account of an instance by the vendor's identifier; ok is
// false if it is gone.
func accountOf(ctx context.Context, db bun.IDB, instanceNo int64, external string) (store.Record, bool, error) {
	all, err := store.Records(ctx, db, purser.KindAccount, instanceNo, store.RecordFilter{External: external, Limit: 1})
	if err != nil || len(all) == 0 || external == "" {
		return store.Record{}, false, err
	}
	return all[0], true, nil
}

// withSent changes what is known of a record by what was sent to the vendor and
// not read back yet: an action that follows rests on it.
func (s *Service) withSent(ctx context.Context, db bun.IDB, i purser.Instance, t *target) error {
	sent, err := store.OpenActionItems(ctx, db, i.No, t.record.ExternalID, purser.ItemSent)
	if err != nil || len(sent) == 0 {
		return err
	}
	_, a, err := s.declared(i, sent[0].Name) // the latest
	if err != nil || a.ReadsBack == nil || a.ReadsBack.Field == "" {
		return nil // an action that the connector does not know any more changes nothing here
	}
	record := t.record.ExternalID == t.account.ExternalID
	fields := maps.Clone(t.record.Fields)
	fields[a.ReadsBack.Field] = a.ReadsBack.Want
	t.record.Fields = fields
	if record {
		t.account.Fields = fields
	}
	return nil
}
