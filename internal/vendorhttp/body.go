package vendorhttp

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"

	"purser"
	"purser/internal/refusal"
)

var (
	errTooLarge = errors.New("the body is too large")
	errPacking  = errors.New("the body is packed in a way that was not asked for")
)

// refusalCap is how much of a refusal's body is read.
const refusalCap = 64 << 10

// trusted is the stated length up to which memory is taken before the bytes come.
const trusted = 4 << 20

// read returns the whole body, unpacked and capped; of a refusal the beginning.
// It stands in a buffer: whoever keeps it beyond the buffer's giving back copies it.
// alive is called whenever bytes arrive.
func (c *Client) read(answer *http.Response, buffer *[]byte, large bool, alive func()) ([]byte, error) {
	limit := c.Caps.Body
	if large {
		limit *= 4
	}
	refused := answer.StatusCode >= 300
	if refused {
		limit = refusalCap
	}
	var from io.Reader = &lively{answer.Body, alive}
	text := (*buffer)[:0]
	switch packing := strings.ToLower(answer.Header.Get("Content-Encoding")); packing {
	case "", "identity":
		if answer.ContentLength > limit && !refused {
			return nil, errTooLarge
		}
		if n := answer.ContentLength; n > int64(cap(text)) && n <= min(limit, trusted) {
			text = make([]byte, 0, n+1) // one more byte to meet the end
		}
	case "gzip", "x-gzip":
		z := c.unpack.Get().(*gzip.Reader)
		defer c.unpack.Put(z)
		if err := z.Reset(from); err != nil {
			if errors.Is(err, io.EOF) {
				return nil, nil // an empty body has no header
			}
			return nil, cut(err)
		}
		from = z
	default:
		return nil, errPacking
	}
	for {
		if len(text) == cap(text) {
			text = append(text, 0)[:len(text)]
		}
		n, err := from.Read(text[len(text):cap(text)])
		text = text[:len(text)+n]
		*buffer = text
		if int64(len(text)) > limit {
			if refused {
				return text[:limit], nil
			}
			return nil, errTooLarge
		}
		if err == io.EOF {
			return text, nil
		}
		if err != nil {
			return nil, cut(err)
		}
	}
}

// giveBack keeps a buffer for the next answer, unless a rare large one made it grow.
func (c *Client) giveBack(buffer *[]byte) {
	if cap(*buffer) <= trusted {
		c.buffers.Put(buffer)
	}
}

// cut makes an early end look like one whatever found it.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

type lively struct {
	io.Reader
	alive func()
}

func (l *lively) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if n > 0 {
		l.alive()
	}
	return n, err
}

// unreadable refuses what cannot be a page of a list although its status is good.
func (s *sending) unreadable(answer *http.Response, body []byte) *purser.Error {
	told := &purser.Error{Class: purser.ClassInvalidResponse, Status: answer.StatusCode, Hint: refusal.Hint(purser.ClassInvalidResponse, "")}
	switch {
	case len(bytes.TrimSpace(body)) == 0 && answer.StatusCode != http.StatusNoContent:
		told.Code, told.What = "empty", s.what()+" was answered with nothing at all"
	case looksLikeHTML(answer, body):
		told.Code, told.What = "html", s.what()+" was answered with a web page in place of data"
		told.Hint = "Something between this server and the vendor may answer in its place (a proxy, a sign-in page), or the host is not the vendor's interface."
	default:
		return nil
	}
	return told
}

func looksLikeHTML(answer *http.Response, body []byte) bool {
	if strings.Contains(strings.ToLower(answer.Header.Get("Content-Type")), "html") {
		return true
	}
	start := bytes.ToLower(bytes.TrimSpace(body[:min(len(body), 512)]))
	return bytes.HasPrefix(start, []byte("<!doctype html")) || bytes.HasPrefix(start, []byte("<html"))
}
