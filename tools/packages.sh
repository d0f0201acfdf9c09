# What Debian 12 must have. Sourced by ./run and ./check; needs no argument.
build_packages=(gcc libc6-dev binutils meson ninja-build pkg-config python3 python3-yaml ca-certificates curl
  libglib2.0-dev libglib2.0-dev-bin libmicrohttpd-dev libjansson-dev libssl-dev libsodium-dev libfido2-dev libmagic-dev
  libcurl4-openssl-dev libsystemd-dev zlib1g-dev)
test_packages=(clang libclang-rt-14-dev clang-format-14 chromium fonts-noto-core fonts-noto-cjk openssl curl git ffmpeg
  poppler-utils strace valgrind)

# Installs what is missing of "$@"; asks for sudo when not root. npm comes from Debian only where there is none.
install_packages() {
  local missing=() name
  for name in "$@"; do
    dpkg-query -W -f='${Status}' "$name" 2>/dev/null | grep -q 'ok installed' || missing+=("$name")
  done
  command -v npm >/dev/null || missing+=(npm nodejs)
  [ ${#missing[@]} -eq 0 ] && return 0
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "These packages are missing; install them as root: ${missing[*]}" >&2; return 1; }
    sudo=(sudo)
  fi
  echo "Installing: ${missing[*]}" >&2
  "${sudo[@]}" apt-get update -qq >&2 || return 1
  "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 </dev/null || return 1
}

# npm ci in folder $1 unless its lock file is the one that was installed last.
install_npm() {
  local lock=$1/package-lock.json stamp=$1/node_modules/.installed
  [ -f "$stamp" ] && cmp -s "$lock" "$stamp" && return 0
  echo "Installing the npm packages of $1/" >&2
  (cd "$1" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2 </dev/null) || return 1
  cp "$lock" "$stamp"
}

# Node.js 24 comes with deps/; everything that builds or tests the web app runs on it.
use_node() {
  local folder
  for folder in "$PWD"/deps/node_modules/node-linux-*/bin; do
    [ -x "$folder/node" ] && PATH=$folder:$PATH
  done
  export PATH
}

# Builds the program in build folder $1: API description, web app and verify.html (only when their sources changed), binary.
build_comity() {
  local build=$1; shift
  [ -f "$build/build.ninja" ] || meson setup "$build" "$@" >&2 || return 1
  ninja -C "$build" src/openapi.json >&2 || return 1
  build_web "$build" && build_verifier || return 1
  ninja -C "$build" src/comity >&2 && ln -sf src/comity "$build/comity"
}
# verify.html and the same verifier for Node.js, from verifier/ and docs/acts.json alone.
build_verifier() {
  local now stamp=verifier/dist/.built
  now=$(find verifier/src verifier/scripts verifier/*.json docs/acts.json -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return 0
  echo "Building verify.html" >&2
  (cd verifier && npm run --silent build >&2) || return 1
  echo "$now" > "$stamp"
}
build_web() {
  local now stamp=web/dist/.built
  now=$(cat "$1/src/openapi.json" <(find web/src web/po web/public web/*.json web/*.ts web/*.html web/scripts -type f -not -name schema.d.ts -print0 2>/dev/null |
    sort -z | xargs -0 sha256sum) | sha256sum)
  [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$now" ] && return 0
  echo "Building the web app" >&2
  (cd web && COMITY_OPENAPI=$PWD/../$1/src/openapi.json npm run --silent build >&2) || return 1
  echo "$now" > "$stamp"
}
