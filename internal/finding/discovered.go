package finding

import (
	"context"
	"fmt"
	"strings"

	"purser"
	"purser/internal/store"
)

// discovered says of new applications through which identity providers they were
// found, who can reach them there and who does, with the page of each.
func (s *Service) discovered(ctx context.Context, items []purser.Finding) error {
	var applications []int64
	for _, f := range items {
		if f.Kind == purser.FindingNewApplication {
			applications = append(applications, store.KeyOf("app_", f.ApplicationID))
		}
	}
	if len(applications) == 0 {
		return nil
	}
	by, err := store.Discoverers(ctx, s.DB.Read(), applications)
	if err != nil {
		return fmt.Errorf("look up what discovered applications: %w", err)
	}
	for i, f := range items {
		found := by[store.KeyOf("app_", f.ApplicationID)]
		if f.Kind != purser.FindingNewApplication || len(found) == 0 {
			continue
		}
		var through []string
		for _, d := range found {
			through = append(through, d.Name+reach(d))
			items[i].Evidence = append(items[i].Evidence, purser.Evidence{Label: d.Name, URL: "/instances/" + d.InstanceID + "/applications"})
		}
		items[i].Sentence = f.ApplicationName + " was discovered through " + strings.Join(through, " and ") + ", and nobody has looked at it."
	}
	return nil
}

// reach says who can reach an application through a provider, as far as it tells.
func reach(d store.Discoverer) string {
	var told []string
	if d.Assigned != nil {
		told = append(told, accounts(*d.Assigned)+" can reach it")
	}
	if d.SignedIn != nil {
		told = append(told, accounts(*d.SignedIn)+" signed in within 30 days")
	}
	if len(told) == 0 {
		return ""
	}
	return " (" + strings.Join(told, ", ") + ")"
}

func accounts(n int64) string {
	if n == 1 {
		return "1 account"
	}
	return fmt.Sprintf("%d accounts", n)
}
