"""A client without a pool: it connects, reads a row, writes a row, and times each."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg2

from .metrics import Metrics
from .postgres import PGBENCH_SCALE
from .settings import Settings

PERIOD_SECONDS = 0.5
TIMEOUT_SECONDS = 2
READ = "SELECT abalance FROM pgbench_accounts WHERE aid = %s"
WRITE = "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (1, 1, %s, 0, CURRENT_TIMESTAMP)"

METRIC_NAMES = (
    "pgbench_tps",
    "pgbench_transactions_total",
    "pgbench_latency_seconds_total",
    "probe_up",
    "probe_errors_total",
    "probe_connect_total",
    "probe_connect_seconds_total",
    "probe_read_total",
    "probe_read_seconds_total",
    "probe_write_total",
    "probe_write_seconds_total",
)


class Probe:
    """One round of requests at a time, counted into `metrics`. A request that times out counts as its wait."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self._dsn = f"{settings.dsn()} connect_timeout={TIMEOUT_SECONDS} application_name=probe"
        self._options = f"-c statement_timeout={TIMEOUT_SECONDS}s"
        self._metrics = metrics

    def round(self) -> None:
        """Connect, read, write. Every failed request is an error; `probe_up` tells whether all went well."""
        healthy = False
        try:
            with self._timed("connect"):
                connection = psycopg2.connect(self._dsn, options=self._options)
        except psycopg2.Error:
            self._metrics.add("probe_errors_total", 1)
        else:
            with closing(connection):
                connection.autocommit = True
                healthy = self._request(connection, "read", READ) & self._request(connection, "write", WRITE)
        self._metrics.set("probe_up", float(healthy))

    def _request(self, connection: psycopg2.extensions.connection, name: str, statement: str) -> bool:
        try:
            with connection.cursor() as cursor, self._timed(name, also=psycopg2.errors.QueryCanceled):
                cursor.execute(statement, (random.randint(1, 100_000 * PGBENCH_SCALE),))
        except psycopg2.Error:
            self._metrics.add("probe_errors_total", 1)
            return False
        return True

    @contextmanager
    def _timed(self, name: str, also: type[Exception] | tuple[()] = ()) -> Iterator[None]:
        """Count the block and its time if it succeeds or fails with an error of the kind `also`."""
        start = time.monotonic()
        try:
            yield
        except also:
            self._count(name, start)
            raise
        self._count(name, start)

    def _count(self, name: str, start: float) -> None:
        self._metrics.add(f"probe_{name}_total", 1)
        self._metrics.add(f"probe_{name}_seconds_total", time.monotonic() - start)


@contextmanager
def running_probe(settings: Settings, metrics: Metrics) -> Iterator[None]:
    """A round of the probe every PERIOD_SECONDS for the length of the block."""
    probe = Probe(settings, metrics)
    finished = threading.Event()

    def loop() -> None:
        while not finished.is_set():
            start = time.monotonic()
            probe.round()
            finished.wait(max(0.0, PERIOD_SECONDS - (time.monotonic() - start)))

    thread = threading.Thread(target=loop, name="probe")
    thread.start()
    try:
        yield
    finally:
        finished.set()
        thread.join()
