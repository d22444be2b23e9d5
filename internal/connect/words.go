package connect

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"purser"
	"purser/internal/manifest"
)

// told makes a result of what went wrong in a test. A refused input stays an error.
func (s *Service) told(i purser.Instance, err error) (TestResult, error) {
	told, ok := errors.AsType[*purser.Error](err)
	if !ok {
		return TestResult{}, err
	}
	title := i.Connector
	if c := s.links.Catalog.Get(i.Connector); c != nil {
		title = c.Manifest.Title
	}
	r := TestResult{Class: told.Class, Code: told.Code}
	r.Message, r.Hint = Words(title, told)
	if told.Scope != "" {
		r.Missing = []string{told.Scope}
	}
	return r, nil
}

// Words says what a vendor's refusal means and what to do, for each class of
// error, never only a number. The error's own hint is preferred: it knows more.
func Words(title string, e *purser.Error) (message, hint string) {
	detail := e.What
	if e.Code != "" && !strings.Contains(detail, e.Code) {
		detail += " (" + e.Code + ")"
	}
	switch e.Class {
	case purser.ClassAuthRevoked:
		message, hint = title+" does not accept the credential", "Compare it with the vendor's console: a key may be mistyped, ended, or belong to somebody who has left. Enter it again"
	case purser.ClassPermission:
		message, hint = title+" accepts the credential, but it may not read what is needed", "Give it the permissions and the role that the set-up help names, then test again"
		if e.Scope != "" {
			message, hint = title+" accepts the credential, but the permission "+e.Scope+" is missing", "Grant "+e.Scope+" at the vendor, then test again"
		}
	case purser.ClassNotAvailable:
		message, hint = title+" says that your plan does not offer this", "Ask the vendor for a plan with it, or switch off the task that needs it"
	case purser.ClassRateLimited:
		message, hint = title+" asks to wait: too much was asked in a short time", "Try again later"
		if !e.Until.IsZero() {
			hint = "Try again after " + e.Until.UTC().Format("15:04 MST on 2 January")
		}
	case purser.ClassTransient:
		message, hint = title+" could not be reached", "Check that Purser's machine may open HTTPS connections to the hosts shown, that a proxy lets them pass, and that the vendor has no outage. "+
			"A vendor that lets only known addresses in often stays silent: add the addresses that Purser calls out from to its list"
		if e.Status != 0 {
			message, hint = title+" has a problem of its own (HTTP "+strconv.Itoa(e.Status)+")", "Try again in some minutes"
		}
	case purser.ClassInvalidResponse:
		message, hint = title+" answered with something that is not its interface", "Check the host in the settings: a sign-in page or a proxy may stand in between"
	case purser.ClassNotFound:
		message, hint = title+" does not know the address", "Check the host or the company's name in the settings"
	case purser.ClassConfig:
		message, hint = "The connection is not set up right", "Check the settings"
	case purser.ClassCanceled:
		message, hint = "The test was canceled", "Test again"
	default:
		message, hint = "The test failed in Purser itself", "Look at Purser's log; this is a bug"
	}
	if detail != "" {
		message += ": " + detail
	}
	if e.Hint != "" {
		hint = e.Hint
	}
	return strings.TrimRight(message, ".") + ".", strings.TrimRight(hint, ".") + "."
}

func works(m *manifest.Manifest, r TestResult) string {
	switch {
	case r.Account != "" && r.TenantID != "":
		return fmt.Sprintf("Works, as account %s of %s.", r.Account, nameOf(r.TenantName, r.TenantID))
	case r.TenantID != "":
		return fmt.Sprintf("Works, for %s.", nameOf(r.TenantName, r.TenantID))
	}
	return "Works: " + m.Title + " accepts the credential."
}

func nameOf(name, id string) string {
	if name == "" || name == id {
		return id
	}
	return name + " (" + id + ")"
}

func countOf(n int) string { return strconv.Itoa(n) + " organizations" }
