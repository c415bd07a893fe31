# SPDX-License-Identifier: MIT
"""What this computer and this interpreter have for work that goes side by side.

A report is read off, and nothing is measured, started or changed for it: not even the way in which
`multiprocessing` starts processes is settled by asking. What a system does not tell is None.
"""

from __future__ import annotations

import multiprocessing
import os
import platform
import sys
import sysconfig
import threading
from importlib import metadata
from typing import NamedTuple

from mrrc import cores
from mrrc._version import __version__
from mrrc.parallel.processes import start_method

__all__ = ["EnvironmentReport", "environment_report", "in_bytes"]

#: Packages that mrrc needs or can use.
_LIBRARIES = (
    *("cffi", "zstandard", "fsspec", "pyarrow", "polars", "duckdb", "pandas", "dask"),
    *("pyspark", "rich", "rdflib", "tomli"),
)

_SHARED_MEMORY = "/dev/shm"
_LIMITS = ("memory.max", "memory.limit_in_bytes")

#: What control groups of the older kind say where there is no limit, is about as large as this.
_NO_LIMIT = 1 << 60


class EnvironmentReport(NamedTuple):
    """What there is; as text, a line for each thing of interest.

    Sizes are in bytes.

    Attributes:
        mrrc: the version of this package.
        python, implementation: the interpreter's version, and what it is, as ``CPython``.
        executable, prefix, base_prefix: where it stands; both prefixes are the same outside of
            a virtual environment.
        virtual_environment: whether it is in one.
        system: the operating system and the kind of machine.
        libraries: the versions of the packages that mrrc can use, as far as they are installed.
        cores: the processors of the machine.
        cores_by_affinity: those that this process may run on.
        cores_by_group: as many as its control group lets it use at once, perhaps in parts.
        usable_cores: what comes of it: `recommended_workers` goes by that.
        global_lock: whether the interpreter has its global lock now: one thread of Python runs
            at a time.
        free_threaded_build: whether it was built to do without.
        switch_interval: seconds after which a thread that computes lets another one run.
        start_methods: how processes can be started, the system's choice first.
        start_method: how this program has settled to start them; None as long as it has not.
        worker_start_method: how `mrrc.parallel` starts them, whatever is settled.
        threads: the names of Python's threads that are alive.
        system_threads: how many threads the process has, those of libraries included.
        fork_safe: whether a fork would take nothing along that another thread is in the midst
            of. It never is where there are other threads.
        memory: of the machine.
        memory_available: what could be had of it now.
        memory_limit: what this process may have, by its control group and by its own limit.
        shared_memory, shared_memory_free: the room for memory that processes share.
    """

    mrrc: str
    python: str
    implementation: str
    executable: str
    prefix: str
    base_prefix: str
    virtual_environment: bool
    system: str
    libraries: dict[str, str]
    cores: int | None
    cores_by_affinity: int | None
    cores_by_group: float | None
    usable_cores: int
    global_lock: bool
    free_threaded_build: bool
    switch_interval: float
    start_methods: tuple[str, ...]
    start_method: str | None
    worker_start_method: str
    threads: tuple[str, ...]
    system_threads: int | None
    fork_safe: bool
    memory: int | None
    memory_available: int | None
    memory_limit: int | None
    shared_memory: int | None
    shared_memory_free: int | None

    def __str__(self) -> str:
        rows = [
            ("mrrc", self.mrrc),
            ("interpreter", f"{self.implementation} {self.python}, {self._lock()}"),
            ("stands in", self.prefix + self._environment()),
            ("system", self.system),
            ("packages", ", ".join(f"{name} {it}" for name, it in self.libraries.items()) or "-"),
            ("processors", self._processors()),
            ("threads", self._threads()),
            ("processes", self._processes()),
            ("memory", self._memory()),
            ("shared memory", self._shared()),
        ]
        return "\n".join(f"{name:<15}{text}" for name, text in rows)

    def _lock(self) -> str:
        if self.global_lock:
            built = "; it can do without" if self.free_threaded_build else ""
            return f"with the global lock: one thread of Python computes at a time{built}"
        return "without the global lock: threads of Python compute side by side"

    def _environment(self) -> str:
        return ", a virtual environment" if self.virtual_environment else ""

    def _processors(self) -> str:
        why = [f"the machine has {_known(self.cores)}"]
        if self.cores_by_affinity is not None:
            why.append(f"this process may run on {self.cores_by_affinity}")
        if self.cores_by_group is not None:
            why.append(f"its control group allows {self.cores_by_group:g}")
        return f"{self.usable_cores} to be used: {', '.join(why)}"

    def _threads(self) -> str:
        count = self.system_threads or len(self.threads)
        return f"{count} now; one that computes gives way every {1e3 * self.switch_interval:g} ms"

    def _processes(self) -> str:
        fork = "a fork would be safe now" if self.fork_safe else "a fork would not be safe"
        settled = f", by this program {self.start_method}" if self.start_method else ""
        return (
            f"started by {', '.join(self.start_methods)}; by mrrc {self.worker_start_method}"
            f"{settled}; {fork}"
        )

    def _memory(self) -> str:
        limit = "no limit" if self.memory_limit is None else f"limit {in_bytes(self.memory_limit)}"
        return f"{in_bytes(self.memory)}, {in_bytes(self.memory_available)} to be had now, {limit}"

    def _shared(self) -> str:
        if self.shared_memory is None:
            return "not known"
        return f"{in_bytes(self.shared_memory)}, {in_bytes(self.shared_memory_free)} free"


def _known(number: int | None) -> str:
    return "an unknown number" if number is None else str(number)


def in_bytes(size: int | None) -> str:
    """Return a size in words: 3.2 GiB; None is not known."""
    if size is None:
        return "not known"
    value, unit = float(size), "bytes"
    for unit in ("bytes", "KiB", "MiB", "GiB", "TiB"):
        if value < 1024 or unit == "TiB":
            break
        value /= 1024
    return f"{value:.0f} {unit}" if unit == "bytes" or value >= 100 else f"{value:.1f} {unit}"


def _versions() -> dict[str, str]:
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def _affinity() -> int | None:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return None


def _system_threads() -> int | None:
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return None


def _of_meminfo(name: str) -> int | None:
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            for line in file:
                if line.startswith(f"{name}:"):
                    return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return None


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _group_limit() -> int | None:
    limits = []
    for folder in cores.group_folders("memory"):
        for name in _LIMITS:
            try:
                with open(os.path.join(folder, name), encoding="ascii") as file:
                    limits.append(int(file.read()))
            except (OSError, ValueError):  # it says max
                continue
    return min((limit for limit in limits if limit < _NO_LIMIT), default=None)


def _own_limit() -> int | None:
    try:
        import resource

        allowed, _ = resource.getrlimit(resource.RLIMIT_AS)
        return None if allowed == resource.RLIM_INFINITY else allowed
    except (ImportError, AttributeError, OSError):
        return None


def _shared() -> tuple[int | None, int | None]:
    try:
        room = os.statvfs(_SHARED_MEMORY)
    except (AttributeError, OSError):
        return None, None
    return room.f_blocks * room.f_frsize, room.f_bavail * room.f_frsize


def environment_report() -> EnvironmentReport:
    """Return what this computer and this interpreter have for work side by side.

    >>> from mrrc.concurrency import environment_report
    >>> report = environment_report()
    >>> report.usable_cores >= 1
    True
    >>> print(report)  # doctest: +ELLIPSIS
    mrrc           ...
    interpreter    ...

    ``report._asdict()`` is the same as a dictionary, which `json` can write.
    """
    threads = tuple(each.name for each in threading.enumerate())
    system_threads = _system_threads()
    methods = tuple(multiprocessing.get_all_start_methods())
    limits = [limit for limit in (_group_limit(), _own_limit()) if limit is not None]
    shared, free = _shared()
    return EnvironmentReport(
        mrrc=__version__,
        python=platform.python_version(),
        implementation=platform.python_implementation(),
        executable=sys.executable or "",
        prefix=sys.prefix,
        base_prefix=sys.base_prefix,
        virtual_environment=sys.prefix != sys.base_prefix,
        system=f"{platform.system()} {platform.release()}, {platform.machine()}",
        libraries=_versions(),
        cores=os.cpu_count(),
        cores_by_affinity=_affinity(),
        cores_by_group=cores.quota(),
        usable_cores=cores.usable_cores(),
        global_lock=bool(getattr(sys, "_is_gil_enabled", lambda: True)()),
        free_threaded_build=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        switch_interval=sys.getswitchinterval(),
        start_methods=methods,
        start_method=multiprocessing.get_start_method(allow_none=True),
        worker_start_method=start_method(),
        threads=threads,
        system_threads=system_threads,
        fork_safe="fork" in methods and max(len(threads), system_threads or 1) == 1,
        memory=_memory(),
        memory_available=_of_meminfo("MemAvailable"),
        memory_limit=min(limits, default=None),
        shared_memory=shared,
        shared_memory_free=free,
    )
