# SPDX-License-Identifier: MIT
"""Builds mrrc._native, the C core behind CFFI's API mode.

The declarations are the marked part of csrc/mrrc.h, word for word, so there is no
second copy to keep in step.  Every C file in csrc/ and csrc/formats/ is compiled in.
What the core needs from the system is found by pkg-config and nowhere else.  Compiler
warnings are no business of an installation: tools/check_warnings.sh makes them errors.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from cffi import FFI

ROOT = Path(__file__).resolve().parent
CDEF_BEGIN = "/* cdef begin */"
CDEF_END = "/* cdef end */"

# pkg-config's name of a library, and the Debian package that has its header.
LIBRARIES = [
    ("libxml-2.0", "libxml2-dev"),
    ("jansson", "libjansson-dev"),
    ("libutf8proc", "libutf8proc-dev"),
    ("libpcre2-8", "libpcre2-dev"),
]

# Calls from one file of the core to another need no detour through the dynamic
# linker's tables, and nothing of the core is visible to the rest of the process.
COMPILER_FLAGS = ["-std=c11", "-O3", "-fvisibility=hidden", "-pthread"]


# How an Arrow capsule ends.  A capsule may die while an exception is on its way, where no code of
# Python may run, so what frees its structure is C; and it needs Python's header, of which the core
# knows nothing, so it stands here.  mrrc/arrow.py makes the capsules.
CAPSULES_CDEF = """
const char *mrrc_capsule_name(int kind);
void *mrrc_capsule_end(int kind);
"""
CAPSULES = """
static const char *const mrrc_capsule_names[] = {"arrow_schema", "arrow_array",
                                                 "arrow_array_stream"};

static const char *mrrc_capsule_name(int kind) { return mrrc_capsule_names[kind]; }

static void mrrc_end_schema(PyObject *capsule) {
    mrrc_arrow_schema_free((mrrc_arrow_schema *)PyCapsule_GetPointer(capsule,
                                                                     mrrc_capsule_names[0]));
}

static void mrrc_end_array(PyObject *capsule) {
    mrrc_arrow_array_free((mrrc_arrow_array *)PyCapsule_GetPointer(capsule,
                                                                   mrrc_capsule_names[1]));
}

static void mrrc_end_stream(PyObject *capsule) {
    mrrc_arrow_stream_free((mrrc_arrow_stream *)PyCapsule_GetPointer(capsule,
                                                                     mrrc_capsule_names[2]));
}

static void *mrrc_capsule_end(int kind) {
    static const PyCapsule_Destructor ends[] = {mrrc_end_schema, mrrc_end_array, mrrc_end_stream};
    return (void *)ends[kind];
}
"""


def cdef() -> str:
    """Returns the part of csrc/mrrc.h between its two marks."""
    header = (ROOT / "csrc" / "mrrc.h").read_text(encoding="ascii")
    return header.partition(CDEF_BEGIN)[2].partition(CDEF_END)[0]


def c_files(pattern: str) -> list[str]:
    """Returns the files in csrc/ and csrc/formats/ that match, as setuptools wants them:
    relative to this folder, with slashes, in an order that does not change."""
    found = [*ROOT.glob(f"csrc/{pattern}"), *ROOT.glob(f"csrc/formats/{pattern}")]
    return sorted(path.relative_to(ROOT).as_posix() for path in found)


def pkg_config() -> tuple[list[str], list[str]]:
    """Returns the flags for the compiler and for the linker.

    Raises SystemExit with the name of the package to install where something is missing.
    """
    program = shutil.which("pkg-config") or shutil.which("pkgconf")
    if program is None:
        raise SystemExit(
            "mrrc: pkg-config is missing. On Debian and Ubuntu: apt-get install pkg-config"
        )
    missing = [
        (name, package)
        for name, package in LIBRARIES
        if subprocess.run([program, "--exists", name], check=False).returncode != 0
    ]
    if missing:
        names = ", ".join(name for name, _ in missing)
        packages = " ".join(package for _, package in missing)
        raise SystemExit(
            f"mrrc: pkg-config does not find {names}. "
            f"On Debian and Ubuntu: apt-get install {packages}"
        )
    names = [name for name, _ in LIBRARIES]
    flags = [
        subprocess.run(
            [program, option, *names], check=True, stdout=subprocess.PIPE, text=True
        ).stdout.split()
        for option in ("--cflags", "--libs")
    ]
    return flags[0], flags[1]


compile_flags, link_flags = pkg_config()
ffi = FFI()
ffi.cdef(cdef() + CAPSULES_CDEF)
ffi.set_source(
    "mrrc._native",
    '#include "mrrc.h"\n' + CAPSULES,
    sources=c_files("*.c"),
    depends=c_files("*.h"),
    include_dirs=["csrc"],
    extra_compile_args=[*COMPILER_FLAGS, *compile_flags],
    extra_link_args=["-pthread", *link_flags],
)

if __name__ == "__main__":
    ffi.compile(verbose=True)
