package view_test

import (
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/connect"
	"purser/internal/web/assets"
	"purser/internal/web/ui"
	"purser/internal/web/view"
)

func TestAFieldSaysThatItsValueIsKept(t *testing.T) {
	kit := ui.Kit{Assets: assets.Fake(), Now: time.Now}
	form := view.CredentialForm{Instance: purser.Instance{ID: "ins_1", Name: "Directory"}, Auth: "password",
		Option: connect.AuthOption{Name: "password", Fields: []connect.CredentialField{{Name: "user", Label: "User", Shown: true}, {Name: "password", Label: "Password"},
			{Name: "ca", Label: "Certificate", Help: "Of your own authority.", Format: "certificate", Shown: true, Optional: true}, {Name: "key", Label: "Key", Format: "pem"}}},
		Kept: connect.KeptFields{Since: time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC), Stored: []string{"user", "password", "ca"}, Shown: map[string]string{"user": "cn=purser", "ca": "-----BEGIN"}}}
	var b strings.Builder
	if err := view.Credential(ui.Page{}, form).Render(ui.WithCSRF(kit.Context(t.Context()), "tok-1"), &b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "One is kept since 3 November 2026: leave this empty to keep it."); n != 2 || !strings.Contains(b.String(), `value="cn=purser"`) ||
		!strings.Contains(b.String(), "Of your own authority. One is kept") {
		t.Errorf("%d fields say that theirs is kept:\n%s", n, b.String())
	}
}
