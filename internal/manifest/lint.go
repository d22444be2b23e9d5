package manifest

import (
	"errors"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"purser"
)

// Lint says everything that is wrong with a connector's folder, for the person
// who writes it. An empty answer means that it may be used.
func Lint(folder fs.FS) Problems {
	data, err := ReadManifest(folder)
	if p, ok := errors.AsType[Problems](err); ok {
		return p
	}
	if err != nil {
		return Problems{{Message: err.Error(), Hint: "check who may read the file"}}
	}
	m, err := Decode(data)
	if p, ok := errors.AsType[Problems](err); ok {
		return p
	}
	l := &linter{planner: planner{m: m}, folder: folder}
	if _, err := Compile(m, folder); err != nil {
		if p, ok := errors.AsType[Problems](err); ok {
			l.problems = append(l.problems, p...)
		}
	}
	l.top()
	l.files()
	l.todos(data)
	l.hosts()
	for i := range m.Auth {
		l.auth(&m.Auth[i])
	}
	l.http()
	for i := range m.Tasks {
		l.task(&m.Tasks[i])
	}
	for i := range m.Actions {
		l.action(&m.Actions[i])
	}
	return l.problems.sorted()
}

type linter struct {
	planner
	folder fs.FS
}

func (l *linter) top() {
	m := l.m
	if m.Version != 1 {
		l.fail("manifest", "write manifest: 1", "the version of the language is missing or not known")
	}
	if !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(m.Name) {
		l.fail("name", "lower case with dashes, as the folder is called", "%q is no name of a connector", m.Name)
	}
	for _, need := range []struct {
		ok              bool
		key, what, hint string
	}{
		{m.Title != "", "title", "title is missing", "the vendor's name as people know it"},
		{m.Category != "", "category", "category is missing", "the shelf of the catalog on which people look for it"},
		{len(m.Hosts) > 0 || m.HandedOver(), "hosts", "hosts is missing", "list every host that is called; nothing else can be reached"},
		{len(m.Auth) > 0 || m.HandedOver(), "auth", "there is no way to authorize", "auth: {api_token: {grant: static, …}}"},
		{len(m.Tasks) > 0, "tasks", "there is no task", "tasks: {application_roster: {…}}"},
		{m.Tenant != nil || !m.AsksHTTP(), "tenant", "tenant is missing", "say how the vendor names the organization, so that a reconnect cannot mix two of them"},
		{m.Probe != nil || !m.AsksHTTP(), "probe", "probe is missing", "one cheap request that says whether the credential works"},
	} {
		if !need.ok {
			l.fail(need.key, need.hint, "%s", need.what)
		}
	}
	for _, s := range m.Settings {
		if s.Label == "" && len(s.Choices) == 0 {
			l.fail("settings."+s.Name, "the name in the form", "label is missing")
		}
		if s.Format == "hostname" && len(s.Suffixes) == 0 && s.Custom != "allow" {
			l.fail("settings."+s.Name, "suffixes: the vendor's own domains; or custom: allow", "any host at all would be accepted")
		}
		for _, c := range s.Choices {
			l.day("settings."+s.Name+".choices."+c.Value+".ends_on", c.EndsOn)
		}
	}
}

// files asks for help and tile.
func (l *linter) files() {
	for name, hint := range map[string]string{"setup.md": "the steps in the vendor's console, for the admin who connects", "icon.svg": "the tile of the catalog"} {
		if _, err := fs.Stat(l.folder, name); err != nil {
			l.fail("", hint, "%s is missing in the folder", name)
		}
	}
}

func (l *linter) http() {
	h := &l.m.HTTP
	if !l.m.AsksHTTP() {
		return
	}
	if len(h.ErrorBody) == 0 {
		l.fail("http", "error_body: {code: …, message: …}", "error_body is missing: refusals could not be told apart")
	}
	l.rules("http.errors", h.Errors)
	l.limits("http.limits", h.Limits)
}

func (l *linter) rules(at string, rules []ErrorRule) {
	for i, r := range rules {
		path := at + "." + itoa(i)
		if r.Class == "" {
			l.fail(path, "what a refusal of this kind means", "class is missing")
		}
		if len(r.Status) == 0 && len(r.Code) == 0 && r.Text == "" && len(r.Header) == 0 {
			l.fail(path, "status, code, text or header", "the rule would match every refusal")
		}
	}
}

func (l *linter) limits(at string, limits []Limit) {
	for i, lim := range limits {
		path := at + "." + itoa(i)
		if lim.Rate != "" {
			if _, _, err := ParseRate(lim.Rate); err != nil {
				l.fail(path+".rate", "write 60/1m or 1/s", "%q is no rate", lim.Rate)
			}
		}
		if lim.UseAtMost != "" && !regexp.MustCompile(`^[1-9][0-9]?%$`).MatchString(lim.UseAtMost) {
			l.fail(path+".use_at_most", "write 50%", "%q is no share", lim.UseAtMost)
		}
		if lim.Rate == "" && lim.Concurrent == 0 && lim.Remaining == "" && lim.Limit == "" && lim.Usage == nil {
			l.fail(path, "rate, concurrent, or the headers that say what is left", "the limit limits nothing")
		}
		if u := lim.Usage; u != nil {
			if re, err := regexp.Compile(u.Pattern); err != nil || u.Header == "" || re.NumSubexp() < 1 || re.NumSubexp() > 2 {
				l.fail(path+".usage", `usage: {header: Limit-Info, pattern: 'api-usage=(\d+)/(\d+)'}`, "a header, and a pattern with one group (share) or two (used, size) are needed")
			}
		}
	}
}

func itoa(i int) string { return strconv.Itoa(i) }

func (l *linter) task(t *Task) {
	at := "tasks." + t.Name
	if t.Reads == "" {
		l.fail(at, "what an admin sees before connecting", "reads is missing: say in words what is read")
	}
	if len(t.Streams) == 0 {
		l.fail(at, "", "the task reads nothing")
	}
	if !l.m.AsksHTTP() { // a real server or the product's own tests stand for answers
		return
	}
	seen := l.fixture(t)
	if seen == nil {
		l.fail(at, "made-up answers of the vendor, in the form of the other connectors' testdata", "testdata/%s.json is missing or is no fixture", t.Name)
	}
	for i := range t.Streams {
		s := &t.Streams[i]
		l.stream(t, s, at+".streams."+s.Name)
		if seen != nil && s.Table == "" {
			l.inFixture(s, at+".streams."+s.Name, t.Name, seen)
		}
	}
}

func (l *linter) stream(t *Task, s *Stream, at string) {
	scoped := slices.ContainsFunc(l.m.Auth, func(a Auth) bool { return a.Grant != "static" })
	if scoped && len(l.m.ScopesOf(s.Token)) > 0 && len(s.Scopes) == 0 && s.Table == "" {
		l.fail(at, "scopes: [the permission that the vendor asks for]", "scopes is missing: nobody could see what to grant")
	}
	for _, name := range s.Scopes.Names() {
		if l.m.WhyScope(t.Name, name) == "" {
			l.fail(at+".scopes", "why: {"+name+": To list …}", "the scope %s has no reason", name)
		}
	}
	if s.Token != "" && !slices.ContainsFunc(l.m.Auth, func(a Auth) bool {
		return slices.ContainsFunc(a.Tokens, func(n NamedToken) bool { return n.Name == s.Token })
	}) {
		l.fail(at+".token", "one of auth.*.tokens", "there is no token %q", s.Token)
	}
	if s.Emits == purser.KindAccount && s.Mode == "snapshot" && !s.Enrich && saysNothingOfLeavers(slices.Concat(l.m.Cannot, t.Cannot)) && !l.deactivated(s) {
		l.fail(at, "ask for them and map their status to deactivated or suspended; if the vendor never tells of deactivated people, say so in cannot",
			"does this list have deactivated accounts? none of its statuses says so")
	}
	l.limits(at+".limits", s.Limits)
	l.redirect(s, at)
	earlier := map[string]bool{}
	for i := range t.Streams {
		if t.Streams[i].Name == s.Name {
			break
		}
		earlier[t.Streams[i].Name] = t.Streams[i].Emits == purser.KindLookup
	}
	for _, f := range s.Fields {
		for _, m := range regexp.MustCompile(`lookup\(\s*["']([^"']*)["']`).FindAllStringSubmatch(f.From, -1) {
			if !earlier[m[1]] {
				l.fail(at+".fields."+f.Name, "a stream before this one with emits: lookup", "lookup: there is no stream %q with names", m[1])
			}
		}
	}
}

// deactivated reports whether any status of an account means that it is not in use.
func (l *linter) deactivated(s *Stream) bool {
	for _, f := range s.Fields {
		if f.Name != "status" {
			continue
		}
		for _, word := range []string{"deactivated", "suspended"} {
			if strings.Contains(f.From, `"`+word+`"`) || slices.ContainsFunc(f.Map, func(p Pair) bool { return p.Value() == word }) {
				return true
			}
		}
	}
	return false
}

func (l *linter) action(a *Action) {
	at := "actions." + a.Name
	if a.Target == "" {
		l.fail(at, "such as target: account", "target is missing")
	}
	if a.DataEffect == "" {
		l.fail(at, "what happens to the person's data at the vendor", "data_effect is missing")
	}
	if a.ReadsBack == nil {
		l.fail(at, "reads_back: {stream: users, field: status, want: suspended}", "reads_back is missing: nobody could tell whether it worked")
	} else if !slices.ContainsFunc(l.m.Tasks, func(t Task) bool {
		return slices.ContainsFunc(t.Streams, func(s Stream) bool { return s.Name == a.ReadsBack.Stream })
	}) {
		l.fail(at+".reads_back", "", "there is no stream %q", a.ReadsBack.Stream)
	}
	undoes := slices.ContainsFunc(l.m.Actions, func(b Action) bool { return b.Undo == a.Name })
	if a.Undo == "" && !a.Irreversible && !undoes {
		l.fail(at, "undo: the action that undoes it, or irreversible: true", "undo is missing")
	}
	if a.Undo != "" && !slices.ContainsFunc(l.m.Actions, func(b Action) bool { return b.Name == a.Undo }) {
		l.fail(at+".undo", "", "there is no action %q", a.Undo)
	}
}
