#!/usr/bin/env bash
# Installs an engine that speaks the Docker API, and what an image for it can be made of: for the tests of sandboxes.
# Debian and root only; does nothing when they are there.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

dpkg -s podman runc busybox-static >/dev/null 2>&1 && exit 0
echo 'podman: installing'
apt-get update -qq
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 podman runc busybox-static >/dev/null
