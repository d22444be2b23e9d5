package source

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-ldap/ldap/v3"
)

// accountDisable is the bit of userAccountControl of an account that may not
// sign in (Microsoft, UserAccountControl property flags, read 2026-11).
const accountDisable = 0x2

// neverExpires is how accountExpires says never, as 0 does (Microsoft, Account-Expires
// attribute, read 2026-11).
const neverExpires = "9223372036854775807"

// record makes an object of an entry: its attributes in lower case, each a list
// of texts. Beside them stand dn, id (the directory's own that never changes),
// disabled and expired (yes, no, or nothing where the directory does not say) and last_logon.
func record(e *ldap.Entry, now time.Time) map[string]any {
	out := map[string]any{"dn": e.DN, "id": entryID(e)}
	for _, a := range e.Attributes {
		name := strings.ToLower(a.Name)
		switch name {
		case "objectguid", "objectsid":
			continue // bytes
		}
		values := make([]string, 0, len(a.Values))
		for _, v := range a.Values {
			if !utf8.ValidString(v) {
				continue
			}
			if name == "whencreated" || name == "createtimestamp" {
				v = generalized(v)
			}
			values = append(values, v)
		}
		out[name] = values
	}
	if v := e.GetEqualFoldAttributeValue("userAccountControl"); v != "" {
		if bits, err := strconv.ParseInt(v, 10, 64); err == nil {
			out["disabled"] = bits&accountDisable != 0
		}
	}
	if v := e.GetEqualFoldAttributeValue("nsAccountLock"); v != "" {
		out["disabled"] = strings.EqualFold(v, "true")
	}
	if v := e.GetEqualFoldAttributeValue("pwdAccountLockedTime"); v != "" {
		out["disabled"] = true
	}
	if v := e.GetEqualFoldAttributeValue("accountExpires"); v != "" {
		at, ok := fileTime(v)
		out["expired"] = ok && v != neverExpires && !at.After(now)
	}
	if at, ok := fileTime(e.GetEqualFoldAttributeValue("lastLogonTimestamp")); ok {
		out["last_logon"] = at.Format(time.RFC3339)
	}
	return out
}

// entryID is what names an entry for ever: a name may change when a person marries.
func entryID(e *ldap.Entry) string {
	if raw := e.GetEqualFoldRawAttributeValue("objectGUID"); len(raw) == 16 {
		// The first three groups are little-endian ([MS-DTYP] 2.3.4).
		return fmt.Sprintf("%02x%02x%02x%02x-%02x%02x-%02x%02x-%s-%s", raw[3], raw[2], raw[1], raw[0], raw[5], raw[4], raw[7], raw[6],
			hex.EncodeToString(raw[8:10]), hex.EncodeToString(raw[10:]))
	}
	for _, name := range []string{"entryUUID", "nsUniqueId", "ipaUniqueID", "GUID"} {
		if v := e.GetEqualFoldAttributeValue(name); v != "" {
			return strings.ToLower(v)
		}
	}
	return fold(e.DN)
}

// relative splits an objectSid into its domain and the number within it ([MS-DTYP]
// 2.4.2.2: the last of the 32-bit numbers, little-endian).
func relative(e *ldap.Entry) (domain string, rid uint32, ok bool) {
	raw := e.GetEqualFoldRawAttributeValue("objectSid")
	if len(raw) < 12 || len(raw) != 8+4*int(raw[1]) {
		return "", 0, false
	}
	n := len(raw) - 4
	return hex.EncodeToString(raw[2:n]), binary.LittleEndian.Uint32(raw[n:]), true
}

// primaryGroup names the group of an account that lists no members of this kind:
// Active Directory keeps it at the account alone (primaryGroupID).
func primaryGroup(e *ldap.Entry) (key string, ok bool) {
	domain, _, known := relative(e)
	rid, err := strconv.ParseUint(e.GetEqualFoldAttributeValue("primaryGroupID"), 10, 32)
	return groupKey(domain, uint32(rid)), known && err == nil
}

func groupKey(domain string, rid uint32) string {
	return domain + "-" + strconv.FormatUint(uint64(rid), 10)
}

// generalized writes a GeneralizedTime (RFC 4517, 3.3.13) as others write it.
func generalized(v string) string {
	for _, layout := range []string{"20060102150405Z", "20060102150405.0Z", "20060102150405.999999Z", "20060102150405-0700"} {
		if t, err := time.Parse(layout, v); err == nil {
			return t.UTC().Format(time.RFC3339)
		}
	}
	return v
}

// fileTime reads a count of 100 ns since 1601; 0 is none.
func fileTime(v string) (time.Time, bool) {
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}, false
	}
	const to1970 = 11644473600
	return time.Unix(n/10_000_000-to1970, n%10_000_000*100).UTC(), true
}

// fold makes a distinguished name comparable: case and blanks between its parts do not count.
func fold(dn string) string {
	parsed, err := ldap.ParseDN(dn)
	if err != nil {
		return strings.ToLower(dn)
	}
	return strings.ToLower(parsed.String())
}
