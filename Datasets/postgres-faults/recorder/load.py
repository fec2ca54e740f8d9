"""The background load: one pgbench whose pace rises and falls, restarted whenever it loses its server."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .metrics import Metrics
from .processes import stop
from .settings import APPLICATION_USER, DATABASE, HOST, POSTGRES_BIN, Settings

CLIENTS = 4
RESTART_SECONDS = 1.0
PROGRESS_SECONDS = 1
PROGRESS = re.compile(r"^progress: [\d.]+ s, (?P<tps>[\d.]+) tps, lat (?P<latency>[\d.]+|NaN) ms")

SCRIPT = r"""
\set aid random(1, 100000 * :scale)
\set bid random(1, 1 * :scale)
\set tid random(1, 10 * :scale)
\set delta random(-5000, 5000)
BEGIN;
UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, CURRENT_TIMESTAMP);
SELECT (65000 * (1 + 0.2 * sin(extract(epoch FROM clock_timestamp()) * 2 * pi() / 420)
                   + 0.1 * sin(extract(epoch FROM clock_timestamp()) * 2 * pi() / 97)))::int AS pause \gset
END;
\set jitter random(70, 130)
\set pause :pause * :jitter / 100
\sleep :pause us
"""
"""pgbench's TPC-B-like transaction and a think time of about 65 ms that swings with periods of 420 s and 97 s."""


def pgbench_command(settings: Settings, *options: str | Path) -> list[str]:
    """pgbench against the recorded server, reporting progress once a second."""
    return [str(part) for part in (
        POSTGRES_BIN / "pgbench", "-n", "-h", HOST, "-p", settings.ports.postgres, "-U", APPLICATION_USER,
        f"--progress={PROGRESS_SECONDS}", "--time=86400", *options, DATABASE)]


@contextmanager
def running_load(settings: Settings, metrics: Metrics) -> Iterator[None]:
    """The background load for the length of the block; its pace and latency go to `metrics`."""
    script = settings.work / "load.sql"
    script.write_text(SCRIPT)
    command = pgbench_command(settings, f"--client={CLIENTS}", f"--file={script}")
    finished = threading.Event()
    current: list[subprocess.Popen[str]] = []

    def supervise() -> None:
        while not finished.is_set():
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                       stdin=subprocess.DEVNULL, text=True, start_new_session=True)
            current[:] = [process]
            follow(process, metrics)
            finished.wait(RESTART_SECONDS)

    thread = threading.Thread(target=supervise, name="load")
    thread.start()
    try:
        yield
    finally:
        finished.set()
        for process in current:
            stop(process)
        thread.join()


def follow(process: subprocess.Popen[str], metrics: Metrics) -> None:
    """Read pgbench's progress lines until it ends. Without a finished transaction there is no latency to tell."""
    for line in process.stderr or ():
        if match := PROGRESS.match(line):
            rate = float(match["tps"])
            metrics.set("pgbench_tps", rate)
            metrics.add("pgbench_transactions_total", rate * PROGRESS_SECONDS)
            if rate > 0:
                metrics.add("pgbench_latency_seconds_total",
                            float(match["latency"]) / 1000 * rate * PROGRESS_SECONDS)
    process.wait()
    metrics.set("pgbench_tps", 0)
