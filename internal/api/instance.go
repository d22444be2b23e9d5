package api

import (
	"context"
	"slices"

	"purser"
	"purser/internal/connect"
)

// instanceID returns the identifier of the instance of that identifier or name,
// "" for "".
func (a *API) instanceID(ctx context.Context, idOrName string) (string, error) {
	if idOrName == "" {
		return "", nil
	}
	i, err := a.Connect.Instance(ctx, idOrName)
	return i.ID, err
}

func (a *API) instances() {
	add(a, call{method: "GET", path: "/instances", tag: "Instances", id: "listInstances", does: "List instances with how each stands, the most urgent first", op: purser.OpInstanceRead},
		func(ctx context.Context, in *struct {
			Query     string          `query:"q" doc:"part of the name"`
			Connector string          `query:"connector"`
			Status    []purser.Status `query:"status" doc:"draft, live, inactive, revoked, deleting; any of them"`
			Attention bool            `query:"attention" doc:"only those that somebody should look at"`
		}) (*body[items[purser.Placed]], error) {
			all, err := a.Connect.Standings(ctx, connect.InstanceFilter{Query: in.Query, Connector: in.Connector, Status: in.Status})
			if in.Attention {
				all = slices.DeleteFunc(all, func(p purser.Placed) bool { return !p.Standing.Urgent() })
			}
			return whole(all, err)
		})
	add(a, call{method: "POST", path: "/instances", tag: "Instances", id: "createInstance", does: "Make a draft of an instance",
		op: purser.OpInstanceWrite, status: 201, creates: true},
		func(ctx context.Context, in *struct {
			Body struct {
				Connector  string            `json:"connector" minLength:"1"`
				Name       string            `json:"name,omitempty" maxLength:"200"`
				Auth       string            `json:"auth,omitempty" doc:"the recommended way without it"`
				Settings   map[string]string `json:"settings,omitempty"`
				Tasks      []purser.TaskName `json:"tasks,omitempty" doc:"the connector's usual ones without it"`
				SetUpLater bool              `json:"set_up_later,omitempty" doc:"only note the application"`
			}
		}) (*body[purser.Instance], error) {
			b := in.Body
			return answer(a.Connect.Create(ctx, connect.CreateInput{Connector: b.Connector, Name: b.Name, Auth: b.Auth, Settings: b.Settings,
				Tasks: b.Tasks, SetUpLater: b.SetUpLater}))
		})
	add(a, call{method: "GET", path: "/instances/{id}", tag: "Instances", id: "getInstance", does: "Show an instance with how it stands, by identifier or name", op: purser.OpInstanceRead},
		func(ctx context.Context, in *ByID) (*body[purser.Placed], error) {
			i, err := a.Connect.Instance(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			st, err := a.Connect.Stand(ctx, i.ID)
			return answer(purser.Placed{Instance: i, Standing: st}, err)
		})
	add(a, call{method: "GET", path: "/instances/{id}/tasks", tag: "Instances", id: "listTasks", does: "Show the task table", op: purser.OpInstanceRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.InstanceTask]], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return whole(a.Connect.Tasks(ctx, id))
		})
	a.setTask()
	add(a, call{method: "GET", path: "/instances/{id}/result", tag: "Instances", id: "getResult", does: "Say what the first sync brought", op: purser.OpInstanceRead},
		func(ctx context.Context, in *ByID) (*body[connect.Result], error) {
			id, err := a.instanceID(ctx, in.ID)
			if err != nil {
				return nil, err
			}
			return answer(a.Connect.Result(ctx, id))
		})
}
