#!/usr/bin/env python3
"""How long the gate and the webhooks take at a fixed rate, with every answer on disk before it is given.

    python3 Benchmarks/gate.py [--rate 1000] [--seconds 20] [--connections 64] [--directory .] [--profile]

Starts the release binary (make build) with a data directory of its own in --directory, which should be on the disk that is meant:
on a tmpfs nothing is durable. The load is an open loop: request number i is due at i/rate seconds and its latency counts from then,
whether or not it could be sent, so that a server that stalls is charged for all that it kept waiting. Every request is different and
signed as its sender signs it. Printed beside the server's own figures are the limits of the machine in the same run: appends of 4 KB
with fdatasync, commits of SQLite alone (WAL, synchronous=FULL), and /healthz at the same rate, below which no figure of this load
generator can lie. Last come a thousand copies of one delivery at once, which must be one change.
"""
import argparse
import collections
import gc
import hashlib
import hmac
import json
import os
import select
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECRET, TOKEN = "benchmark-secret", "benchmark-token"
DUPLICATES = 1_000


def post(path, body, headers):
    """A request with a JSON body, ready to be sent."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines + [f"{name}: {value}" for name, value in headers]) + "\r\n\r\n").encode() + body


def hook(event, payload, delivery):
    """A delivery as GitHub sends it."""
    body = json.dumps(payload).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return post("/hooks/github", body, [
        ("X-GitHub-Event", event), ("X-GitHub-Delivery", delivery), ("X-Hub-Signature-256", "sha256=" + signature)])


def deployment(number, run):
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    return {
        "id": run * 10_000_000 + number, "sha": hashlib.sha1(b"%d" % number).hexdigest(), "ref": "main",
        "environment": "production", "created_at": now, "updated_at": now, "payload": {}, "creator": {"login": "ada"},
        "description": "a deployment of the benchmark"}


REPOSITORY = {"full_name": "acme/shop", "name": "shop", "default_branch": "main", "html_url": "https://github.com/acme/shop"}


def deployment_event(number, run):
    payload = {"action": "created", "deployment": deployment(number, run), "repository": REPOSITORY}
    return hook("deployment", payload, f"{run}-deployment-{number}")


def protection_rule(number, run):
    address = f"https://api.github.com/repos/acme/shop/actions/runs/{run * 10_000_000 + number}/deployment_protection_rule"
    payload = {
        "action": "requested", "environment": "production", "event": "push", "deployment_callback_url": address,
        "deployment": deployment(number, run), "pull_requests": [], "repository": REPOSITORY,
        "installation": {"id": 1}, "sender": {"login": "ada"}}
    return hook("deployment_protection_rule", payload, f"{run}-rule-{number}")


def question(number, run):
    body = json.dumps({
        "service": f"shop-{number % 20}", "environment": "production",
        "sha": hashlib.sha1(b"%d" % number).hexdigest(), "version": f"v{number}"}).encode()
    return post("/api/v1/gate", body, [("Authorization", "Bearer " + TOKEN)])


def health(number, run):
    return b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


LOADS = {
    "/healthz (the generator's own floor)": [health],
    "POST /hooks/github deployment": [deployment_event],
    "POST /hooks/github deployment_protection_rule": [protection_rule],
    "POST /api/v1/gate": [question],
    "half deployments, half gate": [deployment_event, question],
}


class Connection:
    """A connection that is kept alive and carries one request at a time."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.answer = bytearray()
        self.planned = 0.0

    def fileno(self):
        return self.socket.fileno()

    def send(self, request, planned):
        self.planned = planned
        self.answer.clear()
        self.socket.sendall(request)

    def receive(self):
        """The status, once the whole answer is here."""
        part = self.socket.recv(1 << 16)
        if not part:
            sys.exit(f"the server closed a connection after {bytes(self.answer)!r}")
        self.answer += part
        end = self.answer.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = self.answer[:end].lower()
        place = head.find(b"content-length:")
        length = int(head[place + 15:].split(b"\r\n", 1)[0]) if place >= 0 else 0
        return int(head[9:12]) if len(self.answer) >= end + 4 + length else None


def drive(port, requests, rate, count):
    """Sends each request when it is due; the seconds that each took from then on, and how often which status came."""
    connections = [Connection(port) for _ in range(count)]
    idle, times, statuses = collections.deque(connections), [], collections.Counter()
    gc.disable()
    begin, sent = time.perf_counter() + 0.2, 0
    while len(times) < len(requests):
        now = time.perf_counter()
        while sent < len(requests) and idle and begin + sent / rate <= now:
            idle.popleft().send(requests[sent], begin + sent / rate)
            sent += 1
        is_next_known = sent < len(requests) and idle
        wait = max(0, begin + sent / rate - time.perf_counter()) if is_next_known else 1
        for connection in select.select(connections, [], [], wait)[0]:
            status = connection.receive()
            if status is not None:
                times.append(time.perf_counter() - connection.planned)
                statuses[status] += 1
                idle.append(connection)
    gc.enable()
    for connection in connections:
        connection.socket.close()
    return times, statuses


def line(name, times, note=""):
    times = sorted(times)
    values = [times[min(len(times) - 1, int(len(times) * share))] * 1000 for share in (.5, .9, .99, .999, 1)]
    print(f"{name:<46}" + "".join(f"{value:>9.2f}" for value in values) + f"   {note}", flush=True)


def measure(seconds, act):
    """Does something again and again; how long each time took."""
    times, end = [], time.perf_counter() + seconds
    while time.perf_counter() < end:
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return times


def limits(directory):
    block = os.urandom(4096)
    file = os.open(os.path.join(directory, "append"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def append():
        os.write(file, block)
        os.fdatasync(file)

    times = measure(3, append)
    os.close(file)
    line("limit: append 4 KB + fdatasync", times, f"{len(times) / sum(times):.0f}/s")
    database = sqlite3.connect(os.path.join(directory, "limit.sqlite"), isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, body TEXT)")
    text = "x" * 1024
    times = measure(3, lambda: database.execute("INSERT INTO t (body) VALUES (?)", (text,)))
    line("limit: SQLite commit of 1 KB, WAL, FULL", times, f"{len(times) / sum(times):.0f}/s")
    database.close()


class Server:
    def __init__(self, binary, directory):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        for name, text in [("secret", SECRET), ("token", TOKEN)]:
            path = os.path.join(directory, name)
            with open(path, "w") as file:
                file.write(text)
            os.chmod(path, 0o600)
        config = os.path.join(directory, "auspex.yaml")
        with open(config, "w") as file:
            json.dump({
                "listen": f"127.0.0.1:{self.port}", "data_dir": os.path.join(directory, "data"),
                "api": {"token_file": os.path.join(directory, "token")},
                # A question that cannot be answered yet is closed at once, or the thousands asked here would fill the desk.
                "gate": {"wait": "0s"},
                "hooks": {"github_secret_file": os.path.join(directory, "secret")}}, file)
        self.process = subprocess.Popen([binary, "serve", "--config", config, "--log-level", "error"])
        end = time.monotonic() + 60
        while self.ask("/readyz")[0] != 200:
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit("the server did not start")
            time.sleep(0.1)

    def ask(self, path):
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
                connection.sendall(
                    f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
                    .encode())
                answer = b""
                while part := connection.recv(1 << 16):
                    answer += part
        except OSError:
            return 0, b""
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head[9:12]), body

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def duplicates(server, run):
    """One delivery so many times at once, each on a connection of its own, all begun before the first answer."""
    request = deployment_event(9_999_999, run)
    connections = [Connection(server.port) for _ in range(DUPLICATES)]
    began = time.perf_counter()
    for connection in connections:
        connection.send(request, began)
    statuses, times, waiting = collections.Counter(), [], set(connections)
    poll = select.poll()
    by_number = {connection.fileno(): connection for connection in connections}
    for number in by_number:
        poll.register(number, select.POLLIN)
    while waiting:
        for number, _ in poll.poll():
            status = by_number[number].receive()
            if status is not None:
                statuses[status] += 1
                times.append(time.perf_counter() - began)
                waiting.discard(by_number[number])
                poll.unregister(number)
    for connection in connections:
        connection.socket.close()
    number = deployment(9_999_999, run)["id"]
    changes = [one for one in json.loads(server.ask("/api/v1/changes?limit=10000")[1]) if str(number) in one["id"]]
    line(f"{DUPLICATES} copies of one delivery at once", times, f"{dict(statuses)}; changes: {len(changes)}")
    return len(changes) == 1


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=1000, help="requests a second")
    parser.add_argument("--seconds", type=float, default=20, help="how long each load lasts")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--directory", default=".", help="where the data directory is made, and removed again")
    parser.add_argument("--binary", default=os.path.join(ROOT, ".build", "release", "auspex"))
    parser.add_argument("--only", help="loads with this text in their names")
    parser.add_argument("--profile", help="write what perf sees of the server during each load to files named so")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.directory) as directory:
        print(f"{'milliseconds from when it was due':<46}" + "".join(f"{name:>9}" for name in ("p50", "p90", "p99", "p99.9", "max")))
        limits(directory)
        server = Server(options.binary, directory)
        try:
            is_one = run(server, options)
        finally:
            server.process.terminate()
            server.process.wait(timeout=120)
        limits(directory)
    sys.exit(0 if is_one else "the copies of one delivery are not one change")


def run(server, options):
    for number, (name, makers) in enumerate(LOADS.items(), 1):
        if options.only and options.only not in name:
            continue
        count = int(options.rate * options.seconds)
        requests = [makers[place % len(makers)](place, number) for place in range(count)]
        drive(server.port, [makers[place % len(makers)](place, number + 50) for place in range(200)], 200, 8)
        profiler = options.profile and subprocess.Popen(
            ["perf", "record", "-q", "-g", "-F", "499", "-p", str(server.process.pid), "-o", f"{options.profile}.{number}"])
        spent = server.processor_seconds()
        times, statuses = drive(server.port, requests, options.rate, options.connections)
        spent = server.processor_seconds() - spent
        if profiler:
            profiler.terminate()
            profiler.wait()
        line(name, times, f"{dict(statuses)}, processor {spent / len(times) * 1e6:.0f} µs a request")
    return duplicates(server, 99)


if __name__ == "__main__":
    main()
