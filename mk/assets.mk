# Styles, script, icons and font of the pages: npm by lock file, bundled into the
# folder that the binary embeds. Needed before `purser serve`, not before `go build`.
ASSETS_SRC := $(wildcard internal/web/assets/src/*) $(wildcard internal/web/assets/build/*.go) package-lock.json

.PHONY: assets
assets: internal/web/assets/dist/manifest.json ## Build the web assets (needs Node.js for npm ci)

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	npm ci --ignore-scripts

internal/web/assets/dist/manifest.json: node_modules/.package-lock.json $(ASSETS_SRC)
	go run ./internal/web/assets/build
