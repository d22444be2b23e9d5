package login_test

import (
	"slices"
	"strings"
	"testing"

	"purser"
	"purser/internal/login"
	"purser/internal/store"
	"purser/internal/store/storetest"
)

func TestEveryOperationHasItsRolesAndTheAdminAllOfThem(t *testing.T) {
	table := login.Table()
	for _, op := range purser.Operations() {
		if !slices.Contains(table[op], purser.RoleAdmin) {
			t.Errorf("the admin may not do %s", op)
		}
		for _, role := range table[op] {
			if !slices.Contains(purser.Roles(), role) {
				t.Errorf("%s: there is no role %q", op, role)
			}
		}
	}
	if len(table) != len(purser.Operations()) {
		t.Errorf("the table has %d operations, there are %d", len(table), len(purser.Operations()))
	}
}

func TestAuditorsReadEverythingAndChangeNothing(t *testing.T) {
	for op, roles := range login.Table() {
		// A view is a way to look at a list: whoever reads may keep theirs.
		reads := strings.HasSuffix(string(op), ".read") || op == purser.OpExport || op == purser.OpSessionOwn || op == purser.OpViewSave
		if may := slices.Contains(roles, purser.RoleAuditor); may != reads {
			t.Errorf("%s: the auditor may: %t, want %t", op, may, reads)
		}
	}
}

func TestOperatorsSeeNoMoneyUsersOrAuditAndSetNoSettings(t *testing.T) {
	for _, op := range []purser.Operation{purser.OpMoneyRead, purser.OpUserRead, purser.OpUserWrite, purser.OpAuditRead, purser.OpSettingWrite, purser.OpTokenAny} {
		if slices.Contains(login.Table()[op], purser.RoleOperator) {
			t.Errorf("the operator may do %s", op)
		}
	}
}

func TestWithoutAnActorNothingIsAllowed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s, _ := newService(t, db)
		for _, op := range purser.Operations() {
			wantProblem(t, s.Allow(t.Context(), op), purser.ProblemSignIn)
		}
		nobody := purser.WithActor(t.Context(), purser.Actor{Kind: purser.ActorUser, Role: "guest"})
		if may := s.May(me(nobody)); len(may) != 0 {
			t.Errorf("an unknown role may do %v", may)
		}
	})
}
