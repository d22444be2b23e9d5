package match

import (
	"slices"
	"strings"

	"purser"
)

// kindOf says what an account that is nobody's is, where the vendor does not say
// it, with the reason; "" if no rule tells.
func kindOf(f form, us purser.Organization) (kind, how string) {
	if !f.recognized {
		return "", ""
	}
	words := strings.FieldsFunc(f.local, func(r rune) bool { return r == '.' || r == '-' || r == '_' || r == '+' })
	for _, w := range words {
		if robotWord(w) {
			return "robot", "its address says so: " + w
		}
	}
	if len(words) > 0 && sharedWord(words[0]) && f.inside {
		return "shared", "its address is that of an office, not of a person: " + words[0]
	}
	if us.External(f.plain) == purser.Yes && !f.inside {
		return "guest", "its address is outside of the organization's mail domains"
	}
	return "", ""
}

func robotWord(w string) bool {
	return slices.Contains(strings.Fields(`noreply donotreply svc service bot robot api ci jenkins deploy deployment automation integration
		integrations terraform backup backups monitoring cron daemon webhook webhooks mailer sync scim sso notifications alerts`), w)
}

func sharedWord(w string) bool {
	return slices.Contains(strings.Fields(`info sales support office jobs careers billing invoices invoice accounting accounts finance marketing
		press media reception helpdesk help events legal contact hello team admin it hr recruiting security privacy abuse postmaster webmaster
		hostmaster procurement purchasing orders newsletter feedback service-desk servicedesk training facilities payroll`), w)
}
