package organization

import (
	"net"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"purser"
)

// Check returns the settings as they are kept: trimmed, in one case, without
// doubles; or a *purser.Problem that names the field.
func Check(o purser.Organization) (purser.Organization, error) {
	o.Name = strings.Join(strings.Fields(o.Name), " ")
	switch {
	case utf8.RuneCountInString(o.Name) > 100:
		return o, purser.Invalid("name", "the name is longer than 100 characters")
	case strings.ContainsFunc(o.Name, func(r rune) bool { return !unicode.IsPrint(r) }):
		return o, purser.Invalid("name", "the name has characters that cannot be seen")
	}
	domains := []string{}
	for _, d := range o.MailDomains {
		d = strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(strings.TrimSpace(d)), "@"), ".")
		if d == "" || slices.Contains(domains, d) {
			continue
		}
		if !hostname(d) {
			return o, purser.Invalid("mail_domains", "%q is not a mail domain such as example.com", d)
		}
		domains = append(domains, d)
	}
	if o.MailDomains = domains; len(domains) > 50 {
		return o, purser.Invalid("mail_domains", "at most 50 mail domains can be named")
	}
	o.Currency = strings.ToUpper(strings.TrimSpace(o.Currency))
	if o.Currency != "" && !known(o.Currency) {
		return o, purser.Invalid("currency", "%q is no currency of ISO 4217; write its code, such as EUR or USD", o.Currency)
	}
	o.TimeZone = strings.TrimSpace(o.TimeZone)
	if _, err := time.LoadLocation(o.TimeZone); err != nil || strings.EqualFold(o.TimeZone, "local") {
		return o, purser.Invalid("time_zone", "there is no time zone %q; write its name in the IANA list, such as Europe/Berlin", o.TimeZone)
	}
	if o.FiscalStart == 0 {
		o.FiscalStart = 1
	}
	if o.FiscalStart < 1 || o.FiscalStart > 12 {
		return o, purser.Invalid("fiscal_start", "the month in which the fiscal year begins is a number from 1 to 12")
	}
	return o, nil
}

// hostname reports whether s is a name with at least two labels (RFC 1123).
func hostname(s string) bool {
	if len(s) > 253 || !strings.Contains(s, ".") || net.ParseIP(s) != nil {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' }) {
			return false
		}
	}
	return true
}
