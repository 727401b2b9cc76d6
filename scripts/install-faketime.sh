#!/usr/bin/env bash
# Installs what lets a process live with another clock, for `npm run chaos`. Debian and root only; does nothing when
# it is there.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

dpkg -s libfaketime >/dev/null 2>&1 && exit 0
echo 'libfaketime: installing'
apt-get update -qq
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 libfaketime >/dev/null
