package api

import (
	"context"

	"purser"
	"purser/internal/connect"
)

// instanceCare adds what changes and repairs an instance in place.
func (a *API) instanceCare() {
	add(a, call{method: "PATCH", path: "/instances/{id}", tag: "Instances", id: "editInstance", does: "Change name, owner or settings in place",
		op: purser.OpInstanceWrite, long: true, proof: true},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Name     *string           `json:"name,omitempty" minLength:"1" maxLength:"200"`
				Owner    *string           `json:"owner,omitempty" doc:"identifier or e-mail address of a user"`
				Settings map[string]string `json:"settings,omitempty" doc:"those that are not named keep their values; where hosts derive from them, the credential has to be entered again"`
				Version  int64             `json:"version,omitempty" doc:"refused if the instance was changed since; the newest without it"`
			}
		}) (*body[purser.Instance], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			b := in.Body
			if _, err := a.Connect.Edit(ctx, id, connect.Edit{Name: b.Name, Owner: b.Owner, Settings: b.Settings}, b.Version); err != nil {
				return nil, err
			}
			return answer(a.Connect.Instance(ctx, id))
		})
	add(a, call{method: "POST", path: "/instances/{id}/settings/preview", tag: "Instances", id: "previewSettings",
		does: "Say what other settings would mean for hosts and credential; nothing is saved", op: purser.OpInstanceWrite},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Settings map[string]string `json:"settings"`
			}
		}) (*body[connect.SettingsChange], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return answer(a.Connect.PreviewSettings(ctx, id, in.Body.Settings))
		})
	add(a, call{method: "GET", path: "/owners", tag: "Instances", id: "listOwners", does: "List the users to whom an instance can be given", op: purser.OpInstanceWrite},
		func(ctx context.Context, _ *none) (*body[items[connect.Owner]], error) {
			return whole(a.Connect.Owners(ctx))
		})
	add(a, call{method: "PUT", path: "/instances/{id}/hr-source", tag: "Instances", id: "setHRSource",
		does: "Say whether the instance may end a person's employment", op: purser.OpInstanceHR, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				HR bool `json:"hr_source"`
			}
		}) (*empty, error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return done(a.Connect.SetHR(ctx, id, in.Body.HR))
		})
	add(a, call{method: "POST", path: "/instances/{id}/check", tag: "Instances", id: "checkInstance",
		does: "Check again with the kept credential; if it works, the instance is live again and syncs", op: purser.OpCredentialSet, long: true},
		func(ctx context.Context, in *ByID) (*body[connect.TestResult], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return answer(a.Connect.CheckAgain(ctx, id))
		})
	a.step("discard", "discardCredential", "Give up a credential that was entered anew and not confirmed", purser.OpCredentialSet,
		func(ctx context.Context, id string) error { return a.Connect.Discard(ctx, id) })
	add(a, call{method: "GET", path: "/credentials", tag: "Credentials", id: "listCredentials",
		does: "List every credential with what is known of it; what is sealed is never shown", op: purser.OpInstanceRead},
		func(ctx context.Context, in *struct {
			Instance string `query:"instance" doc:"identifier or name"`
		}) (*body[items[connect.CredentialFacts]], error) {
			id, err := a.instanceID(ctx, in.Instance)
			if err != nil {
				return nil, err
			}
			return whole(a.Connect.Credentials(ctx, id))
		})
	add(a, call{method: "PUT", path: "/instances/{id}/credential/expiry", tag: "Credentials", id: "setCredentialExpiry",
		does: "Note on which day the credential ends, as the vendor's console shows it", op: purser.OpCredentialSet, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				ExpiresOn string `json:"expires_on" doc:"YYYY-MM-DD, the last day on which it is good; empty for no known end" example:"2027-01-31"`
			}
		}) (*empty, error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return done(a.Connect.SetExpiry(ctx, id, in.Body.ExpiresOn))
		})
	a.delegations()
}
