package api

import (
	"context"

	"purser"
	"purser/internal/login"
)

// recovery are recovery codes, shown this once.
type recovery struct {
	Codes []string `json:"recovery_codes"`
}

// code is a code of a second factor.
type code struct {
	Code string `json:"code" maxLength:"40"`
}

func (a *API) secondFactor() {
	own := func(method, path, id, does string, status int) call {
		return call{method: method, path: "/second-factor" + path, tag: "Sessions", id: id, does: does, op: purser.OpSessionOwn, status: status, proof: method != "GET"}
	}
	add(a, own("GET", "", "secondFactor", "Show one's own second factor", 0),
		func(ctx context.Context, _ *none) (*body[login.Factor], error) {
			return answer(a.Login.SecondFactor(ctx))
		})
	add(a, own("POST", "", "beginSecondFactor", "Begin to set up a second factor; the answer holds the secret for the app", 201),
		func(ctx context.Context, _ *none) (*body[login.Factor], error) {
			if err := a.Login.BeginTOTP(ctx); err != nil {
				return nil, err
			}
			return answer(a.Login.SecondFactor(ctx))
		})
	add(a, own("POST", "/confirm", "confirmSecondFactor", "Turn the second factor on; the answer holds the recovery codes, once", 0),
		func(ctx context.Context, in *struct{ Body code }) (*body[recovery], error) {
			codes, err := a.Login.ConfirmTOTP(ctx, in.Body.Code)
			return answer(recovery{Codes: codes}, err)
		})
	add(a, own("POST", "/recovery-codes", "newRecoveryCodes", "Replace one's recovery codes; the answer holds them, once", 0),
		func(ctx context.Context, in *struct{ Body code }) (*body[recovery], error) {
			codes, err := a.Login.NewRecoveryCodes(ctx, in.Body.Code)
			return answer(recovery{Codes: codes}, err)
		})
	add(a, own("POST", "/remove", "removeSecondFactor", "Remove one's second factor", 204),
		func(ctx context.Context, in *struct {
			Body struct {
				Password string `json:"password"`
				Code     string `json:"code" maxLength:"40"`
			}
		}) (*empty, error) {
			return done(a.Login.RemoveTOTP(ctx, in.Body.Password, in.Body.Code))
		})
	add(a, call{method: "DELETE", path: "/users/{id}/second-factor", tag: "Users", id: "resetSecondFactor",
		does: "Reset somebody's second factor", op: purser.OpUserWrite, status: 204},
		func(ctx context.Context, in *ByID) (*empty, error) { return done(a.Login.ResetTOTP(ctx, in.ID)) })
	a.signInPolicy()
}

func (a *API) signInPolicy() {
	add(a, call{method: "GET", path: "/sign-in-policy", tag: "Users", id: "signInPolicy", does: "Say how people may sign in", op: purser.OpSettingRead},
		func(ctx context.Context, _ *none) (*body[login.Policy], error) { return answer(a.Login.Policy(ctx)) })
	add(a, call{method: "PUT", path: "/sign-in-policy", tag: "Users", id: "setSignInPolicy", does: "Change how people may sign in",
		op: purser.OpSettingWrite, proof: true},
		func(ctx context.Context, in *body[login.Policy]) (*body[login.Policy], error) {
			if err := a.Login.SetPolicy(ctx, in.Body); err != nil {
				return nil, err
			}
			return answer(in.Body, nil)
		})
	add(a, call{method: "POST", path: "/proof", tag: "Sessions", id: "prove", does: "Prove again who one is, before what is sensitive",
		op: purser.OpSessionOwn, status: 204},
		func(ctx context.Context, in *struct {
			Body struct {
				Password string `json:"password"`
				Code     string `json:"code,omitempty" maxLength:"40" doc:"of the second factor, where there is one"`
			}
		}) (*empty, error) {
			return done(a.Login.Prove(ctx, in.Body.Password, in.Body.Code))
		})
}
