package mapping

import "strings"

// renamed is a member of an object by our name for it. Where the second text, such
// as Email=Mail_1,City=Town, gives it another name, that one is taken.
func renamed(f *frame, a []value) value {
	names, _ := a[1].text()
	name, ok := a[2].text()
	if !ok || !f.spend(len(names)/16) {
		return value{}
	}
	for pair := range strings.SplitSeq(names, ",") {
		if ours, theirs, ok := strings.Cut(pair, "="); ok && strings.TrimSpace(ours) == name {
			name = strings.TrimSpace(theirs)
			break
		}
	}
	return a[0].member(name)
}
