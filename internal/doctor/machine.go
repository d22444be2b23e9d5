//go:build unix

package doctor

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"syscall"
	"time"
)

// enough is the free space below which somebody should look.
const enough = 1 << 30

func (s *Service) disk() Finding {
	const check = "disk"
	var st syscall.Statfs_t
	if err := syscall.Statfs(s.Data, &st); err != nil {
		return mend(check, fmt.Errorf("the free space of the data folder is not known: %w", err))
	}
	free := uint64(st.Bavail) * uint64(st.Bsize) //nolint:unconvert // the types differ among systems
	if free < enough {
		return Finding{Check: check, Message: fmt.Sprintf("%d MB are free for the data folder", free>>20), Hint: "Make room: when it is full, syncs stop until there is some"}
	}
	return ok(check, "%d GB are free for the data folder", free>>30)
}

// soon is how long before its end a certificate should be renewed.
const soon = 14 * 24 * time.Hour

func (s *Service) certificate() Finding {
	const check, hint = "certificate", "Renew it and restart Purser"
	if s.TLSCert == "" {
		return ok(check, "Purser does no TLS itself")
	}
	raw, err := os.ReadFile(s.TLSCert)
	if err != nil {
		return mend(check, err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return Finding{Check: check, Message: "the file of --tls-cert holds no certificate", Hint: "Name a PEM file"}
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return mend(check, fmt.Errorf("the certificate cannot be read: %w", err))
	}
	if left := cert.NotAfter.Sub(s.Now()); left < soon {
		return Finding{Check: check, Message: fmt.Sprintf("it ends on %s", cert.NotAfter.UTC().Format(time.DateOnly)), Hint: hint}
	}
	return ok(check, "it ends on %s", cert.NotAfter.UTC().Format(time.DateOnly))
}
