package vendorhttp_test

import (
	"net/http"
	"testing"
	"time"

	"purser"
	"purser/internal/manifest"
	"purser/internal/vendorhttp"
)

// A report is made only when it is asked for: its first byte may take long, but
// then it has to come.
func TestAReportMayTakeItsTimeToBeginButNotToGoOn(t *testing.T) {
	const idle = 300 * time.Millisecond // far longer than a busy machine holds the rest of an answer back
	late := func(w http.ResponseWriter) {
		<-time.After(2 * idle) // the vendor's own time
		_, _ = w.Write([]byte(`{"Report_Entry":[]}`))
	}
	v := newVendor(t, func(_ int, w http.ResponseWriter, _ *http.Request) { late(w) })
	v.caps = vendorhttp.Caps{Idle: idle, Tries: 1}
	v.fails(v.caller(), list(), purser.ClassTransient, 1)
	v = newVendor(t, func(n int, w http.ResponseWriter, r *http.Request) {
		if n == 1 {
			late(w)
			return
		}
		_, _ = w.Write([]byte(`{"Report_Entry":[`))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	})
	v.caps = vendorhttp.Caps{Idle: idle, Tries: 1}
	v.instance.HTTP = &manifest.HTTP{Patience: manifest.Duration(time.Hour)}
	if _, err := v.caller().Do(t.Context(), list()); err != nil {
		t.Errorf("a report that began late: %v", err)
	}
	if told := v.fails(v.caller(), list(), purser.ClassTransient, 1); told.Code != "slow" {
		t.Errorf("a report that stopped half-way: %v", told)
	}
}
