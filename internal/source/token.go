package source

import (
	"net/http"

	"purser/internal/credential"
	"purser/internal/vendorhttp"
)

// TokenEvents makes token requests events of the same log as all other
// requests: the Record of a credential.Use. record may be nil.
func TokenEvents(record func(vendorhttp.Event)) func(credential.TokenRequest) {
	if record == nil {
		return nil
	}
	return func(t credential.TokenRequest) {
		record(vendorhttp.Event{At: t.At, Stream: "token", Method: http.MethodPost, Host: t.Host, Path: t.Path, Attempt: 1,
			Status: t.Status, Duration: t.Duration, Bytes: t.Bytes, Reason: t.Grant})
	}
}
