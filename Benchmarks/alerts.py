#!/usr/bin/env python3
"""A storm of alerts at a running server: 100,000 of them, by 1,000 rules, with the store and ingest going on.

    python3 Benchmarks/alerts.py [--alerts 100000] [--rules 1000] [--rounds 12] [--detector auto:profile=light]

Starts the release binary (make build) with its own data directory on a free port and writes one series for each alert by
Prometheus remote write, 2,000 a request: first a round in which all is well, then rounds in which every series is above its
rule's threshold. Printed are the seconds from the first such sample until every alert is in the store and in an incident, how long
requests took, and the memory of the server after each round. Processor seconds are those of the server.
"""
import argparse
import http.client
import json
import os
import re
import socket
import struct
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.path.join(ROOT, ".build", "release", "auspex")
SERIES_A_REQUEST = 2_000


def varint(number):
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def label(name, value):
    return field(1, field(1, name.encode()) + field(2, value.encode()))


def request(labels, value, milliseconds):
    """A write request in snappy's block format, as one literal."""
    sample = field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(milliseconds))
    body = b"".join(field(1, one + sample) for one in labels)
    return varint(len(body)) + bytes([63 << 2]) + struct.pack("<I", len(body) - 1) + body


class Server:
    def __init__(self, directory, rules, detector):
        with open(os.path.join(directory, "rules.yaml"), "w") as file:
            for number in range(rules):
                file.write(
                    f"kind: rule\nid: load-{number}\ntitle: Load {number} is high\nowner: ops\nstatus: stable\n"
                    f"severity: warning\nwhen: {{c: {{source: metric, where: 'm.name == \"load_{number}\" && m.value > 1.0'}}}}\n"
                    f"group_by: [instance, service]\n---\n")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = os.path.join(directory, "auspex.yaml")
        with open(config, "w") as file:
            json.dump({
                "listen": f"127.0.0.1:{self.port}", "data_dir": os.path.join(directory, "data"),
                "rules": [os.path.join(directory, "rules.yaml")], "detection": {"detector": detector, "max_series": 200_000}}, file)
        self.process = subprocess.Popen([BINARY, "serve", "--config", config, "--log-level", "error"])
        while not self.is_ready():
            if self.process.poll() is not None:
                sys.exit("the server did not start")
            time.sleep(0.1)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port)

    def is_ready(self):
        try:
            return self.ask("/readyz")[0] == 200
        except OSError:
            return False

    def ask(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", path)
        answer = connection.getresponse()
        result = answer.status, answer.read().decode()
        connection.close()
        return result

    def metrics(self):
        text = self.ask("/metrics")[1]
        return {name: float(value) for name, value in re.findall(r"^(auspex_\w+) (\S+)$", text, re.M)}

    def write(self, body):
        """Sends a request until it is accepted; the seconds that this took, and how often it was refused."""
        began, refused = time.monotonic(), 0
        while True:
            self.connection.request("POST", "/api/v1/write", body, {
                "Content-Type": "application/x-protobuf", "Content-Encoding": "snappy"})
            answer = self.connection.getresponse()
            text = answer.read()
            if answer.status == 204:
                return time.monotonic() - began, refused
            if answer.status != 503:
                sys.exit(f"answered {answer.status}: {text.decode()}")
            refused += 1
            time.sleep(0.2)

    def memory(self):
        with open(f"/proc/{self.process.pid}/status") as file:
            text = file.read()
        return tuple(int(re.search(name + r":\s+(\d+)", text)[1]) / 1024 for name in ("VmRSS", "VmHWM"))

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--alerts", type=int, default=100_000)
    parser.add_argument("--rules", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--detector", default="auto:profile=light")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        server = Server(directory, options.rules, options.detector)
        try:
            run(server, options)
        finally:
            server.process.terminate()
            server.process.wait(timeout=120)


def run(server, options):
    labels = [
        label("__name__", f"load_{number % options.rules}") + label("instance", f"host-{number // options.rules}:9100")
        + label("service", f"service-{number % 50}")
        for number in range(options.alerts)]
    times, refused, began = [], 0, None
    print(f"{'round':>5} {'seconds':>8} {'alerts':>8} {'checkpoints':>11} {'RSS MB':>8} {'peak MB':>8}")
    for round_number in range(options.rounds + 1):
        now = int(time.time() * 1000)
        if round_number == 1:
            began, spent = time.monotonic(), server.processor_seconds()
        for start in range(0, options.alerts, SERIES_A_REQUEST):
            part = labels[start:start + SERIES_A_REQUEST]
            took, again = server.write(request(part, 2.0 if round_number else 0.5, now))
            times.append(took)
            refused += again
        accepted = len(times)
        while server.metrics()["auspex_messages_processed_total"] < accepted:
            time.sleep(0.2)
        if round_number == 1:
            while server.metrics()["auspex_alert_transitions_total"] < options.alerts:
                time.sleep(0.2)
            all_in = time.monotonic() - began
            cost = server.processor_seconds() - spent
        metrics, (resident, peak) = server.metrics(), server.memory()
        elapsed = time.monotonic() - began if began else 0
        print(f"{round_number:>5} {elapsed:>8.1f} {metrics['auspex_alert_transitions_total']:>8.0f} "
              f"{metrics['auspex_checkpoints_total']:>11.0f} {resident:>8.0f} {peak:>8.0f}", flush=True)
    times.sort()
    incidents = json.loads(server.ask("/api/v1/incidents?state=open&limit=1000")[1])
    counted = sum(incident["alertCount"] for incident in incidents)
    print(f"{options.alerts} alerts of {options.rules} rules: stored after {all_in:.1f} s, {cost:.1f} s of the processor")
    print(f"{len(incidents)} incidents with {counted} alerts; storm: {any(incident['isStorm'] for incident in incidents)}")
    print(f"requests: {len(times)}, median {times[len(times) // 2] * 1000:.0f} ms, p99 "
          f"{times[int(len(times) * .99)] * 1000:.0f} ms, longest {times[-1] * 1000:.0f} ms, answered 503: {refused}")
    print(f"memory: {server.memory()[0]:.0f} MB, peak {server.memory()[1]:.0f} MB")


if __name__ == "__main__":
    main()
