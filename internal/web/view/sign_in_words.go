package view

import "purser/internal/login"

// device names a session's browser in words.
func device(s login.Session) string {
	if s.Device == "" {
		return "Unknown browser"
	}
	return s.Device
}
