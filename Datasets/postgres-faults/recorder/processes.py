"""Child processes that are stopped together with all their own children."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .settings import HOST

STOP_SECONDS = 10.0
POLL_SECONDS = 0.1


class RecordingError(Exception):
    """Something the user can put right: the message says what."""


def require_programs(programs: Sequence[str | Path]) -> None:
    """Raise unless every program is installed."""
    missing = [str(program) for program in programs if shutil.which(program) is None]
    if missing:
        raise RecordingError(f"not installed: {', '.join(missing)} (see README.md for the Debian packages)")


def run(*command: str | Path, user: str | None = None) -> str:
    """Run a command to its end and return its output, as another user if one is named."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, cwd="/",
                          user=user, group=user, extra_groups=[] if user else None)
    if done.returncode != 0:
        raise RecordingError(f"{' '.join(map(str, command))}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> None:
    """Signal the process's group, wait for its end, and kill what is left after STOP_SECONDS."""
    for attempt in (number, signal.SIGKILL):
        try:
            os.killpg(process.pid, attempt)
        except ProcessLookupError:
            pass
        try:
            process.wait(STOP_SECONDS)
            return
        except subprocess.TimeoutExpired:
            continue


@contextmanager
def child(command: Sequence[str | Path], log: Path, environment: dict[str, str] | None = None) -> Iterator[None]:
    """A process in a group of its own for the length of the block, its output appended to `log`."""
    with log.open("a") as output:
        process = subprocess.Popen([str(part) for part in command], stdout=output, stderr=subprocess.STDOUT,
                                   stdin=subprocess.DEVNULL, text=True, start_new_session=True,
                                   env={**os.environ, **(environment or {})})
    try:
        yield
    finally:
        stop(process)


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Poll until the condition holds, or raise after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise RecordingError(f"{what} did not happen within {seconds:g} s")
        time.sleep(POLL_SECONDS)


def is_listening(port: int) -> bool:
    """Whether something accepts connections on the loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
