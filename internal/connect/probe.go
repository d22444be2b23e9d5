package connect

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/credential"
	"purser/internal/manifest"
	"purser/internal/store"
)

// Tenant is one organization that a credential reaches.
type Tenant struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// TestResult is what a live call found, in words a person can act on.
type TestResult struct {
	OK         bool         `json:"ok"`
	Account    string       `json:"account,omitempty"` // whose credential it is, where the vendor tells
	TenantID   string       `json:"tenant_id,omitempty"`
	TenantName string       `json:"tenant_name,omitempty"`
	Tenants    []Tenant     `json:"tenants,omitempty"` // the admin has to choose one of them
	Missing    []string     `json:"missing,omitempty"` // permissions that were not granted
	Message    string       `json:"message"`
	Hint       string       `json:"hint,omitempty"`
	Class      purser.Class `json:"class,omitempty"` // "" if it works
	Code       string       `json:"code,omitempty"`
	Pending    bool         `json:"pending"` // tested was a credential that is not confirmed yet
	tenantBase string       // the organization's own address at the vendor
}

// Test asks the vendor whose credential it is and whether it may read. What the
// vendor refuses is a result, not an error.
func (s *Service) Test(ctx context.Context, instanceID string) (TestResult, error) {
	if err := s.allow(ctx, purser.OpCredentialSet, instanceID); err != nil {
		return TestResult{}, err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return TestResult{}, err
	}
	if err := notDeleting(i); err != nil {
		return TestResult{}, err
	}
	id, pending, err := s.usable(ctx, i)
	if err != nil {
		return TestResult{}, err
	}
	r, record, err := s.testOf(ctx, i, id)
	r.Pending = pending
	if err != nil || record.ID == "" {
		return r, err
	}
	return r, s.keepTest(ctx, i, r, record.EnteredAt.UnixMicro())
}

// testOf asks the vendor with one credential of an instance. The record is empty
// if nothing was found that could be kept.
func (s *Service) testOf(ctx context.Context, i purser.Instance, id string) (TestResult, credential.Record, error) {
	record, err := s.record(ctx, i, id)
	if err != nil {
		return TestResult{}, credential.Record{}, err
	}
	tested := i
	tested.Auth = record.Auth
	r, err := s.dryTest(ctx, tested, id)
	if err != nil || r.Class != "" && r.Code != codeOtherTenant {
		return r, credential.Record{}, err
	}
	return r, record, nil
}

// dryTest asks the vendor and keeps nothing of the answer. That a secret was used
// stands in the audit log.
func (s *Service) dryTest(ctx context.Context, i purser.Instance, id string) (r TestResult, err error) {
	link, err := s.linkFor(ctx, i, id)
	if err == nil {
		defer link.Close()
		var before store.Tested
		if before, err = store.TestedOf(ctx, s.db.Read(), i.ID); err != nil {
			return r, err
		}
		r, err = s.try(ctx, i, link, before)
	}
	if err != nil {
		if r, err = s.told(i, err); err != nil {
			return r, err
		}
	}
	s.sameTenant(i, &r)
	return r, s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if r.OK {
			if err := store.UseCredential(ctx, tx, id, purser.MicrosOf(s.now())); err != nil {
				return err
			}
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: i.ID, ObjectName: i.Name, At: s.now(),
			After: map[string]any{"test": map[bool]string{true: "works", false: "does not work"}[r.OK], "class": string(r.Class), "tenant": r.TenantID, "account": r.Account}})
	})
}

// try asks for the tenant, then probes. before holds what was chosen or told already.
func (s *Service) try(ctx context.Context, i purser.Instance, link *Link, before store.Tested) (r TestResult, err error) {
	m := link.Connector.Manifest
	if err := s.identify(ctx, &i, link, before, &r); err != nil {
		return r, err
	}
	if len(r.Tenants) > 0 {
		r.Message = "The credential works. It reaches " + countOf(len(r.Tenants)) + ": choose the one that " + i.Name + " shall read."
		return r, nil
	}
	if r.Account == "" {
		if r.Account, err = s.inNameOf(ctx, link); err != nil {
			return r, err
		}
	}
	if err := link.probe(ctx, Vars(i)); err != nil {
		return r, err
	}
	if r.Missing, err = s.missing(ctx, i, link); err != nil {
		return r, err
	}
	r.OK = true
	r.Message = works(m, r)
	if len(r.Missing) > 0 {
		r.Hint = "Not granted, so what needs it is not read: " + strings.Join(r.Missing, ", ") + ". Add it at the vendor and authorize again, or go on without."
	}
	return r, nil
}

// inNameOf is the person whom a credential names itself, where the vendor does
// not tell: the administrator in whose name a service account reads.
func (s *Service) inNameOf(ctx context.Context, link *Link) (string, error) {
	for _, f := range link.Auth.Fields {
		if f.Format == "email" && f.Shown {
			shown, err := s.links.Broker.Shown(ctx, link.Session)
			return shown[f.Name], err
		}
	}
	return "", nil
}

// identify finds the vendor's own identity of what was connected and puts it
// into i and r. Where the admin chooses, an only one is chosen.
func (s *Service) identify(ctx context.Context, i *purser.Instance, link *Link, before store.Tested, r *TestResult) error {
	t := link.Connector.Tenant
	if t == nil {
		return nil
	}
	if t.From.Params != "" {
		r.TenantID, r.TenantName = before.TenantID, before.TenantName
		i.TenantID, i.TenantName = r.TenantID, r.TenantName
		return nil
	}
	var body []byte
	var err error
	switch {
	case t.From.Settings:
		body = []byte("{}")
	case t.From.Answer:
		body, err = link.Session.Answer(ctx)
	default:
		body, err = link.ask(ctx, "tenant", t.Request, t.Token, t.Tenant.Scopes, Vars(*i))
	}
	if err != nil {
		return err
	}
	found, err := t.Read(body, Vars(*i))
	if err != nil {
		return err
	}
	pick := 0
	if t.From.Choose && len(found) > 1 {
		want := before.TenantID
		if want == "" {
			want = i.TenantID // of a connected instance
		}
		pick = slices.IndexFunc(found, func(f manifest.Identity) bool { return f.ID == want })
		if pick < 0 {
			for _, f := range found {
				r.Tenants = append(r.Tenants, Tenant{ID: f.ID, Name: f.Name})
			}
			return nil
		}
	}
	r.TenantID, r.TenantName, r.Account = found[pick].ID, found[pick].Name, found[pick].Account
	r.tenantBase = found[pick].BaseURL
	i.TenantID, i.TenantName, i.TenantBase = r.TenantID, r.TenantName, r.tenantBase
	return nil
}

// missing returns the scopes that the enabled tasks need and that the vendor
// says it did not grant. A vendor that does not say is believed.
func (s *Service) missing(ctx context.Context, i purser.Instance, link *Link) ([]string, error) {
	tasks, err := s.asked(ctx, i)
	if err != nil {
		return nil, err
	}
	granted, err := link.grantedBy(ctx)
	if err != nil || granted == nil {
		return nil, err
	}
	var out []string
	m := link.Connector.Manifest
	for _, token := range tokenNames(link.Auth) {
		out = append(out, needed(m, token, tasks).Missing(granted[token]).Asked(m, i.Settings)...)
	}
	return out, nil
}

// codeOtherTenant says that a credential belongs to another organization.
const codeOtherTenant = "other_tenant"

// sameTenant refuses a credential of another organization for an instance that
// is connected already: its history belongs to the one that it was confirmed for.
func (s *Service) sameTenant(i purser.Instance, r *TestResult) {
	if !i.Confirmed || i.TenantID == "" || r.TenantID == "" || r.TenantID == i.TenantID {
		return
	}
	r.OK, r.Class, r.Code = false, purser.ClassConfig, codeOtherTenant
	r.Message = "This credential belongs to " + nameOf(r.TenantName, r.TenantID) + ", but " + i.Name + " is connected to " + nameOf(i.TenantName, i.TenantID) + "."
	r.Hint = "Authorize at " + nameOf(i.TenantName, i.TenantID) + ", or connect the other organization as an instance of its own."
}

func (s *Service) keepTest(ctx context.Context, i purser.Instance, r TestResult, entered int64) error {
	t := store.Tested{OK: r.OK, Pending: r.Pending, EnteredAt: entered, Account: r.Account, TenantID: r.TenantID, TenantName: r.TenantName, TenantBase: r.tenantBase, Missing: r.Missing}
	for _, o := range r.Tenants {
		t.Tenants = append(t.Tenants, store.TenantName(o))
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		// Vendors move organizations between their addresses: the last word counts.
		if moved := i.Confirmed && r.OK && r.TenantID == i.TenantID && r.tenantBase != i.TenantBase; moved {
			if err := store.SetTenantBase(ctx, tx, i.ID, r.tenantBase); err != nil {
				return err
			}
		}
		return store.PutTested(ctx, tx, i.ID, t)
	})
}

// ChooseTenant notes which of the organizations that a credential reaches shall
// be read. Test afterwards.
func (s *Service) ChooseTenant(ctx context.Context, instanceID, tenantID string) error {
	if err := s.allow(ctx, purser.OpCredentialSet, instanceID); err != nil {
		return err
	}
	i, err := store.Instance(ctx, s.db.Read(), instanceID)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		t, err := store.TestedOf(ctx, tx, i.ID)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(t.Tenants, func(o store.TenantName) bool { return o.ID == tenantID })
		if at < 0 {
			return &purser.Problem{Kind: purser.ProblemInvalid, Field: "tenant", What: "the credential does not reach this organization", Hint: "Test the connection again and choose from its list"}
		}
		if i.Confirmed && i.TenantID != "" && i.TenantID != tenantID {
			return &purser.Problem{Kind: purser.ProblemConflict, Field: "tenant", What: i.Name + " is connected to " + nameOf(i.TenantName, i.TenantID),
				Hint: "Connect the other organization as an instance of its own"}
		}
		t.OK, t.TenantID, t.TenantName = false, tenantID, t.Tenants[at].Name
		if err := store.PutTested(ctx, tx, i.ID, t); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpCredentialSet, Object: i.ID, ObjectName: i.Name, At: s.now(),
			After: map[string]any{"tenant": tenantID, "tenant_name": t.TenantName}})
	})
}
