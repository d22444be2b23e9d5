package api

import (
	"context"

	"purser"
	"purser/internal/connect"
)

// step adds an operation that does one thing to an instance.
func (a *API) step(name, id, does string, op purser.Operation, do func(ctx context.Context, instanceID string) error) {
	add(a, call{method: "POST", path: "/instances/{id}/" + name, tag: "Instances", id: id, does: does, op: op, status: 204, long: true},
		func(ctx context.Context, in *ByID) (*empty, error) {
			instance, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return done(do(ctx, instance))
		})
}

func (a *API) instanceSteps() {
	a.instanceCare()
	add(a, call{method: "PUT", path: "/instances/{id}/credential", tag: "Instances", id: "setCredential", does: "Enter a credential; it is sealed and never shown",
		op: purser.OpCredentialSet, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Auth   string            `json:"auth,omitempty" doc:"way to authorize"`
				Fields map[string]string `json:"fields"`
			}
		}) (*empty, error) {
			i, err := a.Connect.Instance(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			auth := in.Body.Auth
			if auth == "" {
				auth = i.Auth
			}
			return done(a.Connect.SetCredential(ctx, i.ID, auth, in.Body.Fields))
		})
	add(a, call{method: "POST", path: "/instances/{id}/test", tag: "Instances", id: "testInstance", does: "Ask the vendor whether the credential works, and whose it is",
		op: purser.OpCredentialSet, long: true},
		func(ctx context.Context, in *ByID) (*body[connect.TestResult], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return answer(a.Connect.Test(ctx, id))
		})
	add(a, call{method: "PUT", path: "/instances/{id}/tenant", tag: "Instances", id: "chooseTenant", does: "Choose the tenant where the vendor knows several",
		op: purser.OpCredentialSet, status: 204},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				TenantID string `json:"tenant_id" minLength:"1"`
			}
		}) (*empty, error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return done(a.Connect.ChooseTenant(ctx, id, in.Body.TenantID))
		})
	a.step("confirm", "confirmInstance", "Confirm tenant and account: the instance goes live and syncs", purser.OpCredentialSet,
		func(ctx context.Context, id string) error { return a.Connect.Confirm(ctx, id) })
	a.step("activate", "activateInstance", "Sync again, at once and on schedule", purser.OpInstanceWrite,
		func(ctx context.Context, id string) error { return a.Connect.Activate(ctx, id) })
	a.step("deactivate", "deactivateInstance", "Stop syncing; token and data stay", purser.OpInstanceWrite,
		func(ctx context.Context, id string) error { return a.Connect.Deactivate(ctx, id) })
	a.syncInstance()
}
