"""How far each fault moved each series: the check behind the guilty lists."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from statistics import median, quantiles

from .dataset import Fault, Sample, read_faults, read_recording
from .faults import KINDS

BEFORE_MILLISECONDS = 100_000
SETTLING_MILLISECONDS = 10_000
"""Left out at a fault's start: a rate over 8 s needs as long to show it in full."""

AFTERMATH_MILLISECONDS = 60_000
"""Left out of the quiet time after a fault: caches fill again, clients come back."""


def between(samples: list[Sample], start: int, end: int) -> list[float]:
    """The values in [start, end]."""
    return [sample.value for sample in samples if start <= sample.timestamp <= end]


def quiet_range(samples: list[Sample], faults: list[Fault]) -> tuple[float, float]:
    """The range that holds 98 of 100 values while no fault is near."""
    def is_quiet(timestamp: int) -> bool:
        return not any(fault.start <= timestamp <= fault.end + AFTERMATH_MILLISECONDS for fault in faults)

    percentiles = quantiles((sample.value for sample in samples if is_quiet(sample.timestamp)), n=100)
    return percentiles[0], percentiles[-1]


def median_text(values: list[float]) -> str:
    """The median in six digits, `absent` without a value."""
    return f"{median(values):14.6g}" if values else f"{'absent':>14}"


def share_outside(values: Iterable[float], low: float, high: float) -> str:
    """The share of values outside the range, empty without a value."""
    outside = [value < low or value > high for value in values]
    return f"{sum(outside) / len(outside):8.0%}" if outside else " " * 8


def print_effects(out: Path) -> None:
    """A table per fault of all series: medians before and inside, and the share of values inside the fault that are
    outside the quiet range. Guilty series are starred."""
    series, faults = read_recording(out), read_faults(out)
    ranges = {name: quiet_range(samples, faults) for name, samples in series.items()}
    for fault in faults:
        print(f"\n{fault.id} {fault.kind}, {(fault.end - fault.start) / 1000:.0f} s")
        print(f"  {'series':<36} {'before':>14} {'inside':>14} {'outside':>8}")
        for name, samples in sorted(series.items()):
            star = "*" if name in KINDS[fault.kind].guilty else " "
            before = between(samples, fault.start - BEFORE_MILLISECONDS, fault.start)
            inside = between(samples, fault.start + SETTLING_MILLISECONDS, fault.end)
            print(f"{star} {name:<36} {median_text(before)} {median_text(inside)} "
                  f"{share_outside(inside, *ranges[name])}")
