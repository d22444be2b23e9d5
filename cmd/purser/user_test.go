package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// accept opens an invitation's link as the invited person would.
func (h *house) accept(link, name string) {
	h.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		h.t.Fatal(err)
	}
	res, err := http.PostForm(h.url+"/setup", url.Values{"token": {u.Query().Get("token")}, "name": {name}, "password": {"correct horse battery"}})
	if err != nil {
		h.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if body, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusOK {
		h.t.Fatalf("the invitation is answered with %d: %s", res.StatusCode, body)
	}
}

func TestUsersAreInvitedChangedAndRemovedFromTheShell(t *testing.T) {
	h := open(t)
	h.serve()
	h.scriptText("user", `
> user list --json
< []
> user invite nobody --role operator
! email
= 1
> user invite bob@example.com --role king
! --role
= 2
> user role bob@example.com operator
! there is no user "bob@example.com"
= 1
`)
	code, link, errs := h.purser("user", "invite", "Bob@Example.com", "--role", "operator")
	if code != 0 || !strings.HasPrefix(link, h.url+"/setup?token=") || !strings.Contains(errs, "bob@example.com") {
		t.Fatalf("exit code %d: %s%s", code, link, errs)
	}
	var open []struct{ ID, Email string }
	_, out, _ := h.purser("user", "invite", "eve@example.com", "--role", "auditor", "--json")
	if !strings.Contains(out, `"url": "`+h.url+`/setup?token=`) {
		t.Errorf("the invitation as JSON has no link: %s", out)
	}
	_, out, _ = h.purser("invitation", "list", "--json")
	if err := json.Unmarshal([]byte(out), &open); err != nil || len(open) != 2 || strings.Contains(out, "token=") {
		t.Fatalf("the open invitations (%v): %s", err, out)
	}
	for _, i := range open {
		if i.Email == "eve@example.com" {
			h.scriptText("withdraw", "> invitation withdraw "+i.ID+"\n< is withdrawn\n> invitation withdraw "+i.ID+"\n! there is no invitation\n= 1")
		}
	}
	h.accept(strings.TrimSpace(link), "Bob Example")
	_, link, _ = h.purser("user", "invite", "carol@example.com", "--role", "finance")
	h.accept(strings.TrimSpace(link), "Carol Example")
	h.scriptText("user", `
> invitation list --json
< []
> user list
< bob@example.com
< operator
> user role BOB@example.com admin --json
< "id": "usr_
> user list --json
< "role": "admin"
> user remove bob@example.com
! this is the last admin
= 1
> user role bob@example.com auditor
! this is the last admin
= 1
> user reset-totp carol@example.com
! has no second factor
= 1
> sign-in show
< required: no
> sign-in set
! nothing is named
= 2
> sign-in set --require-totp=on --json
< "require_totp": true
> sign-in set --passwords=off
! no provider of OpenID Connect is configured
= 1
> sign-in show
< required: yes
< accepted: yes
> user remove carol@example.com
< is removed
> user list
~ carol@example.com
> audit list --operation user.write
< bob@example.com
`)
}
