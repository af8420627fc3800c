# Sourced by bin/up, bin/test and bin/manage: finds a Python, keeps the virtual environment in step with the lock.
# Plain POSIX shell: macOS still has bash 3.2, Debian has dash.

ROOT=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
VENV=${LONGWAVE_VENV:-$ROOT/.venv}
PYTHON_RANGE='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
NEEDED_MB=1500

stop() {
    printf '%s\n' "$1" >&2
    exit 1
}

is_debian_root() {
    [ "$(id -u)" = 0 ] && [ -e /etc/debian_version ] && command -v apt-get >/dev/null 2>&1
}

# Without starting the services that packages bring: they would take ports and memory for nothing.
apt_install() {
    guard=/usr/sbin/policy-rc.d
    made_guard=
    if [ ! -e $guard ]; then
        printf '#!/bin/sh\nexit 101\n' >$guard && chmod 755 $guard && made_guard=yes
    fi
    DEBIAN_FRONTEND=noninteractive apt-get update -q >/dev/null &&
        DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@" >/dev/null
    apt_result=$?
    [ -z "$made_guard" ] || rm -f $guard
    return $apt_result
}

# Sets PYTHON to a Python 3.11 to 3.13, one that can make virtual environments if there is any.
find_python() {
    PYTHON=
    for candidate in python3.13 python3.12 python3.11 python3; do
        "$candidate" -c "$PYTHON_RANGE" >/dev/null 2>&1 || continue
        [ -n "$PYTHON" ] || PYTHON=$candidate
        if "$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            PYTHON=$candidate
            return
        fi
    done
    [ -n "$PYTHON" ] && return
    found=$(python3 -c 'import platform; print("python3 is " + platform.python_version())' 2>/dev/null) ||
        found="there is no python3"
    stop "Longwave needs Python 3.11, 3.12 or 3.13, but $found here: install one (Debian 12 or Ubuntu 24.04: sudo apt install python3 python3-venv; macOS: brew install python@3.13)."
}

need_venv_module() {
    "$PYTHON" -c 'import ensurepip, venv' >/dev/null 2>&1 && return
    package=$("$PYTHON" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    [ "$PYTHON" != python3 ] || package=python3-venv
    if is_debian_root; then
        printf 'Installing %s\n' "$package"
        apt_install "$package" && "$PYTHON" -c 'import ensurepip, venv' >/dev/null 2>&1 && return
    fi
    stop "$PYTHON cannot make virtual environments: sudo apt install $package"
}

need_room() {
    folder=$VENV
    while [ ! -d "$folder" ]; do folder=$(dirname -- "$folder"); done
    [ -w "$folder" ] || stop "$folder cannot be written to: change its owner, or set LONGWAVE_VENV to a folder of yours."
    free_mb=$(df -Pk -- "$folder" | awk 'NR == 2 { print int($4 / 1024) }')
    [ "$free_mb" -ge "$NEEDED_MB" ] ||
        stop "Only $free_mb MB are free in $folder, $NEEDED_MB are needed to install: free some, or set LONGWAVE_VENV to a folder on a larger disk."
}

is_whole() {
    [ -e "$VENV/pyvenv.cfg" ] && [ ! -e "$VENV/.making" ] &&
        "$VENV/bin/python" -c "$PYTHON_RANGE" >/dev/null 2>&1 && "$VENV/bin/python" -c 'import pip' >/dev/null 2>&1
}

make_venv() {
    if [ -e "$VENV" ] && [ ! -e "$VENV/.making" ] && [ ! -e "$VENV/pyvenv.cfg" ] && [ -n "$(ls -A "$VENV")" ]; then
        stop "$VENV is no virtual environment: remove it, or set LONGWAVE_VENV to another folder."
    fi
    find_python
    need_venv_module
    need_room
    rm -rf -- "$VENV"
    mkdir -p -- "$VENV" || stop "$VENV cannot be made: set LONGWAVE_VENV to a folder of yours."
    : >"$VENV/.making"
    "$PYTHON" -m venv "$VENV" || stop "$PYTHON could not make a virtual environment in $VENV; its reason stands above."
}

# What is written beside the environment after an install: Python's version and the whole lock.
installed_state() {
    "$VENV/bin/python" -c 'import platform; print(platform.python_version())' 2>/dev/null && cat "$ROOT/$1"
}

# ensure_venv LOCK: afterwards "$VENV/bin/python" has everything the lock names. Unchanged: costs one Python start.
ensure_venv() {
    is_whole || make_venv
    stamp=$VENV/.installed-$1
    [ -e "$stamp" ] && installed_state "$1" | cmp -s - "$stamp" && return
    need_room
    printf 'Installing what %s names (about a minute)\n' "$1"
    : >"$VENV/.making"
    "$VENV/bin/python" -m pip install -q --disable-pip-version-check --no-input -r "$ROOT/$1" ||
        stop "pip could not install $1; its reason stands above. Is the network up? Then run the same command again."
    printf '%s\n' "$ROOT" >"$("$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/longwave-checkout.pth"
    installed_state "$1" >"$stamp"
    rm -f "$VENV/.making"
}
