package identity

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Rules returns what an admin says about which addresses are the same.
func (s *Service) Rules(ctx context.Context) (purser.MatchRules, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingRead); err != nil {
		return purser.MatchRules{}, err
	}
	_, r, err := store.MatchSettings(ctx, s.DB.Read())
	if r.SameDomains == nil {
		r.SameDomains = [][]string{}
	}
	return r, err
}

// SetRules keeps them; everything is matched anew in the background.
func (s *Service) SetRules(ctx context.Context, r purser.MatchRules) (purser.MatchRules, error) {
	if err := s.Gate.Allow(ctx, purser.OpSettingWrite); err != nil {
		return r, err
	}
	r, err := checked(r)
	if err != nil {
		return r, err
	}
	text, err := json.Marshal(r)
	if err != nil {
		return r, err
	}
	return r, s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, old, err := store.MatchSettings(ctx, tx)
		if err != nil {
			return err
		}
		if err := store.PutSetting(ctx, tx, store.SettingMatching, string(text), purser.MicrosOf(s.Now())); err != nil {
			return err
		}
		if err := store.MarkEverybody(ctx, tx); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpSettingWrite, Object: "matching", ObjectName: "Matching", At: s.Now(), Before: told(old), After: told(r)})
	})
}

// checked writes domains in one case; a domain stands in one set only.
func checked(r purser.MatchRules) (purser.MatchRules, error) {
	out := purser.MatchRules{SameDomains: [][]string{}, SubDomains: r.SubDomains, TagsCount: r.TagsCount}
	seen := map[string]bool{}
	for _, set := range r.SameDomains {
		var domains []string
		for _, d := range set {
			d = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(d)), "@")
			switch {
			case d == "" || slices.Contains(domains, d):
				continue
			case !strings.Contains(d, ".") || strings.ContainsAny(d, " \t@/") || len(d) > 253:
				return r, purser.Invalid("same_domains", "%q is not a mail domain such as example.com", d)
			case seen[d]:
				return r, purser.Invalid("same_domains", "%s stands in two lines; write all domains that are the same into one", d)
			}
			domains = append(domains, d)
		}
		if len(domains) == 1 {
			return r, purser.Invalid("same_domains", "%s stands alone: name at least two domains that are the same", domains[0])
		}
		for _, d := range domains {
			seen[d] = true
		}
		if len(domains) > 1 {
			out.SameDomains = append(out.SameDomains, domains)
		}
	}
	if len(seen) > 200 {
		return r, purser.Invalid("same_domains", "at most 200 domains can be named")
	}
	return out, nil
}

func told(r purser.MatchRules) map[string]any {
	var sets []string
	for _, s := range r.SameDomains {
		sets = append(sets, strings.Join(s, " = "))
	}
	return map[string]any{"same domains": strings.Join(sets, ", "), "sub-domains are the same": r.SubDomains, "what follows + counts": r.TagsCount}
}
