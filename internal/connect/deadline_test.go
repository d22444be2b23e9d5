package connect_test

import (
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/credential"
	"purser/internal/sandbox"
)

// older is the house's Xero with an app of before, whose scopes the vendor ends.
func (h *house) older() purser.Instance {
	h.t.Helper()
	i := h.create(connect.CreateInput{Connector: sandbox.Xero, Name: "Books", Settings: map[string]string{"scopes": "classic"}})
	h.must(h.SetCredential(h.ctx, i.ID, "oauth", map[string]string{"client_id": h.creds.Xero.ClientID, "client_secret": h.creds.Xero.ClientSecret}))
	return i
}

func TestAVendorsDeadlineIsNotedForInstancesThatAreThere(t *testing.T) {
	end := time.Date(2027, 9, 1, 0, 0, 0, 0, time.UTC)
	none := time.Time{}
	for _, c := range []struct {
		name     string
		declared time.Time
		at       time.Time
		by       credential.ExpirySource
		scopes   string
		want     time.Time
		wantBy   credential.ExpirySource
	}{
		{"entered before the deadline was known", none, none, "", "classic", end, credential.ExpiryDeclared},
		{"of another day before", end.AddDate(0, 3, 0), none, "", "classic", end, credential.ExpiryDeclared},
		{"the vendor takes more time", end.AddDate(0, -3, 0), none, "", "classic", end, credential.ExpiryDeclared},
		{"a person knows an earlier end", none, end.AddDate(0, -1, 0), credential.ExpiryEntered, "classic", end.AddDate(0, -1, 0), credential.ExpiryEntered},
		{"a person has entered a later end", none, end.AddDate(1, 0, 0), credential.ExpiryEntered, "classic", end, credential.ExpiryDeclared},
		{"a person's end comes back when the vendor gives its own up", end.AddDate(0, -3, 0), end, credential.ExpiryEntered, "granular", end, credential.ExpiryEntered},
		{"a person's end comes back when the vendor takes more time", end.AddDate(0, -3, 0), end.AddDate(0, -1, 0), credential.ExpiryEntered, "classic", end.AddDate(0, -1, 0), credential.ExpiryEntered},
		{"the vendor tells it of each", none, end.AddDate(0, 1, 0), credential.ExpiryRead, "classic", end.AddDate(0, 1, 0), credential.ExpiryRead},
		{"it has none any more", end, none, "", "granular", none, ""},
		{"a person's end where there is none", none, end, credential.ExpiryEntered, "granular", end, credential.ExpiryEntered},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, sandbox.Options{}, func(h *house) {
				i := h.older()
				h.write("UPDATE instance SET settings = ? WHERE id = ?", `{"scopes":"`+c.scopes+`"}`, i.ID)
				h.write("UPDATE credential SET declared_at = ?, expires_at = ?, expires_by = ?", purser.MicrosOf(c.declared), purser.MicrosOf(c.at), string(c.by))
				h.must(h.NoteDeadlines(h.ctx))
				h.must(h.NoteDeadlines(h.ctx)) // again at the next start
				f := h.facts(i.ID)[0]
				if !f.ExpiresAt.Equal(c.want) || f.ExpiresBy != c.wantBy {
					t.Errorf("it ends %s by %q, want %s by %q", f.ExpiresAt, f.ExpiresBy, c.want, c.wantBy)
				}
				if c.by == credential.ExpiryEntered && !f.EnteredEnd.Equal(c.at) {
					t.Errorf("what a person entered is %s, want %s", f.EnteredEnd, c.at)
				}
			})
		})
	}
}

// lasting is an instance whose credential lives for a year at most.
func (h *house) lasting() purser.Instance {
	h.t.Helper()
	i := h.create(connect.CreateInput{Connector: "atlassian", Name: "Wiki", Settings: map[string]string{"organization": "org"}})
	h.must(h.SetCredential(h.ctx, i.ID, "organization", map[string]string{"key": "a key"}))
	return i
}

func TestADeadlineOfACredentialWithALifeMovesBothWays(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.lasting()
		life := h.now().AddDate(0, 0, 365)
		for _, before := range []time.Time{life.AddDate(0, -3, 0), life.AddDate(0, 3, 0), {}} { // a deadline that was, one of another day, none
			h.write("UPDATE credential SET declared_at = ?", purser.MicrosOf(before))
			h.must(h.NoteDeadlines(h.ctx))
			if f := h.facts(i.ID)[0]; !f.ExpiresAt.Equal(life) || f.ExpiresBy != credential.ExpiryDeclared {
				t.Errorf("after %s: it ends %s by %q, want %s as declared", before, f.ExpiresAt, f.ExpiresBy, life)
			}
		}
		// What a person enters is kept beside it, and the earlier of both counts.
		early, late := purser.DayText(h.now().AddDate(0, 1, 0)), purser.DayText(h.now().AddDate(3, 0, 0))
		over, _ := purser.Zone(nil).EndOf(h.ctx, early)
		for _, c := range []struct {
			day  string
			want time.Time
			by   credential.ExpirySource
		}{{early, over, credential.ExpiryEntered}, {late, life, credential.ExpiryDeclared}, {"", life, credential.ExpiryDeclared}} {
			h.must(h.SetExpiry(h.ctx, i.ID, c.day))
			h.must(h.NoteDeadlines(h.ctx))
			f := h.facts(i.ID)[0]
			if !f.ExpiresAt.Equal(c.want) || f.ExpiresBy != c.by || f.EnteredOn != c.day || !f.DeclaredEnd.Equal(life) {
				t.Errorf("entered %s: %+v", c.day, f)
			}
		}
	})
}

func TestAnUnreadableInstanceLeavesTheDeadlinesOfTheOthers(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		broken, i := h.create(connect.CreateInput{Connector: sandbox.Xero, Name: "A broken one", Settings: map[string]string{"scopes": "classic"}}), h.older()
		h.must(h.SetCredential(h.ctx, broken.ID, "oauth", map[string]string{"client_id": h.creds.Xero.ClientID, "client_secret": h.creds.Xero.ClientSecret}))
		h.write("UPDATE credential SET declared_at = 0")
		h.write("UPDATE instance SET settings = 'no JSON' WHERE id = ?", broken.ID)
		if err := h.NoteDeadlines(h.ctx); err == nil || !strings.Contains(err.Error(), broken.ID) {
			t.Errorf("the one that cannot be read is not told: %v", err)
		}
		if f := h.facts(i.ID)[0]; f.ExpiresAt.IsZero() {
			t.Errorf("the other's deadline is not noted: %+v", f)
		}
	})
}

func TestWhatIsKeptIsSaidWhereACredentialIsEnteredAgain(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.older()
		kept, err := h.Fields(h.ctx, i.ID, "oauth")
		h.must(err)
		if len(kept.Stored) != 2 || kept.Shown["client_id"] != h.creds.Xero.ClientID || kept.Shown["client_secret"] != "" || !kept.Since.Equal(h.now()) {
			h.t.Errorf("kept %+v", kept)
		}
		if kept, err = h.Fields(h.ctx, i.ID, "another way"); err != nil || len(kept.Stored) > 0 {
			h.t.Errorf("of another way: %+v %v", kept, err)
		}
		h.write("UPDATE credential SET hosts = 'others'")
		if kept, err = h.Fields(h.ctx, i.ID, "oauth"); err != nil || len(kept.Stored) > 0 {
			h.t.Errorf("for other hosts nothing is kept: %+v %v", kept, err)
		}
	})
}
