package inventory

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"purser"
	"purser/internal/store"
)

// MatrixColumns is how many applications the access matrix shows at once.
const MatrixColumns = 12

// AccessFilter selects what the access matrix shows.
type AccessFilter struct {
	People       PersonFilter
	Applications []string // app_<number>; none: those that most people have
}

// AccessMatrix is who has an account where: a page of people by applications.
type AccessMatrix struct {
	Applications []MatrixApplication `json:"applications"`
	Rows         []MatrixRow         `json:"items"`
	Next         string              `json:"next,omitempty"` // cursor of the next page of people, "" at the end
	Total        int64               `json:"total"`
	More         bool                `json:"more"`
}

// MatrixApplication is a column of the matrix.
type MatrixApplication struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Known bool   `json:"known"` // an empty cell means that there is no account: its own lists of users count and were read whole

	through bool // identity providers say who has it
}

// Words are what a cell of the column says in a table: of each account, or that none
// is known of where not all users are.
func (a MatrixApplication) Words(cell []MatrixAccess) []string {
	if len(cell) == 0 && !a.Known {
		return []string{"not known"}
	}
	words := make([]string, len(cell))
	for n, x := range cell {
		words[n] = x.Word()
	}
	return words
}

// NotKnown is what an empty cell says of an application of which not all users are known.
const NotKnown = "not known: no list of all its users was read"

// MatrixRow is a person with a cell for each application, in the order of the columns.
type MatrixRow struct {
	Person purser.Person    `json:"person"`
	Cells  [][]MatrixAccess `json:"cells"`
}

// MatrixAccess is an account in a cell.
type MatrixAccess struct {
	AccountID    string `json:"account_id"`
	InstanceName string `json:"instance_name"`
	Status       string `json:"status"`
	Through      bool   `json:"through,omitempty"` // the account is an identity provider's, which gives the application
	Use          string `json:"use,omitempty"`     // active, inactive, never, unknown; "" of one that is closed
}

// Word is what a cell says of the account: how it is used, or how it stands where
// nobody could use it.
func (a MatrixAccess) Word() string {
	switch {
	case a.Through:
		return "through " + a.InstanceName
	case a.Use == "" || a.Status == "suspended" || a.Status == "invited":
		return a.Status
	case a.Use == "unknown":
		return "use unknown"
	}
	return a.Use
}

// EachAccess hands the applications of the access matrix to begin, then every person
// whom the filter selects to fn. The columns are chosen once: a sync between two pages
// may make others the widest.
func (s *Service) EachAccess(ctx context.Context, f AccessFilter, begin func([]MatrixApplication) error, fn func(MatrixRow) error) error {
	columns, err := s.matrixColumns(ctx, f.Applications)
	if err != nil {
		return err
	}
	page := f.People.Order
	page.Limit = 500
	for first := true; ; first = false {
		m, err := s.accessTo(ctx, columns, f.People, page)
		if err == nil && first {
			err = begin(columns)
		}
		if err != nil {
			return err
		}
		for _, row := range m.Rows {
			if err := fn(row); err != nil {
				return err
			}
		}
		if page.After = m.Next; page.After == "" {
			return nil
		}
	}
}

// Access returns a page of the access matrix.
func (s *Service) Access(ctx context.Context, f AccessFilter, p purser.Page) (AccessMatrix, error) {
	columns, err := s.matrixColumns(ctx, f.Applications)
	if err != nil {
		return AccessMatrix{Applications: []MatrixApplication{}, Rows: []MatrixRow{}}, err
	}
	return s.accessTo(ctx, columns, f.People, p)
}

// accessTo returns a page of people with their access to the applications of columns.
func (s *Service) accessTo(ctx context.Context, columns []MatrixApplication, f PersonFilter, p purser.Page) (AccessMatrix, error) {
	out := AccessMatrix{Applications: columns, Rows: []MatrixRow{}}
	f.Bare = true
	people, err := s.People(ctx, f, p)
	if err != nil {
		return out, err
	}
	out.Next, out.Total, out.More = people.Next, people.Total, people.More
	column := map[int64]int{}
	var own, through []int64
	for n, a := range out.Applications {
		no := store.KeyOf("app_", a.ID)
		column[no] = n
		if a.through {
			through = append(through, no)
		} else {
			own = append(own, no)
		}
	}
	at, ids := map[int64]int{}, []int64{}
	for n, x := range people.Items {
		no := store.KeyOf("per_", x.ID)
		at[no], ids = n, append(ids, no)
		out.Rows = append(out.Rows, MatrixRow{Person: x, Cells: make([][]MatrixAccess, len(columns))})
	}
	put := func(held []store.HeldRow, through bool) {
		for _, h := range held {
			cell := &out.Rows[at[h.Person]].Cells[column[h.Application]]
			*cell = append(*cell, MatrixAccess{AccountID: store.RowID("acc_", h.Account), InstanceName: h.Instance, Status: h.Status, Through: through, Use: h.Class})
		}
	}
	held, err := store.AccessOf(ctx, s.db.Read(), ids, own, s.useAt(0))
	if err != nil {
		return out, err
	}
	put(held, false)
	held, err = store.AccessThrough(ctx, s.db.Read(), ids, through)
	put(held, true)
	return out, err
}

// matrixColumns are the applications that are shown, with what an empty cell means.
func (s *Service) matrixColumns(ctx context.Context, chosen []string) ([]MatrixApplication, error) {
	out, err := s.matrixApplications(ctx, chosen)
	if err != nil {
		return out, err
	}
	ids := make([]int64, len(out))
	for n, a := range out {
		ids[n] = store.KeyOf("app_", a.ID)
	}
	feeds, err := store.Feeds(ctx, s.db.Read(), ids)
	now := purser.MicrosOf(s.now())
	for n, no := range ids {
		f := feeds[no]
		out[n].Known, out[n].through = f.Whole(now), f.Feed(now) == purser.FeedSSO
	}
	return out, err
}

func (s *Service) matrixApplications(ctx context.Context, chosen []string) ([]MatrixApplication, error) {
	out := []MatrixApplication{}
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return out, err
	}
	if len(chosen) == 0 {
		rows, err := store.WidestApplications(ctx, s.db.Read(), MatrixColumns)
		for _, r := range rows {
			out = append(out, MatrixApplication{ID: store.ApplicationID(r.No), Name: r.Name})
		}
		return out, err
	}
	if len(chosen) > MatrixColumns {
		return nil, purser.Invalid("application", "the matrix shows at most %d applications at once", MatrixColumns)
	}
	for _, id := range slices.Compact(slices.Sorted(slices.Values(chosen))) {
		a, ok, err := store.ApplicationByID(ctx, s.db.Read(), store.KeyOf("app_", id))
		if err != nil {
			return nil, err
		}
		if !ok || store.KeyOf("app_", id) == 0 {
			return nil, purser.NotFound("application", id)
		}
		out = append(out, MatrixApplication{ID: id, Name: a.Name})
	}
	slices.SortFunc(out, func(a, b MatrixApplication) int { return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return out, nil
}

// ConnectedApplications returns the applications that the matrix can show, by name.
func (s *Service) ConnectedApplications(ctx context.Context) ([]MatrixApplication, error) {
	if err := s.gate.Allow(ctx, purser.OpAccountRead); err != nil {
		return nil, err
	}
	rows, err := store.ConnectedApplications(ctx, s.db.Read())
	out := make([]MatrixApplication, 0, len(rows))
	for _, r := range rows {
		out = append(out, MatrixApplication{ID: store.ApplicationID(r.No), Name: r.Name})
	}
	return out, err
}
