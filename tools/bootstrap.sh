#!/bin/sh
# Prepare everything that one make target needs, then get out of the way.
#
#   tools/bootstrap.sh run|test|build
#
# run    what it takes to open the application
# test   run, and what the tests and checks start besides (a virtual screen, PDF readers, AT-SPI)
# build  run, and what PyInstaller calls
#
# All Python packages go into .venv/ at the versions and hashes of requirements.lock. Shared
# libraries and programs that no wheel carries come from the distribution: they are looked for by
# the name the program loader uses, and only what is missing is installed, with apt-get, as root
# or through sudo. Where that cannot be done one sentence says what to install by hand.
# The second run does nothing: a stamp holds a checksum of all that decides the outcome.
set -eu

say() { printf '%s\n' "$*" >&2; }
stop() { say "Set-up stopped: $*"; exit 1; }

cd "$(dirname "$0")/.."
purpose=${1:-run}
case $purpose in run | test | build) ;; *) stop "unknown purpose '$purpose'; use run, test or build." ;; esac

stamp=.venv/.ready-$purpose
fingerprint() {
    { pwd -P && cat requirements.lock pyproject.toml tools/bootstrap.sh; } | cksum
}
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ] && .venv/bin/python -c '' 2>/dev/null; then
    exit 0
fi

# --- which Python -------------------------------------------------------------------------------
# Its own packages are not used, only its interpreter and standard library.
is_recent() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        if command -v "$candidate" >/dev/null 2>&1 && is_recent "$candidate"; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

python=$(find_python) || stop "Python 3.11 or newer was not found. Install it, or name it: make PYTHON=/path/to/python3 run"
version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')

# --- what the distribution has to supply --------------------------------------------------------
# One a line: what to look for, then the Debian/Ubuntu package that holds it.
needs_run='
lib:libEGL.so.1 libegl1
lib:libGL.so.1 libgl1
lib:libglib-2.0.so.0 libglib2.0-0
lib:libgthread-2.0.so.0 libglib2.0-0
lib:libdbus-1.so.3 libdbus-1-3
lib:libfontconfig.so.1 libfontconfig1
lib:libfreetype.so.6 libfreetype6
lib:libzstd.so.1 libzstd1
lib:libbrotlidec.so.1 libbrotli1
lib:libgssapi_krb5.so.2 libgssapi-krb5-2
lib:libX11.so.6 libx11-6
lib:libX11-xcb.so.1 libx11-xcb1
lib:libxcb.so.1 libxcb1
lib:libxcb-cursor.so.0 libxcb-cursor0
lib:libxcb-icccm.so.4 libxcb-icccm4
lib:libxcb-image.so.0 libxcb-image0
lib:libxcb-keysyms.so.1 libxcb-keysyms1
lib:libxcb-randr.so.0 libxcb-randr0
lib:libxcb-render.so.0 libxcb-render0
lib:libxcb-render-util.so.0 libxcb-render-util0
lib:libxcb-shape.so.0 libxcb-shape0
lib:libxcb-shm.so.0 libxcb-shm0
lib:libxcb-sync.so.1 libxcb-sync1
lib:libxcb-util.so.1 libxcb-util1
lib:libxcb-xfixes.so.0 libxcb-xfixes0
lib:libxcb-xkb.so.1 libxcb-xkb1
lib:libxkbcommon.so.0 libxkbcommon0
lib:libxkbcommon-x11.so.0 libxkbcommon-x11-0
lib:libwayland-client.so.0 libwayland-client0
lib:libwayland-cursor.so.0 libwayland-cursor0
lib:libwayland-egl.so.1 libwayland-egl1
lib:libcups.so.2 libcups2
'
needs_test='
cmd:Xvfb xvfb
cmd:xauth xauth
cmd:xkbcomp x11-xkb-utils
cmd:xdotool xdotool
cmd:dbus-run-session dbus-daemon
cmd:pdftotext poppler-utils
cmd:qpdf qpdf
file:/usr/libexec/at-spi-bus-launcher at-spi2-core
atspi:2.0 python3-gi
atspi:2.0 gir1.2-atspi-2.0
'
needs_build="
cmd:objdump binutils
libpython:$version libpython$version
"
# The frozen application is started by the checks, and it needs no more than the other one.
case $purpose in
run) needs=$needs_run ;;
test) needs=$needs_run$needs_test ;;
build) needs=$needs_run$needs_build ;;
esac
needs="
module:ensurepip python$version-venv
$needs"

is_there() {
    name=${1#*:}
    case $1 in
    cmd:*) command -v "$name" >/dev/null 2>&1 ;;
    file:*) [ -e "$name" ] ;;
    lib:*) "$python" -c 'import ctypes, sys; ctypes.CDLL(sys.argv[1])' "$name" 2>/dev/null ;;
    module:*) "$python" -c "import $name" 2>/dev/null ;;
    atspi:*) /usr/bin/python3 -c "import gi; gi.require_version('Atspi', '$name')" 2>/dev/null ;;
    libpython:*)
        "$python" - <<'PY' 2>/dev/null
import ctypes, pathlib, sysconfig
name = sysconfig.get_config_var("INSTSONAME") or ""
folder = sysconfig.get_config_var("LIBDIR") or ""
path = pathlib.Path(folder, name)
ctypes.CDLL(str(path) if path.exists() else name)
PY
        ;;
    esac
}

missing_packages() {
    printf '%s\n' "$needs" | while read -r probe package; do
        [ -n "$probe" ] || continue
        is_there "$probe" || printf '%s\n' "$package"
    done | sort -u | tr '\n' ' '
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null 2>&1; }; then
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    else
        return 1
    fi
}

install_system() {
    packages=$1
    by_hand="run this as an administrator, then make again: apt-get install $packages"
    command -v apt-get >/dev/null 2>&1 ||
        stop "these Debian/Ubuntu packages are missing, and there is no apt-get here; install your system's equal of them: $packages"
    say "Installing from the distribution: $packages"
    log=$(mktemp)
    # One stale source must not stop an install that the others can serve.
    as_root apt-get -qq update >"$log" 2>&1 || true
    # shellcheck disable=SC2086
    if ! as_root apt-get -qq -y --no-install-recommends install $packages >>"$log" 2>&1; then
        tail -n 5 "$log" >&2
        stop "the system packages could not be installed from here; $by_hand"
    fi
    rm -f "$log"
}

if [ "$(uname -s)" = Linux ]; then
    missing=$(missing_packages)
    if [ -n "$missing" ]; then
        install_system "$missing"
        still=$(missing_packages)
        [ -z "$still" ] || stop "still not found after installing: $still"
    fi
fi

# Quiet unless it fails: then its last words are worth more than the whole.
pip_install() {
    log=$(mktemp)
    .venv/bin/python -m pip install --no-input --disable-pip-version-check --no-deps "$@" >"$log" 2>&1 && {
        rm -f "$log"
        return 0
    }
    tail -n 15 "$log" >&2
    rm -f "$log"
    return 1
}

# --- the environment ----------------------------------------------------------------------------
packages_stamp=.venv/.packages
if [ "$(cat "$packages_stamp" 2>/dev/null)" != "$(fingerprint)" ] || ! .venv/bin/python -c '' 2>/dev/null; then
    say "Preparing .venv with Python $version (the first time takes a minute or two)"
    if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
        "$python" -m venv --clear .venv || stop "the environment at .venv could not be made."
    fi
    pip_install --require-hashes --only-binary :all: -r requirements.lock ||
        stop "the Python packages of requirements.lock could not be installed. They are fetched from a package index the first time; check the connection and run make again."
    # The project itself, in place: the commands engage and engage-desktop, and packages that
    # resolve to this folder. Built with the locked setuptools, so that nothing unlocked is fetched.
    pip_install --no-build-isolation --no-index -e . || stop "the project could not be installed into .venv."
    fingerprint >"$packages_stamp"
fi
fingerprint >"$stamp"
