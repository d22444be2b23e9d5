package inventory

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// AccountFilter selects accounts; zero fields select every live one.
type AccountFilter struct {
	Query       string
	InstanceID  string // or its name
	Connector   string
	Application string // app_<number>: accounts of its instances, or to which identity providers assign it
	Kinds       []string
	Status      []string
	Instances   []string // ids or names; any of them
	Use         []string // active, inactive, never, unknown; any of them
	Days        int      // the threshold of use; 0: that of each application
	Matched     *bool
	Departments []string // of the person; "" where none is known
	Seat        bool     // holds a live seat
	GiveUp      []string // of [GiveUpWords], any of them; of an Application whose own accounts were read
	ActiveDays  string   // "3-7": used on so many of the last thirty days
	Expected    bool     // only accounts behind which one expects a person: no robots, shared mailboxes and guests
	External    *bool    // address outside the organization's mail domains, or inside
	Removed     bool
	Order       purser.Page     // of EachAccount: Sort and Desc
	AsOf        string          // YYYY-MM-DD: who had an account at the end of that day, UTC, with the status of that day
	Any         []AccountFilter // groups of conditions: a row meets all of one of them
}

// GiveUpWords are what a renewal makes of the open accounts of an application: they are of
// people who left, idle for the threshold, or needed.
func GiveUpWords() []string { return []string{"left", "idle", "needed"} }

func (s *Service) accountFilter(ctx context.Context, f AccountFilter) (out store.AccountFilter, err error) {
	out = store.AccountFilter{Query: f.Query, Connector: f.Connector, Kinds: f.Kinds, Status: f.Status, Uses: f.Use,
		Matched: f.Matched, Departments: f.Departments, Seat: f.Seat, GiveUp: f.GiveUp, Expected: f.Expected, Removed: f.Removed, At: s.useAt(f.Days)}
	if f.Days < 0 || f.Days > MaxUseDays {
		return out, purser.Invalid("days", "a threshold is 1 to %d days", MaxUseDays)
	}
	if f.ActiveDays != "" {
		if n, err := fmt.Sscanf(f.ActiveDays, "%d-%d", &out.DaysFrom, &out.DaysTo); n != 2 || err != nil || out.DaysFrom < 1 || out.DaysTo < out.DaysFrom {
			return out, purser.Invalid("active_days", "say from how many to how many of the last %d days, as 3-7", store.ActiveDays)
		}
	}
	if err := s.setAsOf(ctx, f, &out); err != nil {
		return out, err
	}
	if f.External != nil {
		if out.Domains = s.organization(ctx).MailDomains; len(out.Domains) == 0 {
			return out, purser.Invalid("external", "the organization's mail domains are not known; an admin can name them under Settings, Organization")
		}
		out.External = *f.External
	}
	for _, word := range f.GiveUp {
		if !slices.Contains(GiveUpWords(), word) {
			return out, purser.Invalid("give_up", "%q is not one of %s", word, strings.Join(GiveUpWords(), ", "))
		}
	}
	for _, use := range f.Use {
		if !slices.Contains(purser.UseClasses(), use) {
			return out, purser.Invalid("use", "%q is not one of active, inactive, never, unknown", use)
		}
	}
	if out.InstanceNos, err = store.InstanceNos(ctx, s.db.Read(), f.Instances); err != nil {
		return out, err
	}
	if f.Application != "" {
		app, err := store.ChosenKey("app_", "application", f.Application)
		if err != nil {
			return out, err
		}
		feed, err := s.feedOf(ctx, app)
		if err != nil {
			return out, err
		}
		switch {
		case feed.Feed(purser.MicrosOf(s.now())) == purser.FeedDirect:
			out.Application = app
		case feed.Fed:
			out.FedTo, out.Stopped = app, feed.Feed(purser.MicrosOf(s.now())) == purser.FeedStopped
		default:
			out.AssignedTo = app
		}
	}
	if len(f.GiveUp) > 0 && out.Application == 0 {
		return out, &purser.Problem{Kind: purser.ProblemInvalid, Field: "give_up", What: "what a renewal makes of accounts is asked of one application, whose own accounts were read",
			Hint: "Choose such an application, too"}
	}
	if f.InstanceID != "" {
		i, err := store.Instance(ctx, s.db.Read(), f.InstanceID)
		if err != nil {
			return out, err
		}
		out.InstanceNo = i.No
	}
	if len(f.Any) > 0 && f.AsOf != "" {
		return out, purser.Invalid("as_of", "groups of conditions cannot be asked for of a past day")
	}
	for _, g := range f.Any {
		g.Days = f.Days
		group, err := s.accountFilter(ctx, g)
		if err != nil {
			return out, err
		}
		out.Any = append(out.Any, group)
	}
	return out, nil
}

// feedOf returns what decides whose accounts an application's are: those of its
// own instances, or those to which identity providers give it.
func (s *Service) feedOf(ctx context.Context, application int64) (store.FeedRow, error) {
	feeds, err := store.Feeds(ctx, s.db.Read(), []int64{application})
	return feeds[application], err
}

// fedDirectly reports whether an application's accounts are those of its own instances.
func (s *Service) fedDirectly(ctx context.Context, application int64) (bool, error) {
	feed, err := s.feedOf(ctx, application)
	return feed.Feed(purser.MicrosOf(s.now())) == purser.FeedDirect, err
}

// Accounts returns one page of accounts.
func (s *Service) Accounts(ctx context.Context, f AccountFilter, p purser.Page) (purser.List[purser.Account], error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.List[purser.Account]{}, err
	}
	if err := s.namedOnly(ctx, f.Query); err != nil {
		return purser.List[purser.Account]{}, err
	}
	filter, err := s.accountFilter(ctx, f)
	if err != nil {
		return purser.List[purser.Account]{}, err
	}
	list, err := s.accounts(ctx, filter, p, true)
	if err != nil || f.AsOf == "" {
		return list, err
	}
	list.Notes, err = s.unknownAt(ctx, filter)
	return list, err
}

func (s *Service) accounts(ctx context.Context, f store.AccountFilter, p purser.Page, count bool) (purser.List[purser.Account], error) {
	names := s.names(ctx)
	list, err := store.Accounts(ctx, s.db.Read(), f, s.inOrder(names, p), count)
	if err != nil {
		return list, err
	}
	asOf, err := s.asOf(ctx, purser.TaskApplicationRoster)
	if err != nil {
		return list, err
	}
	us := s.organization(ctx)
	for i := range list.Items {
		if f.AsOf == 0 {
			list.Items[i].DataAsOf = asOf[list.Items[i].InstanceID]
			if f.At.Days > 0 {
				list.Items[i].Use.Days = f.At.Days
			}
			list.Items[i].Use = explained(list.Items[i], list.Items[i].Use, s.now())
		} else {
			list.Items[i].Use = purser.Use{}
		}
		list.Items[i].External = us.External(list.Items[i].Email)
	}
	nameless(list.Items, names)
	return list, nil
}

// EachAccount hands every selected account to fn, in the order of the list.
func (s *Service) EachAccount(ctx context.Context, f AccountFilter, fn func(purser.Account) error) error {
	if err := s.gate.Allow(ctx, purser.OpExport); err != nil {
		return err
	}
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return err
	}
	if err := s.namedOnly(ctx, f.Query); err != nil {
		return err
	}
	filter, err := s.accountFilter(ctx, f)
	if err != nil {
		return err
	}
	return each(ctx, f.Order, func(ctx context.Context, p purser.Page) (purser.List[purser.Account], error) {
		return s.accounts(ctx, filter, p, false)
	}, fn)
}

// Account returns one account, also a removed one, with the vendor's page for it.
func (s *Service) Account(ctx context.Context, id string) (purser.Account, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return purser.Account{}, err
	}
	a, ok, err := store.AccountByID(ctx, s.db.Read(), store.KeyOf("acc_", id), s.useAt(0))
	if err != nil {
		return a, err
	}
	if !ok {
		return a, purser.NotFound("account", id)
	}
	asOf, err := s.asOf(ctx, purser.TaskApplicationRoster)
	if err != nil {
		return a, err
	}
	a.DataAsOf = asOf[a.InstanceID]
	a.Use = explained(a, a.Use, s.now())
	i, err := store.Instance(ctx, s.db.Read(), a.InstanceID)
	if err != nil {
		return a, err
	}
	if a.AdminURL = s.adminURL(i, a.ExternalID); !s.names(ctx) {
		a = a.WithoutNames()
	}
	return a, nil
}

// AccountChanges returns the kept changes of an account, the newest first: its
// first appearance last, its removal as it was dated.
func (s *Service) AccountChanges(ctx context.Context, id string) ([]purser.Change, error) {
	a, err := s.Account(ctx, id)
	if err != nil {
		return nil, err
	}
	changes, err := store.Changes(ctx, s.db.Read(), purser.KindAccount, store.KeyOf("acc_", id))
	return nameless(withEnds(changes, a.FirstSeenAt, a.RemovedAt), s.names(ctx)), err
}

// withEnds adds the coming and going of a row where its changes do not tell them.
func withEnds(changes []purser.Change, first, removed time.Time) []purser.Change {
	told := map[string]bool{}
	for _, c := range changes {
		if c.Field == "" {
			told[c.After] = true
		}
	}
	if !removed.IsZero() && !told["removed"] {
		changes = append([]purser.Change{{At: removed, After: "removed"}}, changes...)
	}
	if !told["added"] {
		changes = append(changes, purser.Change{At: first, After: "added"})
	}
	return changes
}

// AccountGroups returns the live groups of an account.
func (s *Service) AccountGroups(ctx context.Context, id string) ([]purser.Group, error) {
	if _, err := s.Account(ctx, id); err != nil { // asks the gate
		return nil, err
	}
	a, _, err := store.AccountByID(ctx, s.db.Read(), store.KeyOf("acc_", id), s.useAt(0))
	if err != nil {
		return nil, err
	}
	return store.AccountGroups(ctx, s.db.Read(), a.InstanceID, a.ExternalID)
}

// AccountActivity returns one page of the days on which an account was used, the latest first.
func (s *Service) AccountActivity(ctx context.Context, id string, p purser.Page) (purser.List[purser.Activity], error) {
	if _, err := s.Account(ctx, id); err != nil {
		return purser.List[purser.Activity]{}, err
	}
	list, err := store.Activity(ctx, s.db.Read(), store.ActivityFilter{AccountID: store.KeyOf("acc_", id)}, p, true)
	nameless(list.Items, s.names(ctx))
	return list, err
}

// Groups returns the live groups of an instance.
func (s *Service) Groups(ctx context.Context, instance string) ([]purser.Group, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instance)
	if err != nil {
		return nil, err
	}
	return store.Groups(ctx, s.db.Read(), i.ID)
}
