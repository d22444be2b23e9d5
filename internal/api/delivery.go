package api

import (
	"context"

	"purser"
	"purser/internal/notify"
)

func (a *API) endpoints() {
	add(a, call{method: "GET", path: "/notifications/endpoints", tag: "Notifications", id: "listEndpoints", does: "List webhooks and chats, without their addresses",
		op: purser.OpSettingRead},
		func(ctx context.Context, _ *none) (*body[items[notify.Endpoint]], error) {
			return whole(a.Notify.Endpoints(ctx))
		})
	add(a, call{method: "POST", path: "/notifications/endpoints", tag: "Notifications", id: "addEndpoint",
		does: "Add a webhook, or a chat; the answer holds the webhook's secret, once", op: purser.OpSettingWrite, status: 201, proof: true, creates: true},
		func(ctx context.Context, in *struct {
			Body struct {
				Name   string             `json:"name" minLength:"1" maxLength:"100"`
				URL    string             `json:"url" minLength:"1" maxLength:"2000" doc:"https://…; sealed and never shown"`
				Format string             `json:"format,omitempty" doc:"how a chat wants its messages: see listChatFormats; none: a signed webhook"`
				Kinds  []purser.EventKind `json:"kinds,omitempty" doc:"none: every kind"`
			}
		}) (*body[madeEndpoint], error) {
			e, secret, err := a.Notify.AddEndpoint(ctx, notify.NewEndpoint{Name: in.Body.Name, URL: in.Body.URL, Format: in.Body.Format, Kinds: in.Body.Kinds})
			return answer(madeEndpoint{e, secret}, err)
		})
	add(a, call{method: "DELETE", path: "/notifications/endpoints/{id}", tag: "Notifications", id: "removeEndpoint",
		does: "Remove a webhook or chat; what waits for it is dropped", op: purser.OpSettingWrite, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Notify.RemoveEndpoint(ctx, in.ID)) })
	add(a, call{method: "GET", path: "/notifications/formats", tag: "Notifications", id: "listChatFormats", does: "List the chats whose messages are known",
		op: purser.OpSettingRead},
		func(context.Context, *none) (*body[items[notify.ChatFormat]], error) {
			return whole(notify.ChatFormats())
		})
}

func (a *API) deliveries() {
	add(a, call{method: "GET", path: "/notifications/deliveries", tag: "Notifications", id: "listDeliveries", does: "List what people were told, and what waits or failed, the newest first",
		op: purser.OpSettingRead},
		func(ctx context.Context, in *struct {
			Paging
			State    string `query:"state" doc:"waiting, sending, sent, failed, unsure or dropped"`
			Way      string `query:"way" enum:"mail,webhook,chat"`
			Instance string `query:"instance" doc:"id of an instance"`
		}) (*body[purser.List[notify.Delivery]], error) {
			return listed(a.Notify.Deliveries(ctx, notify.Filter{State: in.State, Way: in.Way, InstanceID: in.Instance}, in.page()))
		})
	add(a, call{method: "GET", path: "/notifications/deliveries/{id}", tag: "Notifications", id: "getDelivery", does: "Show one delivery with each try",
		op: purser.OpSettingRead},
		func(ctx context.Context, in *ByID) (*body[notify.Delivery], error) {
			return answer(a.Notify.Delivery(ctx, in.ID))
		})
	add(a, call{method: "POST", path: "/notifications/deliveries/{id}/retry", tag: "Notifications", id: "retryDelivery",
		does: "Send again what failed, or what nobody knows the end of", op: purser.OpSettingWrite, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Notify.Retry(ctx, in.ID)) })
	add(a, call{method: "POST", path: "/notifications/deliveries/{id}/drop", tag: "Notifications", id: "dropDelivery",
		does: "Leave what failed or waits as it is: it needs nobody any more", op: purser.OpSettingWrite, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Notify.Drop(ctx, in.ID)) })
}
