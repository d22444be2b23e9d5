package credential

import (
	"context"
	"maps"

	"purser"
)

// Fields returns what was entered for a static credential, for a source that
// proves itself otherwise than by a header: a directory. Nothing of it may be
// kept, logged or sent to another host than the credential's.
func (s *Session) Fields(ctx context.Context) (map[string]string, error) {
	if s.use.Auth.Grant != "static" {
		return nil, &purser.Error{Class: purser.ClassConfig, Code: "auth", What: "this way to authorize has no fields of its own"}
	}
	o, err := s.broker.open(ctx, s)
	if err != nil {
		return nil, err
	}
	return maps.Clone(o.secret), nil
}
