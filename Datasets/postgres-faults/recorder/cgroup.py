"""A control group around the recording, so that its processor time is told apart from the machine's other work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .processes import RecordingError

NAME = "postgres-faults"
MICROSECONDS = 1_000_000


def cgroup2_root() -> Path:
    """Where the version 2 hierarchy is mounted."""
    for line in Path("/proc/mounts").read_text().splitlines():
        _, mount_point, file_system, *_ = line.split()
        if file_system == "cgroup2":
            return Path(mount_point)
    raise RecordingError("no cgroup2 file system is mounted")


def own_group() -> str:
    """This process's group in the version 2 hierarchy, relative to its root."""
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        hierarchy, _, path = line.split(":", 2)
        if hierarchy == "0":
            return path.lstrip("/")
    raise RecordingError("this process is in no cgroup2 group")


@contextmanager
def control_group() -> Iterator[Callable[[], float]]:
    """Move this process, and so all that it starts, into a group. Yields a reading of its processor seconds."""
    root, home = cgroup2_root(), own_group()
    group = root / NAME
    group.mkdir(exist_ok=True)
    (group / "cgroup.procs").write_text(str(os.getpid()))

    def processor_seconds() -> float:
        fields = dict(line.split() for line in (group / "cpu.stat").read_text().splitlines())
        return int(fields["usage_usec"]) / MICROSECONDS

    try:
        yield processor_seconds
    finally:
        (root / home / "cgroup.procs").write_text(str(os.getpid()))
        group.rmdir()
