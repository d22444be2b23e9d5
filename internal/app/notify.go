package app

import (
	"purser/internal/config"
	"purser/internal/credential"
	"purser/internal/notify"
)

func (a *App) notifyOptions(sealer *credential.Sealer, node string) (notify.Options, error) {
	o := notify.Options{DB: a.DB, Gate: a.Login, Now: a.Now, Rand: a.Rand, Log: a.Log, PublicURL: a.PublicURL(), HTTP: a.Gate.Transport(),
		Sealer: endpointSealer{sealer}, UserAgent: "Purser/" + a.Version, Frozen: a.silent, Safelist: a.SafelistAddress, Node: node, Attach: a.attach}
	m, ok, err := a.MailServer()
	if err != nil || !ok {
		return o, err
	}
	o.Mail = a.mailServer(m)
	return o, nil
}

func (a *App) buildNotify(sealer *credential.Sealer, node string) error {
	o, err := a.notifyOptions(sealer, node)
	if err != nil {
		return err
	}
	a.Notify, err = notify.New(o)
	return err
}

func (a *App) mailServer(m config.Mail) *notify.MailServer {
	return &notify.MailServer{Host: m.Host, Port: m.Port, Security: notify.Security(m.Security), User: m.User, Password: m.Password, From: m.From,
		Dial: a.Gate.DialOperator}
}

// endpointSealer seals the addresses and secrets of webhooks and chats like credentials.
type endpointSealer struct{ sealer *credential.Sealer }

// Seal encrypts plain and binds it to its field.
func (s endpointSealer) Seal(plain []byte, endpointID, field string) ([]byte, error) {
	return s.sealer.Seal(plain, credential.Binding{Connector: "notice", Instance: endpointID, Field: field})
}

// Open decrypts what was sealed for the same field.
func (s endpointSealer) Open(sealed []byte, endpointID, field string) ([]byte, error) {
	return s.sealer.Open(sealed, credential.Binding{Connector: "notice", Instance: endpointID, Field: field})
}

// silent reports that nothing may go out: calls are frozen, or the data was
// restored and nobody has said yet that the old server is gone.
func (a *App) silent() bool { return a.Gate.Frozen() || a.paused() }
