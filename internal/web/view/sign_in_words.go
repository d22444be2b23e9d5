package view

import (
	"slices"

	"github.com/a-h/templ"

	"purser/internal/login"
	"purser/internal/web/ui"
)

// device names a session's browser in words.
func device(s login.Session) string {
	if s.Device == "" {
		return "Unknown browser"
	}
	return s.Device
}

// codeField is where a code of the second factor is typed.
func codeField(problem string) ui.Field {
	return ui.Field{Name: "code", Label: "Code", Hint: "Six digits from the app, or one of your recovery codes.", Autocomplete: "one-time-code",
		Mono: true, Required: true, Error: problem, Attrs: templ.Attributes{"maxlength": "40", "autocapitalize": "none"}}
}

func required(yes bool) string {
	if yes {
		return "every local account needs one"
	}
	return "up to each user"
}

func issuerName(i login.Identity, provider string) string {
	if i.Current {
		return provider
	}
	return i.Issuer + ", which is no longer configured,"
}

func someone(email string) string {
	if email == "" {
		return "an account without an address"
	}
	return email
}

func connected(all []login.Identity) bool {
	return slices.ContainsFunc(all, func(i login.Identity) bool { return i.Current })
}

// signsIn says how a user can sign in.
func signsIn(u login.User) string {
	switch {
	case u.Password && u.SecondFactor && u.Connected:
		return "provider, or password and code"
	case u.Password && u.Connected:
		return "provider, or password"
	case u.Password && u.SecondFactor:
		return "password and code"
	case u.Password:
		return "password"
	case u.Connected:
		return "provider"
	}
	return ""
}

func passwordsWord(off bool) string {
	if off {
		return "turned off: people sign in by the provider"
	}
	return "accepted"
}

// providerVariant is how the provider's button looks: first where it is the only way.
func providerVariant(d login.Doors) ui.Variant {
	if d.Passwords {
		return ui.Outline
	}
	return ui.Primary
}

func noPasswordsHint(provider string) string {
	if provider == "" {
		return "Needs a provider of OpenID Connect, which the operator configures."
	}
	return "People sign in with " + provider + " only; an admin must be connected with it first. The one-time link of `purser admin link` stays the way back in."
}

func passwordVerb(has bool) string {
	if has {
		return "Change password"
	}
	return "Set password"
}
