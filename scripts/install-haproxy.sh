#!/usr/bin/env bash
# Installs the load balancer that is tested in front of two replicas. Debian and root only; does nothing when it is there.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
PATH=$PATH:/usr/sbin

command -v haproxy >/dev/null && exit 0
echo 'haproxy: installing'
apt-get update -qq
apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 haproxy >/dev/null
