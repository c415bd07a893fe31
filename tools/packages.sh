# SPDX-License-Identifier: MIT
# Sourced by the shell scripts: makes sure that system packages and a fit Python are there.
# On Debian and Ubuntu it installs what is missing where it may (as root or by sudo);
# anywhere else it says what is missing and stops.  It never upgrades or removes anything.

# need_packages PACKAGE...: Debian's names.
need_packages() {
    local package missing=()
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        need_commands
        return
    fi
    for package in "$@"; do
        [[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" == installed ]] ||
            missing+=("$package")
    done
    ((${#missing[@]} == 0)) && return
    local become=()
    if ((EUID != 0)); then
        if ! command -v sudo >/dev/null; then
            echo "missing: ${missing[*]}" >&2
            echo "Install them as root (apt-get install ${missing[*]}) and start again." >&2
            exit 1
        fi
        become=(sudo)
    fi
    echo "installing: ${missing[*]}" >&2
    "${become[@]}" apt-get update -qq >&2 || echo "apt-get update failed; trying all the same" >&2
    "${become[@]}" env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2 || {
        echo "apt-get could not install: ${missing[*]}" >&2
        exit 1
    }
}

# Other systems name their packages otherwise, so this names what the build looks for.
need_commands() {
    local package missing=()
    command -v "${CC:-cc}" >/dev/null || missing+=("a C compiler")
    command -v python3 >/dev/null || missing+=("python3 with its headers")
    if ! command -v pkg-config >/dev/null; then
        missing+=("pkg-config")
    else
        for package in libxml-2.0 jansson libutf8proc libpcre2-8; do
            pkg-config --exists "$package" || missing+=("$package with its headers")
        done
    fi
    ((${#missing[@]} == 0)) && return
    printf 'missing: %s\n' "${missing[@]}" >&2
    echo "Install these with your system's package manager and start again." >&2
    exit 1
}

# need_python: sets PYTHON to the interpreter to use ($PYTHON, or python3).
need_python() {
    PYTHON="${PYTHON:-python3}"
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && return
    echo "$PYTHON is missing or older than Python 3.10; set PYTHON to one that is not." >&2
    exit 1
}
