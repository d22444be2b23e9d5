package inventory

import (
	"context"
	"fmt"
	"time"

	"purser"
	"purser/internal/store"
)

// Home is the first page: what needs somebody, and the numbers.
type Home struct {
	Empty     bool      `json:"empty"` // nothing is connected yet, and no contract written down: getting started
	Needs     []Need    `json:"needs"`
	Tiles     []Tile    `json:"tiles"`
	Active    int64     `json:"active"` // live accounts used within the threshold
	Inactive  int64     `json:"inactive"`
	Never     int64     `json:"never"`
	Unknown   int64     `json:"unknown"`
	Threshold int       `json:"threshold_days"`
	AsOf      time.Time `json:"as_of,omitzero"` // of the oldest data that the numbers rest on
	Stale     bool      `json:"stale"`          // some of it is late or stale
	// Stands counts the instances by how they stand, the most urgent first.
	Stands []StandCount `json:"instances"`
	// Placed is every instance with how it stands.
	Placed []purser.Placed `json:"-"`
}

// Need is a sentence with one button.
type Need struct {
	Subject  string `json:"subject,omitempty"` // whom the sentence begins with, "" where it is nobody's
	Sentence string `json:"sentence"`
	Button   string `json:"button"`
	URL      string `json:"url"`
	Tone     string `json:"tone"` // failing, stale, revoked, unknown, inactive
}

// Tile is one number; its URL opens exactly its rows.
type Tile struct {
	Label  string `json:"label"`
	Value  int64  `json:"value"`
	URL    string `json:"url"`
	How    string `json:"how"`              // how it is counted
	Hidden string `json:"hidden,omitempty"` // why the value is not shown, "" if it is
}

// Home says what needs somebody, the most urgent first.
func (s *Service) Home(ctx context.Context) (Home, error) {
	if err := s.gate.Allow(ctx, purser.OpInstanceRead); err != nil {
		return Home{}, err
	}
	db := s.db.Read()
	instances, err := s.standings(ctx)
	if err != nil {
		return Home{}, err
	}
	counts, err := store.CountLive(ctx, db)
	if err != nil {
		return Home{}, err
	}
	use, err := store.UseOfAccounts(ctx, db, s.useAt(0))
	if err != nil {
		return Home{}, err
	}
	kept := len(instances) > 0
	if !kept && s.contracts != nil { // contracts are of use without a connection
		contracts, err := s.contracts(ctx)
		if err != nil {
			return Home{}, err
		}
		kept = len(contracts) > 0
	}
	h := Home{Empty: !kept, Active: use.Active, Inactive: use.Inactive, Never: use.Never, Unknown: use.Unknown,
		Threshold: purser.DefaultUseDays, Stands: standCounts(instances), Placed: instances}
	if h.Needs, err = s.needs(ctx, instances, counts); err != nil {
		return Home{}, err
	}
	attention := int64(0)
	for _, i := range instances {
		if i.Standing.Urgent() {
			attention++
		}
		if at := i.Standing.DataAsOf; !at.IsZero() && (h.AsOf.IsZero() || at.Before(h.AsOf)) {
			h.AsOf = at
		}
		h.Stale = h.Stale || i.Standing.Freshness == purser.Stale || i.Standing.Freshness == purser.Late
	}
	h.Tiles = tiles(counts, attention)
	return h, nil
}

func tiles(c store.LiveCounts, attention int64) []Tile {
	return []Tile{
		{Label: "Managed applications", Value: c.Managed, URL: "/applications?status=managed", How: "applications in status managed, connected or not"},
		{Label: "Accounts", Value: c.Accounts, URL: "/accounts", How: "accounts of all instances that their last complete readings still saw"},
		{Label: "People", Value: c.People, URL: "/people", How: "people of all rosters that are not removed"},
		{Label: "Need attention", Value: attention, URL: "/integrations?attention=1", How: "instances that are revoked, refused, failing or stale, or hold something back; what a person has paused and drafts are not counted"},
	}
}

func (s *Service) needs(ctx context.Context, instances []purser.Placed, counts store.LiveCounts) ([]Need, error) {
	renewals, err := s.renewalNeeds(ctx)
	if err != nil {
		return nil, err
	}
	if len(instances) == 0 {
		return append(renewals, Need{Sentence: "Nothing is connected yet. Start with your HR system or your identity provider: everything else is matched to its people.",
			Button: "Get started", URL: "/catalog", Tone: "unknown"}), nil
	}
	var urgent, later []Need
	people := false
	for _, i := range instances {
		n, ok := InstanceNeed(i)
		switch {
		case ok && i.Status == purser.StatusDraft:
			later = append(later, n)
		case ok:
			urgent = append(urgent, n)
		}
		people = people || i.Status == purser.StatusLive
	}
	holds, err := store.WaitingHolds(ctx, s.db.Read())
	if err != nil {
		return nil, err
	}
	for _, h := range holds {
		urgent = append(urgent, Need{Sentence: fmt.Sprintf("%s holds back %s until somebody has looked at them.", h.Name, purser.Counted(h.Rows, "removal or change", "removals or changes")),
			Button: "Decide", URL: "/instances/" + h.InstanceID + "/holds", Tone: "stale"})
	}
	care, err := s.careNeeds(ctx, instances)
	if err != nil {
		return nil, err
	}
	untold, err := s.noticeNeeds(ctx)
	if err != nil {
		return nil, err
	}
	urgent = append(append(urgent, care...), untold...)
	if s.gate.Allow(ctx, purser.OpPersonRead) == nil {
		leavers, err := store.CountLeaversWithAccess(ctx, s.db.Read())
		if err != nil {
			return nil, err
		}
		if leavers > 0 {
			urgent = append(urgent, Need{Sentence: purser.Counted(leavers, "person has", "people have") + " left and could still sign in somewhere.",
				Button: "Show them", URL: "/people?leavers=1", Tone: "failing"})
		}
	}
	urgent = append(urgent, renewals...)
	if people && counts.People == 0 && counts.Accounts > 0 {
		later = append(later, Need{Sentence: "No people are known yet, so accounts belong to nobody. Connect your HR system or read people from your identity provider.",
			Button: "Open the catalog", URL: "/catalog?category=hr", Tone: "unknown"})
	}
	if counts.People > 0 && counts.Unmatched > 0 {
		sentence := purser.Counted(counts.Unmatched, "account matches", "accounts match") + " nobody in the roster"
		if counts.UnmatchedOpen < counts.Unmatched {
			sentence += ", " + purser.Grouped(counts.UnmatchedOpen) + " of them open"
		}
		later = append(later, Need{Sentence: sentence + ".",
			Button: "Show them", URL: "/accounts/unmatched", Tone: "unknown"})
	}
	if counts.Discovered > 0 {
		later = append(later, Need{Sentence: purser.Counted(counts.Discovered, "application was", "applications were") + " discovered and not looked at yet.",
			Button: "Review", URL: "/applications?status=new", Tone: "unknown"})
	}
	return append(urgent, later...), nil
}
