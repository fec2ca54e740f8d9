"""Prometheus and its exporters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from .processes import child, is_listening, wait_until
from .settings import DATABASE, HOST, STEP_SECONDS, SUPERUSER, Settings

START_SECONDS = 60.0
QUERY_SECONDS = 60.0
LOOKBACK = f"{3 * STEP_SECONDS}s"
"""Three missed scrapes make a gap; Prometheus' own five minutes would hide an outage."""

LOCK_WAITERS_QUERY = """
auspex_lock:
  query: "SELECT count(*) AS waiters FROM pg_locks WHERE NOT granted"
  metrics:
    - waiters: {usage: "GAUGE", description: "Lock requests that are not granted"}
"""


def scrape_configuration(settings: Settings) -> str:
    """prometheus.yml, as JSON (which YAML includes)."""
    ports = settings.ports
    service = {"service": "postgres"}
    targets: list[tuple[str, int, dict[str, str]]] = [
        ("node", ports.node_exporter, {}),
        ("postgres", ports.postgres_exporter, service),
        ("probe", ports.probe, service),
    ]
    return json.dumps({
        "global": {"scrape_interval": f"{STEP_SECONDS}s", "scrape_timeout": f"{STEP_SECONDS}s"},
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [f"{HOST}:{port}"], "labels": labels}]}
            for job, port, labels in targets
        ],
    })


@contextmanager
def running_monitoring(settings: Settings) -> Iterator[None]:
    """The node exporter, the PostgreSQL exporter and Prometheus for the length of the block."""
    work, ports = settings.work, settings.ports
    (work / "queries.yml").write_text(LOCK_WAITERS_QUERY)
    (work / "prometheus.yml").write_text(scrape_configuration(settings))
    source = f"postgresql://{SUPERUSER}@{HOST}:{ports.postgres}/{DATABASE}?sslmode=disable"
    with ExitStack() as stack:
        stack.enter_context(child(
            ["prometheus-node-exporter", f"--web.listen-address={HOST}:{ports.node_exporter}",
             r"--collector.diskstats.device-exclude=^(ram|fd|nbd)\d+$", "--no-collector.systemd"],
            work / "node-exporter.log"))
        stack.enter_context(child(
            ["prometheus-postgres-exporter", f"--web.listen-address={HOST}:{ports.postgres_exporter}",
             "--disable-settings-metrics", f"--extend.query-path={work / 'queries.yml'}"],
            work / "postgres-exporter.log", {"DATA_SOURCE_NAME": source}))
        stack.enter_context(child(
            ["prometheus", f"--config.file={work / 'prometheus.yml'}",
             f"--storage.tsdb.path={work / 'prometheus'}", "--storage.tsdb.retention.time=1d",
             f"--web.listen-address={HOST}:{ports.prometheus}", f"--query.lookback-delta={LOOKBACK}"],
            work / "prometheus.log"))
        for port in (ports.node_exporter, ports.postgres_exporter, ports.prometheus):
            wait_until(partial(is_listening, port), START_SECONDS, f"a listener on port {port}")
        yield


def query_range(settings: Settings, query: str, start: int, end: int) -> list[dict[str, Any]]:
    """The matrix that Prometheus answers to a range query, `start` and `end` in seconds since 1970."""
    parameters = urlencode({"query": query, "start": start, "end": end, "step": STEP_SECONDS})
    url = f"http://{HOST}:{settings.ports.prometheus}/api/v1/query_range?{parameters}"
    with urlopen(url, timeout=QUERY_SECONDS) as answer:
        matrix: list[dict[str, Any]] = json.load(answer)["data"]["result"]
    return matrix
