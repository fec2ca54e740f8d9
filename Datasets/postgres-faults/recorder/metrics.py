"""A table of numbers, served in Prometheus' text format."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from .settings import HOST


class Metrics:
    """Named numbers that threads may set and add to, and others that are read anew at each scrape."""

    def __init__(self, names: tuple[str, ...], readings: dict[str, Callable[[], float]]) -> None:
        self._lock = threading.Lock()
        self._values = dict.fromkeys(names, 0.0)
        self._readings = readings

    def set(self, name: str, value: float) -> None:
        """Set a gauge."""
        with self._lock:
            self._values[name] = value

    def add(self, name: str, amount: float) -> None:
        """Add to a counter."""
        with self._lock:
            self._values[name] += amount

    def text(self) -> str:
        """All numbers in the text exposition format."""
        with self._lock:
            values = dict(self._values)
        values.update((name, read()) for name, read in self._readings.items())
        return "".join(
            f"# TYPE {name} {'counter' if name.endswith('_total') else 'gauge'}\n{name} {value!r}\n"
            for name, value in values.items())


@contextmanager
def served(metrics: Metrics, port: int) -> Iterator[None]:
    """The numbers at http://127.0.0.1:port/metrics for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:  # noqa: N802, the name that http.server calls
            body = metrics.text().encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: object) -> None:
            """Keep requests out of the log."""

    server = ThreadingHTTPServer((HOST, port), Handler)
    thread = threading.Thread(target=server.serve_forever, name="metrics")
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
