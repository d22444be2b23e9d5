package ui_test

import (
	"github.com/chromedp/chromedp"

	"purser/internal/web/browsertest"
)

// press types one key with modifiers (2 is Control).
func press(key, code string, modifiers int) browsertest.Step {
	_ = code
	return chromedp.KeyEvent(key, chromedp.KeyModifiers(modifiers))
}

func back() browsertest.Step { return chromedp.NavigateBack() }
