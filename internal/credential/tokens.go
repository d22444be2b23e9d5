package credential

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// held is one token as it is kept, sealed.
type held struct {
	Access    string    `json:"access"`
	Refresh   string    `json:"refresh,omitempty"`
	Type      string    `json:"type,omitempty"` // Bearer if empty
	Scopes    []string  `json:"scopes,omitempty"`
	ScopesOK  bool      `json:"scopes_known,omitempty"` // the vendor said which scopes were granted
	Obtained  time.Time `json:"obtained"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	EndsAt    time.Time `json:"ends_at,omitzero"` // of the refresh token, where the vendor tells
}

// fresh reports whether the token may be used at the given time: it is there, it
// is not the refused one, and it does not end within the next minute (or the
// last fifth of a short life).
func (h held) fresh(now time.Time, refused string) bool {
	if h.Access == "" || refused != "" && h.grip() == refused {
		return false
	}
	if h.ExpiresAt.IsZero() {
		return true
	}
	margin := min(time.Minute, h.ExpiresAt.Sub(h.Obtained)/5)
	return now.Before(h.ExpiresAt.Add(-margin))
}

// grip names the token without telling it.
func (h held) grip() string { return gripOf(h.Access) }

func gripOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:8])
}

// keyring is everything about a credential that was not entered by a person.
type keyring struct {
	Tokens map[string]held `json:"tokens,omitempty"` // by tokenKey
	DPoP   []byte          `json:"dpop,omitempty"`   // PKCS#8 of the proof key, apart from any entered key
	Answer json.RawMessage `json:"answer,omitempty"` // the grant's answer without the tokens
}

// tokenKey names a token in the ring: its name and, where a set of scopes has its own token, the set.
func tokenKey(name string, scopes []string) string {
	if len(scopes) == 0 {
		return name
	}
	sorted := slices.Clone(scopes)
	slices.Sort(sorted)
	return name + "|" + strings.Join(slices.Compact(sorted), " ")
}

// ends is when the first of the granted tokens dies for good, zero if the vendor
// does not tell. What is obtained without a person can be obtained again; of a
// password, a refresh token with an end may be all that counts: some vendors take
// the password once.
func (k keyring) ends(grant string) (first time.Time) {
	if grant != "code" && grant != "password" && grant != "refresh_only" {
		return first
	}
	for _, t := range k.Tokens {
		end := t.EndsAt
		if t.Refresh == "" && grant == "code" {
			end = t.ExpiresAt
		}
		if !end.IsZero() && (first.IsZero() || end.Before(first)) {
			first = end
		}
	}
	return first
}
