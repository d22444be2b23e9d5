package credential

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/refusal"
)

// read takes a named token out of a token answer.
func (s *Session) read(body []byte, name string, now time.Time) (held, error) {
	var answers []manifest.Answer
	for _, t := range s.use.Auth.Tokens {
		if t.Name == name {
			answers = append(answers, t.Answer.WithDefaults())
		}
	}
	// A refreshed token may stand at the standard place although the grant nested it.
	answers = append(answers, s.use.Auth.Answer.WithDefaults())
	for _, at := range answers {
		if t, ok := s.readAt(body, at, now); ok {
			return t, nil
		}
	}
	return held{}, &purser.Error{Class: purser.ClassInvalidResponse, Code: "no_token", What: "the answer to the token request cannot be used",
		Hint: "If it stays so, check what the vendor gives to this kind of client.", Err: errNoToken}
}

func (s *Session) readAt(body []byte, at manifest.Answer, now time.Time) (held, bool) {
	t := held{
		Access: refusal.Text(body, at.AccessToken), Refresh: refusal.Text(body, at.RefreshToken),
		Type: refusal.Text(body, at.TokenType), Obtained: now,
	}
	if t.Access == "" {
		return held{}, false
	}
	if scope := refusal.Text(body, at.Scope); scope != "" {
		t.ScopesOK = true
		t.Scopes = strings.FieldsFunc(scope, func(r rune) bool { return r == ' ' || r == ',' })
	}
	if t.Refresh != "" {
		t.EndsAt = endOf(now, refusal.Text(body, at.RefreshEnds))
	}
	switch rule := s.use.Auth.Expires; rule {
	case "", "from_response":
		t.ExpiresAt = after(now, refusal.Text(body, at.ExpiresIn))
	case "on_401":
	default:
		if life, err := manifest.ParseDuration(rule); err == nil {
			t.ExpiresAt = now.Add(life.Std())
		}
	}
	return t, true
}

// after is the moment that lies so many seconds ahead, zero if that is no life.
func after(now time.Time, seconds string) time.Time {
	n, err := strconv.ParseFloat(seconds, 64)
	if err != nil || n <= 0 || n >= 1e9 {
		return time.Time{}
	}
	return now.Add(time.Duration(n * float64(time.Second)))
}

// endOf is when a refresh token ends: some vendors tell the seconds until then,
// some the second at which.
func endOf(now time.Time, seconds string) time.Time {
	if n, err := strconv.ParseInt(seconds, 10, 64); err == nil && n >= 1e9 && n < 1e11 {
		return time.Unix(n, 0).UTC()
	}
	return after(now, seconds)
}

// withoutTokens returns a grant's answer with every token left out: what remains
// names the tenant, the user and the scopes.
func withoutTokens(body []byte) json.RawMessage {
	var root any
	if json.Unmarshal(body, &root) != nil {
		return nil
	}
	strip(root)
	kept, err := json.Marshal(root)
	if err != nil {
		return nil
	}
	return kept
}

func strip(at any) {
	switch v := at.(type) {
	case map[string]any:
		for name, member := range v {
			lower := strings.ToLower(name)
			if _, text := member.(string); text && (strings.Contains(lower, "token") && lower != "token_type" || strings.Contains(lower, "secret")) {
				delete(v, name)
				continue
			}
			strip(member)
		}
	case []any:
		for _, member := range v {
			strip(member)
		}
	}
}
