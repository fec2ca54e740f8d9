"""One recording from start to end."""

from __future__ import annotations

import logging
import os
import shutil
import time
from contextlib import ExitStack

from .cgroup import control_group
from .dataset import SERVICE_LOG, Fault, Sample, write_faults, write_gzip, write_recording, write_series
from .faults import KINDS, Bench
from .load import running_load
from .metrics import Metrics, served
from .monitoring import query_range, running_monitoring
from .postgres import disk_device, running_postgres, small_disk
from .probe import METRIC_NAMES, running_probe
from .processes import RecordingError, require_programs
from .schedule import Planned, plan
from .series import CATALOGUE
from .settings import POSTGRES_BIN, STEP_SECONDS, Settings

PROGRAMS = (
    "prometheus", "prometheus-node-exporter", "prometheus-postgres-exporter", "stress-ng", "mkfs.ext4",
    POSTGRES_BIN / "postgres", POSTGRES_BIN / "pgbench",
)
WARM_UP_SECONDS = 60
"""Load before the recording starts: caches fill, rates have their range."""


def record(settings: Settings) -> None:
    """Start everything, inject the faults, write the data set, stop and remove everything."""
    if os.geteuid() != 0:
        raise RecordingError("needs root: it mounts a disk and stops another user's processes")
    require_programs(PROGRAMS)
    planned = plan(settings)
    if not planned:
        raise RecordingError("no fault fits: raise --minutes or lower --lead-minutes")
    if settings.work.exists():
        raise RecordingError(f"{settings.work} is left from a run that did not finish: look at its logs and remove it")
    settings.work.mkdir(parents=True)
    settings.out.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        processor_seconds = stack.enter_context(control_group())
        metrics = Metrics(METRIC_NAMES, {"container_cpu_usage_seconds_total": processor_seconds})
        stack.enter_context(small_disk(settings))
        postgres = stack.enter_context(running_postgres(settings))
        stack.enter_context(served(metrics, settings.ports.probe))
        stack.enter_context(running_monitoring(settings))
        stack.enter_context(running_load(settings, metrics))
        stack.enter_context(running_probe(settings, metrics))
        logging.info("warming up for %d s", WARM_UP_SECONDS)
        time.sleep(WARM_UP_SECONDS)

        start = time.time()
        faults = inject(Bench(settings, postgres), planned, start)
        sleep_until(start + settings.seconds)
        write_faults(settings.out, faults, stems={})
        write_recording(settings.out, collect(settings, aligned(start), aligned(time.time())))
    write_gzip(settings.out / SERVICE_LOG, settings.postgres_log.read_text())
    write_series(settings.out)
    shutil.rmtree(settings.work)
    logging.info("written to %s", settings.out)


def inject(bench: Bench, planned: list[Planned], start: float) -> list[Fault]:
    """Carry out the plan and note when each fault began and when all was put right again."""
    faults: list[Fault] = []
    for position, next_fault in enumerate(planned, 1):
        sleep_until(start + next_fault.start)
        began = time.time()
        logging.info("%s for %d s", next_fault.kind, next_fault.seconds)
        with KINDS[next_fault.kind].inject(bench):
            sleep_until(began + next_fault.seconds)
        ended = time.time()
        logging.info("%s is over", next_fault.kind)
        faults.append(Fault(f"F{position:02}", next_fault.kind, round(began * 1000), round(ended * 1000)))
    return faults


def collect(settings: Settings, start: int, end: int) -> list[Sample]:
    """Every series of the catalogue between two times, in seconds since 1970, without gaps' NaN."""
    place = {"mount": settings.disk, "device": disk_device(settings)}
    samples: list[Sample] = []
    for series in CATALOGUE:
        query = series.query % place
        matrix = query_range(settings, query, start, end)
        if len(matrix) != 1:
            raise RecordingError(f"{series.name}: {len(matrix)} series instead of one: {query}")
        labels = {"__name__": series.name, **{name: value for name, value in sorted(matrix[0]["metric"].items())
                                              if name != "__name__"}}
        for seconds, text in matrix[0]["values"]:
            value = float(text)
            if value == value:
                samples.append(Sample(labels, round(seconds * 1000), value))
    return samples


def aligned(seconds: float) -> int:
    """The last whole step at or before the time."""
    return int(seconds) // STEP_SECONDS * STEP_SECONDS


def sleep_until(moment: float) -> None:
    """Sleep until a time in seconds since 1970."""
    time.sleep(max(0.0, moment - time.time()))
