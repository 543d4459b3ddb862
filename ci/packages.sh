# Sourced by the scripts beside it: installs the Debian packages that are missing and says which.
# On a system without apt it lists what is needed and stops.

build_packages="cmake ninja-build clang-19 libclang-rt-19-dev lld-19 libboost1.81-dev libssl-dev nlohmann-json3-dev libfmt-dev libcli11-dev libkainjow-mustache-dev jq"
test_packages="libgtest-dev libgmock-dev libvalijson-dev libpugixml-dev tshark mosquitto mosquitto-clients openssl"
interop_packages="nodejs npm"
browser_packages="chromium"

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
  local log
  log=$(mktemp)
  {
    "${sudo[@]}" apt-get update -qq && "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 || { tail -20 "$log" >&2; echo "apt could not install: ${missing[*]}" >&2; exit 2; }
  rm -f "$log"
}
