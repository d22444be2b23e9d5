package purser

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"time"
)

// Prefixes of public identifiers, written before a ULID: ins_01J….
const (
	PrefixInstance   = "ins_"
	PrefixCredential = "crd_"
	PrefixRun        = "run_"
	PrefixHold       = "hld_"
	PrefixUser       = "usr_"
	PrefixSession    = "ses_"
	PrefixToken      = "tok_"
	PrefixInvitation = "inv_"
	PrefixAudit      = "aud_"
	PrefixDelegate   = "dlg_"
	PrefixDelivery   = "dlv_" // of a notice to one recipient
	PrefixRecipient  = "rcp_"
	PrefixEndpoint   = "npt_" // a webhook or chat
	PrefixDeletion   = "del_"
	PrefixAction     = "act_"
	PrefixLoad       = "lod_" // of records that were handed over
	PrefixMapping    = "map_" // of columns to fields
	PrefixView       = "viw_" // of a list, saved
)

// alphabet is the ULID alphabet (https://github.com/ulid/spec, read 2026-11).
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// IDSource makes sortable identifiers. Time and randomness are injected.
type IDSource struct {
	Now  func() time.Time
	Rand io.Reader
}

// New returns prefix followed by a ULID: 48 bits of milliseconds, 80 bits of randomness.
func (s IDSource) New(prefix string) string {
	ms := uint64(s.Now().UnixMilli())
	var raw [16]byte
	binary.BigEndian.PutUint64(raw[:8], ms<<16)
	if _, err := io.ReadFull(s.Rand, raw[6:]); err != nil {
		// The operating system's source does not fail; anything else is a wiring bug.
		panic(fmt.Sprintf("purser: no randomness for an identifier: %v", err))
	}
	return prefix + encodeULID(raw)
}

func encodeULID(raw [16]byte) string {
	hi, lo := binary.BigEndian.Uint64(raw[:8]), binary.BigEndian.Uint64(raw[8:])
	var out [26]byte
	for i := 25; i >= 0; i-- {
		out[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(out[:])
}

// ValidID reports whether id is prefix followed by 26 characters of the ULID alphabet.
func ValidID(prefix, id string) bool {
	rest, ok := strings.CutPrefix(id, prefix)
	if !ok || len(rest) != 26 {
		return false
	}
	return strings.IndexFunc(rest, func(r rune) bool {
		return !strings.ContainsRune(alphabet, r)
	}) < 0
}
