#!/usr/bin/env bash
# Builds the image where no container registry can be reached, and tries it: a base made by debootstrap with the Node
# of node_modules and the machine's npm and certificates, built and run by podman and runc. Root on Debian; the
# packages must be installed (`node scripts/setup.mjs`).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly BASE=localhost/goclaw-try-base IMAGE=localhost/goclaw-try CONTAINER=goclaw-try PORT=18799
readonly START_TIMEOUT_SECONDS=60
work=$(mktemp -d)
trap 'podman rm --force --ignore "$CONTAINER" >/dev/null 2>&1; rm -rf "$work"' EXIT

# Works inside a container too: no systemd, no user limits to raise.
cat >"$work/containers.conf" <<'CONF'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
export CONTAINERS_CONF=$work/containers.conf

make_base() {
  local root=$work/root npm
  npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
  debootstrap --variant=minbase --include=ca-certificates bookworm "$root"
  cp node_modules/node-linux-*/bin/node "$root/usr/local/bin/node"
  mkdir -p "$root/usr/local/lib/node_modules"
  cp -r "$npm" "$root/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
  cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
  rm -rf "$root"/var/cache/apt/archives/*.deb
  tar -C "$root" -c . | podman import --change ENV=NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt - "$BASE"
}

run() { podman run --name "$CONTAINER" --network host --env GOCLAW_PORT=$PORT "$@" "$IMAGE"; }

podman image exists "$BASE" || make_base
# A plain chroot on the host's network: needs no privileges that a container would lack.
podman build --isolation chroot --network host --format docker --build-arg "BASE=$BASE" --tag "$IMAGE" .
podman images "$IMAGE"

echo '--- without a token it must refuse to start, and say why'
if run --rm; then
  echo 'It started without a token.' >&2
  exit 1
fi

echo '--- with a token it must become healthy'
run --detach --env GOCLAW_MODE=standalone --env GOCLAW_GATEWAY_TOKEN="$(openssl rand -hex 32)" 2>/dev/null
deadline=$((SECONDS + START_TIMEOUT_SECONDS))
until podman healthcheck run "$CONTAINER" 2>/dev/null; do
  if ((SECONDS > deadline)); then
    podman logs "$CONTAINER"
    exit 1
  fi
  sleep 1
done
podman logs "$CONTAINER"
curl --fail --silent --show-error "http://127.0.0.1:$PORT/health"

printf '\n--- and stop in order when asked to\n'
podman stop --time 30 "$CONTAINER"
[[ $(podman inspect --format '{{.State.ExitCode}}' "$CONTAINER") == 0 ]] && echo 'stopped with exit code 0'
