package finding

import (
	"context"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// SuspiciousFilter selects suspicious use.
type SuspiciousFilter struct {
	Query       string // in the names and addresses of account and person, for who may see them
	View        string // now, recognized or history; "" is now
	Kinds       []string
	Application string             // app_<number>
	Instances   []string           // identifiers or names; any of them
	Any         []SuspiciousFilter // groups of kinds and instances, of which a row meets one
}

func (s *Service) suspiciousFilter(ctx context.Context, f SuspiciousFilter) (store.FindingFilter, error) {
	states := map[string][]string{"": {purser.FindingOpen, purser.FindingSnoozed, purser.FindingDone}, purser.SuspiciousRecognized: {purser.FindingAccepted}, purser.SuspiciousHistory: {purser.FindingVerified}}
	states[purser.SuspiciousNow] = states[""]
	if states[f.View] == nil {
		return store.FindingFilter{}, purser.Invalid("view", "%q is not one of %s", f.View, strings.Join(purser.SuspiciousViews(), ", "))
	}
	filter := Filter{Kinds: suspiciousKinds(), States: states[f.View], Application: f.Application, Instances: f.Instances}
	for _, group := range append([]SuspiciousFilter{f}, f.Any...) {
		for _, k := range group.Kinds {
			if !slices.Contains(suspiciousKinds(), k) {
				return store.FindingFilter{}, purser.Invalid("kind", "%q is not one of %s", k, strings.Join(suspiciousKinds(), ", "))
			}
		}
	}
	if len(f.Kinds) > 0 {
		filter.Kinds = f.Kinds
	}
	for _, group := range f.Any {
		filter.Any = append(filter.Any, Filter{Kinds: group.Kinds, Instances: group.Instances})
	}
	return s.filter(ctx, filter)
}

func suspiciousKinds() []string {
	var kinds []string
	for _, k := range purser.SuspiciousKinds() {
		kinds = append(kinds, string(k))
	}
	return kinds
}

// Suspicious returns one page of accounts that are used although HR says otherwise,
// the newest first.
func (s *Service) Suspicious(ctx context.Context, f SuspiciousFilter, p purser.Page) (purser.List[purser.SuspiciousUse], error) {
	out := purser.List[purser.SuspiciousUse]{Items: []purser.SuspiciousUse{}}
	for _, op := range []purser.Operation{purser.OpFindingRead, purser.OpAccountRead, purser.OpPersonRead} {
		if err := s.Gate.Allow(ctx, op); err != nil {
			return out, err
		}
	}
	filter, err := s.suspiciousFilter(ctx, f)
	if err != nil {
		return out, err
	}
	names := s.sees(ctx).people
	if f.Query != "" && !names {
		return out, &purser.Problem{Kind: purser.ProblemInvalid, Field: "q", What: "names of people are hidden for your role, so that they cannot be searched",
			Hint: "Leave the search empty and choose by filters, or ask somebody who may see names"}
	}
	rows, err := store.Suspicious(ctx, s.DB.Read(), filter, f.Query, store.UseAtMoment(s.Now(), 0).Today, p, true)
	out.Next, out.Total, out.More = rows.Next, rows.Total, rows.More
	for _, r := range rows.Items {
		x := suspicious(r)
		if !names {
			x = x.WithoutNames()
		}
		out.Items = append(out.Items, x)
	}
	return out, err
}

func suspicious(r store.SuspiciousRow) purser.SuspiciousUse {
	return purser.SuspiciousUse{ID: store.RowID("fnd_", r.No), Kind: purser.FindingKind(r.Kind), AccountID: store.RowID("acc_", r.Account), AccountName: r.AccountName,
		InstanceID: r.Source, InstanceName: r.SourceName, ApplicationID: store.ApplicationID(r.Application), ApplicationName: r.ApplicationName,
		PersonID: store.RowID("per_", r.Person), PersonName: r.PersonName, Employment: r.Employment, EndedOn: r.EndedOn, Days: r.Days, LastActive: store.LastUseOf(r.LastActiveAt),
		FoundAt: r.FoundAt.Time(), GoneAt: r.GoneAt.Time(), State: r.State, Reason: r.Reason, Until: r.Until, DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt.Time()}
}

// recognizable refuses to accept suspicious use where the actor is no admin, or says
// no day on which it comes back.
func (s *Service) recognizable(ctx context.Context, nos []int64, d Decision) error {
	if d.State != purser.FindingAccepted {
		return nil
	}
	for part := range slices.Chunk(nos, 500) {
		any, err := store.AnyOfKinds(ctx, s.DB.Read(), part, suspiciousKinds())
		if err != nil || !any {
			if err != nil {
				return err
			}
			continue
		}
		if err := s.Gate.Allow(ctx, purser.OpUseRecognize); err != nil {
			return err
		}
		if d.Until == "" {
			return purser.Invalid("until", "suspicious use is recognized until a day: name it as YYYY-MM-DD")
		}
	}
	return nil
}
