"""What a recording is made with: folders, ports, times."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HOST = "127.0.0.1"
STEP_SECONDS = 2
"""Scrape interval, and the step of every written series."""

SUPERUSER = "postgres"
APPLICATION_USER = "app"
"""Role of the load, the probe and the faults: it may not use the reserved connections."""

DATABASE = "bench"
POSTGRES_BIN = Path("/usr/lib/postgresql/15/bin")


@dataclass(frozen=True)
class Ports:
    """TCP ports on the loopback address."""

    postgres: int = 35432
    prometheus: int = 35090
    node_exporter: int = 35100
    postgres_exporter: int = 35187
    probe: int = 35200


@dataclass(frozen=True)
class Settings:
    """One recording. Lengths are in seconds, ranges are inclusive."""

    out: Path
    work: Path
    ports: Ports
    seconds: int
    lead_seconds: int
    fault_seconds: tuple[int, int]
    quiet_seconds: tuple[int, int]
    kinds: tuple[str, ...]
    seed: int

    @property
    def disk(self) -> Path:
        """Mount point of the small file system that holds PostgreSQL's data."""
        return self.work / "disk"

    @property
    def postgres_data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.disk / "data"

    @property
    def postgres_log(self) -> Path:
        """PostgreSQL's log, kept off the small disk so that a full disk is still logged."""
        return self.work / "postgresql.log"

    def dsn(self, user: str = APPLICATION_USER) -> str:
        """Connection string for libpq."""
        return f"host={HOST} port={self.ports.postgres} dbname={DATABASE} user={user} sslmode=disable"
