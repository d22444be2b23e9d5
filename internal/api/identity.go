package api

import (
	"context"

	"purser"
	"purser/internal/inventory"
)

// Identity says whose accounts are, as people decide it; package identity does.
type Identity interface {
	Link(ctx context.Context, account, person string) (purser.Account, error)
	Unlink(ctx context.Context, account string) (purser.Account, error)
	SetKind(ctx context.Context, account, kind string) (purser.Account, error)
	Undo(ctx context.Context, account string) (purser.Account, error)
	Unmatched(ctx context.Context, f inventory.AccountFilter, page purser.Page) (purser.List[purser.Unmatched], error)
	Suggest(ctx context.Context, account string) ([]purser.Suggestion, error)
	Merge(ctx context.Context, one, other string) (purser.Person, error)
	Split(ctx context.Context, row string) (purser.Person, error)
	Rows(ctx context.Context, person string) ([]purser.PersonRow, error)
	Rules(ctx context.Context) (purser.MatchRules, error)
	SetRules(ctx context.Context, r purser.MatchRules) (purser.MatchRules, error)
	Truth(ctx context.Context, person string) ([]purser.FieldTruth, error)
	AccountTruth(ctx context.Context, account string) ([]purser.FieldTruth, error)
	Orders(ctx context.Context) ([]purser.FieldOrder, error)
	SetOrder(ctx context.Context, o purser.SourceOrder) ([]purser.FieldOrder, error)
}

func (a *API) identity() {
	const tag = "Identity"
	a.truth(tag)
	add(a, call{method: "GET", path: "/unmatched-accounts", tag: tag, id: "listUnmatchedAccounts", op: purser.OpAccountRead,
		does: "List accounts behind which one expects a person and knows none, with whom they may belong to"},
		func(ctx context.Context, in *struct {
			Paging
			AccountQuery
		}) (*body[purser.List[purser.Unmatched]], error) {
			return listed(a.Identity.Unmatched(ctx, in.filter(), in.page()))
		})
	add(a, call{method: "GET", path: "/accounts/{id}/suggestions", tag: tag, id: "suggestPeople", does: "List to whom an account may belong, the likeliest first", op: purser.OpAccountRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.Suggestion]], error) {
			return whole(a.Identity.Suggest(ctx, in.ID))
		})
	add(a, call{method: "PUT", path: "/accounts/{id}/person", tag: tag, id: "linkAccount", does: "Say whose an account is; no rule changes it", op: purser.OpIdentitySet},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				PersonID string `json:"person_id" doc:"per_<number>"`
			}
		}) (*body[purser.Account], error) {
			return answer(a.Identity.Link(ctx, in.ID, in.Body.PersonID))
		})
	add(a, call{method: "DELETE", path: "/accounts/{id}/person", tag: tag, id: "unlinkAccount", does: "Say that an account is not the person's to whom it is linked", op: purser.OpIdentitySet},
		func(ctx context.Context, in *ByID) (*body[purser.Account], error) {
			return answer(a.Identity.Unlink(ctx, in.ID))
		})
	add(a, call{method: "PUT", path: "/accounts/{id}/kind", tag: tag, id: "setAccountKind", does: "Say what an account is", op: purser.OpIdentitySet},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				Kind string `json:"kind" enum:",person,guest,robot,shared" doc:"empty: as the vendor and the rules say"`
			}
		}) (*body[purser.Account], error) {
			return answer(a.Identity.SetKind(ctx, in.ID, in.Body.Kind))
		})
	add(a, call{method: "DELETE", path: "/accounts/{id}/decisions", tag: tag, id: "undoAccountDecisions", does: "Take back what people decided about an account: rules decide again", op: purser.OpIdentitySet},
		func(ctx context.Context, in *ByID) (*body[purser.Account], error) {
			return answer(a.Identity.Undo(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/people/{id}/rows", tag: tag, id: "listPersonRows", does: "List the rows of rosters that are one person", op: purser.OpPersonRead},
		func(ctx context.Context, in *ByID) (*body[items[purser.PersonRow]], error) {
			return whole(a.Identity.Rows(ctx, in.ID))
		})
	add(a, call{method: "POST", path: "/people/{id}/merge", tag: tag, id: "mergePeople", does: "Say that two people are the same human", op: purser.OpIdentitySet},
		func(ctx context.Context, in *struct {
			ByID
			Body struct {
				With string `json:"with" doc:"per_<number>"`
			}
		}) (*body[purser.Person], error) {
			return answer(a.Identity.Merge(ctx, in.ID, in.Body.With))
		})
	add(a, call{method: "POST", path: "/people/{id}/split", tag: tag, id: "splitPerson", does: "Say that a row of a roster is somebody other than those whom it was taken for", op: purser.OpIdentitySet},
		func(ctx context.Context, in *ByID) (*body[purser.Person], error) {
			return answer(a.Identity.Split(ctx, in.ID))
		})
	add(a, call{method: "GET", path: "/matching", tag: tag, id: "getMatching", does: "Show which addresses are the same", op: purser.OpSettingRead},
		func(ctx context.Context, _ *none) (*body[purser.MatchRules], error) {
			return answer(a.Identity.Rules(ctx))
		})
	add(a, call{method: "PUT", path: "/matching", tag: tag, id: "setMatching", does: "Say which addresses are the same; everything is matched anew", op: purser.OpSettingWrite},
		func(ctx context.Context, in *struct{ Body purser.MatchRules }) (*body[purser.MatchRules], error) {
			return answer(a.Identity.SetRules(ctx, in.Body))
		})
}
