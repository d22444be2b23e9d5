package contract

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// trendDays is how far back the trend looks.
const trendDays = 90

// Sheet makes the renewal sheet of a contract as it is now. It is made anew with
// each call; a decision keeps its own.
func (s *Service) Sheet(ctx context.Context, id string) (purser.RenewalSheet, error) {
	c, err := s.Contract(ctx, id)
	if err != nil {
		return purser.RenewalSheet{}, err
	}
	sheet := purser.RenewalSheet{MadeAt: s.Now().UTC(), Today: s.Today(ctx), Contract: c, Hidden: c.Hidden,
		Applications: []purser.SheetApplication{}, Plans: []purser.SheetPlan{}}
	if c.Terms.End != "" {
		sheet.SavingsFrom = purser.AddDays(c.Terms.End, 1)
	}
	seats, left := []store.SeatUseRow{}, given{}
	for _, a := range c.Applications {
		told, held, r, err := s.used(ctx, a)
		if err != nil {
			return sheet, err
		}
		sheet.Applications, seats, left = append(sheet.Applications, told), append(seats, held...), r
	}
	if err := s.overlap(ctx, &sheet); err != nil {
		return sheet, err
	}
	plans := c.Terms.PlansOn(inside(c.Terms, sheet.Today))
	for _, p := range plans {
		line := purser.SheetPlan{Plan: p}
		line.Recommend(judge(&line, plans, sheet.Applications, seats, left))
		if line.Saving != nil {
			sheet.Savings = purser.AddMoney(sheet.Savings, *line.Saving)
		}
		sheet.Plans = append(sheet.Plans, line)
	}
	return sheet, nil
}

// given are the accounts that can be given up, and what selects them of the application's.
type given struct {
	store.GiveUpRow
	which string
}

// used tells how an application is used, by the source that counts; seats are counted
// once its own instances have told all their users.
func (s *Service) used(ctx context.Context, a purser.ContractApplication) (out purser.SheetApplication, held []store.SeatUseRow, r given, err error) {
	no := store.KeyOf("app_", a.ID)
	ids := []int64{no}
	out = purser.SheetApplication{ID: a.ID, Name: a.Name}
	at := store.UseAtMoment(s.Now(), 0)
	if out.Days, err = store.UseDays(ctx, s.DB.Read(), no); err != nil {
		return out, nil, r, err
	}
	feeds, err := store.Feeds(ctx, s.DB.Read(), ids)
	if err != nil {
		return out, nil, r, err
	}
	direct, err := store.DirectUse(ctx, s.DB.Read(), ids, at)
	if err != nil {
		return out, nil, r, err
	}
	discovered, err := store.DiscoveredUse(ctx, s.DB.Read(), ids, at)
	if err != nil {
		return out, nil, r, err
	}
	use, from := feeds[no].Use(purser.MicrosOf(s.Now()), direct[no], discovered[no])
	if from == purser.FeedDirect && use.Accounts > 0 {
		day := s.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -trendDays)
		n, ok, err := store.AccountsThen(ctx, s.DB.Read(), no, purser.MicrosOf(day.AddDate(0, 0, 1))-1)
		if err != nil {
			return out, nil, r, err
		}
		if ok {
			out.Before, out.BeforeOn = &n, day.Format(time.DateOnly)
		}
	}
	out.Known = use.Accounts > 0
	out.Accounts, out.People, out.Active, out.Inactive, out.Never, out.Unknown, out.AsOf = use.Accounts, use.People, use.Active, use.Inactive, use.Never, use.Unknown, use.DataAsOf.Time()
	if from == purser.FeedDirect {
		if r.GiveUpRow, err = store.AccountsToGiveUp(ctx, s.DB.Read(), no, at); err != nil {
			return out, nil, r, err
		}
		r.which = "&give_up=left&give_up=idle"
	} else {
		r.Idle, r.which = out.Inactive+out.Never, "&use=inactive&use=never"
	}
	if from == purser.FeedDirect || feeds[no].SwitchAt() > 0 {
		held, err = store.SeatUse(ctx, s.DB.Read(), no, at)
	}
	return out, held, r, err
}

// judge counts the seats of a plan and says from where: the vendor's plan of the same
// name; where a contract has one plan by user for one application, its accounts. It
// judges no line of which several could be meant.
func judge(line *purser.SheetPlan, plans []purser.ContractPlan, applications []purser.SheetApplication, seats []store.SeatUseRow, accounts given) string {
	if line.Plan.Per != "user" {
		return ""
	}
	var named []store.SeatUseRow
	for _, r := range seats {
		if strings.EqualFold(r.Name, line.Plan.Name) {
			named = append(named, r)
		}
	}
	byUser, lines := 0, 0
	for _, p := range plans {
		if p.Per == "user" {
			byUser++
		}
		if strings.EqualFold(p.Name, line.Plan.Name) {
			lines++
		}
	}
	switch {
	case len(named) > 0 && len(named)+lines > 2:
		return fmt.Sprintf("Several plans are called %s: which seats belong to which is not known. The quantity cannot be judged, and nothing is counted as a saving.", line.Plan.Name)
	case len(named) == 1:
		r := named[0]
		of := url.Values{"plan": r.Plans}.Encode()
		if line.URL = "/seats?" + of; len(r.Plans) == 1 {
			line.URL = "/licenses/" + r.Plans[0]
		}
		line.Assigned, line.Active, line.Unused, line.Unknown = &r.Assigned, r.Active, r.Unused, r.Unknown
		line.Left, line.Second, line.Idle, line.Closed, line.Spared, line.Anyway = r.Left, r.Second, r.Idle, r.Closed, r.Spared, r.Anyway
		if r.Left+r.Second+r.Idle > 0 {
			line.FoundURL = "/findings?" + of + "&kind=undeprovisioned_seat&kind=duplicate_seat&kind=unused_seat&state=open&state=snoozed&state=done"
		}
		return fmt.Sprintf("%s of the vendor's plan %s were used lately.", purser.Counted(r.Active, "seat", "seats"), r.Name)
	case byUser == 1 && len(applications) == 1 && applications[0].Known:
		a := applications[0]
		line.URL = "/accounts?application=" + a.ID
		open := a.Accounts - a.Closed() // who is let in by nobody holds nothing
		line.Assigned, line.Active, line.Unused, line.Unknown = &open, a.Active, a.Inactive+a.Never, a.Unknown
		line.Left, line.Idle, line.Spared, line.FoundURL = accounts.Left, accounts.Idle, accounts.Spared, line.URL+accounts.which
		return fmt.Sprintf("%s of %s were used in the last %d days.", purser.Counted(a.Active, "account", "accounts"), a.Name, a.Days)
	}
	return ""
}

// overlap names other managed applications of the same category that people use.
func (s *Service) overlap(ctx context.Context, sheet *purser.RenewalSheet) error {
	ours := map[string]bool{}
	for i, a := range sheet.Applications {
		row, ok, err := store.ApplicationByID(ctx, s.DB.Read(), store.KeyOf("app_", a.ID))
		if err != nil {
			return err
		}
		if ok {
			sheet.Applications[i].Category = s.Category(row.Connector, row.Name)
		}
		ours[a.ID] = true
	}
	if !slices.ContainsFunc(sheet.Applications, func(a purser.SheetApplication) bool { return a.Category != "" }) {
		return nil
	}
	page := purser.Page{Limit: 1000}
	for {
		list, err := store.Applications(ctx, s.DB.Read(), store.ApplicationFilter{Status: []string{"managed", "accepted", "new", "in_review"}}, page, false)
		if err != nil {
			return err
		}
		for _, other := range list.Items {
			category := s.Category(other.Connector, other.Name)
			for i, a := range sheet.Applications {
				if category != "" && category == a.Category && !ours[store.ApplicationID(other.ID)] && len(a.Overlap) < 20 {
					sheet.Applications[i].Overlap = append(sheet.Applications[i].Overlap, other.Name)
					sheet.Applications[i].OverlapIDs = append(sheet.Applications[i].OverlapIDs, store.ApplicationID(other.ID))
				}
			}
		}
		if page.After = list.Next; page.After == "" {
			return nil
		}
	}
}

// freeze makes the renewal sheet of a contract, as text to keep.
func (s *Service) freeze(ctx context.Context, id string) (string, error) {
	sheet, err := s.Sheet(ctx, id)
	if err != nil {
		return "", err
	}
	text, err := json.Marshal(sheet)
	return string(text), err
}

// FrozenSheet returns the sheet that was kept with a decision, and the decision.
func (s *Service) FrozenSheet(ctx context.Context, id string, decision int64) (sheet purser.RenewalSheet, d purser.ContractDecision, err error) {
	_, no, err := s.one(ctx, s.DB.Read(), id)
	if err != nil {
		return sheet, d, err
	}
	rows, err := store.ContractDecisions(ctx, s.DB.Read(), no)
	if err != nil {
		return sheet, d, err
	}
	i := slices.IndexFunc(rows, func(r store.ContractDecisionRow) bool { return r.No == decision })
	if i < 0 || rows[i].Sheet == "" {
		return sheet, d, purser.NotFound("decision", fmt.Sprint(decision))
	}
	if err := json.Unmarshal([]byte(rows[i].Sheet), &sheet); err != nil {
		return sheet, d, fmt.Errorf("read the sheet of decision %d: %w", decision, err)
	}
	if !s.mayNames(ctx) {
		sheet.Contract.Owner = sheet.Contract.Owner.WithoutNames()
	}
	if !s.mayMoney(ctx) {
		hide(&sheet.Contract)
		sheet = sheet.WithoutPrices()
	}
	return sheet, rows[i].Told(), nil
}
