package vendorhttp_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"context"
	"net/http/httptest"
	"purser/internal/egress"
	"purser/internal/vendorhttp"
)

// BenchmarkPage is what one page of 200 users of 1.5 KB costs on top of the vendor's own work.
func BenchmarkPage(b *testing.B) {
	page := []byte("[" + strings.Repeat(`{"id":"`+strings.Repeat("x", 1490)+`"},`, 200) + "{}]")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(page)
	}))
	defer server.Close()
	mapped, err := egress.ParseVendorMap(vendorHost + "=" + server.URL)
	if err != nil {
		b.Fatal(err)
	}
	client := vendorhttp.New(vendorhttp.Options{Transport: egress.New(egress.Options{VendorMap: mapped}).Transport(), Now: time.Now,
		Jitter: func() float64 { return 0 }, Sleep: func(context.Context, time.Duration) error { return nil }})
	caller := client.Caller(vendorhttp.Instance{ID: "ins_1", Pins: egress.Pins{vendorHost}, Credentials: &keys{list: []string{"k"}}})
	b.ReportAllocs()
	for b.Loop() {
		r := list()
		r.Lend = true
		answer, err := caller.Do(b.Context(), r)
		if err != nil {
			b.Fatal(err)
		}
		answer.Release()
	}
}
