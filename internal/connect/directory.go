package connect

import (
	"context"
	"io"

	"purser"
	"purser/internal/source"
	"purser/internal/vendorhttp"
)

// directory is the source of an instance that is a directory.
func (l Links) directory(k *Link, i purser.Instance, record func(vendorhttp.Event)) *source.LDAP {
	return &source.LDAP{Dial: l.Dial, Record: record, Now: l.Now, Open: func(ctx context.Context) (source.Directory, error) {
		fields, err := k.Session.Fields(ctx)
		if err != nil {
			return source.Directory{}, err
		}
		return source.Directory{Host: i.Settings["host"], Port: i.Settings["port"], StartTLS: i.Settings["security"] == "starttls",
			User: fields["user"], Password: fields["password"], CA: fields["ca"]}, nil
	}}
}

// Close ends what the link has opened.
func (k *Link) Close() {
	if c, ok := k.Source.(io.Closer); ok {
		_ = c.Close() // the directory ends it all the same
	}
}
