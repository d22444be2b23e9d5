package purser

import "strings"

// Organization is what an admin says of the organization that uses Purser.
type Organization struct {
	Name        string   `json:"name"`
	MailDomains []string `json:"mail_domains"` // of its own people, lower case: "example.com"
	Currency    string   `json:"currency"`     // ISO 4217, "" if not said
	TimeZone    string   `json:"time_zone"`    // IANA name, "" for the server's own
	FiscalStart int      `json:"fiscal_start"` // month in which the fiscal year begins, 1 to 12
}

// Complete reports whether everything was said that other pages rest on.
func (o Organization) Complete() bool {
	return o.Name != "" && len(o.MailDomains) > 0 && o.Currency != "" && o.TimeZone != ""
}

// External reports whether a mail address is of somebody outside; unknown if it
// is no address, or if the organization's domains are not known. A domain below
// one of the organization's own is inside.
func (o Organization) External(email string) Tristate {
	at := strings.LastIndexByte(email, '@')
	if at < 0 || len(o.MailDomains) == 0 {
		return Unknown
	}
	host := strings.ToLower(strings.TrimSpace(email[at+1:]))
	for _, d := range o.MailDomains {
		if host == d || strings.HasSuffix(host, "."+d) {
			return No
		}
	}
	return Yes
}

// StartStep is one step of getting started.
type StartStep struct {
	Key     string `json:"key"` // organization, people, second_source, colleagues, notices
	Title   string `json:"title"`
	Why     string `json:"why"`
	Done    bool   `json:"done"`
	Skipped bool   `json:"skipped"`
	Button  string `json:"button"`
	URL     string `json:"url"` // the page of the button
}

// GettingStarted is the way from nothing to the first answers. What is done is
// seen in the data; only what was skipped is noted.
type GettingStarted struct {
	Steps     []StartStep `json:"steps"`
	Dismissed bool        `json:"dismissed"` // an admin does not want to see it any more
	Over      bool        `json:"over"`      // dismissed, or every step is done or skipped
}
