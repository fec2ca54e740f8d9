"""The files of a data set: the recording, the faults, and one labelled file per series made from the two."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from .faults import KINDS
from .series import CATALOGUE

RECORDING = "recording.ndjson.gz"
FAULTS = "faults.json"
SERVICE_LOG = "service.log.gz"
SERIES_FOLDER = "series"
TRAINING_MARGIN_SECONDS = 20
SIGNIFICANT_DIGITS = 6
"""Digits kept of a value that is not whole: far more than a 2 s scrape can tell, and short lines."""


@dataclass(frozen=True)
class Sample:
    """One value of one series; `timestamp` is in milliseconds since 1970."""

    labels: dict[str, str]
    timestamp: int
    value: float

    @property
    def name(self) -> str:
        """The series' name."""
        return self.labels["__name__"]


@dataclass(frozen=True)
class Fault:
    """A fault that was injected, times in milliseconds since 1970."""

    id: str
    kind: str
    start: int
    end: int

    def covers(self, timestamp: int) -> bool:
        """Whether the fault was active then."""
        return self.start <= timestamp <= self.end


def iso(milliseconds: int, timespec: str = "milliseconds") -> str:
    """The time in ISO 8601, UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, timezone.utc)
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def milliseconds(text: str) -> int:
    """The inverse of `iso`."""
    return round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def write_gzip(path: Path, text: str) -> None:
    """Compress without a time or a file name, so that equal text gives equal bytes."""
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def number(value: float) -> int | float:
    """The value as it is written: whole numbers exactly, others to SIGNIFICANT_DIGITS."""
    return int(value) if value.is_integer() else float(f"{value:.{SIGNIFICANT_DIGITS}g}")


def write_recording(out: Path, samples: Iterable[Sample]) -> None:
    """recording.ndjson.gz, in order of time and then of name."""
    ordered = sorted(samples, key=lambda sample: (sample.timestamp, sample.name))
    lines = (json.dumps({"labels": sample.labels, "timestamp": sample.timestamp, "value": number(sample.value)},
                        separators=(",", ":")) + "\n" for sample in ordered)
    write_gzip(out / RECORDING, "".join(lines))


def read_recording(out: Path) -> dict[str, list[Sample]]:
    """The samples of every series, in order of time."""
    series: dict[str, list[Sample]] = {}
    with gzip.open(out / RECORDING, "rt") as file:
        for line in file:
            sample = Sample(**json.loads(line))
            series.setdefault(sample.name, []).append(sample)
    return series


def write_faults(out: Path, faults: Iterable[Fault], stems: dict[str, str]) -> None:
    """faults.json; `stems` gives the file stem of each series' name."""
    (out / FAULTS).write_text(json.dumps([
        {
            "id": fault.id,
            "kind": fault.kind,
            "start": iso(fault.start),
            "end": iso(fault.end),
            "guilty": [stems.get(name, name) for name in KINDS[fault.kind].guilty],
            "what": KINDS[fault.kind].what,
        }
        for fault in faults
    ], indent=2) + "\n")


def read_faults(out: Path) -> list[Fault]:
    """The faults of faults.json, in order of time."""
    return [Fault(entry["id"], entry["kind"], milliseconds(entry["start"]), milliseconds(entry["end"]))
            for entry in json.loads((out / FAULTS).read_text())]


def write_series(out: Path) -> None:
    """series/ and the guilty lists of faults.json, from the recording and the faults' times."""
    faults, stems = read_faults(out), {}
    folder = out / SERIES_FOLDER
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.csv.gz"):
        old.unlink()
    training_end = min(fault.start for fault in faults) - TRAINING_MARGIN_SECONDS * 1000
    labelled = {series.name for series in CATALOGUE if series.labelled}
    for name, samples in read_recording(out).items():
        if name not in labelled:
            continue
        guilty_of = [fault for fault in faults if name in KINDS[fault.kind].guilty]
        training_rows = sum(sample.timestamp < training_end for sample in samples)
        stems[name] = f"{name}_tr_{training_rows}"
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(("timestamp", "value", "label"))
        for sample in samples:
            label = int(any(fault.covers(sample.timestamp) for fault in guilty_of))
            writer.writerow((iso(sample.timestamp, "seconds"), number(float(sample.value)), label))
        write_gzip(folder / f"{stems[name]}.csv.gz", text.getvalue())
    write_faults(out, faults, stems)
