package credential

import "context"

// Forget gives up the tokens that can be had again without a person, so that the
// vendor is asked for new ones: what was obtained before a permission was granted
// does not carry it. What a person granted on the vendor's page is kept.
func (b *Broker) Forget(ctx context.Context, s *Session) error {
	if grant := s.use.Auth.Grant; grant == "static" || grant == "code" || grant == "oauth1" {
		return nil
	}
	release, err := b.acquire(ctx, s.use.CredentialID)
	if err != nil {
		return err
	}
	defer release()
	o, err := b.open(ctx, s)
	if err != nil || len(o.ring.Tokens) == 0 {
		return err
	}
	o.ring.Tokens = map[string]held{}
	return b.keep(ctx, o)
}
