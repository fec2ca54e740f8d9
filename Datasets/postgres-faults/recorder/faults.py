"""The faults: how each is injected, and which series it is known to move.

A fault is a context manager: entering it breaks something, leaving it puts it right. The guilty list of a kind has
the series that its mechanism moves and that were seen to move: more than half of the values inside the fault were
outside the range of fault-free time (`record.py effects`). The one nearest to the cause comes first.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from .load import pgbench_command
from .postgres import Postgres
from .processes import child
from .settings import Settings

CPU_HOGS = 4
MEMORY_SHARE = 0.4
DISK_LEFT_MIB = 40
DISK_STEP_MIB = 16
DISK_STEP_SECONDS = 1.0
PAUSE_SECONDS = 0.060
RESUME_SECONDS = 0.006
RETRY_SECONDS = 0.5
SURGE_RATE = 200
SURGE_CLIENTS = 8
RUNAWAY_QUERY = "SELECT bid, count(*), avg(abalance) FROM pgbench_accounts GROUP BY bid"
MIB = 1 << 20


@dataclass(frozen=True)
class Bench:
    """What a fault may lay hands on."""

    settings: Settings
    postgres: Postgres


@contextmanager
def repeated(action: Callable[[threading.Event], None]) -> Iterator[None]:
    """Call the action again and again in a thread for the length of the block; it may wait on the event."""
    finished = threading.Event()

    def loop() -> None:
        while not finished.is_set():
            action(finished)

    thread = threading.Thread(target=loop, name=action.__name__)
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()


def stress(bench: Bench, *options: str) -> AbstractContextManager[None]:
    """stress-ng with the options, its scratch files on the data disk."""
    work = bench.settings.work
    return child(["stress-ng", "--temp-path", bench.settings.disk, *options], work / "stress-ng.log")


@contextmanager
def cpu_hog(bench: Bench) -> Iterator[None]:
    """More busy processes than there are processors, each in a session, so a scheduling group, of its own."""
    with ExitStack() as hogs:
        for _ in range(CPU_HOGS):
            hogs.enter_context(stress(bench, "--cpu", "1"))
        yield


def memory_pressure(bench: Bench) -> AbstractContextManager[None]:
    """One process takes MEMORY_SHARE of the available memory and keeps it."""
    lines = Path("/proc/meminfo").read_text().splitlines()
    available_kib = next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    size_mib = round(available_kib * MEMORY_SHARE / 1024)
    return stress(bench, "--vm", "1", "--vm-bytes", f"{size_mib}m", "--vm-keep", "--vm-hang", "0")


@contextmanager
def disk_fill(bench: Bench) -> Iterator[None]:
    """A file grows on the data disk until less than DISK_LEFT_MIB are left."""
    ballast = bench.settings.disk / "ballast"

    def grow(finished: threading.Event) -> None:
        space = os.statvfs(bench.settings.disk)
        if space.f_bavail * space.f_frsize > DISK_LEFT_MIB * MIB:
            with ballast.open("ab") as file:
                os.posix_fallocate(file.fileno(), file.tell(), DISK_STEP_MIB * MIB)
        finished.wait(DISK_STEP_SECONDS)

    try:
        with repeated(grow):
            yield
    finally:
        ballast.unlink(missing_ok=True)


def disk_io(bench: Bench) -> AbstractContextManager[None]:
    """Synchronous writes to the data disk compete with the server's."""
    return stress(bench, "--hdd", "2", "--hdd-bytes", "8m", "--hdd-write-size", "64k", "--hdd-opts", "sync,wr-rnd")


@contextmanager
def table_lock(bench: Bench) -> Iterator[None]:
    """A forgotten transaction holds ACCESS EXCLUSIVE on the busiest table."""
    connection = psycopg2.connect(bench.settings.dsn())
    try:
        connection.cursor().execute("LOCK TABLE pgbench_accounts IN ACCESS EXCLUSIVE MODE")
        yield
    finally:
        connection.close()


@contextmanager
def connection_exhaustion(bench: Bench) -> Iterator[None]:
    """A leaking client takes every connection that an ordinary role may have."""
    with ExitStack() as leaked:

        def leak(finished: threading.Event) -> None:
            try:
                leaked.callback(psycopg2.connect(bench.settings.dsn()).close)
            except psycopg2.OperationalError:
                finished.wait(RETRY_SECONDS)

        with repeated(leak):
            yield


@contextmanager
def process_killed(bench: Bench) -> Iterator[None]:
    """All of the server's processes are killed; it is started again at the fault's end and recovers."""
    bench.postgres.kill()
    try:
        yield
    finally:
        bench.postgres.start()


@contextmanager
def latency(bench: Bench) -> Iterator[None]:
    """The server gets the processor for a tenth of the time, as under a tight quota."""

    def throttle(finished: threading.Event) -> None:
        bench.postgres.signal_all(signal.SIGSTOP)
        finished.wait(PAUSE_SECONDS)
        bench.postgres.signal_all(signal.SIGCONT)
        finished.wait(RESUME_SECONDS)

    with repeated(throttle):
        yield


@contextmanager
def deadlocks(bench: Bench) -> Iterator[None]:
    """Two clients update the same two rows in opposite order, over and over."""
    barrier = threading.Barrier(2, timeout=RETRY_SECONDS)

    def clash(first: int, second: int) -> Callable[[threading.Event], None]:
        def attempt(finished: threading.Event) -> None:
            with suppress(psycopg2.Error, threading.BrokenBarrierError):
                connection = psycopg2.connect(bench.settings.dsn())
                try:
                    cursor = connection.cursor()
                    update = "UPDATE pgbench_branches SET bbalance = bbalance + 1 WHERE bid = %s"
                    cursor.execute(update, (first,))
                    barrier.wait()
                    cursor.execute(update, (second,))
                    connection.commit()
                finally:
                    connection.close()
            barrier.reset()
            finished.wait(RETRY_SECONDS)

        return attempt

    with repeated(clash(1, 2)), repeated(clash(2, 1)):
        yield


def traffic_surge(bench: Bench) -> AbstractContextManager[None]:
    """A second crowd of clients sends four times the usual transactions."""
    command = pgbench_command(bench.settings, f"--client={SURGE_CLIENTS}", f"--rate={SURGE_RATE}")
    return child(command, Path(os.devnull))


@contextmanager
def runaway_query(bench: Bench) -> Iterator[None]:
    """A report that scans the largest table runs over and over."""
    connection = psycopg2.connect(bench.settings.dsn())
    connection.autocommit = True

    def scan(_finished: threading.Event) -> None:
        connection.cursor().execute(RUNAWAY_QUERY)

    try:
        with repeated(scan):
            yield
    finally:
        connection.close()


@dataclass(frozen=True)
class Kind:
    """A kind of fault: how to inject it, what happened in a sentence, the names of the series it moves."""

    inject: Callable[[Bench], AbstractContextManager[None]]
    what: str
    guilty: tuple[str, ...]


KINDS: dict[str, Kind] = {
    "cpu-hog": Kind(
        cpu_hog,
        f"{CPU_HOGS} busy processes of stress-ng compete for the processors.",
        ("container_cpu_cores",)),
    "memory-pressure": Kind(
        memory_pressure,
        f"stress-ng takes {MEMORY_SHARE:.0%} of the available memory and keeps it.",
        ("node_memory_available_bytes",)),
    "disk-fill": Kind(
        disk_fill,
        f"A file grows by {DISK_STEP_MIB} MiB a second on the data disk until less than {DISK_LEFT_MIB} MiB are left.",
        ("node_disk_free_ratio",)),
    "disk-io": Kind(
        disk_io,
        "stress-ng writes small synchronous blocks to the data disk.",
        ("node_disk_written_bytes_per_second", "node_disk_busy_ratio", "container_cpu_cores")),
    "table-lock": Kind(
        table_lock,
        "A forgotten transaction holds ACCESS EXCLUSIVE on pgbench_accounts.",
        ("pg_longest_transaction_seconds", "pg_lock_waiters", "pg_connections_active", "pg_connections",
         "probe_read_latency_seconds", "probe_errors_per_second", "probe_up", "pgbench_tps",
         "pg_commits_per_second", "pg_rollbacks_per_second", "pg_rows_updated_per_second",
         "pg_rows_returned_per_second", "pg_blocks_hit_per_second", "pg_blocks_read_per_second",
         "node_disk_written_bytes_per_second", "node_disk_busy_ratio", "container_cpu_cores")),
    "connection-exhaustion": Kind(
        connection_exhaustion,
        "A leaking client holds every connection that an ordinary role may have.",
        ("pg_connections", "probe_errors_per_second", "probe_up", "pg_blocks_hit_per_second",
         "pg_blocks_read_per_second")),
    "process-killed": Kind(
        process_killed,
        "All of the server's processes are killed with SIGKILL; at the end it is started and recovers.",
        ("pg_up", "probe_errors_per_second", "probe_up", "pgbench_tps", "node_disk_written_bytes_per_second",
         "node_disk_busy_ratio", "container_cpu_cores")),
    "latency": Kind(
        latency,
        f"The server is stopped for {PAUSE_SECONDS * 1000:.0f} ms after every {RESUME_SECONDS * 1000:.0f} ms.",
        ("probe_connect_latency_seconds", "pgbench_latency_seconds", "pgbench_tps", "pg_commits_per_second",
         "pg_rows_updated_per_second", "pg_rows_returned_per_second", "pg_blocks_hit_per_second",
         "node_disk_busy_ratio")),
    "deadlock": Kind(
        deadlocks,
        "Two clients update the same two rows of pgbench_branches in opposite order, over and over.",
        ("pg_deadlocks_per_second", "pg_rollbacks_per_second", "pg_lock_waiters", "pg_longest_transaction_seconds",
         "pg_locks", "pg_connections_active", "pg_connections", "pgbench_latency_seconds", "pgbench_tps",
         "pg_commits_per_second", "pg_rows_updated_per_second", "pg_rows_returned_per_second",
         "pg_blocks_hit_per_second", "node_disk_written_bytes_per_second", "container_cpu_cores")),
    "traffic-surge": Kind(
        traffic_surge,
        f"{SURGE_CLIENTS} more clients send {SURGE_RATE} transactions a second.",
        ("pg_connections", "pg_commits_per_second", "pg_rows_updated_per_second", "pg_rows_returned_per_second",
         "pg_blocks_hit_per_second", "node_disk_written_bytes_per_second", "container_cpu_cores")),
    "runaway-query": Kind(
        runaway_query,
        "A report that scans all of pgbench_accounts, with parallel workers, runs over and over.",
        ("pg_rows_returned_per_second", "pg_blocks_read_per_second", "pg_blocks_hit_per_second",
         "container_cpu_cores", "pg_longest_transaction_seconds", "pg_connections", "pg_commits_per_second")),
}
