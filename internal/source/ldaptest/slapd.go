// Package ldaptest runs a real directory for tests: OpenLDAP's slapd, from Debian's package.
package ldaptest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"purser/internal/egress"
)

// What reads the directory.
const (
	User     = "cn=reader,dc=example,dc=com"
	Password = "read"
	Base     = "dc=example,dc=com"
)

// Slapd is a directory on two ports of loopback.
type Slapd struct {
	Plain, TLS string // ports: with StartTLS, with TLS from the first byte
	CA         string // of the authority that its certificate, for ldap.example.com, is of
}

// Start runs a directory with 1,200 people and groups within groups. Where
// slapd is not installed the test is skipped, or fails if PURSER_TEST_LDAP_REQUIRED is set.
func Start(t testing.TB) Slapd {
	t.Helper()
	bin := "/usr/sbin/slapd"
	if _, err := os.Stat(bin); err != nil {
		why := "slapd is not installed: run build/test-needs.sh, or install Debian's package slapd"
		if os.Getenv("PURSER_TEST_LDAP_REQUIRED") != "" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	dir, err := os.MkdirTemp("", "slapd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := Slapd{Plain: FreePort(t), TLS: FreePort(t), CA: Certificates(t, dir)}
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	config := put("slapd.conf", fmt.Sprintf(`include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile %[1]s/pid
TLSCertificateFile %[1]s/server.pem
TLSCertificateKeyFile %[1]s/server.key
security simple_bind=128
sizelimit size.soft=500 size.hard=500 size.prtotal=unlimited
database mdb
suffix "dc=example,dc=com"
rootdn "cn=root,dc=example,dc=com"
rootpw secret
directory %[1]s
maxsize 67108864
access to * by dn.exact="cn=reader,dc=example,dc=com" read by anonymous auth by * none
`, dir))
	load := exec.Command("/usr/sbin/slapadd", "-q", "-f", config)
	load.Stdin = strings.NewReader(people())
	if out, err := load.CombinedOutput(); err != nil {
		t.Fatalf("slapadd: %v: %s", err, out)
	}
	var said strings.Builder
	cmd := exec.Command(bin, "-d", "0", "-f", config, "-h", "ldap://127.0.0.1:"+s.Plain+"/ ldaps://127.0.0.1:"+s.TLS+"/")
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for range 1200 {
		if c, err := egress.Operator(t.Context(), "tcp", "127.0.0.1:"+s.TLS); err == nil {
			_ = c.Close()
			return s
		}
		time.Sleep(25 * time.Millisecond) // until it listens; it does not say so
	}
	t.Fatalf("slapd does not listen: %s", said.String())
	return s
}

// FreePort is a port of loopback on which nobody listens.
func FreePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// people is the directory's content.
func people() string {
	var b strings.Builder
	b.WriteString("dn: dc=example,dc=com\nobjectClass: dcObject\nobjectClass: organization\no: Example\ndc: example\n\n")
	b.WriteString("dn: cn=reader,dc=example,dc=com\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: reader\nuserPassword: read\n\n")
	for i := 1; i <= 1200; i++ {
		fmt.Fprintf(&b, "dn: uid=u%d,dc=example,dc=com\nobjectClass: inetOrgPerson\nuid: u%d\ncn: User %d\nsn: %d\nmail: U%d@example.com\nemployeeNumber: E%d\ndepartmentNumber: R&D\n\n", i, i, i, i, i, i)
	}
	group := func(name string, members ...string) {
		fmt.Fprintf(&b, "dn: cn=%s,dc=example,dc=com\nobjectClass: groupOfNames\ncn: %s\n", name, name)
		for _, m := range members {
			fmt.Fprintf(&b, "member: %s,dc=example,dc=com\n", m)
		}
		b.WriteString("\n")
	}
	group("inner", "uid=u1", "UID=U2", "cn=outer") // each in the other
	group("outer", "uid=u1", "uid=u3", "cn=inner")
	return b.String()
}

// Certificates writes an authority and a server's certificate, and returns the authority's.
func Certificates(t testing.TB, dir string) string {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	caKey, serverKey := key(), key()
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "ldap.example.com"}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, DNSNames: []string{"ldap.example.com"}}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, &serverKey.PublicKey, caKey)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(serverKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{"server.pem": {Type: "CERTIFICATE", Bytes: der}, "server.key": {Type: "PRIVATE KEY", Bytes: keyDER}} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER}))
}
