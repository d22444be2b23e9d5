// Package ui is the kit of parts that every page is made of: typed templ
// components over the tokens and classes of internal/web/assets/src.
//
// A handler's context carries a [Kit] (the assets and the clock) put there by
// [Kit.Wrap]; components read it, so that pages name icons and times alone. A page is
//
//	@ui.Layout(ui.Page{Title: "Runs", Section: ui.Runs, User: u}) {
//		@ui.PageHead(ui.Head{Title: "Runs", Sub: []string{"48 runs"}, AsOf: at}) {
//			@ui.Btn(ui.Button{Label: "Refresh all", Icon: "refresh-cw"})
//		}
//		@ui.Table(t) { … @ui.Row() { @ui.Cell("Task") { … } } }
//	}
//
// Rules: the URL is the state; every form works without script; no inline style,
// script or event handler; text of vendors only as text, never in an id, class or
// hx-* attribute; a missing value is "–" with its reason, never 0. The tests render
// every state of every component in [Gallery].
package ui
