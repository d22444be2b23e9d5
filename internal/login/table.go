package login

import (
	"context"
	"slices"

	"purser"
)

// Table returns which roles may do which operation: the one place where that is
// said. Every operation has an entry; a test walks them and every route.
func Table() map[purser.Operation][]purser.Role {
	const admin, operator, finance, auditor = purser.RoleAdmin, purser.RoleOperator, purser.RoleFinance, purser.RoleAuditor
	return map[purser.Operation][]purser.Role{
		purser.OpCatalogRead:    {admin, operator, finance, auditor},
		purser.OpInstanceRead:   {admin, operator, finance, auditor},
		purser.OpInstanceWrite:  {admin, operator},
		purser.OpCredentialSet:  {admin, operator},
		purser.OpRunRead:        {admin, operator, auditor}, // names of people stand in logs, holds and rejected records
		purser.OpRunStart:       {admin, operator},
		purser.OpHoldDecide:     {admin, operator},
		purser.OpAccountRead:    {admin, operator, finance, auditor},
		purser.OpPersonRead:     {admin, operator, finance, auditor},
		purser.OpNameRead:       {admin, operator, auditor},
		purser.OpMoneyRead:      {admin, finance, auditor},
		purser.OpExport:         {admin, operator, finance, auditor},
		purser.OpUserRead:       {admin, auditor},
		purser.OpUserWrite:      {admin},
		purser.OpTokenOwn:       {admin, operator, finance},
		purser.OpTokenAny:       {admin},
		purser.OpAuditRead:      {admin, auditor},
		purser.OpSettingRead:    {admin, operator, auditor},
		purser.OpSettingWrite:   {admin},
		purser.OpSessionOwn:     {admin, operator, finance, auditor},
		purser.OpApplicationSet: {admin, operator},
		purser.OpFreeze:         {admin, operator},
		purser.OpThaw:           {admin},
		purser.OpInstanceDelete: {admin},
		purser.OpInstanceHR:     {admin},
		purser.OpConnectorTrust: {admin},
		purser.OpLoadWrite:      {admin, operator},
		purser.OpBackup:         {admin},
		purser.OpActionRead:     {admin, operator, auditor}, // and in the requests of actions
		purser.OpActionPlan:     {admin, operator},
		purser.OpActionRun:      {admin, operator},
		purser.OpActionSwitch:   {admin},
		purser.OpIdentitySet:    {admin, operator},
		purser.OpContractRead:   {admin, operator, finance, auditor},
		purser.OpContractWrite:  {admin, finance},
		purser.OpFindingRead:    {admin, operator, finance, auditor},
		purser.OpFindingDecide:  {admin, operator, finance},
		purser.OpUseRecognize:   {admin},
		purser.OpLeaverWrite:    {admin, operator},
		purser.OpLicenseSet:     {admin, finance},
		purser.OpViewSave:       {admin, operator, finance, auditor},
	}
}

// Allow returns nil if the actor of ctx may do op, else a *purser.Problem that
// asks to sign in or says which role is missing.
func (s *Service) Allow(ctx context.Context, op purser.Operation) error {
	actor, ok := purser.ActorFrom(ctx)
	if !ok {
		return &purser.Problem{Kind: purser.ProblemSignIn, What: "nobody is signed in",
			Hint: "Sign in, or send an API token as \"Authorization: Bearer pur_…\""}
	}
	if actor.Kind == purser.ActorSystem {
		return nil
	}
	if actor.Unfinished && op != purser.OpSessionOwn {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: "every account of this Purser needs a second factor, and yours has none yet",
			Hint: "Set it up under Settings, You"}
	}
	if !slices.Contains(s.table[op], actor.Role) {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: "the role " + string(actor.Role) + " may not do this",
			Hint: "Ask an admin of Purser to do it, or to change your role"}
	}
	if actor.Kind == purser.ActorToken && op != purser.OpNameRead && !slices.Contains(actor.Scopes, op) {
		return &purser.Problem{Kind: purser.ProblemForbidden, What: "this API token does not have the scope " + string(op),
			Hint: "Create a token with that scope"}
	}
	return nil
}

// May returns what the actor may do, in the order of purser.Operations.
func (s *Service) May(actor purser.Actor) []purser.Operation {
	var may []purser.Operation
	for _, op := range purser.Operations() {
		if s.Allow(purser.WithActor(context.Background(), actor), op) == nil {
			may = append(may, op)
		}
	}
	return may
}
