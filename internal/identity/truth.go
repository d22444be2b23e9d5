package identity

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Truth returns the fields of a person: what counts, whose word it is and since
// when, and what the other sources say. Of a row of a roster for which another
// stands it returns those of the other.
func (s *Service) Truth(ctx context.Context, person string) ([]purser.FieldTruth, error) {
	p, err := s.Inventory.Person(ctx, person) // asks the gate
	if err != nil {
		return nil, err
	}
	lead, err := store.LeadOf(ctx, s.DB.Read(), store.KeyOf("per_", p.ID))
	if err != nil {
		return nil, err
	}
	all, err := s.Matcher.Truth(ctx, lead)
	return s.sight(ctx, all), err
}

// AccountTruth returns the fields of an account. What it says of its person counts
// as for the person; what it is at its vendor, the vendor says, and identity
// providers that serve the application are heard beside it.
func (s *Service) AccountTruth(ctx context.Context, account string) ([]purser.FieldTruth, error) {
	a, err := s.Inventory.Account(ctx, account) // asks the gate
	if err != nil {
		return nil, err
	}
	own, err := s.ownWords(ctx, a)
	if err != nil {
		return nil, err
	}
	person := map[string]purser.FieldTruth{}
	if a.PersonID != "" && a.Sure == purser.Certain && a.RemovedAt.IsZero() && a.Kind != "robot" && a.Kind != "shared" {
		all, err := s.Truth(ctx, a.PersonID)
		if err != nil {
			return nil, err
		}
		for _, t := range all {
			if word := purser.AccountWord(t.Field); word != "" {
				t.Field = word
				person[word] = t
			}
		}
	}
	out := make([]purser.FieldTruth, 0, len(own))
	for _, w := range own {
		t, ok := person[w.field]
		if !ok {
			t = purser.Decide(w.field, w.values)
			t.ByVendor = true
		}
		out = append(out, t)
	}
	return s.sight(ctx, out), nil
}

// sight leaves names out for those who may not see them.
func (s *Service) sight(ctx context.Context, all []purser.FieldTruth) []purser.FieldTruth {
	if s.Gate.Allow(ctx, purser.OpNameRead) == nil {
		return all
	}
	out := make([]purser.FieldTruth, 0, len(all))
	for _, t := range all {
		if shown, ok := t.WithoutNames(); ok {
			out = append(out, shown)
		}
	}
	return out
}

// words are what is said of one field of an account, its vendor's own word first.
type words struct {
	field  string
	values []purser.SourceValue
}

func (s *Service) ownWords(ctx context.Context, a purser.Account) ([]words, error) {
	no := store.KeyOf("acc_", a.ID)
	since, err := store.SaidSince(ctx, s.DB.Read(), purser.KindAccount, []int64{no})
	if err != nil {
		return nil, err
	}
	all, _, err := s.Matcher.Sources(ctx)
	if err != nil {
		return nil, err
	}
	class := func(id string) purser.Source {
		i := slices.IndexFunc(all, func(x purser.Source) bool { return x.InstanceID == id })
		if i < 0 {
			return purser.Source{Class: purser.SourceDirect}
		}
		return all[i]
	}
	known := func(word string) string { return strings.TrimPrefix(word, "unknown") }
	var out []words
	for _, f := range [][2]string{{"display_name", a.DisplayName}, {"email", a.Email}, {"employee_id", a.EmployeeID}, {"department", a.Department}, {"title", a.Title},
		{"user_name", a.UserName}, {"status", known(a.Status)}, {"role", a.Role}} {
		v := purser.SourceValue{Value: f[1], InstanceID: a.InstanceID, InstanceName: a.InstanceName, Class: class(a.InstanceID).Class, RowID: a.ID,
			RowName: cmp.Or(a.DisplayName, a.Email, a.UserName, a.ExternalID), Since: a.FirstSeenAt, AtLeast: true}
		if at, ok := since[no][f[0]]; ok {
			v.Since, v.AtLeast = at.Time(), false
		}
		out = append(out, words{f[0], []purser.SourceValue{v}})
	}
	heard, err := store.ProviderWords(ctx, s.DB.Read(), no)
	if err != nil {
		return nil, err
	}
	for _, h := range heard {
		i := slices.IndexFunc(all, func(x purser.Source) bool { return x.No == h.InstanceNo })
		if i < 0 {
			continue
		}
		v := purser.SourceValue{InstanceID: all[i].InstanceID, InstanceName: all[i].InstanceName, Class: all[i].Class, RowID: store.RowID("acc_", h.AccountID),
			RowName: h.Name, Since: h.FirstSeenAt.Time(), AtLeast: true}
		for n, w := range out {
			switch w.field {
			case "user_name":
				v.Value = h.UserName
			case "status":
				v.Value = known(h.Status)
			default:
				continue
			}
			out[n].values = append(out[n].values, v)
		}
	}
	return out, nil
}

// Orders returns the sources of people in the order in which their word counts,
// for every field: those with an order of their own say so.
func (s *Service) Orders(ctx context.Context) ([]purser.FieldOrder, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingRead); err != nil {
		return nil, err
	}
	return s.orders(ctx)
}

func (s *Service) orders(ctx context.Context) ([]purser.FieldOrder, error) {
	all, order, err := s.Matcher.Sources(ctx)
	if err != nil {
		return nil, err
	}
	out := []purser.FieldOrder{{Own: len(order.All) > 0, Sources: order.Of("", all)}}
	for _, f := range purser.TruthFields() {
		out = append(out, purser.FieldOrder{Field: f, Own: len(order.Fields[f]) > 0, Sources: order.Of(f, all)})
	}
	return out, nil
}

// SetOrder keeps whose word counts first. Instances are named by identifier or
// name; an empty list goes back to the default, and a field without a list has
// none of its own. The lists follow in the background.
func (s *Service) SetOrder(ctx context.Context, o purser.SourceOrder) ([]purser.FieldOrder, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingWrite); err != nil {
		return nil, err
	}
	all, _, err := s.Matcher.Sources(ctx)
	if err != nil {
		return nil, err
	}
	kept := purser.SourceOrder{Fields: map[string][]string{}}
	if kept.All, err = identifiers(o.All, all); err != nil {
		return nil, err
	}
	for field, named := range o.Fields {
		if !slices.Contains(purser.TruthFields(), field) {
			return nil, purser.Invalid("fields", "%q is no field of a person; there are %s", field, strings.Join(purser.TruthFields(), ", "))
		}
		ids, err := identifiers(named, all)
		if err != nil {
			return nil, err
		}
		if len(ids) > 0 {
			kept.Fields[field] = ids
		}
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return nil, err
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		old, err := store.SourceOrder(ctx, tx)
		if err != nil {
			return err
		}
		if err := store.PutSetting(ctx, tx, store.SettingSources, string(text), purser.MicrosOf(s.Now())); err != nil {
			return err
		}
		if err := store.MarkTruth(ctx, tx); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: "sources", ObjectName: "Order of sources", At: s.Now(), Before: inWords(old, all), After: inWords(kept, all)})
	})
	if err != nil {
		return nil, err
	}
	return s.orders(ctx)
}

// identifiers looks up what was named.
func identifiers(named []string, all []purser.Source) ([]string, error) {
	out := []string{}
	for _, n := range named {
		i := slices.IndexFunc(all, func(s purser.Source) bool {
			return s.InstanceID == n || strings.EqualFold(s.InstanceName, strings.TrimSpace(n))
		})
		if i < 0 {
			return nil, purser.Invalid("sources", "%q is no instance of which people or accounts were read", n)
		}
		if slices.Contains(out, all[i].InstanceID) {
			return nil, purser.Invalid("sources", "%s is named twice", all[i].InstanceName)
		}
		out = append(out, all[i].InstanceID)
	}
	return out, nil
}

// inWords tells an order for the audit log.
func inWords(o purser.SourceOrder, all []purser.Source) map[string]any {
	names := func(ids []string) string {
		out := make([]string, len(ids))
		for i, id := range ids {
			out[i] = id
			if at := slices.IndexFunc(all, func(s purser.Source) bool { return s.InstanceID == id }); at >= 0 {
				out[i] = all[at].InstanceName
			}
		}
		return cmp.Or(strings.Join(out, ", "), "the default order")
	}
	told := map[string]any{"all fields": names(o.All)}
	for field, ids := range o.Fields {
		told[field] = names(ids)
	}
	return told
}
