package match

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters writes a text in plain lower-case letters without accents. Everything
// else is a space.
func letters(text string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(strings.ToLower(text)) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteByte(byte(r))
		case unicode.Is(unicode.Mn, r):
		case r == 'ß':
			b.WriteString("ss")
		case r == 'ø', r == 'œ':
			b.WriteByte('o')
		case r == 'æ':
			b.WriteByte('a')
		case r == 'ł':
			b.WriteByte('l')
		case r == 'đ', r == 'ð':
			b.WriteByte('d')
		case r == 'þ':
			b.WriteString("th")
		case r == 'ı':
			b.WriteByte('i')
		case unicode.IsLetter(r):
			b.WriteRune(r)
		case r == '\'', r == '’':
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// spelled leaves the second letter out where two stand for one with an accent,
// so that mueller and muller are the same.
func spelled(word string) string {
	out := make([]byte, 0, len(word))
	for i := range len(word) {
		if i > 0 && (word[i] == 'e' && (word[i-1] == 'u' || word[i-1] == 'o' || word[i-1] == 'a') || word[i] == 'a' && word[i-1] == 'a') {
			continue
		}
		out = append(out, word[i])
	}
	return string(out)
}

// nameKey is a name in the one way in which its spellings, its order and usual
// short forms are the same; "" if it has not at least two words.
func nameKey(name string) string {
	words := strings.Fields(letters(name))
	if len(words) < 2 {
		return ""
	}
	for i, w := range words {
		words[i] = spelled(fullName(w))
	}
	slices.Sort(words)
	return strings.Join(words, " ")
}

// run is the letters of a text without anything between them.
func run(text string) string { return spelled(strings.ReplaceAll(letters(text), " ", "")) }

// fullName returns the name that a usual short form stands for.
func fullName(short string) string {
	switch short {
	case "bob", "rob", "bobby":
		return "robert"
	case "bill", "will", "willy":
		return "william"
	case "liz", "beth", "lizzie", "betty":
		return "elizabeth"
	case "kate", "katie", "kathy", "kat":
		return "katherine"
	case "peggy", "maggie", "meg":
		return "margaret"
	case "jim", "jimmy", "jamie":
		return "james"
	case "mike", "micky":
		return "michael"
	case "tom", "tommy":
		return "thomas"
	case "chris":
		return "christopher"
	case "alex", "sascha":
		return "alexander"
	case "ben", "benny":
		return "benjamin"
	case "dan", "danny":
		return "daniel"
	case "pete":
		return "peter"
	case "steve", "steven":
		return "stephen"
	case "nick", "nicolas":
		return "nicholas"
	case "sam", "sammy":
		return "samuel"
	case "joe", "jo":
		return "joseph"
	case "ted", "ed", "eddie":
		return "edward"
	case "rick", "dick", "richie":
		return "richard"
	case "chuck", "charlie":
		return "charles"
	case "sue", "susie":
		return "susan"
	case "pat", "patty":
		return "patricia"
	case "jenny", "jen":
		return "jennifer"
	case "debbie", "deb":
		return "deborah"
	case "vicky", "vicki":
		return "victoria"
	case "becky", "becca":
		return "rebecca"
	case "pam":
		return "pamela"
	case "abby":
		return "abigail"
	case "tony":
		return "anthony"
	case "andy", "drew":
		return "andrew"
	case "matt":
		return "matthew"
	case "greg":
		return "gregory"
	case "hans":
		return "johannes"
	}
	return short
}

// near reports whether two runs of letters differ by at most one slip of typing
// (two in long ones): a letter left out, doubled, another one, or two swapped.
func near(a, b string) bool {
	most := 1
	if min(len(a), len(b)) >= 10 {
		most = 2
	}
	return slips(a, b, most) <= most
}

// slips counts the fewest slips between two texts, or returns more than most.
func slips(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	before, last, now := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		now[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			now[j] = min(last[j]+1, now[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				now[j] = min(now[j], before[j-2]+1)
			}
			least = min(least, now[j])
		}
		if least > most {
			return most + 1
		}
		before, last, now = last, now, before
	}
	return last[len(b)]
}
