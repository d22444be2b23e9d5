package connect_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"

	"purser"
	"purser/internal/connect"
	"purser/internal/egress"
	"purser/internal/sandbox"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

// movingVendor is a vendor whose organizations each live on a server of their own.
type movingVendor struct {
	*httptest.Server
	home  atomic.Value // address of the second organization, as the vendor tells it
	asked atomic.Value // host that was asked for users last
}

func playMovingVendor(t *testing.T) *movingVendor {
	t.Helper()
	v := &movingVendor{}
	v.home.Store("https://eu.docusign.net")
	v.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch r.URL.Path {
		case "/oauth/token":
			_, _ = fmt.Fprint(w, `{"access_token":"canary","token_type":"Bearer","expires_in":3600}`)
		case "/oauth/userinfo":
			_, _ = fmt.Fprintf(w, `{"accounts":[{"account_id":"a1","account_name":"Acme Test","base_uri":"https://na3.docusign.net"},
				{"account_id":"a2","account_name":"Acme","base_uri":"%s"}]}`, v.home.Load())
		case "/restapi/v2.1/accounts/a2/users":
			v.asked.Store(r.Host)
			_, _ = fmt.Fprint(w, `{"users":[{"userId":"u1"}],"totalSetSize":"1"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(v.Close)
	return v
}

func (v *movingVendor) hosts(t *testing.T) egress.VendorMap {
	t.Helper()
	at, err := url.Parse(v.URL)
	if err != nil {
		t.Fatal(err)
	}
	led := egress.VendorMap{}
	for _, host := range []string{"account.docusign.com", "na3.docusign.net", "eu.docusign.net", "na4.docusign.net"} {
		led[host] = at
	}
	return led
}

func serviceKey(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}))
}

func TestAnOrganizationIsAskedWhereTheVendorSaysThatItLives(t *testing.T) {
	key := serviceKey(t)
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		v := playMovingVendor(t)
		h := build(t, db, sandbox.Options{}, v.hosts(t))
		i := h.create(connect.CreateInput{Connector: "docusign", Name: "Signatures"})
		h.must(h.SetCredential(h.ctx, i.ID, "service", map[string]string{"client_id": "key", "user_id": "user", "private_key": key}))
		if r := h.test(i.ID); r.OK || len(r.Tenants) != 2 {
			t.Fatalf("test %+v", r)
		}
		h.must(h.ChooseTenant(h.ctx, i.ID, "a2"))
		if r := h.test(i.ID); !r.OK || v.asked.Load() != "eu.docusign.net" {
			t.Fatalf("test %+v, asked at %v", r, v.asked.Load())
		}
		h.must(h.Confirm(h.ctx, i.ID))
		i = h.instance(i.ID)
		if base, _ := connect.Vars(i)("tenant.base_url"); base != "https://eu.docusign.net/restapi/v2.1" || i.TenantID != "a2" {
			t.Errorf("requests go to %q of %q", base, i.TenantID)
		}
		// The vendor moves the organization: the next test notes it, and nothing has to be confirmed.
		v.home.Store("https://na4.docusign.net")
		if r := h.test(i.ID); !r.OK || h.instance(i.ID).TenantBase != "https://na4.docusign.net/restapi/v2.1" || v.asked.Load() != "na4.docusign.net" {
			t.Errorf("after a move: %+v, base %q, asked at %v", r, h.instance(i.ID).TenantBase, v.asked.Load())
		}
		// An address outside the listed hosts is not asked, and not kept.
		v.home.Store("https://elsewhere.example")
		if r := h.test(i.ID); r.OK || r.Class != purser.ClassConfig || h.instance(i.ID).TenantBase != "https://na4.docusign.net/restapi/v2.1" {
			t.Errorf("a foreign address: %+v, base %q", r, h.instance(i.ID).TenantBase)
		}
	})
}
