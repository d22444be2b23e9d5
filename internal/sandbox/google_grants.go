package sandbox

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// consented is an application that people let into their Google account by themselves.
type consented struct {
	id, name, kind string
	scopes         []string
	share          float64
}

func (g *google) consentedApps() []consented {
	mail, drive, profile, calendar := "https://mail.google.com/", googleScope+"drive.readonly", "openid", googleScope+"calendar.readonly"
	list := []consented{
		{"", "Zoom", "WEB", []string{profile, calendar}, 0.4}, {"", "Grammarly", "NATIVE_CHROME_EXTENSION", []string{profile}, 0.12},
		{"", "Notion", "WEB", []string{profile, drive}, 0.2}, {"", "Calendly", "WEB", []string{calendar}, 0.1},
		{"", "Loom", "WEB", []string{profile}, 0.08}, {"", "Superhuman", "WEB", []string{mail, calendar}, 0.03},
		{"", "Asana", "WEB", []string{profile}, 0.06}, {"", "Canva", "WEB", []string{profile, drive}, 0.15},
		{"", "iOS Account Manager", "NATIVE_IOS", []string{mail, calendar}, 0.3}, {"", hostileTexts()[1], "WEB", []string{mail}, 0.02},
		{"", "Otter.ai", "WEB", []string{calendar}, 0.05}, {"", "Mail Merge Helper", "WEB", []string{mail, drive}, 0.02},
	}
	for i := range list {
		list[i].id = spell(mix(salt("oauth app"), uint64(i)), digits, 12) + "-" + spell(mix(salt("oauth app 2"), uint64(i)), lower36, 32) + ".apps.googleusercontent.com"
	}
	return list
}

// everConsented says whether a person let an application in at any time.
func (g *google) everConsented(p *Person, i int, a consented) bool {
	return p.Kind == Human && p.Employment != Future && !p.LastSeen.IsZero() && unit(mix(g.s.opts.Seed, salt("consent"), uint64(i), uint64(p.N))) < a.share
}

// tookBack says whether the person took the consent back lately.
func (g *google) tookBack(p *Person, i int) bool {
	return mix(g.s.opts.Seed, salt("took back"), uint64(i), uint64(p.N))%15 == 0
}

func (g *google) listTokens(x *exchange) {
	if !g.only(x) {
		return
	}
	p := g.byKey(x.r.PathValue("key"))
	if p == nil {
		g.refuse(x, http.StatusNotFound, "")
		return
	}
	var items []obj
	for i, a := range g.consentedApps() {
		if g.everConsented(p, i, a) && !g.tookBack(p, i) && x.fault != EmptyList {
			items = append(items, obj{"kind": "admin#directory#token", "etag": `"` + spell(uint64(i), lower36, 27) + `"`, "clientId": a.id, "displayText": a.name,
				"anonymous": false, "nativeApp": a.kind != "WEB", "userKey": g.userID(p.N), "scopes": a.scopes})
		}
	}
	g.list(x, "admin#directory#tokenList", "items", items, "")
}

// licenses lists who holds which edition; purchased quantities are told nowhere.
func (g *google) licenses(x *exchange) {
	if !g.only(x, "customerId", "maxResults", "pageToken") {
		return
	}
	if c := x.q.Get("customerId"); c != g.customerID() && c != g.s.company.Domain {
		g.refuse(x, http.StatusBadRequest, "customerId")
		return
	}
	product, sku := x.r.PathValue("product"), x.r.PathValue("sku")
	names := map[string]string{"Google-Apps": "Google Workspace", "101047": "Gemini add-ons"}
	skus := map[string][]string{"Google-Apps": {"1010020020", "1010020028"}, "101047": {"1010470002"}}
	if names[product] == "" || (sku != "" && !slices.Contains(skus[product], sku)) {
		g.refuse(x, http.StatusNotFound, "")
		return
	}
	var people []*Person
	held := map[int]string{}
	for _, p := range g.people() {
		if s := g.edition(p, product); s != "" && (sku == "" || sku == s) {
			people, held[p.N] = append(people, p), s
		}
	}
	page, next, ok := googlePage(x, g, people, byNumber, 100, 1000)
	if !ok {
		return
	}
	title := map[string]string{"1010020020": "Google Workspace Enterprise Plus", "1010020028": "Google Workspace Business Standard", "1010470002": "Gemini Enterprise"}
	var items []obj
	for _, p := range page {
		s := held[p.N]
		items = append(items, obj{"kind": "licensing#licenseAssignment", "etags": `"` + spell(uint64(p.N), lower36, 27) + `"`, "userId": p.Email, "productId": product,
			"productName": names[product], "skuId": s, "skuName": title[s],
			"selfLink": "https://" + googleLicHost + "/apps/licensing/v1/product/" + product + "/sku/" + s + "/user/" + p.Email})
	}
	g.list(x, "licensing#licenseAssignmentList", "items", items, next)
}

func (g *google) edition(p *Person, product string) string {
	switch {
	case p.Kind == Guest:
		return ""
	case product == "101047" && p.Kind == Human && p.N%5 == 1:
		return "1010470002"
	case product == "101047":
		return ""
	case p.Department == "Engineering" || p.Department == "IT" || p.Department == "Executive":
		return "1010020020"
	}
	return "1010020028"
}

// reported is one line of the audit reports before it is written out.
type reported struct {
	at     time.Time
	p      *Person
	seq    uint64
	events []obj
}

func parameter(name string, value any) obj {
	switch v := value.(type) {
	case bool:
		return obj{"name": name, "boolValue": v}
	case int:
		return obj{"name": name, "intValue": strconv.Itoa(v)}
	case []string:
		return obj{"name": name, "multiValue": v}
	default:
		return obj{"name": name, "value": v}
	}
}
