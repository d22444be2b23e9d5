// Package config is what the operator of a server decides: by flags, environment
// (PURSER_*) or a file, in that order of weight. None of it can be changed on a
// screen.
package config

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"purser"
)

// Server is the configuration of `purser serve`; kong fills it.
type Server struct {
	Data            string        `kong:"-"` // the folder, which the command line's other commands name, too
	DatabaseURL     string        `help:"PostgreSQL to use instead of SQLite: postgres://… (the environment keeps it out of the process list)." env:"PURSER_DATABASE_URL" placeholder:"URL"`
	Listen          string        `help:"Where to listen. Other than loopback needs TLS." env:"PURSER_LISTEN" default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	PublicURL       string        `help:"Address that people use: of redirects, links and cookies." env:"PURSER_PUBLIC_URL" placeholder:"URL"`
	TLSCert         string        `help:"Certificate (PEM)." name:"tls-cert" env:"PURSER_TLS_CERT" type:"path" placeholder:"FILE"`
	TLSKey          string        `help:"Its private key (PEM)." name:"tls-key" env:"PURSER_TLS_KEY" type:"path" placeholder:"FILE"`
	TrustedProxy    []string      `help:"Address or network of the proxy that does TLS." env:"PURSER_TRUSTED_PROXY" placeholder:"NET"`
	KeyFile         string        `help:"File with the key that seals credentials; made at the first start. Keep a copy apart from the data." env:"PURSER_KEY_FILE" type:"path" placeholder:"FILE"`
	Proxy           string        `help:"Outbound proxy: http://, https:// or socks5://." env:"PURSER_PROXY" placeholder:"URL"`
	AllowNetwork    []string      `help:"Private network that may be called all the same." env:"PURSER_ALLOW_NETWORK" placeholder:"NET"`
	SafelistAddress []string      `help:"Address that Purser calls out from, shown for vendors' safelists." env:"PURSER_SAFELIST_ADDRESS" placeholder:"ADDR"`
	VendorMap       string        `help:"HOST=URL[,HOST=URL]: dial a loopback URL for a vendor's host. For trials only, on a data folder made with it." env:"PURSER_VENDOR_MAP" placeholder:"MAP"`
	SMTPURL         string        `help:"Mail server: smtp://HOST:587 (STARTTLS) or smtps://HOST:465 (TLS from the first byte)." name:"smtp-url" env:"PURSER_SMTP_URL" placeholder:"URL"`
	SMTPUser        string        `help:"Who signs in at the mail server." name:"smtp-user" env:"PURSER_SMTP_USER" placeholder:"NAME"`
	SMTPPassword    string        `help:"File with the password for the mail server." name:"smtp-password-file" env:"PURSER_SMTP_PASSWORD_FILE" type:"path" placeholder:"FILE"`
	MailFrom        string        `help:"Sender of Purser's mails, as in \"Purser <purser@example.com>\"." env:"PURSER_MAIL_FROM" placeholder:"ADDR"`
	OIDC            OIDC          `embed:"" prefix:"oidc-"`
	ConnectorFolder string        `help:"Folder with connectors of one's own; each is inert until an admin has trusted it." name:"connector-folder" env:"PURSER_CONNECTOR_FOLDER" type:"path" placeholder:"DIR"`
	FilesFolder     string        `help:"Folder that is watched for files: FOLDER/<instance>/<kind>/<file>." name:"files-folder" env:"PURSER_FILES_FOLDER" type:"path" placeholder:"DIR"`
	Workers         int           `help:"Runs at the same time." env:"PURSER_WORKERS" default:"4"`
	KeepLogs        time.Duration `help:"How long logs of runs are kept, such as 720h." env:"PURSER_KEEP_LOGS" default:"720h"`
	LogFormat       string        `help:"text or json." env:"PURSER_LOG_FORMAT" enum:"text,json" default:"text"`
	LogLevel        string        `help:"debug, info, warn or error." env:"PURSER_LOG_LEVEL" enum:"debug,info,warn,error" default:"info"`
}

// Networks returns the networks of --allow-network.
func (s Server) Networks() ([]netip.Prefix, error) {
	var all []netip.Prefix
	for _, text := range s.AllowNetwork {
		if p, err := netip.ParsePrefix(text); err == nil {
			all = append(all, p.Masked())
			continue
		}
		a, err := netip.ParseAddr(text)
		if err != nil {
			return nil, purser.Invalid("allow-network", "%q is neither an address nor a network like 10.1.0.0/16", text)
		}
		all = append(all, netip.PrefixFrom(a, a.BitLen()))
	}
	return all, nil
}

// Outbound returns the proxy of --proxy, nil for none.
func (s Server) Outbound() (*url.URL, error) {
	if s.Proxy == "" {
		return nil, nil
	}
	u, err := url.Parse(s.Proxy)
	if err != nil || u.Host == "" {
		return nil, purser.Invalid("proxy", "this is not an address like http://proxy.example.com:3128")
	}
	switch u.Scheme {
	case "http", "https", "socks5":
		return u, nil
	}
	return nil, purser.Invalid("proxy", "a proxy's address begins with http://, https:// or socks5://, not %s://", u.Scheme)
}

// CheckSafelist refuses what is no address or network.
func (s Server) CheckSafelist() error {
	for _, text := range s.SafelistAddress {
		_, err1 := netip.ParseAddr(text)
		_, err2 := netip.ParsePrefix(text)
		if err1 != nil && err2 != nil {
			return purser.Invalid("safelist-address", "%q is neither an address nor a network", strings.TrimSpace(text))
		}
	}
	return nil
}
