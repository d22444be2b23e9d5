package sandbox

import "math/bits"

// mix folds its parts into one well-spread number. Everything made up in the
// sandbox comes from it, so the same seed always gives the same company.
func mix(parts ...uint64) uint64 {
	var h uint64 = 0x9e3779b97f4a7c15
	for _, p := range parts {
		h = bits.RotateLeft64(h, 23) ^ p
		h += 0x9e3779b97f4a7c15
		h = (h ^ (h >> 30)) * 0xbf58476d1ce4e5b9
		h = (h ^ (h >> 27)) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

// salt turns a word into a part for mix.
func salt(s string) uint64 {
	var h uint64 = 14695981039346656037
	for i := 0; i < len(s); i++ {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// dice is a deterministic sequence.
type dice uint64

func newDice(parts ...uint64) *dice {
	d := dice(mix(parts...))
	return &d
}

func (d *dice) next() uint64 {
	*d++
	return mix(uint64(*d))
}

func (d *dice) intn(n int) int { return int(d.next() % uint64(n)) }

func (d *dice) chance(p float64) bool { return unit(d.next()) < p }

func pick[T any](d *dice, from []T) T { return from[d.intn(len(from))] }

// unit maps a number onto [0,1).
func unit(h uint64) float64 { return float64(h>>11) / (1 << 53) }

const (
	lower36 = "0123456789abcdefghijklmnopqrstuvwxyz"
	upper36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	digits  = "0123456789"
	hexes   = "0123456789abcdef"
)

// spell writes length characters of the alphabet, derived from h.
func spell(h uint64, alphabet string, length int) string {
	out := make([]byte, length)
	for i := range out {
		if i%8 == 0 {
			h = mix(h, uint64(i))
		}
		out[i] = alphabet[h%uint64(len(alphabet))]
		h /= uint64(len(alphabet))
	}
	return string(out)
}

// guid is a made-up identifier in the form of RFC 9562.
func guid(h uint64) string {
	s := []byte(spell(h, hexes, 32))
	s[12], s[16] = '4', "89ab"[s[16]%4]
	return string(s[0:8]) + "-" + string(s[8:12]) + "-" + string(s[12:16]) + "-" + string(s[16:20]) + "-" + string(s[20:32])
}
