package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

func (k *slack) users(x *exchange, g *grant) {
	limit, ok := x.number("limit", 0, 0, 1000)
	if !ok {
		return
	}
	people := k.people()
	if limit == 0 {
		if len(people) > 500 {
			k.fail(x, "limit_required", nil)
			return
		}
		limit = len(people)
	}
	after, ok := k.cursor(x)
	if !ok {
		return
	}
	page, next := pageOf(x, people, byNumber, after, limit)
	members := []obj{}
	if after == 0 && x.fault != EmptyList {
		members = append(members, k.slackbot())
	}
	for _, p := range page {
		members = append(members, k.user(p, g))
	}
	x.json(http.StatusOK, obj{"ok": true, "members": members, "cache_ts": x.now.Unix(), "response_metadata": slackNext(next)})
}

// slackbot is the vendor's own, and says that it is no bot.
func (k *slack) slackbot() obj {
	return obj{"id": "USLACKBOT", "team_id": k.teamID(), "name": "slackbot", "deleted": false, "color": "757575", "real_name": "Slackbot",
		"tz": "America/Los_Angeles", "tz_label": "Pacific Standard Time", "tz_offset": -28800, "is_admin": false, "is_owner": false,
		"is_primary_owner": false, "is_restricted": false, "is_ultra_restricted": false, "is_bot": false, "is_app_user": false, "updated": 0,
		"profile": obj{"real_name": "Slackbot", "display_name": "Slackbot", "fields": nil, "always_active": true, "team": k.teamID()}}
}

// address is how the person is known here: sometimes by an alias or in another case.
func (k *slack) address(p *Person) string {
	switch {
	case len(p.Aliases) > 0 && p.N%2 == 0:
		return p.Aliases[0]
	case p.N%31 == 9:
		return strings.ToUpper(p.Email[:1]) + p.Email[1:]
	}
	return p.Email
}

func (k *slack) user(p *Person, g *grant) obj {
	gone := p.Employment == Left && !p.Lingers
	profile := obj{"real_name": p.Name(), "real_name_normalized": p.Name(), "display_name": p.Given, "display_name_normalized": p.Given,
		"avatar_hash": "g" + spell(mix(uint64(p.N)), hexes, 11), "image_48": "https://avatars.example.com/" + strconv.Itoa(p.N) + "_48.png",
		"status_text": "", "status_emoji": "", "status_expiration": 0, "team": k.teamID(), "phone": "", "skype": "", "fields": nil}
	k.s.optional(profile, p, "title", p.Title)
	k.s.optional(profile, p, "first_name", p.Given)
	k.s.optional(profile, p, "last_name", p.Family)
	if p.N%11 == 3 {
		profile["status_text"] = hostileTexts()[p.N%len(hostileTexts())]
	}
	if g.has("users:read.email") && p.Kind != Robot {
		profile["email"] = k.address(p)
	}
	out := obj{"id": k.userID(p.N), "team_id": k.teamID(), "name": strings.ToLower(strings.Split(p.Email, "@")[0]), "deleted": gone, "color": "9f69e7",
		"is_bot": p.Kind == Robot, "is_app_user": false, "updated": p.Changed.Unix(), "profile": profile, "is_email_confirmed": p.Kind != Robot}
	if gone { // roles and zones are missing on deactivated accounts
		return out
	}
	out["real_name"], out["tz"], out["tz_label"], out["tz_offset"] = p.Name(), "Europe/Amsterdam", "Central European Time", 3600
	out["is_admin"] = p.N <= 3 || p.Department == "IT"
	out["is_owner"], out["is_primary_owner"] = p.N <= 2, p.N == 1
	out["is_restricted"] = p.Kind == Guest
	out["is_ultra_restricted"] = p.Kind == Guest && p.N%2 == 0
	if p.Kind == Robot {
		profile["bot_id"], profile["api_app_id"] = "B"+k.userID(p.N)[1:], "A"+spell(mix(uint64(p.N)), upper36, 10)
	}
	if p.Kind == Human && p.LastSeen.IsZero() && p.N%2 == 1 {
		out["is_invited_user"] = true
	}
	if g.kind == "user" && g.has("admin") && p.Kind != Robot {
		out["has_2fa"] = p.N%7 != 0
	}
	return out
}

func (k *slack) billable(x *exchange, _ *grant) {
	limit, ok := x.number("limit", 1000, 1, 1000)
	if !ok {
		return
	}
	after, ok := k.cursor(x)
	if !ok {
		return
	}
	people := k.people()
	if user := x.q.Get("user"); user != "" {
		people = slices.DeleteFunc(people, func(p *Person) bool { return k.userID(p.N) != user })
		if len(people) == 0 {
			k.fail(x, "user_not_found", nil)
			return
		}
	}
	page, next := pageOf(x, people, byNumber, after, limit)
	info := obj{}
	for _, p := range page {
		recent := !p.LastSeen.IsZero() && x.now.Sub(p.LastSeen).Hours() < 15*24
		billed := (p.Kind == Human || p.Kind == Guest && p.N%2 == 1) && (p.Employment != Left || p.Lingers) && recent
		info[k.userID(p.N)] = obj{"billing_active": billed}
	}
	x.json(http.StatusOK, obj{"ok": true, "billable_info": info, "response_metadata": slackNext(next)})
}

func (k *slack) usergroups(x *exchange, _ *grant) {
	out := []obj{}
	for n, t := range k.s.company.Teams {
		if t.Everyone || x.fault == EmptyList {
			continue
		}
		var users []string
		for _, p := range k.people() {
			if k.s.company.InTeam(p, n) {
				users = append(users, k.userID(p.N))
			}
		}
		deleted := 0
		if t.Name == emptyTeam {
			if deleted = int(k.s.company.Today.Unix()); x.q.Get("include_disabled") != "true" {
				continue
			}
		}
		g := obj{"id": "S" + spell(mix(k.s.opts.Seed, salt("slack group"), uint64(n)), upper36, 10), "team_id": k.teamID(), "is_usergroup": true,
			"is_subteam": true, "name": t.Name, "description": t.Description, "handle": "team-" + strconv.Itoa(n), "is_external": false,
			"date_create": k.s.company.Today.AddDate(-1, 0, 0).Unix(), "date_update": k.s.company.Today.AddDate(0, -1, 0).Unix(), "date_delete": deleted,
			"auto_type": nil, "created_by": k.userID(1), "updated_by": k.userID(1), "deleted_by": nil, "prefs": obj{"channels": []string{}, "groups": []string{}}}
		if x.q.Get("include_users") == "true" || x.q.Get("include_users") == "1" {
			g["users"] = append([]string{}, users...)
		}
		if c := x.q.Get("include_count"); c == "true" || c == "1" || g["users"] != nil {
			g["user_count"] = len(users)
		}
		out = append(out, g)
	}
	x.json(http.StatusOK, obj{"ok": true, "usergroups": out})
}
