package sandbox

import (
	"fmt"
	"strconv"
	"strings"
)

// scaleID writes the identifier of the i-th thing of a kind.
func scaleID(buf []byte, prefix string, i int) []byte {
	buf = append(buf, prefix...)
	digits := strconv.Itoa(i)
	buf = append(buf, "s0000000000000000"[:17-len(digits)]...)
	return append(buf, digits...)
}

func scaleIndex(prefix, id string, count int) (int, bool) {
	rest, ok := strings.CutPrefix(id, prefix+"s")
	n, err := strconv.Atoi(rest)
	return n, ok && err == nil && n >= 0 && n < count && len(rest) == 16
}

const (
	scaleSelf = `"_links":{"self":{"href":"https://` + oktaHost + `/api/v1/users/`
	scaleNext = `"},"schema":{"href":"https://` + oktaHost + `/api/v1/meta/schemas/user/oscsandbox0000000001"},"suspend":{"href":"https://` + oktaHost + `/api/v1/users/`
	// scaleTail is what users carry and no reader of accounts needs.
	scaleTail = `"postalAddress":null,"streetAddress":"Example Street 1","city":"Exampleton","state":"EX","zipCode":"00000","countryCode":"NL",` +
		`"locale":"en_US","preferredLanguage":"en","timezone":"Europe/Amsterdam","honorificPrefix":null,"honorificSuffix":null,"middleName":null,` +
		`"nickName":null,"profileUrl":null,"primaryPhone":"+31 20 555 0100","mobilePhone":null,"secondEmail":null,"organization":"Acme Example",`
)

func two(buf []byte, n int) []byte { return append(buf, byte('0'+n/10%10), byte('0'+n%10)) }

// user writes the i-th user, about 1.5 KB.
func (v *scaleView) user(buf []byte, i int) []byte {
	status := "ACTIVE"
	switch {
	case deprovisioned(i):
		status = "DEPROVISIONED"
	case i%40 == 7:
		status = "SUSPENDED"
	case i%100 == 3:
		status = "STAGED"
	}
	day := append(two(append(two([]byte(`2026-`), 1+i%9), '-'), 1+i%28), 'T')
	moment := string(append(two(append(two(append(two(day, i%24), ':'), i%60), ':'), i/60%60), ".000Z"...))
	num := strconv.Itoa(i)
	buf = scaleID(append(buf, `{"id":"`...), "00u", i)
	buf = append(append(append(buf, `","status":"`...), status...), `","created":"2024-03-01T09:00:00.000Z","activated":"2024-03-01T09:05:00.000Z","statusChanged":"`...)
	buf = append(append(buf, moment...), `","lastLogin":`...)
	if i%12 == 5 {
		buf = append(buf, "null"...)
	} else {
		buf = append(append(append(buf, '"'), moment...), '"')
	}
	buf = append(append(buf, `,"lastUpdated":"`...), moment...)
	buf = append(buf, `","passwordChanged":"2026-01-05T08:00:00.000Z","type":{"id":"otysandbox0000000001"},"profile":{`...)
	buf = append(append(append(buf, scaleTail...), `"firstName":"Given`...), num...)
	buf = append(append(buf, `","lastName":"Family`...), num...)
	buf = append(append(buf, `","displayName":"Given`...), num...)
	buf = append(append(buf, ` Family`...), num...)
	buf = append(append(buf, `","login":"given`...), num...)
	buf = append(append(buf, `.family@example.com","email":"given`...), num...)
	buf = append(append(buf, `.family@example.com","employeeNumber":"E`...), num...)
	buf = append(append(buf, `","department":"Department `...), strconv.Itoa(i%40)...)
	buf = append(append(buf, `","division":"Division `...), strconv.Itoa(i%7)...)
	buf = append(append(buf, `","costCenter":"CC-`...), strconv.Itoa(i%40)...)
	buf = append(buf, `","userType":"Employee","manager":"Given`...)
	buf = append(append(buf, strconv.Itoa(i/10)...), `","managerId":"given`...)
	buf = append(append(buf, strconv.Itoa(i/10)...), `.family@example.com","title":"`...)
	if int64(i) < v.touched.Load() {
		buf = append(buf, "Newly promoted "...)
	}
	buf = append(append(buf, `Specialist `...), strconv.Itoa(i%90)...)
	buf = append(buf, `"},"credentials":{"password":{},"emails":[{"value":"given`...)
	buf = append(append(buf, num...), `.family@example.com","status":"VERIFIED","type":"PRIMARY"}],"provider":{"type":"OKTA","name":"OKTA"}},`...)
	buf = scaleID(append(buf, scaleSelf...), "00u", i)
	buf = scaleID(append(buf, scaleNext...), "00u", i)
	return append(buf, `/lifecycle/suspend","method":"POST"}}}`...)
}

// appUser writes an assignment of the i-th user.
func (v *scaleView) appUser(buf []byte, i int) []byte {
	num := strconv.Itoa(i)
	buf = scaleID(append(buf, `{"id":"`...), "00u", i)
	buf = append(append(buf, `","externalId":"ext-`...), num...)
	buf = append(buf, `","created":"2025-02-03T10:00:00.000Z","lastUpdated":"2026-02-03T10:00:00.000Z","scope":"`...)
	buf = append(buf, [2]string{"USER", "GROUP"}[i%2]...)
	buf = append(buf, `","status":"PROVISIONED","statusChanged":"2025-02-03T10:00:00.000Z","passwordChanged":null,"syncState":"SYNCHRONIZED","lastSync":"2026-02-03T10:00:00.000Z","credentials":{"userName":"given`...)
	buf = append(append(buf, num...), `.family@example.com"},"profile":{"displayName":"Given`...)
	buf = append(append(buf, num...), `","email":"given`...)
	buf = append(append(buf, num...), `.family@example.com"},"_links":{"user":{"href":"https://`+oktaHost+`/api/v1/users/`...)
	buf = scaleID(buf, "00u", i)
	return append(buf, `"}}}`...)
}

func (v *scaleView) app(buf []byte, i int) []byte {
	id := string(scaleID(nil, "0oa", i))
	return fmt.Appendf(buf, `{"id":%q,"name":"sandbox_app_%d","label":"Sandbox App %d","status":"ACTIVE","signOnMode":"SAML_2_0","features":[],`+
		`"created":"2024-01-01T00:00:00.000Z","lastUpdated":"2025-01-01T00:00:00.000Z","visibility":{"hide":{"iOS":false,"web":false}},`+
		`"_links":{"users":{"href":"https://%s/api/v1/apps/%s/users"}}}`, id, i, i, oktaHost, id)
}

func (v *scaleView) group(buf []byte, i int) []byte {
	id := string(scaleID(nil, "00g", i))
	return fmt.Appendf(buf, `{"id":%q,"created":"2024-01-01T00:00:00.000Z","lastUpdated":"2025-01-01T00:00:00.000Z","lastMembershipUpdated":"2026-01-01T00:00:00.000Z",`+
		`"objectClass":["okta:user_group"],"type":"OKTA_GROUP","profile":{"name":"Group %d","description":"Made up"},"_links":{"users":{"href":"https://%s/api/v1/groups/%s/users"}}}`,
		id, i, oktaHost, id)
}
