package api

import (
	"context"
	"errors"
	"time"

	"purser"
	"purser/internal/audit"
)

// verified is the result of a walk along the audit log.
type verified struct {
	Whole   bool   `json:"whole"`
	Entries int64  `json:"entries"`          // that hold
	Broken  int64  `json:"broken,omitempty"` // the first entry that is not as it was written
	Message string `json:"message,omitempty"`
}

func (a *API) auditLog() {
	add(a, call{method: "GET", path: "/audit", tag: "Audit log", id: "listAudit", does: "List what was done, the newest first", op: purser.OpAuditRead},
		func(ctx context.Context, in *struct {
			Paging
			Operation string    `query:"operation"`
			Actor     string    `query:"actor" doc:"identifier of who did it"`
			Object    string    `query:"object" doc:"identifier of what was changed"`
			Since     time.Time `query:"since"`
			Until     time.Time `query:"until"`
		}) (*body[purser.List[audit.Line]], error) {
			f := audit.Filter{Operation: purser.Operation(in.Operation), ActorID: in.Actor, Object: in.Object, Since: in.Since, Until: in.Until}
			return listed(a.Audit.List(ctx, f, in.page()))
		})
	add(a, call{method: "GET", path: "/audit/verify", tag: "Audit log", id: "verifyAudit", does: "Walk the chain of hashes from the first entry",
		op: purser.OpAuditRead, long: true},
		func(ctx context.Context, _ *none) (*body[verified], error) {
			n, err := a.Audit.Verify(ctx)
			if broken, ok := errors.AsType[*audit.Broken](err); ok {
				return answer(verified{Entries: n, Broken: broken.Seq, Message: broken.Error()}, nil)
			}
			return answer(verified{Whole: true, Entries: n}, err)
		})
}
