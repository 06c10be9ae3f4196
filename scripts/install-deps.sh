#!/usr/bin/env bash
# Installs the Debian packages of scripts/dependencies.txt that are missing.
# Says what it does; changes nothing when all of them are there.
#
#   scripts/install-deps.sh           install what is missing (root or sudo)
#   scripts/install-deps.sh --check   only say what is missing; exit 1 if any is
set -euo pipefail

list="$(dirname "$0")/dependencies.txt"

fail() {
  echo "install-deps: error: $*" >&2
  exit 1
}

case "${1:-}" in
"") ;;
--check) ;;
*) fail "unknown option '$1'; the only option is --check" ;;
esac

mapfile -t packages < <(sed -e 's/#.*//' "$list" | awk 'NF { print $1 }')

command -v dpkg-query >/dev/null ||
  fail "this machine has no dpkg. Whorl's packages are Debian's: on another" \
    "distribution install LLVM and MLIR 22 with their development files and" \
    "what else $list names, then run 'make SKIP_DEPS=1 ...'"

# dpkg-query prints a line for each package that it knows, installed or not, and
# none for those that it has never heard of.
installed="$(dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' \
  "${packages[@]}" 2>/dev/null | awk '$2 == "installed" { print $1 }' |
  sed 's/:.*//' || true)"
missing="$(comm -23 <(printf '%s\n' "${packages[@]}" | sort -u) \
  <(printf '%s\n' "$installed" | sort -u) | tr '\n' ' ')"
missing="${missing% }"

if [ -z "$missing" ]; then
  echo "install-deps: all ${#packages[@]} packages are installed"
  exit 0
fi
if [ "${1:-}" = --check ]; then
  fail "missing: $missing. Run scripts/install-deps.sh"
fi

if [ "$(id -u)" -eq 0 ]; then
  sudo=()
elif command -v sudo >/dev/null; then
  sudo=(sudo)
else
  fail "missing: $missing. Installing them needs root, and there is no sudo:" \
    "run as root: apt-get install --no-install-recommends $missing"
fi

apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get)
echo "install-deps: installing: $missing"
echo "install-deps: \$ ${apt[*]} update"
"${apt[@]}" update -qq || fail "apt-get update failed; is the network there?"
for package in $missing; do
  apt-cache show --no-all-versions "$package" >/dev/null 2>&1 ||
    fail "Debian's package sources on this machine do not have '$package'." \
      "LLVM 22 is in Debian 12 (bookworm) with its security updates: add" \
      "'deb http://deb.debian.org/debian-security bookworm-security main'" \
      "to /etc/apt/sources.list, or use Debian 12"
done
echo "install-deps: \$ ${apt[*]} install -y --no-install-recommends $missing"
# shellcheck disable=SC2086 # package names are words
"${apt[@]}" install -y -qq --no-install-recommends $missing ||
  fail "apt-get could not install: $missing"
echo "install-deps: done"
