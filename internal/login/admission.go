package login

import (
	"fmt"
	"slices"
	"strings"

	"purser"
)

// Admission says whom of a provider's people Purser lets in, and as what.
type Admission struct {
	// Require names claims with the values of which each must have one: the
	// tenant ("tid"), the hosted domain ("hd"). Every claim named must fit.
	Require map[string][]string
	// Groups is the claim that lists a person's groups: "groups" if it is "".
	Groups string
	// Roles gives groups their role. Where it is empty, roles are given in Purser
	// and only those come in who are known; else the groups decide at each sign-in,
	// and who is in none of them stays out.
	Roles map[string]purser.Role
}

// NewAdmission reads what the operator wrote: "tid=…" (several values of one claim
// are alternatives) and "group=role".
func NewAdmission(require []string, groups string, roles []string) (a Admission, err error) {
	a = Admission{Require: map[string][]string{}, Groups: groups, Roles: map[string]purser.Role{}}
	if a.Groups == "" {
		a.Groups = "groups"
	}
	for _, text := range require {
		claim, value, ok := strings.Cut(text, "=")
		if !ok || claim == "" || value == "" {
			return a, purser.Invalid("oidc-require", "%q is not of the form claim=value, such as hd=example.com", text)
		}
		a.Require[claim] = append(a.Require[claim], value)
	}
	for _, text := range roles {
		at := strings.LastIndexByte(text, '=') // a group's name may hold one
		if at < 1 {
			return a, purser.Invalid("oidc-role", "%q is not of the form group=role, such as it-admins=admin", text)
		}
		role := purser.Role(text[at+1:])
		if checkRole(role) != nil {
			return a, purser.Invalid("oidc-role", "there is no role %q in %q; it is one of admin, operator, finance, auditor", string(role), text)
		}
		a.Roles[text[:at]] = role
	}
	return a, nil
}

// Wants lists the claims that must be known to decide.
func (a Admission) Wants() []string {
	wants := []string{"email", "name"}
	for claim := range a.Require {
		wants = append(wants, claim)
	}
	if len(a.Roles) > 0 {
		wants = append(wants, a.Groups)
	}
	slices.Sort(wants)
	return wants
}

// admit returns the role that the groups give, "" where they give none because
// nothing is mapped; a problem if the person stays out.
func (a Admission) admit(claims map[string]any) (purser.Role, error) {
	for claim, allowed := range a.Require {
		if !slices.ContainsFunc(values(claims[claim]), func(v string) bool { return slices.Contains(allowed, v) }) {
			return "", &purser.Problem{Kind: purser.ProblemForbidden, What: "your account at the provider is not of the organization that may use this Purser",
				Hint: fmt.Sprintf("Sign in there with your organization's account. (What is checked: the claim %s)", claim)}
		}
	}
	if len(a.Roles) == 0 {
		return "", nil
	}
	if left := a.leftOut(claims); left {
		return "", &purser.Problem{Kind: purser.ProblemForbidden, What: "the provider left your groups out, as there are too many of them",
			Hint: "Let the provider send only groups that are assigned to Purser"}
	}
	groups := values(claims[a.Groups])
	for _, role := range purser.Roles() { // the widest first
		for _, group := range groups {
			if a.Roles[group] == role {
				return role, nil
			}
		}
	}
	hint := "Ask whoever runs the provider to put you into a group that has a role here"
	if _, said := claims[a.Groups]; !said {
		hint = fmt.Sprintf("The provider sent no claim %q: it must be told to, or --oidc-groups-claim must name the right one", a.Groups)
	}
	return "", &purser.Problem{Kind: purser.ProblemForbidden, What: "none of your groups at the provider has a role in this Purser", Hint: hint}
}

// leftOut knows how providers say that a person has too many groups to list.
func (a Admission) leftOut(claims map[string]any) bool {
	if _, said := claims[a.Groups]; said {
		return false
	}
	elsewhere, _ := claims["_claim_names"].(map[string]any)
	_, named := elsewhere[a.Groups]
	has, _ := claims["hasgroups"].(bool)
	return named || has
}

// values are a claim's values, one or many, as text.
func values(claim any) []string {
	switch v := claim.(type) {
	case string:
		return []string{v}
	case bool:
		return []string{fmt.Sprint(v)}
	case float64:
		return []string{fmt.Sprintf("%.0f", v)}
	case []any:
		var all []string
		for _, item := range v {
			if text, ok := item.(string); ok {
				all = append(all, text)
			}
		}
		return all
	}
	return nil
}
