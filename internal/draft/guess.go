package draft

import (
	"slices"
	"strings"
)

// kindOf guesses what a list holds by the last word of its path; "" if nothing.
func kindOf(path string) string {
	words := strings.Split(strings.Trim(path, "/"), "/")
	last := strings.ToLower(words[len(words)-1])
	for _, k := range []struct {
		emits string
		words []string
	}{
		{"account", []string{"users", "members", "people", "employees", "accounts", "agents", "staff", "systemusers", "teammembers", "workers", "persons"}},
		{"group", []string{"groups", "teams", "roles", "usergroups", "departments"}},
		{"device", []string{"devices", "computers", "machines", "systems"}},
		{"application", []string{"applications", "apps", "clients", "integrations"}},
		{"plan", []string{"licenses", "plans", "subscriptions", "subscribedskus"}},
	} {
		if slices.Contains(k.words, strings.NewReplacer("_", "", "-", "", ".json", "").Replace(last)) {
			return k.emits
		}
	}
	return ""
}

// candidate is a field of ours and the names that vendors have for it, best first.
type candidate struct {
	field string
	names []string
	wrap  string // function around the path
}

func candidates(emits string) []candidate {
	id := candidate{field: "external_id", names: []string{"id", "_id", "uuid", "uid", "userid", "user_id", "accountid", "key", "guid", "gid"}}
	name := []string{"displayname", "display_name", "fullname", "full_name", "name", "realname", "title"}
	switch emits {
	case "account":
		return []candidate{id,
			{"email", []string{"email", "emailaddress", "email_address", "primaryemail", "primary_email", "mail", "work_email", "workemail"}, "lower"},
			{"user_name", []string{"username", "user_name", "login", "userlogin"}, ""},
			{"display_name", slices.DeleteFunc(slices.Clone(name), func(n string) bool { return n == "title" }), ""},
			{"title", []string{"jobtitle", "job_title", "title"}, ""},
			{"department", []string{"department", "departmentname"}, ""},
			{"admin", []string{"isadmin", "is_admin", "admin"}, ""},
			{"created_at", []string{"createdat", "created_at", "created", "creationtime", "date_created", "created_date"}, "time"},
			{"last_active_at", []string{"lastlogin", "last_login", "lastloginat", "last_login_at", "last_active_at", "lastactive", "lastseen", "last_seen", "last_login_time"}, "time"}}
	case "device":
		return []candidate{id, {"name", append([]string{"devicename", "device_name", "hostname"}, name...), ""},
			{"serial_number", []string{"serialnumber", "serial_number", "serial"}, ""}, {"model", []string{"model", "modelname"}, ""}}
	}
	return []candidate{id, {"name", name, ""}}
}

// statusField guesses how the vendor says whether an account is open.
func statusField(enums map[string][]string, truths []string) (Field, bool) {
	for _, name := range []string{"status", "state", "userstatus", "account_status"} {
		values, ok := enums[name]
		if !ok {
			continue
		}
		var pairs []string
		for _, v := range values {
			if to := statusOf(v); to != "" {
				pairs = append(pairs, quote(v)+": "+to)
			}
		}
		if len(pairs) == 0 {
			pairs = []string{"active: active", "inactive: deactivated"}
		}
		return Field{"status", "{from: " + name + ", map: {" + strings.Join(pairs, ", ") + "}}"}, true
	}
	for _, t := range []struct{ name, yes, no string }{{"active", "active", "deactivated"}, {"enabled", "active", "deactivated"}, {"is_active", "active", "deactivated"},
		{"isActive", "active", "deactivated"}, {"suspended", "suspended", "active"}, {"disabled", "deactivated", "active"}, {"deleted", "deactivated", "active"}} {
		if slices.Contains(truths, t.name) {
			return Field{"status", "'" + t.name + ` ? "` + t.yes + `" : "` + t.no + `"'`}, true
		}
	}
	return Field{}, false
}

func statusOf(v string) string {
	switch strings.ToLower(v) {
	case "active", "enabled", "activated", "ok", "normal":
		return "active"
	case "invited", "pending", "provisioned", "staged":
		return "invited"
	case "suspended", "locked", "paused":
		return "suspended"
	case "inactive", "disabled", "deactivated", "deleted", "closed", "terminated", "archived":
		return "deactivated"
	}
	return ""
}

// pageOf guesses how a list is paged, by its parameters and the texts of its answer.
func pageOf(params map[string]bool, answer []string, at string) (page, size string) {
	pick := func(have func(string) bool, names ...string) string {
		for _, n := range names {
			if have(n) {
				return n
			}
		}
		return ""
	}
	asked := func(n string) bool { return params[n] }
	told := func(n string) bool { return slices.Contains(answer, n) }
	if n := pick(asked, "limit", "per_page", "page_size", "pageSize", "perPage", "maxResults", "max_results", "size", "count", "$top"); n != "" {
		size = n + "=100"
	}
	for _, t := range slices.Sorted(slices.Values(answer)) { // next_page.offset is a token, whatever it is called
		if object, name, ok := strings.Cut(t, "."); ok && strings.Contains(strings.ToLower(object), "next") && params[name] {
			return "{kind: cursor, next: " + t + ", param: " + quote(name) + "}", size
		}
	}
	next := pick(told, "next_cursor", "nextCursor", "next_page_token", "nextPageToken", "next_token", "nextToken", "cursor", "meta.next_cursor", "pagination.next_cursor",
		"paging.next.after", "response_metadata.next_cursor", "after", "next", "meta.next")
	if param := pick(asked, "cursor", "after", "page_token", "pageToken", "next_page_token", "nextPageToken", "next_token", "nextToken", "starting_after", "token"); param != "" && next != "" {
		return "{kind: cursor, next: " + next + ", param: " + param + "}", size
	}
	if n := pick(told, "@odata.nextLink", "next_link", "nextLink", "links.next", "_links.next.href", "next_page", "next"); n != "" && at != "" {
		if strings.ContainsAny(n, "@") {
			n = `'this["` + n + `"]'`
		}
		return "{kind: link_body, next: " + n + "}", size
	}
	end := "end: short"
	if n := pick(told, "total", "total_count", "totalCount", "totalResults", "total_results", "count_total", "meta.total", "meta.total_count", "meta.totalCount",
		"pagination.total", "pagination.total_count", "pagination.totalCount", "paging.total", "page.totalElements", "totalElements"); n != "" && at != "" {
		end = "total: " + n + ", end: total" // a page may be short and not the last
	}
	if param := pick(asked, "page", "page_number", "pageNumber", "page[number]"); param != "" {
		return "{kind: page, param: " + quote(param) + ", size: 100, " + end + "}", size
	}
	if param := pick(asked, "offset", "skip", "startIndex", "start", "$skip"); param != "" {
		return "{kind: offset, param: " + quote(param) + ", size: 100, " + end + "}", size
	}
	return "", size
}
