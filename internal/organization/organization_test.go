package organization_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/organization"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

type allow struct{}

func (allow) Allow(ctx context.Context, op purser.Operation) error {
	if a, ok := purser.ActorFrom(ctx); ok && (a.Role == purser.RoleAdmin || op != purser.OpSettingWrite) {
		return nil
	}
	return &purser.Problem{Kind: purser.ProblemForbidden, What: "not permitted"}
}

type house struct {
	*organization.Service
	db   *store.DB
	ctx  context.Context
	mail bool
}

func each(t *testing.T, fn func(t *testing.T, h *house)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := &house{db: db, ctx: purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, Role: purser.RoleAdmin})}
		s, err := organization.New(organization.Options{DB: db, Gate: allow{}, Now: time.Now, MailWorks: func() bool { return h.mail },
			Category: func(connector string) string { return map[string]string{"people": "hr"}[connector] }})
		if err != nil {
			t.Fatal(err)
		}
		h.Service = s
		fn(t, h)
	})
}

func TestSettingsAreKeptInOneFormAndAudited(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		_, err := h.Set(h.ctx, purser.Organization{Name: "  Acme   Example ", MailDomains: []string{"@Example.com", "example.com.", " sub.example.org "}, Currency: "eur", TimeZone: "Europe/Berlin", FiscalStart: 4})
		if err != nil {
			t.Fatal(err)
		}
		got, err := h.Show(h.ctx)
		if err != nil || got.Name != "Acme Example" || !slices.Equal(got.MailDomains, []string{"example.com", "sub.example.org"}) || got.Currency != "EUR" || got.FiscalStart != 4 {
			t.Errorf("kept %+v %v", got, err)
		}
		if _, zone := h.Facts(t.Context()); zone.String() != "Europe/Berlin" {
			t.Errorf("pages are in %s", zone)
		}
		if _, err := h.Set(h.ctx, got); err != nil { // the same again is no change
			t.Fatal(err)
		}
		rows, err := store.AuditPage(t.Context(), h.db.Read(), store.AuditFilter{Object: "organization"}, 0, 10)
		if err != nil || len(rows) != 1 || !strings.Contains(rows[0].After, "Europe/Berlin") {
			t.Errorf("audited %+v %v", rows, err)
		}
	})
}

func TestWrongSettingsNameTheirFieldAndAreNotKept(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		for field, o := range map[string]purser.Organization{
			"name":         {Name: strings.Repeat("x", 101)},
			"mail_domains": {MailDomains: []string{"nonsense"}},
			"currency":     {Currency: "XYZ"},
			"time_zone":    {TimeZone: "Europe/Nowhere"},
			"fiscal_start": {FiscalStart: 13},
		} {
			_, err := h.Set(h.ctx, o)
			if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Field != field {
				t.Errorf("%+v: %v", o, err)
			}
		}
		for _, d := range []string{"10.0.0.1", "-a.example.com", "a..example.com", "exa mple.com", "példa.hu"} {
			if _, err := organization.Check(purser.Organization{MailDomains: []string{d}}); err == nil {
				t.Errorf("%q is taken for a mail domain", d)
			}
		}
		auditor := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, Role: purser.RoleAuditor})
		if _, err := h.Set(auditor, purser.Organization{Name: "X"}); err == nil {
			t.Error("an auditor changes settings")
		}
		if got, err := h.Show(h.ctx); err != nil || got.Name != "" || len(got.MailDomains) > 0 {
			t.Errorf("something was kept: %+v %v", got, err)
		}
	})
}

func TestStepsAreDoneWhenTheDataSaysSo(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		done := func() (all []string) {
			g, err := h.Start(h.ctx)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range g.Steps {
				if s.Done {
					all = append(all, s.Key)
				}
			}
			return all
		}
		if got := done(); len(got) > 0 {
			t.Errorf("done in an empty house: %v", got)
		}
		if _, err := h.Set(h.ctx, purser.Organization{Name: "Acme", MailDomains: []string{"example.com"}, Currency: "EUR", TimeZone: "UTC"}); err != nil {
			t.Fatal(err)
		}
		instance := func(name, connector string, confirmed bool) {
			err := h.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
				_, err := store.InsertInstance(ctx, tx, purser.Instance{ID: "ins_" + name, Name: name, Connector: connector, Status: purser.StatusLive, Confirmed: confirmed, Settings: map[string]string{}})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		instance("draft", "people", false)
		if got := done(); !slices.Equal(got, []string{"organization"}) {
			t.Errorf("done: %v", got)
		}
		instance("hr", "people", true)
		instance("chat", "chat", true)
		err := h.db.Write(t.Context(), func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(`INSERT INTO notice_recipient (id, email, added_at, added_by) VALUES ('rcp_1', 'a@example.com', 1, 'ada')`).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := done(); !slices.Equal(got, []string{"organization", "people", "second_source"}) {
			t.Errorf("done without a mail server: %v", got)
		}
		h.mail = true
		if err := h.Skip(h.ctx, "colleagues", true); err != nil {
			t.Fatal(err)
		}
		g, err := h.Start(h.ctx)
		if err != nil || !g.Over || g.Dismissed || !slices.Contains(done(), "notices") {
			t.Errorf("not over: %+v %v", g, err)
		}
		if err := h.Skip(h.ctx, "colleagues", false); err != nil {
			t.Fatal(err)
		}
		if g, err := h.Start(h.ctx); err != nil || g.Over {
			t.Errorf("a step that was taken up again counts as over: %+v %v", g, err)
		}
		if err := h.Dismiss(h.ctx, true); err != nil {
			t.Fatal(err)
		}
		if g, err := h.Start(h.ctx); err != nil || !g.Over {
			t.Errorf("dismissed and still shown: %v", err)
		}
		if err := h.Skip(h.ctx, "nonsense", true); err == nil {
			t.Error("a step that is none is skipped")
		}
	})
}

func TestAnAddressIsExternalOnlyWhereTheDomainsAreKnown(t *testing.T) {
	o := purser.Organization{MailDomains: []string{"example.com"}}
	for email, want := range map[string]purser.Tristate{"a@example.com": purser.No, "A@EXAMPLE.COM": purser.No, "a@mail.example.com": purser.No,
		"a@example.org": purser.Yes, "a@badexample.com": purser.Yes, "": purser.Unknown, "robot": purser.Unknown} {
		if got := o.External(email); got != want {
			t.Errorf("%q is %s, want %s", email, got, want)
		}
	}
	if got := (purser.Organization{}).External("a@example.org"); got != purser.Unknown {
		t.Errorf("without domains an address is %s", got)
	}
}
