"""The series that a recording holds: a name, the query behind it, what it says."""

from __future__ import annotations

from dataclasses import dataclass

WINDOW = "8s"
"""Range of every rate: four scrapes, so that one lost scrape leaves no gap."""

NODE = "sum by (instance, job)"
SERVICE = "sum by (instance, job, service)"
BUSY_CPU = 'node_cpu_seconds_total{mode=~"user|system|irq|softirq"}'
LONGEST = "max by (instance, job, service)"


@dataclass(frozen=True)
class Series:
    """One series. `%(mount)s` and `%(device)s` in a query stand for the small disk.

    An unlabelled series is one that other work on the machine moves as far as a fault does. It belongs to the
    recording, as a distraction for root-cause analysis, but its truth is unknown and so it gets no labelled file.
    """

    name: str
    query: str
    what: str
    labelled: bool = True


def _rate(metric: str) -> str:
    return f"rate({metric}[{WINDOW}])"


def _mean(prefix: str, count: str) -> str:
    return f"{_rate(f'{prefix}_seconds_total')} / {_rate(f'{count}_total')}"


def _database(metric: str) -> str:
    return f'{SERVICE} ({_rate(f"""pg_stat_database_{metric}{{datname="bench"}}""")})'


CATALOGUE: tuple[Series, ...] = (
    Series("node_cpu_busy_ratio",
           f"{NODE} ({_rate(BUSY_CPU)}) / count by (instance, job) (node_cpu_seconds_total{{mode='idle'}})",
           "share of both processors in user, system and interrupt time, niced work left out", labelled=False),
    Series("node_load1", "node_load1", "one-minute load average", labelled=False),
    Series("node_context_switches_per_second", _rate("node_context_switches_total"), "context switches",
           labelled=False),
    Series("container_cpu_cores", _rate("container_cpu_usage_seconds_total"),
           "processors used by the recording's own control group: service, load, monitoring and faults"),
    Series("node_memory_available_bytes", "node_memory_MemAvailable_bytes", "memory available to programs"),
    Series("node_disk_free_ratio",
           'node_filesystem_avail_bytes{mountpoint="%(mount)s"} / node_filesystem_size_bytes{mountpoint="%(mount)s"}',
           "free share of the data disk"),
    Series("node_disk_written_bytes_per_second", _rate('node_disk_written_bytes_total{device="%(device)s"}'),
           "bytes written to the data disk"),
    Series("node_disk_busy_ratio", _rate('node_disk_io_time_seconds_total{device="%(device)s"}'),
           "share of time in which the data disk had a request"),
    Series("node_network_sent_bytes_per_second", _rate("node_netstat_IpExt_OutOctets"),
           "bytes sent by IP, on the loopback interface too", labelled=False),
    Series("pg_up", "pg_up", "1 while the exporter reaches the server"),
    Series("pg_connections", f"{SERVICE} (pg_stat_activity_count)", "client connections"),
    Series("pg_connections_active", f'{SERVICE} (pg_stat_activity_count{{state="active"}})',
           "connections that run a statement"),
    Series("pg_connections_idle_in_transaction",
           f'{SERVICE} (pg_stat_activity_count{{state="idle in transaction"}})',
           "connections with an open transaction and nothing to do"),
    Series("pg_longest_transaction_seconds", f"{LONGEST} (pg_stat_activity_max_tx_duration)",
           "age of the oldest open transaction"),
    Series("pg_locks", f"{SERVICE} (pg_locks_count)", "locks held or awaited"),
    Series("pg_lock_waiters", f"{SERVICE} (auspex_lock_waiters)", "lock requests not granted"),
    Series("pg_commits_per_second", _database("xact_commit"), "committed transactions"),
    Series("pg_rollbacks_per_second", _database("xact_rollback"), "rolled-back transactions"),
    Series("pg_deadlocks_per_second", _database("deadlocks"), "deadlocks found"),
    Series("pg_blocks_hit_per_second", _database("blks_hit"), "blocks found in shared buffers"),
    Series("pg_blocks_read_per_second", _database("blks_read"), "blocks read into shared buffers"),
    Series("pg_rows_returned_per_second", _database("tup_returned"), "rows scanned"),
    Series("pg_rows_updated_per_second", _database("tup_updated"), "rows updated"),
    Series("pgbench_tps", "pgbench_tps", "transactions finished by the load in the last second"),
    Series("pgbench_latency_seconds", _mean("pgbench_latency", "pgbench_transactions"),
           "mean time of the load's transactions, think time included"),
    Series("probe_up", "probe_up", "1 while the last round of the probe went well"),
    Series("probe_errors_per_second", _rate("probe_errors_total"), "failed requests of the probe"),
    Series("probe_connect_latency_seconds", _mean("probe_connect", "probe_connect"), "mean time to connect"),
    Series("probe_read_latency_seconds", _mean("probe_read", "probe_read"), "mean time of the read"),
    Series("probe_write_latency_seconds", _mean("probe_write", "probe_write"), "mean time of the write",
           labelled=False),
)
