# Sourced by the scripts beside it: installs the Debian and npm packages that are missing and says which.
# On a system without apt it lists what is needed and stops.

build_packages="cmake ninja-build clang-19 libclang-rt-19-dev lld-19 libboost1.81-dev libssl-dev nlohmann-json3-dev libfmt-dev libcli11-dev libkainjow-mustache-dev jq"
test_packages="libgtest-dev libgmock-dev libvalijson-dev libpugixml-dev tshark mosquitto mosquitto-clients openssl time"
interop_packages="nodejs npm"
browser_packages="chromium"
interop_npm="mqtt@5.16.0"

need() {
  local missing=() package sudo=()
  command -v dpkg-query >/dev/null || { echo "This script installs Debian packages, and this is no Debian. Needed: $*" >&2; exit 2; }
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  echo "Installing: ${missing[*]}"
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "Not root, and there is no sudo. Needed: ${missing[*]}" >&2; exit 2; }
    sudo=(sudo)
  fi
  # A broker's package may start a service, on the port everybody uses: nothing here wants it. The policy lasts as long as the installation.
  local log policy=/usr/sbin/policy-rc.d ours=
  log=$(mktemp)
  [ -e "$policy" ] || { ours=1; printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee "$policy" >/dev/null && "${sudo[@]}" chmod 755 "$policy"; }
  local code=0
  {
    "${sudo[@]}" apt-get update -qq && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 || code=$?
  [ -z "$ours" ] || "${sudo[@]}" rm -f "$policy"
  [ "$code" = 0 ] || { tail -20 "$log" >&2; echo "apt could not install: ${missing[*]}" >&2; exit 2; }
  rm -f "$log"
}

# npm_missing NAME@VERSION...: those that build/npm does not hold in this version.
npm_missing() {
  local package name
  for package in "$@"; do
    name=${package%@*}
    [ "$(jq -r .version "build/npm/node_modules/$name/package.json" 2>/dev/null)" = "${package##*@}" ] || echo "$package"
  done
}

# need_npm NAME@VERSION...: installs them into build/npm.
need_npm() {
  [ $# -gt 0 ] || return 0
  command -v npm >/dev/null || need $interop_packages    # a newer node of another origin does as well
  local missing
  missing=$(npm_missing "$@")
  [ -n "$missing" ] || return 0
  echo "Installing from npm: ${missing//$'\n'/ }"
  mkdir -p build/npm
  npm install --prefix build/npm --no-audit --no-fund --no-package-lock --silent $missing || { echo "npm could not install into build/npm: $missing" >&2; exit 2; }
}

# The names of the profiles in ci/brokers; what the broker of a profile needs; and, of that, what is missing.
profiles() { local file; for file in ci/brokers/*.json; do case $file in *.expect.json) ;; *) basename "$file" .json ;; esac; done; }
need_broker() {
  need $(jq -r '.install // [] | .[]' "$1")
  need_npm $(jq -r '.npm // [] | .[]' "$1")
}
broker_missing() {
  local package
  for package in $(jq -r '.install // [] | .[]' "$1"); do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || echo "$package"
  done
  npm_missing $(jq -r '.npm // [] | .[]' "$1")
}
