# Sourced by ./run and ./check: says what is missing on this machine and installs it from the distribution's archive.
# POSIX sh. Sets nothing but functions and the package lists.

packages_build='gcc libc6-dev meson ninja-build pkg-config gettext protobuf-c-compiler libprotobuf-c-dev libglib2.0-dev libglib2.0-bin
  libssl-dev libsqlite3-dev libyaml-dev libseccomp-dev libsodium-dev libmaxminddb-dev libzstd-dev libsoup-3.0-dev libjson-glib-dev glib-networking'
packages_console='libgtk-4-dev libadwaita-1-dev libnotify-dev libsecret-1-dev libgsound-dev libpulse-dev libenchant-2-dev adwaita-icon-theme librsvg2-common
  fonts-dejavu-core fonts-noto-cjk fonts-noto-color-emoji desktop-file-utils appstream xdg-utils'
# llvm: its symbolizer; without names no leak of a system library can be told from ours.
packages_check='git python3 clang clang-format clang-tidy cppcheck libclang-rt-14-dev lld llvm xvfb xauth dbus dbus-daemon at-spi2-core python3-gi
  gir1.2-atspi-2.0 python3-dbusmock xdotool xclip imagemagick ibus ibus-gtk4 ibus-libpinyin curl prometheus chromium-headless-shell gnome-keyring procps iproute2
  sqlite3 ccache bubblewrap systemd iptables pulseaudio hunspell-en-us'

say () { printf '%s\n' "$*"; }
fail () { printf '%s: %s\n' "${0##*/}" "$*" >&2; exit 1; }

# as_root COMMAND…: sudo where we are somebody else.
as_root () {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif command -v sudo >/dev/null 2>&1; then
    sudo "$@"
  else
    fail "packages are missing and neither root nor sudo is at hand; as root, run: $*"
  fi
}

# missing PACKAGE…: those that are not installed.
missing () {
  for package; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || printf '%s ' "$package"
  done
}

# want_packages PACKAGE…: installs what is missing; asks first unless $yes is set or CI is.
want_packages () {
  command -v dpkg-query >/dev/null 2>&1 || {
    say "This is not Debian or Ubuntu: please install what README.md lists under “What it needs”; going on."
    return 0
  }
  lacking=$(missing "$@")
  [ -n "$lacking" ] || return 0
  say "These packages are missing and will be installed with apt-get:"
  say "  $lacking"
  if [ -z "${yes-}" ] && [ -z "${CI-}" ]; then
    [ -t 0 ] || fail "run it again with -y to install them"
    printf 'Install them now? [Y/n] '
    read -r answer
    case $answer in '' | [Yy]*) ;; *) fail "nothing was installed" ;; esac
  fi
  # shellcheck disable=SC2086
  as_root env DEBIAN_FRONTEND=noninteractive sh -c '
    apt-get -q -o DPkg::Lock::Timeout=300 update &&
    apt-get -q -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"' sh $lacking ||
    fail "apt-get could not install them; see its words above"
}

# want_node: a node and npm from wherever they come; Debian's where there are none.
want_node () {
  if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
    want_packages nodejs npm
  fi
}
