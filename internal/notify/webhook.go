package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"purser"
	"purser/internal/store"
)

// Headers of a webhook.
const (
	// HeaderSignature is "t=<seconds since 1970>,v1=<hex>": the HMAC-SHA256 with the
	// webhook's secret of that number, a full stop and the body.
	HeaderSignature = "Purser-Signature"
	// HeaderDelivery is the same for each try of a delivery: by it a receiver knows
	// what it has already.
	HeaderDelivery = "Purser-Delivery"
	HeaderEvent    = "Purser-Event" // the kind
)

// postWithin is how long a webhook or chat may take.
const postWithin = 15 * time.Second

// webhookBody is what a webhook is told.
type webhookBody struct {
	ID    string       `json:"id"` // of the delivery
	Event purser.Event `json:"event"`
	URL   string       `json:"url"` // the page for people
}

// Sign returns the signature of a body sent at a time.
func Sign(secret string, at time.Time, body []byte) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// post makes one try at a webhook or chat and notes how it ended.
func (s *Service) post(ctx context.Context, d store.DeliveryRow) {
	began := s.Now()
	from := store.DeliveryWaiting
	t := s.postTo(ctx, d, &from)
	if t != nil && (ctx.Err() != nil || s.frozen()) && (!t.unsure || d.Way == WayWebhook) {
		t.stopped, t.unsure = true, false
	}
	s.ended(ctx, d, from, began, t)
}

func (s *Service) postTo(ctx context.Context, d store.DeliveryRow, state *string) *trouble {
	row, ok, err := store.EndpointByID(ctx, s.DB.Read(), d.Target)
	if err != nil {
		return &trouble{what: "the database is away", stopped: true}
	}
	if !ok {
		return &trouble{what: "the endpoint was removed", final: true}
	}
	r, format, err := s.request(ctx, row, d)
	if err != nil {
		var e *purser.Error
		if errors.As(err, &e) {
			return &trouble{what: e.What, hint: e.Hint}
		}
		return &trouble{what: err.Error(), final: true}
	}
	if t := s.begin(ctx, d); t != nil {
		return t
	}
	*state = store.DeliverySending
	ctx, cancel := context.WithTimeout(ctx, postWithin)
	defer cancel()
	client := &http.Client{Transport: s.HTTP, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r.WithContext(ctx))
	if err != nil {
		return s.unanswered(err, row)
	}
	defer func() { _ = res.Body.Close() }()
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 16<<10)) // a hint at most
	return judge(res, string(raw), row, format, s.Now())
}

// request makes the request of a delivery; the same body for each try.
func (s *Service) request(ctx context.Context, row store.EndpointRow, d store.DeliveryRow) (*http.Request, ChatFormat, error) {
	m, e, err := s.write(d)
	if err != nil {
		return nil, ChatFormat{}, err
	}
	address, err := s.opened(row, "url")
	if err != nil {
		return nil, ChatFormat{}, err
	}
	var body []byte
	var format ChatFormat
	header := http.Header{"Content-Type": {"application/json"}, "User-Agent": {s.UserAgent}}
	if row.Way == WayChat {
		if format, err = chatFormat(row.Format); err != nil {
			return nil, format, err
		}
		if body, err = format.fill(m); err != nil {
			return nil, format, err
		}
	} else {
		secret, err := s.opened(row, "secret")
		if err != nil {
			return nil, format, err
		}
		if body, err = json.Marshal(webhookBody{ID: d.ID, Event: e, URL: m.URL}); err != nil {
			return nil, format, fmt.Errorf("write the body of delivery %s: %w", d.ID, err)
		}
		header.Set(HeaderSignature, Sign(secret, s.Now(), body))
		header.Set(HeaderDelivery, d.ID)
		header.Set(HeaderEvent, d.Kind)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return nil, format, errors.New("the address cannot be used any more; add the endpoint anew") // without the address
	}
	r.Header = header
	return r, format, nil
}

// unanswered is a request without an answer. A chat may have shown the message all
// the same; nobody can know.
func (s *Service) unanswered(err error, row store.EndpointRow) *trouble {
	if e, ok := errors.AsType[*purser.Error](err); ok {
		return &trouble{what: e.What, hint: e.Hint, stopped: e.Code == "frozen"}
	}
	t := &trouble{what: row.Host + " gave no answer", hint: "Check the address, and that this server may reach it"}
	if errors.Is(err, context.DeadlineExceeded) {
		t.what = row.Host + " did not answer in time"
	}
	if bad, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		t.what = fmt.Sprintf("the certificate of %s is not valid for it: %v", row.Host, bad.Err)
		return t
	}
	t.unsure = row.Way == WayChat
	return t
}

// judge says what an answer means; nil: it was taken.
func judge(res *http.Response, body string, row store.EndpointRow, format ChatFormat, now time.Time) *trouble {
	if res.StatusCode >= 200 && res.StatusCode < 300 {
		return nil
	}
	t := &trouble{status: res.StatusCode, what: fmt.Sprintf("%s answered %d %s", row.Host, res.StatusCode, http.StatusText(res.StatusCode))}
	switch {
	case res.StatusCode >= 300 && res.StatusCode < 400:
		t.hint = "It leads elsewhere, which Purser does not follow: enter the address that it leads to"
	case res.StatusCode == http.StatusGone:
		t.final, t.hint = true, "Its owner says that the address is no longer used: remove it here"
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode == http.StatusServiceUnavailable:
		t.after = retryAfter(res.Header.Get("Retry-After"), now)
	case row.Way == WayChat && res.StatusCode < 500 && res.StatusCode != http.StatusRequestTimeout:
		t.final = true
	}
	for word, hint := range format.Errors {
		if strings.Contains(body, word) {
			t.what, t.hint = t.what+": "+word, hint
		}
	}
	return t
}

// retryAfter reads seconds or a date.
func retryAfter(text string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(text); err == nil && n > 0 {
		return time.Duration(n) * time.Second
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
