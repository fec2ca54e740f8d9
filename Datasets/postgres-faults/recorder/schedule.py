"""When each fault starts and how long it lasts, drawn from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .settings import Settings


@dataclass(frozen=True)
class Planned:
    """A fault to come: `start` is in seconds from the recording's start."""

    kind: str
    start: int
    seconds: int


def plan(settings: Settings) -> list[Planned]:
    """Faults until the time is used up, each kind once in a shuffled order before any comes again."""
    source = random.Random(settings.seed)
    planned: list[Planned] = []
    waiting: list[str] = []
    start = settings.lead_seconds
    while True:
        if not waiting:
            waiting = sorted(settings.kinds)
            source.shuffle(waiting)
        length = source.randint(*settings.fault_seconds)
        quiet = source.randint(*settings.quiet_seconds)
        if start + length + quiet > settings.seconds:
            return planned
        planned.append(Planned(waiting.pop(), start, length))
        start += length + quiet
