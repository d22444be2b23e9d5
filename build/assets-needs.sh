#!/bin/sh
# Installs what building the pages needs beyond Go: Node.js with npm, for `npm ci`.
# Prints precisely what is missing where it may not install.
set -eu

command -v npm >/dev/null 2>&1 && exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "The pages need: Node.js with npm" >&2
	echo "Install them (Debian: sudo apt-get install nodejs npm) and run make again." >&2
	exit 1
fi
echo "Installing nodejs npm"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends nodejs npm >/dev/null
