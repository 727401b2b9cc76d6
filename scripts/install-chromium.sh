#!/usr/bin/env bash
# Installs the browser in which the client library is tested. Debian and root only; does nothing when it is there.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

command -v chromium >/dev/null && exit 0
echo 'chromium: installing'
apt-get update -qq
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 chromium >/dev/null
