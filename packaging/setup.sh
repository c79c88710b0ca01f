#!/bin/sh
# Sets up Transcription Studio in this checkout: system libraries, the environment .venv, the program in it.
# Usage: sh packaging/setup.sh [--test]        --test adds what the tests need
# PYTHON=/path/to/python3 chooses the Python of a new environment. Running it again costs a second. Proxies and package
# indexes are taken from the environment and from pip's own configuration.
set -eu
cd "$(dirname "$0")/.."

# The window's libraries that a bare Debian or Ubuntu lacks; libpulse0 is for playback, fonts for any text at all.
WINDOW_PACKAGES="libglib2.0-0 libegl1 libgl1 libxkbcommon-x11-0 libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1
    libxcb-shape0 libxrandr2 libwayland-cursor0 libpulse0 fontconfig fonts-dejavu-core"
# Speaks over a hundred languages, and tells the sounds of a text in most of those that Kokoro speaks.
VOICE_PACKAGES="espeak-ng"
# A font with Chinese and Japanese: documents are tested with it.
TEST_PACKAGES="xvfb xauth openbox xdotool pulseaudio pulseaudio-utils desktop-file-utils fonts-droid-fallback"

say() { printf '%s\n' "$*"; }
fail() { say "$*" >&2; exit 1; }

extra=""
compile=""
packages="$WINDOW_PACKAGES $VOICE_PACKAGES"
case "${1:-}" in
    "") ;;
    # Python translates what the tests use, which is little of it, when it is first used
    --test) extra="[test]"; compile="--no-compile"; packages="$packages $TEST_PACKAGES" ;;
    *) fail "Usage: sh packaging/setup.sh [--test]" ;;
esac

# --- system packages ---------------------------------------------------------------------------------------------

# Ubuntu renamed some libraries with the ending t64.
installed() { dpkg -s "$1" 2>/dev/null | grep -q '^Status: install ok' || dpkg -s "$1t64" >/dev/null 2>&1; }

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"
    elif [ -t 0 ]; then sudo "$@"
    else sudo -n "$@"
    fi
}

# Installs those of the named packages that are missing; not zero where that cannot be done.
system_packages() {
    missing=""
    for package in "$@"; do installed "$package" || missing="$missing $package"; done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
        say "These system packages are missing and only an administrator can add them:$missing" >&2
        return 1
    fi
    say "Installing system packages:$missing"
    as_root apt-get update -qq || say "The package lists could not be refreshed; trying with the old ones." >&2
    # shellcheck disable=SC2086  # a list of words
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=300 $missing >"$log" 2>&1 || { tail -n 3 "$log" >&2; return 1; }
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! command -v dpkg >/dev/null || ! command -v apt-get >/dev/null; then
    say "This is not Debian or Ubuntu: the window's system libraries (Qt 6, PulseAudio client) are left to you."
    system_packages() { return 1; }
fi
window_packages() {
    # shellcheck disable=SC2086
    system_packages $packages ||
        say "Going on without them: the command line works, the window, its sound or voices may not." >&2
}
# Nobody is asked for a password where this is root already: then the Python packages need not wait for these.
if [ "$(id -u)" -eq 0 ]; then window_packages & else window_packages; fi

# --- the environment ---------------------------------------------------------------------------------------------

modern() { command -v "$1" >/dev/null && "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

# Makes .venv with $PYTHON or the first Python that is new enough.
make_environment() {
    python=""
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.11 python3.12 python3.13; do
        if modern "$candidate"; then python=$candidate; break; fi
        [ "$candidate" != "${PYTHON:-}" ] || fail "PYTHON=$PYTHON is not a Python 3.11 or newer."
    done
    [ -n "$python" ] || fail "Python 3.11 or newer was not found. Install it, or name it: PYTHON=/path/to/python3.11"
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        wait  # one at a time can add system packages
        system_packages "python$version-venv" || fail "Python's venv module is needed: install python$version-venv."
    fi
    say "Making the environment .venv with $("$python" -V)"
    "$python" -m venv --clear .venv
}

# The first line says for which pyproject.toml and which place .venv was made, the others what was installed.
stamp=.venv/studio-setup
here=$(pwd -P)
wanted="$(cksum <pyproject.toml) $here"
before=$(head -n 1 "$stamp" 2>/dev/null) || before=""
case $before in
    "" | *" $here") ;;
    *) say "This folder was moved: its environment .venv is made anew."; rm -rf .venv ;;
esac
# pip is missing too after the system's Python became another version
.venv/bin/python -c 'import pip' 2>/dev/null || make_environment
if [ "$before" != "$wanted" ] || [ ! -f "$stamp" ]; then printf '%s\n' "$wanted" >"$stamp"; fi
if ! grep -qxF "done$extra" "$stamp"; then
    say "Installing the program and its Python packages (about 6 GB on disk; two minutes with a fast connection) …"
    # the pip that comes with Python may be years old, and works twice as long on this
    .venv/bin/python -m pip install -qq --disable-pip-version-check --upgrade pip ||
        say "pip could not be renewed; going on with the one that Python has." >&2
    .venv/bin/python -m pip install -qq --disable-pip-version-check $compile -e ".$extra" ||
        fail "The Python packages could not be installed; pip's message is above. Run this again to go on."
    say "done$extra" >>"$stamp"
fi
wait
say "Transcription Studio is set up: .venv/bin/studio opens the window."
