package contract

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"purser"
	"purser/internal/audit"
	"purser/internal/store"
)

// Feed is a calendar of notice deadlines that programs subscribe to.
type Feed struct {
	ID        string    `json:"id"` // cal_…
	Name      string    `json:"name"`
	MadeBy    string    `json:"made_by"`
	Prices    bool      `json:"prices"` // tells prices, as long as its maker may see them
	CreatedAt time.Time `json:"created_at"`
	UsedAt    time.Time `json:"used_at,omitzero"` // last asked for, to the hour
	// Path of the calendar below the public address: whoever knows it reads the
	// calendar. Shown once, when it is made.
	Path string `json:"path,omitempty"`
}

// mostFeeds is how many calendars a user may have.
const mostFeeds = 20

// FeedPath is where calendars lie below the public address.
const FeedPath = "/calendar/"

func count(n int64) string { return strconv.FormatInt(n, 10) }

// CreateFeed makes a calendar. Its path is not kept and cannot be shown again. One that
// is made with an API token is that of the token's maker, and outlives the token.
func (s *Service) CreateFeed(ctx context.Context, name string, prices bool) (Feed, error) {
	if err := s.Gate.Allow(ctx, purser.OpContractRead); err != nil {
		return Feed{}, err
	}
	if prices {
		if err := s.Gate.Allow(ctx, purser.OpMoneyRead); err != nil {
			return Feed{}, err
		}
	}
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || utf8.RuneCountInString(name) > 100 {
		return Feed{}, purser.Invalid("name", "a name has 1 to 100 characters: it says who subscribes")
	}
	user, err := purser.Me(ctx, "name")
	if err != nil || user == "" {
		return Feed{}, purser.Invalid("name", "a calendar belongs to a user: sign in, or use a token that a user made")
	}
	raw := make([]byte, 32)
	if _, err := io.ReadFull(s.Rand, raw); err != nil {
		return Feed{}, fmt.Errorf("making a secret: %w", err)
	}
	secret := base64.RawURLEncoding.EncodeToString(raw)
	row := store.ContractFeedRow{ID: s.ids.New(purser.PrefixContractFeed), Hash: hashed(secret), Name: name, UserID: user, MadeBy: by(ctx), CreatedAt: purser.MicrosOf(s.Now())}
	if prices {
		row.Prices = 1
	}
	err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		own, err := store.ContractFeeds(ctx, tx, user)
		if err != nil {
			return err
		}
		if len(own) >= mostFeeds {
			return &purser.Problem{Kind: purser.ProblemInvalid, Field: "name", What: fmt.Sprintf("a user may have %d calendars at most", mostFeeds), Hint: "End one that nobody asks for any more"}
		}
		if err := store.InsertContractFeed(ctx, tx, row); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpContractRead, Object: row.ID, ObjectName: name, After: map[string]any{"calendar": name, "prices": prices}, At: s.Now()})
	})
	f := told(row)
	f.Path = FeedPath + secret + ".ics"
	return f, err
}

func told(r store.ContractFeedRow) Feed {
	return Feed{ID: r.ID, Name: r.Name, MadeBy: r.MadeBy, Prices: r.Prices == 1, CreatedAt: r.CreatedAt.Time(), UsedAt: r.UsedAt.Time()}
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// whose returns whose calendars the actor may see and revoke: "" for everybody's.
func (s *Service) whose(ctx context.Context) string {
	if s.Gate.Allow(ctx, purser.OpTokenAny) == nil {
		return ""
	}
	if user, err := purser.Me(ctx, "name"); err == nil && user != "" {
		return user
	}
	return "nobody"
}

// Feeds returns one's own calendars; to whoever may see all API tokens, everybody's.
func (s *Service) Feeds(ctx context.Context) ([]Feed, error) {
	if err := s.Gate.Allow(ctx, purser.OpContractRead); err != nil {
		return nil, err
	}
	rows, err := store.ContractFeeds(ctx, s.DB.Read(), s.whose(ctx))
	out := make([]Feed, 0, len(rows))
	for _, r := range rows {
		out = append(out, told(r))
	}
	return out, err
}

// RevokeFeed ends a calendar: from then on its address is unknown.
func (s *Service) RevokeFeed(ctx context.Context, id string) error {
	if err := s.Gate.Allow(ctx, purser.OpContractRead); err != nil {
		return err
	}
	return s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
		r, ok, err := store.ContractFeedByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if whose := s.whose(ctx); !ok || whose != "" && whose != r.UserID {
			return purser.NotFound("calendar", id)
		}
		if err := store.DeleteContractFeed(ctx, tx, id); err != nil {
			return err
		}
		return audit.Append(ctx, tx, audit.Entry{Operation: purser.OpContractRead, Object: id, ObjectName: r.Name, Before: map[string]any{"calendar": r.Name}, At: s.Now()})
	})
}

// Calendar writes the calendar of a secret. It tells what the one who made it may see
// now: nothing once that user is gone or works here no more, and no price but where both ask for it.
func (s *Service) Calendar(ctx context.Context, secret, publicURL string) (string, error) {
	unknown := &purser.Problem{Kind: purser.ProblemNotFound, What: "there is no such calendar", Hint: "It may have been revoked: make another one on the page of the calendar"}
	row, ok, err := store.ContractFeedByHash(ctx, s.DB.Read(), hashed(strings.TrimSuffix(secret, ".ics")))
	if err != nil {
		return "", err
	}
	if !ok {
		return "", unknown
	}
	user, ok, err := store.UserByID(ctx, s.DB.Read(), row.UserID)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", unknown
	}
	gone, err := store.HasLeft(ctx, s.DB.Read(), user.Email)
	if err != nil {
		return "", err
	}
	if gone {
		return "", unknown
	}
	ctx = purser.WithActor(ctx, purser.Actor{Kind: purser.ActorUser, ID: user.ID, Name: user.Email, Role: user.Role, Origin: "calendar"})
	var events []calendarEvent
	err = s.Each(ctx, Filter{}, func(c purser.Contract) error {
		if CalendarDay(c) != "" {
			events = append(events, eventOf(c, row.Prices == 1, publicURL))
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	if hour := s.Now().Truncate(time.Hour); row.UsedAt.Time().Before(hour) {
		err = s.DB.Write(ctx, func(ctx context.Context, tx bun.Tx) error {
			return store.UseContractFeed(ctx, tx, row.ID, purser.MicrosOf(hour))
		})
	}
	return calendarText("Notice deadlines", events), err
}

// CalendarDay is the day on which a calendar shows a contract: the last one for notice,
// its end where its notice period is not known; "" if neither is.
func CalendarDay(c purser.Contract) string { return c.Terms.DueOn(purser.Undecided) }

func eventOf(c purser.Contract, prices bool, publicURL string) calendarEvent {
	summary, notice := "Last day for notice: ", NoticeText(c.Terms.Notice)
	if c.NoticeOn == "" {
		summary, notice = "Ends, notice period not known: ", "not known"
	}
	lines := []string{"Vendor: " + c.Vendor, "Ends: " + c.Terms.End, "Notice period: " + notice, "Renews by itself: " + c.Terms.AutoRenew.String(), "Decision: " + string(c.Decision)}
	if c.Owner.Name != "" {
		lines = append(lines, "Owner: "+c.Owner.Name)
	}
	if prices && !c.Hidden {
		for _, m := range c.Worth.Yearly {
			lines = append(lines, "A year: "+m.String())
		}
	}
	return calendarEvent{UID: fmt.Sprintf("%s-%d@purser", c.ID, c.Period), Day: CalendarDay(c), Stamp: c.UpdatedAt, Sequence: c.Version,
		Summary: summary + c.Name, Description: strings.Join(lines, "\n"), URL: strings.TrimSuffix(publicURL, "/") + "/contracts/" + c.ID}
}
