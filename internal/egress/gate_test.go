package egress_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"

	"purser"
	"purser/internal/egress"
)

// answers is a resolver that gives the next list at each question.
type answers struct {
	mu    sync.Mutex
	lists [][]string
	asked int
}

func (a *answers) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.lists) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	list := a.lists[min(a.asked, len(a.lists)-1)]
	a.asked++
	var out []netip.Addr
	for _, s := range list {
		out = append(out, netip.MustParseAddr(s))
	}
	return out, nil
}

// dials records which addresses were dialed and refuses each.
type dials struct {
	mu   sync.Mutex
	seen []string
}

var errNoNetwork = errors.New("no network in this test")

func (d *dials) dial(_ context.Context, _, address string) (net.Conn, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.seen = append(d.seen, address)
	return nil, errNoNetwork
}

func TestEveryNotationOfAPrivateOrMetadataAddressIsRefusedAndNothingIsDialed(t *testing.T) {
	for _, host := range []string{
		"127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.1.1", "100.64.0.1",
		"0.0.0.0", "224.0.0.1", "255.255.255.255", "240.0.0.1", "198.18.0.1", "192.0.2.1",
		"169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16",
		"[::1]", "[::]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd12::1]", "[ff02::1]", "[fec0::1]", "[2001:db8::1]", "[2001::1]",
		"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:169.254.169.254]", "[::127.0.0.1]", "[::ffff:0:10.0.0.1]",
		"[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::10.0.0.1]", "[2002:7f00:1::]", "[2002:a9fe:a9fe::1]", "[2600::5efe:10.0.0.1]",
		"2130706433", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "127.0.0.1.", "2852039166", "0xa9.0xfe.0xa9.0xfe",
		"１２７.0.0.1", "127。0。0。1", "a b.example.com", "",
	} {
		t.Run(host, func(t *testing.T) {
			var d dials
			gate := egress.New(egress.Options{Dial: d.dial, Resolver: &answers{lists: [][]string{{"127.0.0.1"}}}})
			address := strings.ReplaceAll(host, "%25", "%") + ":443"
			_, err := gate.Dial(t.Context(), "tcp", address)
			if got := purser.ClassOf(err); got != purser.ClassConfig {
				t.Errorf("class %q (%v), want config", got, err)
			}
			if len(d.seen) != 0 {
				t.Errorf("dialed %v", d.seen)
			}
		})
	}
}

func TestPublicAddressesAreDialedAlsoBehindATranslator(t *testing.T) {
	for _, host := range []string{"8.8.8.8", "[2600:1f18::1]", "[64:ff9b::8.8.8.8]", "[::ffff:8.8.8.8]", "[2002:808:808::1]"} {
		var d dials
		_, err := egress.New(egress.Options{Dial: d.dial}).Dial(t.Context(), "tcp", host+":443")
		if !errors.Is(err, errNoNetwork) || len(d.seen) != 1 {
			t.Errorf("%s: dialed %v, %v", host, d.seen, err)
		}
	}
}

func TestTheCheckedAddressIsTheDialedOneWhenDNSChangesInBetween(t *testing.T) {
	var d dials
	names := &answers{lists: [][]string{{"8.8.8.8"}, {"127.0.0.1"}}}
	gate := egress.New(egress.Options{Dial: d.dial, Resolver: names})
	_, _ = gate.Dial(t.Context(), "tcp", "rebind.example.com:443")
	if len(d.seen) != 1 || d.seen[0] != "8.8.8.8:443" {
		t.Errorf("dialed %v, want the address that was checked", d.seen)
	}
	_, err := gate.Dial(t.Context(), "tcp", "rebind.example.com:443")
	if purser.ClassOf(err) != purser.ClassConfig || len(d.seen) != 1 {
		t.Errorf("after the change: dialed %v, %v", d.seen, err)
	}
}

func TestOnePrivateAddressAmongPublicOnesRefusesTheName(t *testing.T) {
	var d dials
	gate := egress.New(egress.Options{Dial: d.dial, Resolver: &answers{lists: [][]string{{"8.8.8.8", "10.0.0.1"}}}})
	_, err := gate.Dial(t.Context(), "tcp", "mixed.example.com:443")
	if purser.ClassOf(err) != purser.ClassConfig || len(d.seen) != 0 {
		t.Errorf("dialed %v, %v", d.seen, err)
	}
}

func TestAListedNetworkIsDialedButNeverItsMetadataAddress(t *testing.T) {
	var d dials
	gate := egress.New(egress.Options{Dial: d.dial, Allowed: []netip.Prefix{
		netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("fd00::/8")}})
	_, _ = gate.Dial(t.Context(), "tcp", "10.1.2.3:636")
	if len(d.seen) != 1 {
		t.Fatalf("a listed network was not dialed")
	}
	for _, host := range []string{"10.2.0.1", "169.254.169.254", "[fd00:ec2::254]", "[64:ff9b::169.254.169.254]"} {
		if _, err := gate.Dial(t.Context(), "tcp", host+":80"); purser.ClassOf(err) != purser.ClassConfig {
			t.Errorf("%s: %v", host, err)
		}
	}
	if len(d.seen) != 1 {
		t.Errorf("dialed %v", d.seen)
	}
}

func TestAnUnknownHostIsASettingToCorrect(t *testing.T) {
	_, err := egress.New(egress.Options{Resolver: &answers{}}).Dial(t.Context(), "tcp", "nowhere.example.com:443")
	told, ok := errors.AsType[*purser.Error](err)
	if !ok || told.Class != purser.ClassConfig || told.Hint == "" || !strings.Contains(told.What, "nowhere.example.com") {
		t.Errorf("got %#v", err)
	}
}

func TestASecondAddressIsTriedWhenTheFirstDoesNotAnswer(t *testing.T) {
	var d dials
	gate := egress.New(egress.Options{Dial: d.dial, Resolver: &answers{lists: [][]string{{"8.8.8.8", "8.8.4.4"}}}})
	_, err := gate.Dial(t.Context(), "tcp", "two.example.com:443")
	if len(d.seen) != 2 || purser.ClassOf(err) != purser.ClassTransient {
		t.Errorf("dialed %v, %v", d.seen, err)
	}
}

func TestAFreezeRefusesNewCallsAndCutsOpenOnes(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		close(arrived)
		select {
		case <-release:
		case <-r.Context().Done():
		}
	}))
	defer vendor.Close()
	defer close(release)
	gate := egress.New(egress.Options{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	client := &http.Client{Transport: gate.Transport()}
	answer, err := client.Get(vendor.URL)
	if err != nil {
		t.Fatal(err)
	}
	<-arrived
	gate.Freeze(true)
	if _, err := io.ReadAll(answer.Body); err == nil {
		t.Error("the open call went on")
	}
	_, err = client.Get(vendor.URL)
	if told, ok := errors.AsType[*purser.Error](err); !ok || told.Code != "frozen" {
		t.Errorf("a new call: %v", err)
	}
	if _, err := gate.Dial(t.Context(), "tcp", "8.8.8.8:25"); purser.ClassOf(err) != purser.ClassCanceled {
		t.Errorf("a new dial: %v", err)
	}
}

func TestAMappedHostIsDialedOnLoopbackWithoutTLSAndKeepsItsName(t *testing.T) {
	var host string
	vendor := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { host = r.Host }))
	defer vendor.Close()
	mapped, err := egress.ParseVendorMap("ACME.okta.com=" + vendor.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := &http.Client{Transport: egress.New(egress.Options{VendorMap: mapped}).Transport()}
	answer, err := client.Get("https://acme.okta.com/api/v1/users?limit=1")
	if err != nil {
		t.Fatal(err)
	}
	if host != "acme.okta.com" || answer.Request.URL.String() != "https://acme.okta.com/api/v1/users?limit=1" {
		t.Errorf("host %q, URL %s", host, answer.Request.URL)
	}
	if _, err := client.Get(vendor.URL); purser.ClassOf(err) != purser.ClassConfig {
		t.Errorf("loopback by its own address: %v", err)
	}
	u, _ := url.Parse("https://acme.okta.com/oauth2/v1/authorize?state=x")
	if got := mapped.Browser(u).String(); got != vendor.URL+"/oauth2/v1/authorize?state=x" {
		t.Errorf("the browser is sent to %s", got)
	}
}

func TestAVendorMapLeadsToLoopbackOnly(t *testing.T) {
	for _, text := range []string{"acme.okta.com", "acme.okta.com=https://127.0.0.1:1", "acme.okta.com=http://10.0.0.1:1",
		"acme.okta.com=http://example.com", "acme.okta.com=http://127.0.0.1:1/path", "a b=http://127.0.0.1:1", "=http://127.0.0.1:1",
		"x.example.com=http://127.0.0.1:1,x.example.com=http://127.0.0.1:2", "x.example.com=http://user@127.0.0.1:1", "x.example.com=http://2130706433:1"} {
		_, err := egress.ParseVendorMap(text)
		if p, ok := errors.AsType[*purser.Problem](err); !ok || p.Field != "vendor-map" {
			t.Errorf("%s: %v", text, err)
		}
	}
	m, err := egress.ParseVendorMap(" a.example.com=http://localhost:8081 , b.example.com=http://[::1]:8082/ ,")
	if err != nil || m["a.example.com"].Host != "127.0.0.1:8081" || m["b.example.com"].Host != "[::1]:8082" {
		t.Errorf("%v, %v", m, err)
	}
}

func TestTheOutboundProxyGetsTheCallButNoPrivateTarget(t *testing.T) {
	var asked []string
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { asked = append(asked, r.URL.String()) }))
	defer proxy.Close()
	u, _ := url.Parse(proxy.URL)
	client := &http.Client{Transport: egress.New(egress.Options{Proxy: u, Resolver: &answers{}}).Transport()}
	if _, err := client.Get("http://vendor.example.com/x"); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get("http://169.254.169.254/latest"); purser.ClassOf(err) != purser.ClassConfig {
		t.Errorf("metadata through the proxy: %v", err)
	}
	if len(asked) != 1 || asked[0] != "http://vendor.example.com/x" {
		t.Errorf("the proxy was asked %v", asked)
	}
}

func TestBeforeEachCallItIsAskedWhetherCallsAreStopped(t *testing.T) {
	vendor := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer vendor.Close()
	gate := egress.New(egress.Options{Allowed: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	client := &http.Client{Transport: gate.Transport()}
	var frozen bool
	var failed error
	gate.Ask(func(context.Context) (bool, error) { return frozen, failed })
	call := func(want string) {
		t.Helper()
		answer, err := client.Get(vendor.URL) // over the same connection, if there is one
		if err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
		}
		told, _ := errors.AsType[*purser.Error](err)
		if code := cmp.Or(told, &purser.Error{}).Code; code != want || (err == nil) != (want == "") {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	call("")
	frozen = true
	call("frozen")
	if !gate.Frozen() {
		t.Error("what is open was not cut")
	}
	frozen = false
	call("")
	failed = errors.New("the database is away")
	call("freeze_unknown")
}
