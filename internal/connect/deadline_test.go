package connect_test

import (
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
	for _, c := range []struct {
		name   string
		at     time.Time
		by     credential.ExpirySource
		scopes string
		want   time.Time
		wantBy credential.ExpirySource
	}{
		{"entered before the deadline was known", time.Time{}, "", "classic", end, credential.ExpiryDeclared},
		{"of another day before", end.AddDate(0, 3, 0), credential.ExpiryDeclared, "classic", end, credential.ExpiryDeclared},
		{"the vendor takes more time", end.AddDate(0, -3, 0), credential.ExpiryDeclared, "classic", end, credential.ExpiryDeclared},
		{"a person knows an earlier end", end.AddDate(0, -1, 0), credential.ExpiryEntered, "classic", end.AddDate(0, -1, 0), credential.ExpiryEntered},
		{"a person has entered a later end", end.AddDate(1, 0, 0), credential.ExpiryEntered, "classic", end, credential.ExpiryDeclared},
		{"the vendor tells it of each", end.AddDate(0, 1, 0), credential.ExpiryRead, "classic", end.AddDate(0, 1, 0), credential.ExpiryRead},
		{"it has none any more", end, credential.ExpiryDeclared, "granular", time.Time{}, ""},
		{"a person's end where there is none", end, credential.ExpiryEntered, "granular", end, credential.ExpiryEntered},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, sandbox.Options{}, func(h *house) {
				i := h.older()
				h.write("UPDATE instance SET settings = ? WHERE id = ?", `{"scopes":"`+c.scopes+`"}`, i.ID)
				h.write("UPDATE credential SET expires_at = ?, expires_by = ?", purser.MicrosOf(c.at), string(c.by))
				h.must(h.NoteDeadlines(h.ctx))
				h.must(h.NoteDeadlines(h.ctx)) // again at the next start
				if f := h.facts(i.ID)[0]; !f.ExpiresAt.Equal(c.want) || f.ExpiresBy != c.wantBy {
					t.Errorf("it ends %s by %q, want %s by %q", f.ExpiresAt, f.ExpiresBy, c.want, c.wantBy)
				}
			})
		})
	}
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
