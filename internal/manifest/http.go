package manifest

import (
	"regexp"
	"strconv"

	"purser"
)

// HTTP is what holds for every request of a connector.
type HTTP struct {
	BaseURL   string      `yaml:"base_url" doc:"put before paths that start with /"`
	Headers   []Pair      `yaml:"headers" doc:"sent with every request"`
	Page      *Page       `yaml:"page" doc:"how lists are paged, unless a stream says otherwise"`
	Limits    []Limit     `yaml:"limits" doc:"how fast the vendor lets itself be asked"`
	ErrorBody []ErrorBody `yaml:"error_body" doc:"shapes of a refusal's body; one or several"`
	Errors    []ErrorRule `yaml:"errors" doc:"what refusals mean; the first match wins, then the defaults by status"`
	Success   *Success    `yaml:"success" doc:"what a good answer says, where refusals come with status 200"`
	Missing   string      `yaml:"missing" doc:"path in a refusal's body that names the scope that is missing"`
	Patience  Duration    `yaml:"patience" doc:"how long the first byte of an answer may take, where a report is made only then; a minute if not said"`
	MaxPages  int         `yaml:"max_pages" doc:"cap of pages in a partition; 100000 if not said"`
}

// Limit is one budget. What the vendor's headers say wins over the rate stated here.
type Limit struct {
	Scope      []string `yaml:"scope" oneof:"instance|tenant|route|host|token" doc:"what shares the budget; instance if not said"`
	Rate       string   `yaml:"rate" doc:"requests by time: 60/1m, 1/s"`
	Concurrent int      `yaml:"concurrent" doc:"requests at once"`
	Limit      string   `yaml:"limit" doc:"header with the size of the budget"`
	Remaining  string   `yaml:"remaining" doc:"header with what is left"`
	Reset      *Reset   `yaml:"reset" doc:"header with the time of the next budget"`
	UseAtMost  string   `yaml:"use_at_most" doc:"share of the budget that may be used, such as 50%"`
	Host       string   `yaml:"host" doc:"holds for requests to this host only"`
	Usage      *Usage   `yaml:"usage" doc:"header that tells how much of the budget is used, where none tells what is left"`
}

// Usage is a header that tells how much of a budget is used, such as
// api-usage=25/15000 (two groups: used and size) or 0.93 (one group: the share).
type Usage struct {
	Header  string   `yaml:"header" doc:"name of the header"`
	Pattern string   `yaml:"pattern" doc:"regular expression with one group for the share that is used (0 to 1), or two for used and size"`
	Pause   Duration `yaml:"pause" doc:"how long nothing is sent when it is used up and no reset is told; 15m if not said"`
}

// Share returns the share of the budget that is used, as the header tells it.
func (u *Usage) Share(value string) (float64, bool) {
	re, err := regexp.Compile(u.Pattern)
	if err != nil {
		return 0, false
	}
	m := re.FindStringSubmatch(value)
	if len(m) < 2 || len(m) > 3 {
		return 0, false
	}
	used, err := strconv.ParseFloat(m[1], 64)
	if err != nil || len(m) == 2 {
		return used, err == nil
	}
	size, err := strconv.ParseFloat(m[2], 64)
	return used / size, err == nil && size > 0
}

// Reset is the header that says when a budget is filled again.
type Reset struct {
	Header string `yaml:"header" doc:"name of the header"`
	As     string `yaml:"as" oneof:"epoch|epoch_ms|seconds|http_date|iso|auto" doc:"how the time is written; auto if not said"`
}

// ErrorBody is one shape of a refusal's body.
type ErrorBody struct {
	Code    string `yaml:"code" doc:"path of the vendor's code"`
	Message string `yaml:"message" doc:"path of the vendor's words"`
}

// ErrorRule gives a refusal its class. What is stated must all hold.
type ErrorRule struct {
	Status []int        `yaml:"status" doc:"HTTP status, one or several"`
	Code   []string     `yaml:"code" doc:"the vendor's code, one or several"`
	Text   string       `yaml:"text" doc:"part of the vendor's words or of the body, without regard to case"`
	Header []Pair       `yaml:"header" doc:"header: part of its value"`
	Stream []string     `yaml:"stream" doc:"holds for these streams only"`
	Class  purser.Class `yaml:"class" oneof:"transient|rate_limited|auth_revoked|permission|not_available|not_found|cursor_expired|invalid_response|config" doc:"what it means"`
	Hint   string       `yaml:"hint" doc:"what the admin should do"`
	Wait   Duration     `yaml:"wait" doc:"rate_limited: how long to wait where the vendor does not say"`
}

// Success is what a good answer says.
type Success struct {
	At     string `yaml:"at" doc:"path in the body"`
	Equals any    `yaml:"equals" doc:"the value there: true, or a text"`
	Absent string `yaml:"absent" doc:"instead: member of the answer's top that only a refusal has"`
}

// Request is one request; exactly one method is given. A path that starts with
// / follows http.base_url.
type Request struct {
	Get     Strings `yaml:"get" doc:"path or URL; a list is tried in order until one is not not_found"`
	Post    string  `yaml:"post" doc:"path or URL"`
	Put     string  `yaml:"put" doc:"path or URL (actions only)"`
	Patch   string  `yaml:"patch" doc:"path or URL (actions only)"`
	Delete  string  `yaml:"delete" doc:"path or URL (actions only)"`
	Query   []Pair  `yaml:"query" doc:"parameters; a list repeats the name; one whose ${start} has no value yet is left out"`
	Headers []Pair  `yaml:"headers" doc:"headers"`
	JSON    *Tree   `yaml:"json" doc:"JSON body"`
	Form    []Pair  `yaml:"form" doc:"form body"`
}

// Method returns the method and its addresses (several for a get with fallbacks).
func (r *Request) Method() (string, []string) {
	switch {
	case len(r.Get) > 0:
		return "GET", r.Get
	case r.Post != "":
		return "POST", []string{r.Post}
	case r.Put != "":
		return "PUT", []string{r.Put}
	case r.Patch != "":
		return "PATCH", []string{r.Patch}
	case r.Delete != "":
		return "DELETE", []string{r.Delete}
	}
	return "", nil
}

// Strings is one text or a list of texts.
type Strings []string
