package ui_test

import (
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"purser/internal/web/browsertest"
)

// control presses a key with Control.
func control(key string) browsertest.Step {
	return chromedp.KeyEvent(key, chromedp.KeyModifiers(kb.ModifierCtrl))
}

func back() browsertest.Step { return chromedp.NavigateBack() }
