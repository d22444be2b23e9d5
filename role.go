package purser

import (
	"context"
	"time"
)

// Role is what a user of Purser may do; see the table in internal/login.
type Role string

// The roles.
const (
	RoleAdmin    Role = "admin"
	RoleOperator Role = "operator"
	RoleFinance  Role = "finance"
	RoleAuditor  Role = "auditor"
)

// Roles lists every role, the widest first.
func Roles() []Role { return []Role{RoleAdmin, RoleOperator, RoleFinance, RoleAuditor} }

// Operation is one thing that pages, API and command line can ask of a service.
type Operation string

// The operations. internal/login says which role may do which.
const (
	OpCatalogRead    Operation = "catalog.read"
	OpInstanceRead   Operation = "instance.read"
	OpInstanceWrite  Operation = "instance.write"  // create, name, tasks, schedule, activate, deactivate
	OpCredentialSet  Operation = "credential.set"  // enter, authorize, test
	OpRunRead        Operation = "run.read"        // runs and their logs
	OpRunStart       Operation = "run.start"       // sync now, cancel
	OpHoldDecide     Operation = "hold.decide"     // let held removals happen or not
	OpAccountRead    Operation = "account.read"    // accounts, groups, activity, applications, devices
	OpPersonRead     Operation = "person.read"     // people
	OpNameRead       Operation = "name.read"       // names and addresses of people; a token of a role that may needs no scope for it
	OpMoneyRead      Operation = "money.read"      // prices, transactions, costs
	OpExport         Operation = "export"          // lists as files
	OpUserRead       Operation = "user.read"       // users of Purser
	OpUserWrite      Operation = "user.write"      // invite, role, remove
	OpTokenOwn       Operation = "token.own"       // API tokens of one's own
	OpTokenAny       Operation = "token.any"       // everybody's API tokens
	OpAuditRead      Operation = "audit.read"      // the audit log
	OpSettingRead    Operation = "setting.read"    // organization, network, about
	OpSettingWrite   Operation = "setting.write"   // the same, changed
	OpSessionOwn     Operation = "session.own"     // own sessions and password
	OpApplicationSet Operation = "application.set" // status and owner of an application
	OpFreeze         Operation = "freeze"          // stop every outgoing call
	OpThaw           Operation = "thaw"            // let calls out again
	OpInstanceDelete Operation = "instance.delete" // delete an instance, or all that was read of its users
	OpInstanceHR     Operation = "instance.hr"     // say which instances may end a person's employment
	OpConnectorTrust Operation = "connector.trust" // trust connectors of the operator's own folder
	OpLoadWrite      Operation = "load.write"      // hand records over: files and pages, mappings of columns
	OpBackup         Operation = "backup"          // back up, restore, rotate the key
	OpActionRead     Operation = "action.read"     // planned and past actions
	OpActionPlan     Operation = "action.plan"     // plan and undo actions: nothing is sent
	OpActionRun      Operation = "action.run"      // approve and run them
	OpIdentitySet    Operation = "identity.set"    // say whose accounts are and what they are, merge and split people
	OpContractRead   Operation = "contract.read"   // contracts; their prices need money.read besides
	OpContractWrite  Operation = "contract.write"  // make, change, renew, decide, import; needs money.read besides
	OpActionSwitch   Operation = "action.switch"   // the switches of an instance, approval, the protected list
	OpFindingRead    Operation = "finding.read"    // what somebody should look at
	OpFindingDecide  Operation = "finding.decide"  // accept, put off, call done
	OpUseRecognize   Operation = "use.recognize"   // say that suspicious use is as it should be, until a day
	OpLeaverWrite    Operation = "leaver.write"    // checklists of people who leave
	OpLicenseSet     Operation = "license.set"     // prices and terms of plans, plans by hand, exclusions
	OpViewSave       Operation = "view.save"       // keep views of lists, share own ones
)

// Operations lists every operation once.
func Operations() []Operation {
	return []Operation{OpCatalogRead, OpInstanceRead, OpInstanceWrite, OpCredentialSet, OpRunRead, OpRunStart,
		OpHoldDecide, OpAccountRead, OpPersonRead, OpNameRead, OpMoneyRead, OpExport, OpUserRead, OpUserWrite, OpTokenOwn,
		OpTokenAny, OpAuditRead, OpSettingRead, OpSettingWrite, OpSessionOwn, OpApplicationSet, OpFreeze, OpThaw, OpInstanceDelete, OpInstanceHR, OpConnectorTrust, OpLoadWrite, OpBackup,
		OpActionRead, OpActionPlan, OpActionRun, OpActionSwitch, OpIdentitySet, OpContractRead, OpContractWrite, OpFindingRead, OpFindingDecide, OpUseRecognize, OpLicenseSet, OpLeaverWrite, OpViewSave}
}

// Actor is who asks: a signed-in user, an API token, a user of the host over the
// socket, or Purser itself. It stands in the audit log.
type Actor struct {
	Kind   ActorKind
	ID     string // usr_…, tok_…, "uid:1000", or the name of a job
	Name   string // shown: e-mail address, token's name
	Maker  string // of an API token: usr_… who made it, "" where it was made on the host
	Role   Role
	Scopes []Operation // of an API token; nil means all that the role may
	Origin string      // address the request came from, "socket" or "system"
	// Session is the browser session, "" for other actors.
	Session string
	// Proven is when the person behind the session last proved who they are.
	Proven time.Time
	// Unfinished: the session may only set up the second factor that it lacks.
	Unfinished bool
}

// Me returns the user whom the asker means by "me"; field is what they wrote it in.
func Me(ctx context.Context, field string) (user string, err error) {
	actor, _ := ActorFrom(ctx)
	switch {
	case actor.Kind == ActorUser:
		return actor.ID, nil
	case actor.Maker == "":
		return "", Invalid(field, `nobody is "me" here: this comes from the host or from a token that no user made; name somebody by e-mail address`)
	}
	return actor.Maker, nil
}

// ActorKind says how an actor proved itself.
type ActorKind string

// The kinds of actors.
const (
	ActorUser   ActorKind = "user"
	ActorToken  ActorKind = "token"
	ActorHost   ActorKind = "host"
	ActorSystem ActorKind = "system"
	// ActorDelegate is a vendor's administrator with a link for one connection: no role, no operation of the table.
	ActorDelegate ActorKind = "delegate"
)

type actorKey struct{}

// WithActor returns a context in which a asks.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom returns who asks; ok is false if nobody proved themselves.
func ActorFrom(ctx context.Context) (a Actor, ok bool) {
	a, ok = ctx.Value(actorKey{}).(Actor)
	return a, ok
}
