package credential_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"purser/internal/credential"
	"purser/internal/manifest"
)

func signed(t *testing.T, method, address, form string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, address, bytes.NewReader([]byte(form)))
	if err != nil {
		t.Fatal(err)
	}
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// RFC 5849, 3.4.1.1: parameters of the address and of the form, names that come
// twice, empty values, escaping of what is escaped already.
func TestTheTextThatIsSignedIsThatOfTheStandardsExample(t *testing.T) {
	a := credential.OAuth1{Method: "HMAC-SHA1", ConsumerKey: "9djdj82h48djs9d2", Token: "kkk9d7dh3k39sjv7", Nonce: "7d8f3e4a", At: time.Unix(137131201, 0)}
	got, err := a.Base(signed(t, "post", "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b", "c2&a3=2+q"))
	want := "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26" +
		"oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26" +
		"oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
	if err != nil || got != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}

// RFC 5849, 1.2: the request for a protected photo.
func TestTheSignatureIsThatOfTheStandardsExample(t *testing.T) {
	a := credential.OAuth1{Method: "HMAC-SHA1", Realm: "Photos", ConsumerKey: "dpf43f3p2l4k3l03", ConsumerSecret: "kd94hf93k423kf44",
		Token: "nnch734d00sl2jdk", TokenSecret: "pfkkdhi9sl3r4s00", Nonce: "chapoH", At: time.Unix(137131202, 0)}
	got, err := a.Header(signed(t, "GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", ""))
	if err != nil || !strings.Contains(got, `oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"`) || !strings.HasPrefix(got, `OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", `) {
		t.Errorf("%s, %v", got, err)
	}
}

// A signature with SHA-256 that another implementation computed: secrets and
// parameters with characters that have to be escaped, a JSON body that is not signed.
func TestASignatureWithSHA256IsThatOfAnotherImplementation(t *testing.T) {
	a := credential.OAuth1{Method: "HMAC-SHA256", Realm: "123456_SB1", ConsumerKey: "ck-example", ConsumerSecret: "cs example+secret",
		Token: "tk-example", TokenSecret: "ts/example=secret", Nonce: "nonce123456", At: time.Unix(1700000000, 0), Version: "1.0"}
	r := signed(t, "POST", "https://123456-sb1.suitetalk.api.netsuite.com/services/rest/query/v1/suiteql?limit=1000&offset=0", "")
	r.Header.Set("Content-Type", "application/json")
	base, err := a.Base(r)
	want := "POST&https%3A%2F%2F123456-sb1.suitetalk.api.netsuite.com%2Fservices%2Frest%2Fquery%2Fv1%2Fsuiteql&limit%3D1000%26" +
		"oauth_consumer_key%3Dck-example%26oauth_nonce%3Dnonce123456%26oauth_signature_method%3DHMAC-SHA256%26" +
		"oauth_timestamp%3D1700000000%26oauth_token%3Dtk-example%26oauth_version%3D1.0%26offset%3D0"
	if err != nil || base != want {
		t.Errorf("%v\n got %s\nwant %s", err, base, want)
	}
	got, err := a.Header(r)
	if err != nil || !strings.HasSuffix(got, `oauth_signature="0iXxfZkrLGemyOGzPnpN0uV6H7mGnYHDsbHlu%2FfDiI8%3D"`) {
		t.Errorf("%s, %v", got, err)
	}
}

func signingAuth() *manifest.Auth {
	return &manifest.Auth{Name: "tba", Grant: "oauth1", OAuth1: &manifest.OAuth1{Realm: "${constant(settings.account)}"}, Fields: []manifest.CredentialField{
		{Name: "consumer_key"}, {Name: "consumer_secret"}, {Name: "token"}, {Name: "token_secret"}}}
}

func TestEachRequestIsSignedAnewWithTheEnteredKeys(t *testing.T) {
	h := newHouse(t, goodToken)
	auth := signingAuth()
	values := map[string]string{"consumer_key": "canary-ck", "consumer_secret": "canary-cs", "token": "canary-tk", "token_secret": "canary-ts"}
	h.enter(auth, values)
	use := h.use(auth)
	use.Settings = map[string]string{"account": "123456-sb1"}
	s := h.broker("node").Session(use)
	first, grip, err := authorize(t.Context(), s, "", nil, "")
	if err != nil {
		t.Fatal(err)
	}
	second, again, err := authorize(t.Context(), s, "", nil, grip)
	if err != nil || again != grip {
		t.Errorf("the same keys have another name after a refusal: %v", err)
	}
	sent := first.Header.Get("Authorization")
	if !strings.HasPrefix(sent, `OAuth realm="123456_SB1", oauth_consumer_key="canary-ck", oauth_token="canary-tk", oauth_nonce="`) ||
		!strings.Contains(sent, `oauth_timestamp="1795348800"`) || sent == second.Header.Get("Authorization") {
		t.Errorf("signed with %s", sent)
	}
	for name, value := range values {
		if text := s.Redact("x " + value + " x"); strings.Contains(text, value) {
			t.Errorf("%s is shown: %s", name, text)
		}
	}
	h.enter(auth, map[string]string{"token": "canary-other"})
	if _, again, _ := authorize(t.Context(), s, "", nil, grip); again == grip {
		t.Error("keys that were replaced meanwhile are not found")
	}
	if len(h.called()) > 0 {
		t.Error("a token was asked for")
	}
}
