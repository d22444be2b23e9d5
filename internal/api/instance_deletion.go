package api

import (
	"context"

	"purser"
)

// Deletions deletes an instance, or all that was read of its users; package deletion does.
type Deletions interface {
	Plan(ctx context.Context, instance string, scope purser.DeletionScope) (purser.DeletionPlan, error)
	Begin(ctx context.Context, instance string, scope purser.DeletionScope, understood bool) (purser.Deletion, error)
	Deletion(ctx context.Context, id string) (purser.Deletion, error)
	Deletions(ctx context.Context, instanceID string) ([]purser.Deletion, error)
}

func (a *API) deletions() {
	add(a, call{method: "GET", path: "/instances/{id}/deletions/plan", tag: "Instances", id: "planDeletion", does: "Count what a deletion would take and what would stay",
		op: purser.OpInstanceDelete},
		func(ctx context.Context, in *struct {
			ByID
			Scope purser.DeletionScope `query:"scope" enum:"users,instance" required:"true" doc:"users: all that was read of its users; instance: the instance with all that was read through it"`
		}) (*body[purser.DeletionPlan], error) {
			return answer(a.Deletions.Plan(ctx, in.ID, in.Scope))
		})
	add(a, call{method: "POST", path: "/instances/{id}/deletions", tag: "Instances", id: "beginDeletion", does: "Delete an instance, or all that was read of its users; it cannot be undone",
		op: purser.OpInstanceDelete, status: 202},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Scope       purser.DeletionScope `json:"scope" enum:"users,instance"`
				IUnderstand bool                 `json:"i_understand,omitempty" doc:"I understand that this action cannot be undone"`
			}
		}) (*body[purser.Deletion], error) {
			return answer(a.Deletions.Begin(ctx, in.ID, in.Body.Scope, in.Body.IUnderstand))
		})
	add(a, call{method: "GET", path: "/instances/{id}/deletions", tag: "Instances", id: "listDeletions", does: "List the deletions of an instance, also of one that is no more",
		op: purser.OpInstanceRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Deletion]], error) {
			id := in.ID
			if !purser.ValidID(purser.PrefixInstance, id) { // only one that is there has a name
				var err error
				if id, err = a.instanceID(ctx, id); err != nil {
					return nil, err
				}
			}
			return whole(a.Deletions.Deletions(ctx, id))
		})
	add(a, call{method: "GET", path: "/deletions/{id}", tag: "Instances", id: "getDeletion", does: "Show how far a deletion is, or what it took",
		op: purser.OpInstanceRead},
		func(ctx context.Context, in *ByID) (*body[purser.Deletion], error) {
			return answer(a.Deletions.Deletion(ctx, in.ID))
		})
}
