"""The PostgreSQL server under observation, on a small file system of its own."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg2

from .processes import RecordingError, run, stop, wait_until
from .settings import APPLICATION_USER, DATABASE, HOST, POSTGRES_BIN, SUPERUSER, Settings

DISK_MIB = 512
PGBENCH_SCALE = 4
READY_SECONDS = 60.0

CONFIGURATION = {
    "listen_addresses": f"'{HOST}'",
    "unix_socket_directories": "''",
    "max_connections": "60",
    "superuser_reserved_connections": "5",
    "shared_buffers": "32MB",
    "checkpoint_timeout": "2min",
    "min_wal_size": "96MB",
    "max_wal_size": "96MB",
    "deadlock_timeout": "1s",
    "log_timezone": "'UTC'",
    "log_line_prefix": "'%m [%p] %q%u@%d '",
    "log_checkpoints": "on",
    "log_connections": "on",
    "log_disconnections": "off",
    "log_lock_waits": "on",
    "log_min_duration_statement": "50ms",
}


@contextmanager
def small_disk(settings: Settings) -> Iterator[None]:
    """An ext4 file system of DISK_MIB in a file, mounted for the length of the block."""
    image = settings.work / "disk.img"
    settings.disk.mkdir(parents=True, exist_ok=True)
    if settings.disk.is_mount():
        raise RecordingError(f"{settings.disk} is still mounted: umount it first")
    with image.open("wb") as file:
        file.truncate(DISK_MIB << 20)
    run("mkfs.ext4", "-q", "-m", "0", image)
    run("mount", "-o", "loop", image, settings.disk)
    try:
        yield
    finally:
        run("umount", settings.disk)
        image.unlink()


def disk_device(settings: Settings) -> str:
    """Kernel name of the block device under the small disk, such as `loop0`."""
    return Path(run("findmnt", "-no", "SOURCE", settings.disk).strip()).name


class Postgres:
    """A server that can be started, killed and started again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None

    def create(self) -> None:
        """Make the data folder, start the server, fill the pgbench tables."""
        data = self._settings.postgres_data
        data.mkdir()
        os.chmod(data, 0o700)
        run("chown", f"{SUPERUSER}:{SUPERUSER}", data)
        run(POSTGRES_BIN / "initdb", "-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8",
            user=SUPERUSER)
        lines = [f"{name} = {value}\n" for name, value in CONFIGURATION.items()]
        with (data / "postgresql.conf").open("a") as file:
            file.writelines([*lines, f"port = {self._settings.ports.postgres}\n"])
        self.start(database="postgres")
        server = ("-h", HOST, "-p", str(self._settings.ports.postgres), "-U", SUPERUSER)
        run(POSTGRES_BIN / "createuser", *server, APPLICATION_USER)
        run(POSTGRES_BIN / "createdb", *server, "-O", APPLICATION_USER, DATABASE)
        run(POSTGRES_BIN / "pgbench", *server[:-1], APPLICATION_USER, "-i", "-q", "-s", str(PGBENCH_SCALE), DATABASE)

    def start(self, database: str = DATABASE) -> None:
        """Start the server and wait until it answers a query."""
        with self._settings.postgres_log.open("a") as log:
            self._process = subprocess.Popen(
                [str(POSTGRES_BIN / "postgres"), "-D", str(self._settings.postgres_data)],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, text=True, cwd="/", start_new_session=True,
                user=SUPERUSER, group=SUPERUSER, extra_groups=[])
        wait_until(lambda: self._answers(database), READY_SECONDS, "an answer from PostgreSQL")

    def stop(self) -> None:
        """Shut down in order, dropping the clients."""
        if self._process is not None:
            stop(self._process, signal.SIGINT)

    def kill(self) -> None:
        """Kill the server and all its children at once, as the kernel's out-of-memory killer might."""
        if self._process is None:
            return
        children = self.children()
        self.signal_all(signal.SIGKILL)
        self._process.wait()
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), READY_SECONDS,
                   "the end of PostgreSQL's processes")

    def signal_all(self, number: signal.Signals) -> None:
        """Signal the server and all its children."""
        if self._process is None:
            return
        for pid in (self._process.pid, *self.children()):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def children(self) -> list[int]:
        """Process ids of the server's children (each in a session of its own, so no group has them all)."""
        if self._process is None:
            return []
        pid = self._process.pid
        with suppress(FileNotFoundError):
            return [int(text) for text in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
        return []

    def _answers(self, database: str) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RecordingError(f"PostgreSQL ended: see {self._settings.postgres_log}")
        server = f"host={HOST} port={self._settings.ports.postgres} user={SUPERUSER} dbname={database}"
        try:
            psycopg2.connect(server, connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True


@contextmanager
def running_postgres(settings: Settings) -> Iterator[Postgres]:
    """A filled server for the length of the block."""
    server = Postgres(settings)
    try:
        server.create()
        yield server
    finally:
        server.stop()
