package vendorhttp_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/vendorhttp"
)

func TestAGoodAnswerComesBackWholeAlsoWhenItIsPacked(t *testing.T) {
	page := strings.Repeat(`{"id":"1","name":"Ada"},`, 50_000)
	for name, write := range map[string]func(w http.ResponseWriter){
		"with a length": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", fmt.Sprint(len(page)))
			_, _ = w.Write([]byte(page))
		},
		"in chunks": func(w http.ResponseWriter) { w.(http.Flusher).Flush(); _, _ = w.Write([]byte(page)) },
		"packed": func(w http.ResponseWriter) {
			w.Header().Set("Content-Encoding", "gzip")
			z := gzip.NewWriter(w)
			_, _ = z.Write([]byte(page))
			_ = z.Close()
		},
	} {
		v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { write(w) })
		c := v.caller()
		for i := range 4 {
			r := list()
			r.Lend = i%2 == 1
			answer, err := c.Do(t.Context(), r)
			if err != nil || string(answer.Body) != page {
				t.Fatalf("%s: %d bytes, %v", name, len(answer.Body), err)
			}
			answer.Release()
			if kept := string(answer.Body) == page; kept == r.Lend {
				t.Errorf("%s: lent %v, kept after its release %v", name, r.Lend, kept)
			}
		}
		if v.seen[0].Header.Get("User-Agent") != "Purser/test" || v.seen[0].Host != vendorHost {
			t.Errorf("%v %s", v.seen[0].Header, v.seen[0].Host)
		}
	}
}

func TestNothingIsSentToAForeignHostWhereverTheLinkCameFrom(t *testing.T) {
	v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { good(w) })
	v.instance.Credentials = &keys{list: []string{"a"}}
	for _, address := range []string{"https://evil.example.net/users?after=1", "http://" + vendorHost + "/users", "https://" + vendorHost + ":8443/", "https://" + vendorHost + "@evil.example.net/", "//evil.example.net/", "file:///etc/passwd"} {
		r := list()
		r.URL = address
		told := v.fails(v.caller(), r, purser.ClassConfig, 0)
		if told.Code != "host_not_allowed" {
			t.Errorf("%s: %v", address, told)
		}
	}
}

func TestARedirectIsRefusedUnlessDeclaredAndThenFollowedWithoutCredentials(t *testing.T) {
	v := newVendor(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Host == vendorHost {
			http.Redirect(w, r, "https://"+r.URL.Query().Get("to")+"/file", http.StatusFound)
			return
		}
		good(w)
	})
	v.instance.Credentials = &keys{list: []string{"a"}}
	r := list()
	r.URL = "https://" + vendorHost + "/export?to=files.example.net"
	v.fails(v.caller(), r, purser.ClassConfig, 1)
	r.RedirectTo = []string{"files.example.net"}
	if _, err := v.caller().Do(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if last := v.seen[len(v.seen)-1]; last.Host != "files.example.net" || last.Header.Get("Authorization") != "" {
		t.Errorf("followed to %s with %q", last.Host, last.Header.Get("Authorization"))
	}
	r.URL = "https://" + vendorHost + "/export?to=evil.example.net"
	v.fails(v.caller(), r, purser.ClassConfig, 1)
}

func TestABodyThatIsTooLargeIsRefusedHoweverItIsSent(t *testing.T) {
	bomb := func(n int64) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		block := make([]byte, 1<<20)
		for range n >> 20 {
			_, _ = z.Write(block)
		}
		_ = z.Close()
		return b.Bytes()
	}(8 << 20)
	for name, write := range map[string]func(w http.ResponseWriter){
		"50 MB": func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", fmt.Sprint(50<<20))
			w.(http.Flusher).Flush() // its length is enough
		},
		"8 MB in chunks": func(w http.ResponseWriter) {
			block := make([]byte, 1<<20)
			for range 8 {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		},
		"a bomb": func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "gzip"); _, _ = w.Write(bomb) },
	} {
		v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { write(w) })
		if name != "50 MB" {
			v.caps = vendorhttp.Caps{Body: 4 << 20}
		}
		if told := v.fails(v.caller(), list(), purser.ClassInvalidResponse, 1); told.Code != "body_too_large" {
			t.Errorf("%s: %v", name, told)
		}
	}
}

func TestACutBodyASlowBodyAndADroppedConnectionAreTriedFiveTimes(t *testing.T) {
	for name, write := range map[string]func(w http.ResponseWriter, r *http.Request){
		"cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`[{"id":`))
		},
		"cut in chunks": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`[{"id":`))
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		},
		"dropped": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"slow": func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write([]byte(`[`))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"silent": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"packed and cut": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte{0x1f, 0x8b, 8, 0, 0, 0})
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, func(_ int, w http.ResponseWriter, r *http.Request) { write(w, r) })
			// Only what waits for it may meet it: on a busy machine a request could give up
			// before the vendor's handler has counted it.
			if v.caps.Idle = time.Minute; name == "slow" || name == "silent" {
				v.caps.Idle = 300 * time.Millisecond
			}
			v.fails(v.caller(), list(), purser.ClassTransient, 5)
			for i, longest := range []time.Duration{2 * time.Second, 6 * time.Second, 20 * time.Second, time.Minute} {
				if want := time.Second + (longest-time.Second)/2; v.slept[i] != want {
					t.Errorf("wait %d: %v, want %v", i+1, v.slept[i], want)
				}
			}
		})
	}
}

func TestAVendorThatDripsWithoutEndIsCutOffByTheTotalTime(t *testing.T) {
	v := newVendor(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			_, _ = w.Write([]byte(" "))
			w.(http.Flusher).Flush()
		}
	})
	v.caps = vendorhttp.Caps{Total: 30 * time.Millisecond, Tries: 1, Body: 1 << 40}
	if told := v.fails(v.caller(), list(), purser.ClassTransient, 1); told.Code != "slow" {
		t.Errorf("%v", told)
	}
}

func TestWhatIsNoPageAlthoughItsStatusIsGoodIsAskedOnceMore(t *testing.T) {
	for name, write := range map[string]func(w http.ResponseWriter){
		"HTML": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte("<p>Sign in"))
		},
		"HTML as JSON": func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("\n<!DOCTYPE html><p>"))
		},
		"nothing":       func(w http.ResponseWriter) {},
		"blanks":        func(w http.ResponseWriter) { _, _ = w.Write([]byte(" \n")) },
		"odd packing":   func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "br"); _, _ = w.Write([]byte("x")) },
		"empty, packed": func(w http.ResponseWriter) { w.Header().Set("Content-Encoding", "gzip") },
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { write(w) })
			v.fails(v.caller(), list(), purser.ClassInvalidResponse, 2)
			v.answer = func(n int, w http.ResponseWriter, _ *http.Request) {
				if n == 3 {
					write(w)
				} else {
					good(w)
				}
			}
			if _, err := v.caller().Do(t.Context(), list()); err != nil {
				t.Errorf("the second time was good: %v", err)
			}
		})
	}
}

func TestEachRefusalHasItsClassAndItsNumberOfTries(t *testing.T) {
	for status, want := range map[int]struct {
		class    purser.Class
		requests int
	}{
		400: {purser.ClassInvalidResponse, 1}, 401: {purser.ClassAuthRevoked, 1}, 402: {purser.ClassNotAvailable, 1}, 403: {purser.ClassPermission, 1},
		404: {purser.ClassNotFound, 1}, 408: {purser.ClassTransient, 5}, 410: {purser.ClassNotFound, 1}, 500: {purser.ClassTransient, 5}, 503: {purser.ClassTransient, 5},
	} {
		v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"errorCode":"E1","errorSummary":"` + strings.Repeat("x", 100_000) + `"}`))
		})
		v.instance.Credentials = &keys{list: []string{"only"}}
		v.fails(v.caller(), list(), want.class, want.requests)
	}
}

func TestTheManifestsRulesComeBeforeTheDefaults(t *testing.T) {
	v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"ok":false,"error":"missing_scope","needed":"users:read"}`))
	})
	v.instance.HTTP = &manifest.HTTP{Success: &manifest.Success{At: "ok", Equals: true}, Missing: "needed", ErrorBody: []manifest.ErrorBody{{Code: "error"}},
		Errors: []manifest.ErrorRule{{Code: []string{"missing_scope"}, Class: purser.ClassPermission}}}
	told := v.fails(v.caller(), list(), purser.ClassPermission, 1)
	if told.Scope != "users:read" || !strings.Contains(told.Hint, "users:read") {
		t.Errorf("%#v", told)
	}
}
