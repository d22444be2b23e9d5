package login

import (
	"context"
	"strings"
)

type deviceKey struct{}

// WithDevice notes in ctx what a browser says of itself (its User-Agent), for the
// session that a sign-in begins.
func WithDevice(ctx context.Context, userAgent string) context.Context {
	return context.WithValue(ctx, deviceKey{}, device(userAgent))
}

func deviceFrom(ctx context.Context) string {
	text, _ := ctx.Value(deviceKey{}).(string)
	return text
}

// device puts a User-Agent into words that its owner recognizes: "Firefox on
// Linux". What is not a known browser stays "": it could say anything.
func device(userAgent string) string {
	first := func(pairs ...string) string {
		for i := 0; i < len(pairs); i += 2 {
			if strings.Contains(userAgent, pairs[i]) {
				return pairs[i+1]
			}
		}
		return ""
	}
	// Most browsers name others, too: the most particular name stands first.
	browser := first("Edg", "Edge", "OPR/", "Opera", "Firefox/", "Firefox", "FxiOS/", "Firefox", "CriOS/", "Chrome", "Chrome/", "Chrome", "Safari/", "Safari")
	system := first("Windows", "Windows", "iPhone", "iPhone", "iPad", "iPad", "Android", "Android", "Mac OS X", "macOS", "CrOS", "ChromeOS", "Linux", "Linux")
	switch {
	case browser == "":
		return ""
	case system == "":
		return browser
	}
	return browser + " on " + system
}
