package demo_test

import (
	"context"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/app"
	"purser/internal/contract"
	"purser/internal/demo"
	"purser/internal/sandbox"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestWhoUsesTwoChatsIsFoundWithWhatTheSecondCosts(t *testing.T) {
	storetest.EachMigrated(t, func(t *testing.T, o store.Options) {
		a, vendors, ctx := built(t, o, sandbox.Options{Seed: 1, Unlimited: true}, 3, func(d *demo.Demo, a *app.App) {
			d.Contracts, d.Loads, d.Only = a.Contracts, a.Loads, []string{sandbox.BambooHR, sandbox.Slack}
		})
		since := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -60)
		var all, both, perhaps int64
		vendors.Company(func(c *sandbox.Company) {
			last := map[int]time.Time{} // the chat of everybody: its log is read for thirty days, a page of it may reach further back, and some have another address there
			for _, e := range c.Events {
				if e.Success && (e.App < 0 || c.Apps[e.App].Key == "slack") {
					last[e.Person] = e.At
				}
			}
			for _, u := range c.ChatUsers() {
				all++
				switch at := last[u.Person.N]; {
				case u.Seen.Before(since), !at.After(since):
				case at.After(since.AddDate(0, 0, 31)) && len(u.Person.Aliases) == 0:
					both++
				default:
					perhaps++
				}
			}
		})
		s := signIn(t, a, ctx)
		found := s.listed("/findings?kind=overlap_seat")
		if found < both || found > both+perhaps || both < 10 {
			t.Errorf("%d seats are found of people who use both chats, and the company has %d, and %d at the edge", found, both, perhaps)
		}
		priced := int64(0)
		s.walked("/findings?kind=overlap_seat&n=100", func(row string) {
			if strings.Contains(row, "uses Mattermost with a seat of Professional, and Slack of the same category") && strings.Contains(row, ">90.00 USD<") {
				priced++
			}
		})
		is(t, "seats of the second chat with what they cost", priced, found)
		is(t, "the seats of the second chat", s.first(s.open("/licenses?q="+url.QueryEscape("Professional")), `(?s)data-label="Assigned">\s*(?:<div class="cell">)?\s*(?:<a[^>]*>)?\s*([\d,]+)`), all)
		sheetsOpenWhatTheyCount(t, a, ctx, s)
	})
}

// sheetsOpenWhatTheyCount follows every number of the renewal sheets of all contracts:
// what it opens is as many rows.
func sheetsOpenWhatTheyCount(t *testing.T, a *app.App, ctx context.Context, s *screen) {
	t.Helper()
	list, err := a.Contracts.List(ctx, contract.Filter{}, purser.Page{})
	if err != nil {
		t.Fatal(err)
	}
	opened := 0
	for _, c := range list.Items {
		page := s.open("/contracts/" + c.ID + "/sheet")
		for _, cell := range regexp.MustCompile(`(?s)class="num" data-label="([^"]*)"><div class="cell">(.*?)</div>`).FindAllStringSubmatch(page, -1) {
			label, n := cell[1], number(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(cell[2], ""))
			link := unescaped(cell[2], `href="([^"]*)"`)
			switch {
			case strings.Contains(cell[2], "missing") || label == "Saves a year":
				continue
			case len(link) == 0:
				t.Errorf("%s: %q of the sheet opens nothing", c.Name, label)
				continue
			case strings.HasPrefix(link[0], "/contracts/"):
				s.open(link[0])
				continue
			}
			opened++
			rows := s.open(link[0])
			got := max(s.first(rows, `class="rows-count"[^>]*>([\d,]+) `), s.first(rows, `class="panel-sub">([\d,]+) seats?`))
			is(t, c.Name+", the rows behind "+label+" of its sheet", got, n)
		}
	}
	if opened < 15 {
		t.Errorf("%d numbers were opened", opened)
	}
}
