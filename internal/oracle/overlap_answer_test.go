package oracle_test

// alike is how many of the applications do the same: the first ones, and Through.
const alike = 4

// throughApp stands for Through among the applications.
const throughApp = 99

// has tells who has an open account in an application, and whether they use it.
func (o *organization) has(app int) map[int]bool {
	if app == throughApp {
		return o.through
	}
	out := map[int]bool{}
	for _, x := range o.apps[app].accounts {
		if class := o.class(x); x.person >= 0 && class != "closed" {
			out[x.person] = out[x.person] || class == "active"
		}
	}
	return out
}

// alikes are the applications that do the same.
func (o *organization) alikes() (all []int) {
	for n := range alike {
		all = append(all, n)
	}
	return append(all, throughApp)
}

func (o *organization) users(app int) (n int) {
	for _, uses := range o.has(app) {
		if uses {
			n++
		}
	}
	return n
}

// better says whether somebody uses another application that does the same, and that
// more people use, or as many, and it was known before.
func (o *organization) better(person, app int) bool {
	if app >= alike {
		return false
	}
	for _, other := range o.alikes() {
		if more := o.users(other) - o.users(app); other != app && o.has(other)[person] && (more > 0 || more == 0 && other < app) {
			return true
		}
	}
	return false
}
