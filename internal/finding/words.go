package finding

import (
	"cmp"
	"context"
	"strings"

	"purser"
	"purser/internal/store"
)

// sight is what the reader may see.
type sight struct{ money, people bool }

func (s *Service) sees(ctx context.Context) sight {
	return sight{money: s.Gate.Allow(ctx, purser.OpMoneyRead) == nil, people: s.Gate.Allow(ctx, purser.OpNameRead) == nil}
}

func (v sight) finding(r store.FindingRow) purser.Finding {
	f := purser.Finding{ID: store.RowID("fnd_", r.No), Kind: purser.FindingKind(r.Kind), ApplicationID: store.ApplicationID(r.Application), ApplicationName: r.ApplicationName,
		InstanceID: r.Source, InstanceName: r.InstanceName, AccountID: store.RowID("acc_", r.Account), PersonID: store.RowID("per_", r.Person), PlanID: store.RowID("pln_", r.Plan),
		ExternalID: r.ExternalID, Owner: r.OwnerName, FoundAt: r.FoundAt.Time(), State: r.State, Until: r.Until, Reason: r.Reason, DecidedBy: r.DecidedBy,
		DecidedAt: r.DecidedAt.Time(), GoneAt: r.GoneAt.Time(), Realized: r.Ended == "removed", Evidence: []purser.Evidence{}}
	who := cmp.Or(r.AccountName, r.PersonName, r.ExternalID)
	if !v.people {
		who, f.ExternalID, f.PersonID = "", "", ""
	}
	f.Sentence = sentence(r, who)
	f.Evidence = evidence(f, r, v)
	v.value(&f, r)
	return f
}

// sentence says what a finding is about; who is the account's name, "" if the reader may see none.
func sentence(r store.FindingRow, who string) string {
	account, person := "The account "+who, "The person of "+who
	switch who {
	case "":
		who, account, person = "Somebody", "An account", "The person of an account"
	case r.PersonName: // the account is called as its person is
		person = who
	}
	app, plan := cmp.Or(r.ApplicationName, r.InstanceName), cmp.Or(r.PlanName, "a plan")
	switch purser.FindingKind(r.Kind) {
	case purser.FindingLeaverAccess:
		if r.About != "" {
			return person + " left on " + r.About + ", and the account in " + app + " still lets somebody in."
		}
		return person + " has left, and the account in " + app + " still lets somebody in."
	case purser.FindingUsedAfter:
		return account + " in " + app + " was used after its person left on " + r.About + "."
	case purser.FindingUsedAway:
		return account + " in " + app + " is used, though its person is not at work now as HR says."
	case purser.FindingUsedNotInHR:
		return account + " in " + app + " is used, and HR knows nobody to whom it belongs."
	case purser.FindingUnknownAccount:
		return account + " in " + app + " belongs to nobody who is known."
	case purser.FindingUndeprovision:
		return person + " has left and still holds a seat of " + plan + " in " + app + "."
	case purser.FindingUnusedSeat:
		if r.About == purser.UseNever {
			return who + " holds a seat of " + plan + " in " + app + " and was never active."
		}
		return who + " holds a seat of " + plan + " in " + app + " and has not used it within the threshold."
	case purser.FindingDuplicateSeat:
		if r.About == "contained" {
			return who + " holds a seat of " + plan + " in " + app + ", and another plan of theirs contains it."
		}
		return person + " holds another seat of " + plan + " in " + app + "."
	case purser.FindingDowngradeSeat:
		return who + " uses " + app + ", but not what " + plan + " adds; a cheaper plan would do."
	case purser.FindingOverlapSeat:
		return who + " uses " + app + " with a seat of " + plan + ", and " + cmp.Or(r.OtherName, "another application") + " of the same category, which more people use."
	case purser.FindingOverbought:
		return "Of " + plan + " in " + app + " " + r.About + " more were bought than are assigned."
	case purser.FindingNewApplication:
		return app + " was discovered, and nobody has looked at it."
	case purser.FindingOwnerLeft:
		if ofContract(r) {
			return "Nobody looks after the contract " + r.About + "."
		}
		return "Whoever looked after " + cmp.Or(r.ApplicationName, r.InstanceName) + " has left, or is no user of Purser any more."
	case purser.FindingRenewalDue:
		return "Nobody has decided what becomes of " + cmp.Or(r.About, "a contract") + "."
	}
	return r.Kind
}

func evidence(f purser.Finding, r store.FindingRow, v sight) []purser.Evidence {
	out := []purser.Evidence{}
	add := func(label, url string, ok bool) {
		if ok {
			out = append(out, purser.Evidence{Label: label, URL: url})
		}
	}
	add("Account", "/accounts/"+f.AccountID, f.AccountID != "")
	add("Person", "/people/"+f.PersonID, f.PersonID != "" && v.people)
	add("Seats of the plan", "/licenses/"+f.PlanID, f.PlanID != "")
	add("Use", "/applications/"+f.ApplicationID+"/use", f.ApplicationID != "" && strings.HasSuffix(r.Kind, "_seat"))
	add("Application", "/applications/"+f.ApplicationID, f.ApplicationID != "")
	overlap := r.OtherName != ""
	add(r.OtherName, "/applications/app_"+r.About, overlap)
	add("People who use both", "/people?uses="+f.ApplicationID+"&uses=app_"+r.About, overlap && v.people)
	add("Contract", "/contracts/"+r.ExternalID, ofContract(r))
	add("Instance", "/instances/"+f.InstanceID, f.InstanceID != "" && len(out) == 0)
	return out
}

// ofContract reports whether a finding is about a contract.
func ofContract(r store.FindingRow) bool {
	return strings.HasPrefix(r.ExternalID, "ctr_") && r.Source == ""
}

// priced are the kinds of findings that are about money: of seats, and of plans.
func priced(kind string) bool {
	return strings.HasSuffix(kind, "_seat") || kind == string(purser.FindingOverbought)
}

// Why a finding has no value.
const (
	notAboutMoney = "not about money"
	valueHidden   = "hidden for your role"
	valueUnknown  = "nobody knows the price of a seat and for how long it pays"
	valueNothing  = "the seat is included, free or below the minimum"
)

// noValue says why findings of a kind and state are worth nothing that could be said; "" if they are.
func noValue(c Count, money bool) string {
	switch {
	case len(c.Annual) > 0:
		return ""
	case !priced(string(c.Kind)):
		return notAboutMoney
	case !money:
		return valueHidden
	case c.Unvalued == c.N:
		return valueUnknown
	}
	return "0: " + valueNothing
}

// value says what a finding costs, and from when that can be saved.
func (v sight) value(f *purser.Finding, r store.FindingRow) {
	switch {
	case !priced(r.Kind):
		return
	case !v.money:
		f.Unvalued = valueHidden
	case r.Value == nil:
		f.Unvalued = valueUnknown
	default:
		f.Value = &purser.Money{Minor: *r.Value, Currency: r.Currency}
		if *r.Value == 0 {
			f.Unvalued = valueNothing
		}
	}
	if v.money && r.Annual != nil {
		f.Annual = &purser.Money{Minor: *r.Annual, Currency: r.Currency}
	}
	f.RealizableOn = r.RealizableOn
	f.Realizable = purser.RealizableWords(r.RealizableOn, r.RealizableBy)
}

// Words is a kind of finding as people say it.
func Words(k purser.FindingKind) string {
	words := map[purser.FindingKind]string{
		purser.FindingLeaverAccess: "Leaver with access", purser.FindingUsedAfter: "Used after leaving", purser.FindingUsedAway: "Used while away",
		purser.FindingUsedNotInHR: "Used, not in HR", purser.FindingUnknownAccount: "Account of nobody", purser.FindingUndeprovision: "Seat of a leaver",
		purser.FindingUnusedSeat: "Unused seat", purser.FindingDuplicateSeat: "Second seat", purser.FindingDowngradeSeat: "Cheaper plan would do",
		purser.FindingOverbought: "More bought than assigned", purser.FindingNewApplication: "New application", purser.FindingOwnerLeft: "Nobody looks after it",
		purser.FindingRenewalDue: "Renewal due", purser.FindingOverlapSeat: "Overlap",
	}[k]
	if words == "" {
		return string(k)
	}
	return words
}
