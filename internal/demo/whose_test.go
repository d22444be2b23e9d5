package demo_test

import (
	"context"
	"testing"

	"purser"
	"purser/internal/app"
	"purser/internal/inventory"
	"purser/internal/sandbox"
)

// whose checks that every account of the second identity provider is its person's,
// whatever name and address it has there.
func whose(t *testing.T, a *app.App, ctx context.Context, c *sandbox.Company, labs purser.Instance) {
	byID := map[string]sandbox.LabsAccount{}
	for _, x := range c.Labs {
		byID[x.Email] = x
	}
	seen := map[string]int{}
	after := ""
	for {
		list, err := a.Inventory.Accounts(ctx, inventory.AccountFilter{Instances: []string{labs.ID}}, purser.Page{Limit: 200, After: after})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range list.Items {
			truth := byID[x.Email]
			want, got := "", ""
			if p := c.Person(truth.Person); p != nil && p.Employment != sandbox.NotInHR {
				want = p.Email
			}
			if x.PersonID != "" {
				p, err := a.Inventory.Person(ctx, x.PersonID)
				if err != nil {
					t.Fatal(err)
				}
				got = p.Email
			}
			if got == "" && want != "" && (truth.Renamed || truth.Aliased) {
				// What is only likely never links to who holds an administrator's account: it is proposed.
				proposed, err := a.Identity.Suggest(ctx, x.ID)
				if err != nil {
					t.Fatal(err)
				}
				if len(proposed) > 0 && proposed[0].Privileged {
					got = proposed[0].Email
				}
			}
			if got != want {
				t.Errorf("%s (renamed %t, aliased %t, sister %t) is %q's and shown as %q's: %s", x.Email, truth.Renamed, truth.Aliased, truth.Sister, want, got, x.MatchReason)
			}
			switch {
			case truth.Person == 0:
				seen["outside"]++
				if x.Kind != "guest" {
					t.Errorf("%s from outside is a %s", x.Email, x.Kind)
				}
			case truth.Renamed:
				seen["renamed"]++
			case truth.Aliased:
				seen["aliased"]++
			case truth.Sister:
				seen["sister"]++
			}
		}
		if after = list.Next; after == "" {
			break
		}
	}
	for _, kind := range []string{"outside", "renamed", "aliased", "sister"} {
		if seen[kind] == 0 {
			t.Errorf("nobody is %s: %v", kind, seen)
		}
	}
}
