package vendorhttp_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"purser/internal/manifest"
)

func TestABudgetOfWhichOnlyTheUseIsToldIsKeptToItsShare(t *testing.T) {
	for name, c := range map[string]struct{ pattern, value string }{
		"used and size": {`api-usage=(\d+)/(\d+)`, "api-usage=%d/10; per-app=1/2"},
		"a share":       {`^([0-9.]+)$`, "0.%d"},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVendor(t, func(n int, w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Limit-Info", fmt.Sprintf(c.value, 3+n))
				good(w)
			})
			v.instance.HTTP = &manifest.HTTP{Limits: []manifest.Limit{{UseAtMost: "50%",
				Usage: &manifest.Usage{Header: "Limit-Info", Pattern: c.pattern, Pause: manifest.Duration(time.Minute)}}}}
			caller := v.caller()
			for range 2 { // 0.4, then 0.5: used up
				if _, err := caller.Do(t.Context(), list()); err != nil || len(v.slept) != 0 {
					t.Fatalf("waited %v within the share, %v", v.slept, err)
				}
			}
			if _, err := caller.Do(t.Context(), list()); err != nil || len(v.slept) != 1 || v.slept[0] != time.Minute {
				t.Errorf("waited %v, %v; want a minute", v.slept, err)
			}
		})
	}
}
