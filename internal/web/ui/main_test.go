package ui_test

import (
	"os"
	"testing"

	"purser/internal/web/browsertest"
)

// chromium is the browser of all tests here.
var chromium browsertest.Shared

// TestMain ends the browser.
func TestMain(m *testing.M) {
	code := m.Run()
	chromium.Stop()
	os.Exit(code)
}
