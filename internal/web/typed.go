package web

import (
	"net/http"
	"net/url"

	"purser/internal/web/view"
)

// typed is the form of a request as it was sent, with what is wrong with it; ok is
// false if err is about something else.
func typed(r *http.Request, err error) (t view.Typed, ok bool) {
	if ok = takesBack(&t.Errors, err); ok {
		t.Values = r.PostForm
	}
	return t, ok
}

// stands says at another field of a form what is wrong with one that it calls otherwise.
func stands(t view.Typed, of, at string) {
	if text, ok := t.Errors[of]; ok {
		delete(t.Errors, of)
		t.Errors[at] = text
	}
}

// showing is a request for the page of an address, to show a form of it again.
func showing(r *http.Request, address *url.URL) *http.Request {
	page := r.Clone(r.Context())
	page.Method, page.URL = http.MethodGet, address
	return page
}

// back is the list from which a form was sent, at the address that it kept; path alone
// where that is of another page.
func back(r *http.Request, path string) *url.URL {
	to, err := url.Parse(localPath(r.PostFormValue("back")))
	if err != nil || to.Path != path {
		to = &url.URL{Path: path}
	}
	q := to.Query()
	q.Del("done")
	to.RawQuery = q.Encode()
	return to
}

// decided goes back to the list, from its beginning.
func decided(w http.ResponseWriter, r *http.Request, to *url.URL) error {
	q := to.Query()
	q.Set("done", "decided")
	q.Del("after")
	to.RawQuery = q.Encode()
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
	return nil
}
