package api

import (
	"context"

	"purser"
	"purser/internal/notify"
)

// Notify tells people what changed; package notify does.
type Notify interface {
	State(ctx context.Context) (notify.Outbox, error)
	Recipients(ctx context.Context, instanceID string) (notify.Audience, error)
	AddRecipients(ctx context.Context, instanceID, text string) (added int, err error)
	RemoveRecipient(ctx context.Context, instanceID, email string) error
	Endpoints(ctx context.Context) ([]notify.Endpoint, error)
	AddEndpoint(ctx context.Context, n notify.NewEndpoint) (e notify.Endpoint, secret string, err error)
	RemoveEndpoint(ctx context.Context, idOrName string) error
	Deliveries(ctx context.Context, f notify.Filter, page purser.Page) (purser.List[notify.Delivery], error)
	Delivery(ctx context.Context, id string) (notify.Delivery, error)
	Retry(ctx context.Context, id string) error
	Drop(ctx context.Context, id string) error
	SendTest(ctx context.Context, to string) (notify.Delivery, error)
}

// newRecipients are addresses to be told.
type newRecipients struct {
	Email string `json:"email" minLength:"3" maxLength:"10000" doc:"one address, or several divided by commas"`
}

// added is how many were new.
type addedRecipients struct {
	Added int `json:"added"`
}

// madeEndpoint is a webhook or chat with the secret that it is signed with, shown this once.
type madeEndpoint struct {
	notify.Endpoint
	Secret string `json:"secret,omitempty"`
}

func (a *API) notifications() {
	add(a, call{method: "GET", path: "/notifications", tag: "Notifications", id: "getNotifications", does: "Say how telling people stands: the mail server, and what waits or failed",
		op: purser.OpSettingRead},
		func(ctx context.Context, _ *none) (*body[notify.Outbox], error) { return answer(a.Notify.State(ctx)) })
	a.recipients("/notifications/recipients", "Recipients", "who is told of everything", purser.OpSettingRead, purser.OpSettingWrite)
	a.recipients("/instances/{id}/recipients", "InstanceRecipients", "who is told of one instance, besides", purser.OpInstanceRead, purser.OpInstanceWrite)
	a.endpoints()
	a.deliveries()
	add(a, call{method: "POST", path: "/notifications/test", tag: "Notifications", id: "testNotification",
		does: "Send one message now, to an address or to a webhook or chat, and say how that went", op: purser.OpSettingWrite, long: true},
		func(ctx context.Context, in *struct {
			Body struct {
				To string `json:"to" minLength:"1" maxLength:"300" doc:"an e-mail address, or the id or name of a webhook or chat"`
			}
		}) (*body[notify.Delivery], error) {
			return answer(a.Notify.SendTest(ctx, in.Body.To))
		})
}

func (a *API) recipients(path, name, whom string, read, write purser.Operation) {
	instance := func(ctx context.Context, id string) (string, error) {
		if id == "" {
			return "", nil
		}
		return a.instanceID(ctx, id)
	}
	list := func(ctx context.Context, id string) (*body[notify.Audience], error) {
		id, err := instance(ctx, id)
		if err != nil {
			return nil, err
		}
		return answer(a.Notify.Recipients(ctx, id))
	}
	create := func(ctx context.Context, id, text string) (*body[addedRecipients], error) {
		id, err := instance(ctx, id)
		if err != nil {
			return nil, err
		}
		n, err := a.Notify.AddRecipients(ctx, id, text)
		return answer(addedRecipients{n}, err)
	}
	remove := func(ctx context.Context, id, email string) (*empty, error) {
		id, err := instance(ctx, id)
		if err != nil {
			return nil, err
		}
		return done(a.Notify.RemoveRecipient(ctx, id, email))
	}
	get := call{method: "GET", path: path, tag: "Notifications", id: "list" + name, does: "List " + whom, op: read}
	post := call{method: "POST", path: path, tag: "Notifications", id: "add" + name, does: "Add addresses to " + whom, op: write}
	del := call{method: "DELETE", path: path + "/{email}", tag: "Notifications", id: "remove" + name, does: "Take an address from " + whom, op: write, status: 204}
	if name == "Recipients" {
		add(a, get, func(ctx context.Context, _ *none) (*body[notify.Audience], error) { return list(ctx, "") })
		add(a, post, func(ctx context.Context, in *body[newRecipients]) (*body[addedRecipients], error) {
			return create(ctx, "", in.Body.Email)
		})
		add(a, del, func(ctx context.Context, in *struct {
			Email string `path:"email"`
		}) (*empty, error) {
			return remove(ctx, "", in.Email)
		})
		return
	}
	add(a, get, func(ctx context.Context, in *ByID) (*body[notify.Audience], error) { return list(ctx, in.ID) })
	add(a, post, func(ctx context.Context, in *struct {
		ByID
		Body newRecipients
	}) (*body[addedRecipients], error) {
		return create(ctx, in.ID, in.Body.Email)
	})
	add(a, del, func(ctx context.Context, in *struct {
		ByID
		Email string `path:"email"`
	}) (*empty, error) {
		return remove(ctx, in.ID, in.Email)
	})
}
