#!/usr/bin/env bash
# Installs what the tests need of the system: PostgreSQL 15 or newer with pgvector. Debian and root only.
# Does nothing when both are there. Debian 12 has no pgvector binary: it is built from trixie's source package.
set -euo pipefail
trap 'echo "test-postgres: failed at line $LINENO: $BASH_COMMAND" >&2' ERR

readonly OLDEST_MAJOR=15
readonly PGVECTOR_SUITE=trixie
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

say() { printf 'test-postgres: %s\n' "$*"; }

newest_server() { # prints the highest installed major version, if any
  local initdb
  for initdb in /usr/lib/postgresql/*/bin/initdb; do
    if [[ -x $initdb ]]; then basename "$(dirname "$(dirname "$initdb")")"; fi
  done | sort -n | tail -1
}

# The mirror that this machine gets its own release from has the other releases too.
debian_mirror() {
  local codename
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  apt-get indextargets --format '$(REPO_URI) $(RELEASE)' 'Created-By: Packages' | awk -v name="$codename" '$2 == name { print $1; exit }'
}

has_vector() { [[ -e /usr/share/postgresql/$1/extension/vector.control ]]; }

apt_updated=''
apt_install() {
  if [[ -z $apt_updated ]]; then
    apt-get update -qq
    apt_updated=yes
  fi
  apt-get install -qq -y --no-install-recommends -o Dpkg::Use-Pty=0 "$@" >/dev/null
}

install_server() {
  say 'installing PostgreSQL'
  # The tests bring their own cluster: keep the package from creating and starting one on port 5432.
  apt_install postgresql-common
  sed -i 's/^#\?create_main_cluster.*/create_main_cluster = false/' /etc/postgresql-common/createcluster.conf
  apt_install postgresql
}

build_vector() {
  local major=$1 server_version work
  say "building pgvector from Debian $PGVECTOR_SUITE's source package"
  # Pinned: a newer -dev package would pull in a newer server over the installed one.
  server_version=$(dpkg-query -W -f '${Version}' "postgresql-$major")
  apt_install gcc make libc6-dev "postgresql-server-dev-$major=$server_version"
  work=$(mktemp -d)
  trap 'rm -rf "$work"' RETURN
  mkdir -p "$work"/{lists/partial,cache/archives/partial,pgvector}
  # A private list and cache: the machine's own package sources stay as they are.
  echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) $PGVECTOR_SUITE main" >"$work/sources.list"
  local apt=(apt-get -qq -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=-
    -o Dir::State::lists="$work/lists" -o Dir::Cache="$work/cache" -o APT::Sandbox::User=root)
  "${apt[@]}" update
  (cd "$work" && "${apt[@]}" source --download-only pgvector)
  tar -xf "$work"/pgvector_*.orig.tar.* -C "$work/pgvector" --strip-components 1
  # No bitcode (needs clang), no -march=native (the machine that tests may not be the one that built).
  make -C "$work/pgvector" -j2 -s with_llvm=no OPTFLAGS="" PG_CONFIG="/usr/lib/postgresql/$major/bin/pg_config" all install
}

if [[ $(id -u) != 0 || ! -e /etc/debian_version ]]; then
  say 'needs root on Debian; elsewhere install PostgreSQL 15 or newer with pgvector, or set GOCLAW_TEST_POSTGRES_DSN' >&2
  exit 1
fi
exec 9>/var/lock/goclaw-test-postgres.lock
flock 9

major=$(newest_server)
if [[ -z $major || $major -lt $OLDEST_MAJOR ]]; then
  install_server
  major=$(newest_server)
fi
if ! has_vector "$major"; then
  [[ -n $apt_updated ]] || { apt-get update -qq && apt_updated=yes; }
  if apt-cache show "postgresql-$major-pgvector" >/dev/null 2>&1; then
    apt_install "postgresql-$major-pgvector"
  else
    build_vector "$major"
  fi
fi
say "PostgreSQL $major with pgvector is installed"
