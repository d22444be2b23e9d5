package connect_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/connect"
	"purser/internal/credential"
	"purser/internal/sandbox"
)

func (h *house) facts(id string) []connect.CredentialFacts {
	h.t.Helper()
	all, err := h.Credentials(h.ctx, id)
	h.must(err)
	return all
}

func TestACredentialIsDescribedWithoutItsSecret(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		entered := h.now()
		all := h.facts("")
		if len(all) != 1 {
			h.t.Fatalf("credentials %+v", all)
		}
		f := all[0]
		if f.InstanceID != i.ID || f.Pending || f.Kind != "key or token" || f.TenantID != i.TenantID || f.Unusable != "" || !f.EnteredAt.Equal(entered) || f.UsedAt.IsZero() {
			h.t.Errorf("facts %+v", f)
		}
		if want := "https://" + h.creds.Okta.Domain + "/admin/access/api/tokens"; f.RevokeURL != want {
			h.t.Errorf("taken back at %q, want %q", f.RevokeURL, want)
		}
		if !f.IdleUntil.Equal(f.UsedAt.Add(30 * 24 * time.Hour)) {
			h.t.Errorf("unused until %s, last used %s", f.IdleUntil, f.UsedAt)
		}
		// A run that read something is a use.
		h.pass(48 * time.Hour)
		h.write(`INSERT INTO run (id, instance_id, instance_no, task, state, cause, due_at, queued_at, ended_at) VALUES ('run_1', ?, ?, 'x', 'succeeded', 'manual', 0, 0, ?)`,
			i.ID, i.No, h.now().UnixMicro())
		if f = h.facts(i.ID)[0]; !f.UsedAt.Equal(h.now()) {
			h.t.Errorf("last used %s, want %s", f.UsedAt, h.now())
		}
		h.must(h.SetCredential(h.ctx, i.ID, "api_token", map[string]string{"token": "another"}))
		if all = h.facts(i.ID); len(all) != 2 || all[0].Pending || !all[1].Pending {
			h.t.Errorf("beside the one in use: %+v", all)
		}
	})
}

func TestTheEndOfACredentialIsNotedAndOfWhoseItIs(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.okta()
		day := h.now().AddDate(0, 2, 0).Truncate(24 * time.Hour)
		h.must(h.SetExpiry(h.ctx, i.ID, purser.DayText(day)))
		if f := h.facts(i.ID)[0]; !f.ExpiresAt.Equal(day.Add(24*time.Hour-time.Second)) || f.EnteredOn != purser.DayText(day) || f.ExpiresBy != credential.ExpiryEntered {
			h.t.Errorf("facts %+v", f)
		}
		if err := h.SetExpiry(h.ctx, i.ID, purser.DayText(h.now().AddDate(-1, 0, 0))); problem(h.t, err).Field != "expires_on" {
			h.t.Errorf("a day of last year: %v", err)
		}
		// Late in the evening in the west it is today that London calls the day before.
		h.zone = time.FixedZone("west", -10*3600)
		h.pass(h.now().Truncate(24 * time.Hour).Add(28*time.Hour + 30*time.Minute).Sub(h.now()))
		h.must(h.SetExpiry(h.ctx, i.ID, purser.DayText(h.now().Add(-28*time.Hour))))
		h.zone = time.FixedZone("east", 14*3600)
		if err := h.SetExpiry(h.ctx, i.ID, purser.DayText(h.now().Add(-24*time.Hour))); problem(h.t, err).Field != "expires_on" {
			h.t.Errorf("yesterday in the east: %v", err)
		}
		h.zone = nil
		h.pass(100 * 24 * time.Hour)
		if f := h.facts(i.ID)[0]; !strings.Contains(f.Unusable, "passed") {
			h.t.Errorf("after its end: %+v", f)
		}
		h.must(h.SetExpiry(h.ctx, i.ID, ""))
		if f := h.facts(i.ID)[0]; !f.ExpiresAt.IsZero() || f.ExpiresBy != "" {
			h.t.Errorf("given up: %+v", f)
		}
		h.write("UPDATE instance SET settings = ? WHERE id = ?", `{"domain":"other.okta.com"}`, i.ID)
		if f := h.facts(i.ID)[0]; !strings.Contains(f.Unusable, "other hosts") {
			h.t.Errorf("at other hosts: %+v", f)
		}
		if err := h.SetExpiry(h.ctx, h.create(connect.CreateInput{Connector: sandbox.Slack}).ID, purser.DayText(h.now().AddDate(0, 1, 0))); problem(h.t, err).Kind != purser.ProblemConflict {
			h.t.Errorf("of no credential: %v", err)
		}
	})
}

// A day that a person entered lasts until it is over where the organization is, also
// where the clock is changed on that day.
func TestACredentialIsGoodUntilItsLastDayIsOverInTheOrganizationsZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, zone := range []*time.Location{time.FixedZone("west", -10*3600), time.UTC, time.FixedZone("east", 14*3600), berlin} {
		each(t, sandbox.Options{}, func(h *house) {
			i := h.okta()
			h.zone = zone
			year := h.now().In(zone).Year() + 1
			for _, day := range []time.Time{lastSunday(year, time.March, zone), lastSunday(year, time.October, zone)} { // clocks change on both
				on := purser.DayText(day)
				h.must(h.SetExpiry(h.ctx, i.ID, on))
				over := time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, zone)
				h.pass(over.Add(-time.Minute).Sub(h.now()))
				f, one := h.facts(i.ID)[0], h.stand(i.ID)
				if f.Unusable != "" || f.EnteredOn != on || !strings.Contains(one, "ends within a day") {
					h.t.Errorf("%s, in the last minute of %s: %+v %q", zone, on, f, one)
				}
				h.pass(2 * time.Minute)
				if f, one := h.facts(i.ID)[0], h.stand(i.ID); !strings.Contains(f.Unusable, "passed") || !strings.Contains(one, "has ended") {
					h.t.Errorf("%s, in the first minute after %s: %+v %q", zone, on, f, one)
				}
			}
		})
	}
}

// stand is what the row of an instance says that is to be cared for.
func (h *house) stand(id string) (said string) {
	h.t.Helper()
	st, err := h.Stand(h.ctx, id)
	h.must(err)
	for _, c := range st.Care {
		said += c.Sentence
	}
	return said
}

func lastSunday(year int, month time.Month, zone *time.Location) time.Time {
	end := time.Date(year, month+1, 0, 0, 0, 0, 0, zone)
	return end.AddDate(0, 0, -int(end.Weekday()))
}

func TestACredentialNamesThePersonInWhoseNameItReads(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Google, Name: "Workspace"})
		h.must(h.SetCredential(h.ctx, i.ID, "", map[string]string{"service_account": h.creds.Google.ServiceAccountJSON, "admin": h.creds.Google.Admin}))
		if r := h.test(i.ID); r.Account != h.creds.Google.Admin {
			h.t.Errorf("test %+v", r)
		}
	})
}

// Whose credential it is, is a name: mostly the address of somebody who works here.
func TestWhoseCredentialItIsStaysWithThoseWhoMaySeeNames(t *testing.T) {
	each(t, sandbox.Options{}, func(h *house) {
		i := h.create(connect.CreateInput{Connector: sandbox.Google, Name: "Workspace"})
		h.must(h.SetCredential(h.ctx, i.ID, "", map[string]string{"service_account": h.creds.Google.ServiceAccountJSON, "admin": h.creds.Google.Admin}))
		h.must(h.db.Write(h.ctx, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE instance SET account = 'ada@example.com', confirmed = TRUE")
			return err
		}))
		for _, want := range []string{"ada@example.com", "somebody"} {
			one, err := h.Instance(h.ctx, i.ID)
			h.must(err)
			all, err := h.Instances(h.ctx, connect.InstanceFilter{})
			h.must(err)
			credentials, err := h.Credentials(h.ctx, i.ID)
			h.must(err)
			if one.Account != want || len(all) != 1 || all[0].Account != want || len(credentials) != 1 || credentials[0].Account != want {
				h.t.Errorf("want %q: %q, %+v, %+v", want, one.Account, all, credentials)
			}
			h.gate.no[purser.OpNameRead] = true
		}
	})
}
