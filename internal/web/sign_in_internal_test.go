package web

import "testing"

func TestALinkToTheSignInPageLeadsToNoOtherSite(t *testing.T) {
	for next, want := range map[string]string{
		"/people?q=a+b&sort=name#top": "/people?q=a+b&sort=name#top",
		"/applications/app_3":         "/applications/app_3",
		"/people?q=%09":               "/people?q=%09",
		"":                            "/",
		"people":                      "/",
		"//evil.example":              "/",
		"/\\evil.example":             "/",
		"/\t/evil.example":            "/", // browsers leave tabs and line ends out of an address
		"/\n/evil.example":            "/",
		"/\r/evil.example":            "/",
		"/\x00/evil.example":          "/",
		"/\x7f/evil.example":          "/",
		"/a%zz":                       "/",
		"https://evil.example/":       "/",
		"javascript:alert(1)":         "/",
	} {
		if got := localPath(next); got != want {
			t.Errorf("localPath(%q) = %q, not %q", next, got, want)
		}
	}
}
