# Styles, script, icons and font of the pages: npm by lock file, bundled into the
# folder that the binary embeds. Needed before `purser serve`, not before `go build`.
ASSETS_SRC := $(wildcard internal/web/assets/src/*) $(wildcard internal/web/assets/build/*.go) package-lock.json

.PHONY: assets
assets: internal/web/assets/dist/manifest.json ## build styles, script and icons of the pages (installs Node.js where it may)

node_modules/.package-lock.json: package.json package-lock.json .npmrc
	@build/assets-needs.sh
	npm ci --ignore-scripts

internal/web/assets/dist/manifest.json: node_modules/.package-lock.json $(ASSETS_SRC)
	go run ./internal/web/assets/build
