#!/usr/bin/python3
"""Record PostgreSQL under load while faults are injected, and write the labelled data set.

    record.py run      start the services, inject the faults, write the data set (root, Debian)
    record.py series   write series/ and the guilty lists again from recording.ndjson.gz and faults.json
    record.py effects  print how far each fault moved each series
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from pathlib import Path
from types import FrameType

from recorder.dataset import write_series
from recorder.effects import print_effects
from recorder.faults import KINDS
from recorder.processes import RecordingError
from recorder.recording import record
from recorder.settings import Ports, Settings

HERE = Path(__file__).resolve().parent
DEFAULT_WORK_DIR = Path("/var/tmp/postgres-faults")


def parse_arguments() -> argparse.Namespace:
    """The command line, one subcommand per task."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    run = commands.add_parser("run", help="record a new data set")
    run.add_argument("--out", type=Path, default=Path("postgres-faults-recording"),
                     help="folder of the new data set (default: %(default)s)")
    run.add_argument("--work-dir", type=Path, default=DEFAULT_WORK_DIR,
                     help="scratch folder for the servers' data (default: %(default)s)")
    run.add_argument("--minutes", type=float, default=45.0, help="length of the recording (default: %(default)s)")
    run.add_argument("--seed", type=int, default=1, help="seed of the fault schedule (default: %(default)s)")
    run.add_argument("--lead-minutes", type=float, default=8.0,
                     help="fault-free start, the training part (default: %(default)s)")
    run.add_argument("--fault-seconds", type=int, nargs=2, default=(50, 80), metavar=("MIN", "MAX"),
                     help="range of a fault's length (default: 50 80)")
    run.add_argument("--quiet-seconds", type=int, nargs=2, default=(120, 140), metavar=("MIN", "MAX"),
                     help="range of the quiet time between two faults (default: 120 140)")
    run.add_argument("--kinds", nargs="+", choices=sorted(KINDS), default=sorted(KINDS), metavar="KIND",
                     help="fault kinds to inject (default: all: %s)" % ", ".join(sorted(KINDS)))
    for name, port in vars(Ports()).items():
        run.add_argument(f"--{name.replace('_', '-')}-port", type=int, default=port, help="(default: %(default)s)")

    for name, text in (("series", "write series/ again from the recording"),
                       ("effects", "print how far each fault moved each series")):
        command = commands.add_parser(name, help=text)
        command.add_argument("--out", type=Path, default=HERE, help="folder of the data set (default: %(default)s)")
    return parser.parse_args()


def interval(bounds: list[int]) -> tuple[int, int]:
    """The two bounds of an option, the lower one first."""
    return min(bounds), max(bounds)


def exit_on_signal(number: int, _frame: FrameType | None) -> None:
    """Turn SIGTERM and SIGHUP into an ordinary exit, so that everything started is stopped."""
    sys.exit(128 + number)


def main() -> int:
    """Run the chosen subcommand."""
    arguments = parse_arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, exit_on_signal)

    if arguments.command == "effects":
        print_effects(arguments.out)
        return 0
    if arguments.command == "series":
        write_series(arguments.out)
        return 0

    settings = Settings(
        out=arguments.out.resolve(),
        work=arguments.work_dir.resolve(),
        ports=Ports(**{name: getattr(arguments, f"{name}_port") for name in vars(Ports())}),
        seconds=round(arguments.minutes * 60),
        lead_seconds=round(arguments.lead_minutes * 60),
        fault_seconds=interval(arguments.fault_seconds),
        quiet_seconds=interval(arguments.quiet_seconds),
        kinds=tuple(arguments.kinds),
        seed=arguments.seed,
    )
    try:
        record(settings)
    except RecordingError as error:
        logging.error("%s", error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
