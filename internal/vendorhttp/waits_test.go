package vendorhttp_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"purser"
	"purser/internal/manifest"
)

func limited(header func(http.Header)) func(int, http.ResponseWriter, *http.Request) {
	return func(n int, w http.ResponseWriter, _ *http.Request) {
		if n > 1 {
			good(w)
			return
		}
		header(w.Header())
		w.WriteHeader(429)
	}
}

func TestA429IsWaitedForInEveryFormInWhichTheVendorSaysHowLong(t *testing.T) {
	reset := &manifest.Reset{Header: "X-Reset", As: "epoch"}
	for name, c := range map[string]struct {
		header func(h http.Header, now time.Time)
		want   time.Duration
	}{
		"seconds":      {func(h http.Header, _ time.Time) { h.Set("Retry-After", "30") }, 30 * time.Second},
		"date":         {func(h http.Header, now time.Time) { h.Set("Retry-After", now.Add(time.Minute).Format(http.TimeFormat)) }, time.Minute},
		"ISO":          {func(h http.Header, now time.Time) { h.Set("Retry-After", now.Add(90*time.Second).Format(time.RFC3339)) }, 90 * time.Second},
		"reset header": {func(h http.Header, now time.Time) { h.Set("X-Reset", fmt.Sprint(now.Add(20*time.Second).Unix())) }, 20 * time.Second},
		"not at all":   {func(http.Header, time.Time) {}, 1500 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, nil)
			v.answer = limited(func(h http.Header) { c.header(h, v.Now()) })
			v.instance.HTTP = &manifest.HTTP{Limits: []manifest.Limit{{Reset: reset}}}
			if _, err := v.caller().Do(t.Context(), list()); err != nil {
				t.Fatal(err)
			}
			if len(v.slept) != 1 || v.slept[0] != c.want {
				t.Errorf("slept %v, want %v", v.slept, c.want)
			}
		})
	}
}

func TestALongWaitIsHandedBackWithItsEndAndNothingIsSentBeforeIt(t *testing.T) {
	v := newVendor(t, limited(func(h http.Header) { h.Set("Retry-After", "3600") }))
	c := v.caller()
	end := v.Now().Add(time.Hour)
	if told := v.fails(c, list(), purser.ClassRateLimited, 1); !told.Until.Equal(end) {
		t.Errorf("until %v, want %v", told.Until, end)
	}
	if told := v.fails(c, list(), purser.ClassRateLimited, 0); !told.Until.Equal(end) {
		t.Errorf("until %v, want %v", told.Until, end)
	}
	v.now = end
	if _, err := c.Do(t.Context(), list()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if len(v.slept) != 0 {
		t.Errorf("a worker was held for %v", v.slept)
	}
}

func TestA429WithoutEndIsNotAskedForever(t *testing.T) {
	v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(429) })
	_, err := v.caller().Do(t.Context(), list())
	told, _ := errors.AsType[*purser.Error](err)
	if told == nil || told.Class != purser.ClassRateLimited || told.Until.IsZero() {
		t.Fatalf("%v", err)
	}
	var sum time.Duration
	for _, d := range v.slept {
		sum += d
	}
	if sum > 2*time.Minute || len(v.seen) < 3 {
		t.Errorf("%d requests, slept %v", len(v.seen), sum)
	}
}

func TestABudgetIsKeptFromTheVendorsHeadersDownToTheShareThatMayBeUsed(t *testing.T) {
	v := newVendor(t, nil)
	v.answer = func(n int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Limit", "10")
		w.Header().Set("X-Remaining", fmt.Sprint(10-n))
		w.Header().Set("X-Reset", fmt.Sprint(time.Date(2026, 11, 22, 12, 1, 0, 0, time.UTC).Unix()))
		good(w)
	}
	v.instance.HTTP = &manifest.HTTP{Limits: []manifest.Limit{{Scope: []string{"instance", "route"}, Limit: "X-Limit", Remaining: "X-Remaining",
		Reset: &manifest.Reset{Header: "X-Reset", As: "epoch"}, UseAtMost: "50%"}}}
	c := v.caller()
	for range 5 {
		if _, err := c.Do(t.Context(), list()); err != nil {
			t.Fatal(err)
		}
	}
	if len(v.slept) != 0 {
		t.Fatalf("waited %v within the share", v.slept)
	}
	other := list()
	other.Route = "/groups"
	if _, err := c.Do(t.Context(), other); err != nil || len(v.slept) != 0 {
		t.Fatalf("another route waited %v, %v", v.slept, err)
	}
	if _, err := c.Do(t.Context(), list()); err != nil || len(v.slept) != 1 || v.slept[0] != time.Minute {
		t.Errorf("waited %v, %v; want a minute", v.slept, err)
	}
}

func TestAStatedRateHoldsInEveryWindowAndForAllRunsOfAnInstance(t *testing.T) {
	v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { good(w) })
	v.instance.HTTP = &manifest.HTTP{Limits: []manifest.Limit{{Scope: []string{"instance"}, Rate: "20/1m"}}}
	client := v.client()
	one, two := client.Caller(v.instance), client.Caller(v.instance)
	for range 10 {
		_, _ = one.Do(t.Context(), list())
		_, _ = two.Do(t.Context(), list())
	}
	if len(v.slept) != 0 {
		t.Fatalf("waited %v within the rate", v.slept)
	}
	if _, err := two.Do(t.Context(), list()); err != nil || len(v.slept) != 1 || v.slept[0] != time.Minute {
		t.Errorf("waited %v, %v", v.slept, err)
	}
	v.instance.ID = "ins_2"
	if _, err := client.Caller(v.instance).Do(t.Context(), list()); err != nil || len(v.slept) != 1 {
		t.Errorf("another instance waited %v, %v", v.slept, err)
	}
}

func TestNoMoreRequestsAtOnceThanTheManifestAllows(t *testing.T) {
	var mu sync.Mutex
	now, most := 0, 0
	v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		now++
		most = max(most, now)
		mu.Unlock()
		good(w)
		mu.Lock()
		now--
		mu.Unlock()
	})
	v.instance.HTTP = &manifest.HTTP{Limits: []manifest.Limit{{Concurrent: 2}}}
	c := v.caller()
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if _, err := c.Do(t.Context(), list()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most > 2 || len(v.seen) != 40 {
		t.Errorf("%d at once of %d", most, len(v.seen))
	}
}

func TestA401ForcesOneRefreshAndASecondOneEndsIt(t *testing.T) {
	v := newVendor(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "Bearer canary-good" {
			good(w)
			return
		}
		w.WriteHeader(401)
		_, _ = w.Write([]byte(`canary-leak`))
	})
	v.instance.Credentials = &keys{list: []string{"old", "good"}}
	if _, err := v.caller().Do(t.Context(), list()); err != nil || len(v.seen) != 2 {
		t.Errorf("%d requests, %v", len(v.seen), err)
	}
	v.instance.Credentials = &keys{list: []string{"old", "bad", "worse"}}
	v.fails(v.caller(), list(), purser.ClassAuthRevoked, 2)
	v.instance.Credentials = &keys{list: []string{"static"}}
	c := v.caller()
	v.fails(c, list(), purser.ClassAuthRevoked, 1)
	v.fails(c, list(), purser.ClassAuthRevoked, 0) // it is not shown again in this piece of work
	other := list()
	other.Token = "user"
	v.fails(c, other, purser.ClassAuthRevoked, 1)
}

func TestATroubleAtTheTokenEndpointIsTriedAgainAndKeepsItsClass(t *testing.T) {
	v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { good(w) })
	v.instance.Credentials = &keys{err: &purser.Error{Class: purser.ClassTransient, What: "the token endpoint answered 503"}}
	v.fails(v.caller(), list(), purser.ClassTransient, 0)
	if len(v.slept) != 4 {
		t.Errorf("%d waits, want 4", len(v.slept))
	}
	v.instance.Credentials = &keys{err: &purser.Error{Class: purser.ClassAuthRevoked, What: "refused"}}
	v.slept = nil
	v.fails(v.caller(), list(), purser.ClassAuthRevoked, 0)
	if len(v.slept) != 0 {
		t.Errorf("waited %v", v.slept)
	}
}

func TestAFreshProofIsAskedForOnce(t *testing.T) {
	v := newVendor(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		if n > 1 {
			good(w)
			return
		}
		w.Header().Set("DPoP-Nonce", "n")
		w.WriteHeader(401)
	})
	v.instance.Credentials = &keys{list: []string{"bound"}}
	if _, err := v.caller().Do(t.Context(), list()); err != nil || len(v.seen) != 2 {
		t.Errorf("%d requests, %v", len(v.seen), err)
	}
}

func TestAWriteIsTriedAgainOnlyIfItNeverLeftOrDoesNoHarmTwice(t *testing.T) {
	v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) })
	r := list()
	r.Method, r.Write, r.Body, r.ContentType = "POST", true, []byte(`{"a":1}`), "application/json"
	v.fails(v.caller(), r, purser.ClassTransient, 1)
	r.Repeatable = true
	v.fails(v.caller(), r, purser.ClassTransient, 5)
	r.Repeatable = false
	v.answer = limited(func(h http.Header) { h.Set("Retry-After", "1") })
	v.seen = nil
	if _, err := v.caller().Do(t.Context(), r); err != nil || len(v.seen) != 2 {
		t.Errorf("a write that was turned away: %d requests, %v", len(v.seen), err)
	}
	inner := v.transport
	refusals := 0
	v.transport = roundTrip(func(r *http.Request) (*http.Response, error) {
		if refusals++; refusals < 3 {
			return nil, errors.New("connection refused")
		}
		return inner.RoundTrip(r)
	})
	if _, err := v.caller().Do(t.Context(), r); err != nil || refusals != 3 {
		t.Errorf("a write that never left: %d attempts, %v", refusals, err)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestEachAttemptAndEachWaitIsToldAndNoSecretStandsInIt(t *testing.T) {
	v := newVendor(t, func(n int, w http.ResponseWriter, r *http.Request) {
		switch n {
		case 1:
			w.WriteHeader(500)
			_, _ = w.Write([]byte(`{"error":"canary-only","message":"you sent ` + r.Header.Get("Authorization") + `"}`))
		case 2:
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(429)
		default:
			w.WriteHeader(403)
			_, _ = w.Write([]byte(`{"error":"canary-only","message":"you sent ` + r.Header.Get("Authorization") + `"}`))
		}
	})
	v.instance.HTTP = &manifest.HTTP{ErrorBody: []manifest.ErrorBody{{Code: "error", Message: "message"}}}
	v.instance.Credentials = &keys{list: []string{"only"}}
	told := v.fails(v.caller(), list(), purser.ClassPermission, 3)
	if text := fmt.Sprintf("%+v %s", *told, told.Error()); strings.Contains(text, "canary") {
		t.Errorf("the error is %s", text)
	}
	var kinds []string
	for _, e := range v.events {
		if text := fmt.Sprintf("%+v", e); strings.Contains(text, "canary") || strings.Contains(text, "limit=2") {
			t.Errorf("the trace says %s", text)
		}
		if e.Host != vendorHost || e.Path != "/api/users" || e.Method != "GET" || e.Page != 1 {
			t.Errorf("%+v", e)
		}
		kinds = append(kinds, fmt.Sprintf("%d/%d/%v/%s", e.Attempt, e.Status, e.Wait, e.Reason))
	}
	want := "1/500/0s/ 1/0/1.5s/tried again after an error 2/429/0s/ 2/0/5s/the vendor asks to wait 3/403/0s/"
	if got := strings.Join(kinds, " "); got != want {
		t.Errorf("told %s\nwant %s", got, want)
	}
}

func TestACancellationEndsAWaitAndARequest(t *testing.T) {
	v := newVendor(t, func(_ int, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := v.caller().Do(ctx, list())
		done <- err
	}()
	cancel()
	if err := <-done; purser.ClassOf(err) != purser.ClassCanceled {
		t.Errorf("%v", err)
	}

}
