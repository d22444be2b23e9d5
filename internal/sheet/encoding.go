package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"purser"
)

// Encodings lists the names of the encodings of texts that are read.
func Encodings() []string {
	return []string{"utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-15", "windows-1250", "windows-1251"}
}

func encodingNamed(name string) (encoding.Encoding, bool) {
	switch strings.ToLower(name) {
	case "utf-8":
		return nil, true
	case "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), true
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), true
	case "windows-1252":
		return charmap.Windows1252, true
	case "iso-8859-15":
		return charmap.ISO8859_15, true
	case "windows-1250":
		return charmap.Windows1250, true
	case "windows-1251":
		return charmap.Windows1251, true
	}
	return nil, false
}

// text returns the file as UTF-8, without a byte order mark, and the name of
// the encoding that it has. What is neither marked nor valid UTF-8 in its first
// 64 KiB is taken for windows-1252, as spreadsheet programs write it in the west.
func text(in *bufio.Reader, name string) (*bufio.Reader, string, error) {
	if name == "" {
		name = guess(in)
	}
	enc, ok := encodingNamed(name)
	if !ok {
		return nil, "", broken("the encoding %q is not known; there are %s", name, strings.Join(Encodings(), ", "))
	}
	if enc == nil {
		if head, _ := in.Peek(3); bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
			_, _ = in.Discard(3)
		}
		return in, name, nil
	}
	return bufio.NewReaderSize(&decoded{r: transform.NewReader(in, enc.NewDecoder())}, 64<<10), name, nil
}

func guess(in *bufio.Reader) string {
	head, _ := in.Peek(64 << 10)
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "utf-16be"
	case len(head) >= 4 && head[1] == 0 && head[3] == 0 && head[0] != 0:
		return "utf-16le"
	case len(head) >= 4 && head[0] == 0 && head[2] == 0 && head[1] != 0:
		return "utf-16be"
	}
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 {
			if len(head) < utf8.UTFMax && !utf8.FullRune(head) {
				break // cut at the end of what was looked at
			}
			return "windows-1252"
		}
		head = head[n:]
	}
	return "utf-8"
}

// decoded keeps an error of the file from becoming one of the decoder.
type decoded struct{ r io.Reader }

func (d *decoded) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	if err == nil || err == io.EOF {
		return n, err
	}
	if _, ok := errors.AsType[*purser.Error](err); ok {
		return n, err
	}
	return n, broken("the text cannot be decoded: %v", err)
}
