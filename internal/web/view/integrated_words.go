package view

import (
	"strings"

	"purser"
	"purser/internal/feed"
	"purser/internal/web/ui"
)

func servedText(c feed.Count) string {
	if c.All == 0 {
		return "What this identity provider serves."
	}
	s := "This identity provider serves " + ui.Int(c.All) + ": " + ui.Int(c.Managed) + " managed"
	if c.Unidentified > 0 {
		s += ", " + ui.Int(c.Unidentified) + " unidentified"
	}
	return s + "."
}

func savedText(d IntegratedData) string {
	var parts []string
	if n := int64(len(d.Taken)); n > 0 {
		parts = append(parts, ui.Count(n, "application is", "applications are")+" managed now")
	}
	if n := int64(len(d.Dropped)); n > 0 {
		parts = append(parts, ui.Count(n, "application is", "applications are")+" no longer managed")
	}
	return strings.Join(parts, "; ")
}

// protocolWord is how a way to sign in is written; what is no known protocol stays
// as the provider says it.
func protocolWord(said string) string {
	switch plain := strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "", ".", "").Replace(said)); {
	case strings.HasPrefix(plain, "saml"):
		return "SAML"
	case plain == "oidc" || strings.HasPrefix(plain, "openid"):
		return "OpenID Connect"
	case strings.HasPrefix(plain, "wsfed"):
		return "WS-Federation"
	case plain == "bookmark":
		return "Bookmark"
	}
	return said
}

// signOnText says how it signs people in, and its state where that is not the usual one.
func signOnText(a purser.IntegratedApplication) string {
	var parts []string
	if a.SignOn != "" {
		parts = append(parts, protocolWord(a.SignOn))
	}
	if a.State == "inactive" || a.State == "deleted" {
		parts = append(parts, a.State+" at the identity provider")
	}
	return strings.Join(parts, ", ")
}

func yesWith(connector string) string {
	if connector == "" {
		return ""
	}
	return "yes"
}
