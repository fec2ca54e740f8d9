#!/usr/bin/env python3
"""Auspex beside what a Python user would pick, and time against size.

    python3 Benchmarks/compare.py speed  [--rows 20000] [--window 100] [--repeats 3]
    python3 Benchmarks/compare.py growth [--report growth.html] [--seconds 30] [--only knn --only mad]
    python3 Benchmarks/compare.py fleet  [--series 100000] [--rounds 20]
    python3 Benchmarks/compare.py logs   [--repeats 5]

growth sets what the last tenfold more rows cost beside what `detectors describe` states, and marks what grows faster. Both run the release binary (make build) as a whole process, reading a CSV file and writing scores, with one thread. speed
runs scikit-learn, PyOD and stumpy the same way, in turn with Auspex, and needs them: pip install scikit-learn pyod stumpy
pandas. Processor seconds are compared, since they say more than the clock on a machine that is shared. The series is a day of
288 samples with noise from a linear congruential generator, seed 1. logs mines public logs (AUSPEX_TEST_DATA) with our miner and
with Drain3 (pip install drain3).
"""
import argparse
import csv
import gzip
import importlib.util
import json
import math
import os
import re
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BINARY = os.path.join(ROOT, ".build", "release", "auspex")
ONE_THREAD = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS", "MKL_NUM_THREADS")}

PEERS = {
    "knn:window={w},k=50": ("scikit-learn k-NN", "from sklearn.neighbors import NearestNeighbors\n"
        "s = NearestNeighbors(n_neighbors=50).fit(W).kneighbors(W)[0][:, -1]"),
    "lof:window={w},k=30": ("scikit-learn LOF", "from sklearn.neighbors import LocalOutlierFactor\n"
        "s = -LocalOutlierFactor(n_neighbors=30).fit(W).negative_outlier_factor_"),
    "pca:window={w}": ("PyOD PCA", "from pyod.models.pca import PCA\ns = PCA().fit(W).decision_scores_"),
    "iforest:window={w},trees=100": ("PyOD isolation forest", "from pyod.models.iforest import IForest\n"
        "s = IForest(n_estimators=100, random_state=0).fit(W).decision_scores_"),
    "hbos:window={w}": ("PyOD HBOS", "from pyod.models.hbos import HBOS\ns = HBOS().fit(W).decision_scores_"),
    # Without what it takes to start, read and compile: stumpy compiles anew in each process.
    "matrixprofile:window={w}": ("stumpy, compiled", "import stumpy, time\nstumpy.stump(x[:500], m={w})\n"
        "t = time.process_time()\ns = stumpy.stump(x, m={w})[:, 0].astype(float)\nprint(time.process_time() - t)"),
}
HEAD = ("import numpy as np, pandas as pd\nx = pd.read_csv({path!r})['value'].to_numpy()\n"
        "W = np.lib.stride_tricks.sliding_window_view(x, {w}).copy()\n")
TAIL = "\npd.DataFrame({'score': s}).to_csv('/dev/null')\n"


# Of the noise of speed; with all of it no period shows in 20,000 rows and a chance one in 10,000, so that windows, and with
# them the cost, would change with the number of rows.
CLEAN = 0.05


def series(count, seed=1, noise=1.0):
    state = seed
    for index in range(count):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        phase = index % 288 / 288
        yield 10 + 4 * (phase if phase < 0.5 else 1 - phase) + noise * ((state >> 11) / 2**53 - 0.5)


def write_series(path, count, noise=1.0):
    with open(path, "w") as file:
        file.write("value\n")
        file.writelines(f"{value!r}\n" for value in series(count, noise=noise))


def measure(arguments, seconds=None):
    """Processor seconds, by its own account if it gives one, and seconds of a process; None when it takes more processor
    seconds than allowed, its message when it fails."""

    def limit():
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(seconds), math.ceil(seconds) + 1))

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          env={**os.environ, **ONE_THREAD}, preexec_fn=limit if seconds else None)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return None
    if done.returncode != 0:
        return done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit {done.returncode}"
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return (float(done.stdout) if done.stdout else cpu), wall


def score(path, detector):
    return [BINARY, "score", path, "--detector", detector, "--format", "csv", "-o", "/dev/null"]


def speed(options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "series.csv")
        write_series(path, options.rows)
        print(f"{options.rows} rows, windows of {options.window}; processor seconds of the whole process, one thread, "
              f"median of {options.repeats}")
        print(f"{'detector':32}{'Auspex':>9}{'peer':>9}{'ratio':>8}  peer")
        for detector, (name, code) in PEERS.items():
            detector = detector.format(w=options.window)
            script = os.path.join(folder, "peer.py")
            with open(script, "w") as file:
                file.write(HEAD.format(path=path, w=options.window) + code.replace("{w}", str(options.window)) + TAIL)
            ours, theirs = [], []
            for _ in range(options.repeats):
                for runs, arguments in ((ours, score(path, detector)), (theirs, [sys.executable, script])):
                    result = measure(arguments)
                    if isinstance(result, str):
                        sys.exit(f"{arguments[0]}: {result}")
                    runs.append(result[0])
            own, other = statistics.median(ours), statistics.median(theirs)
            print(f"{detector:32}{own:9.2f}{other:9.2f}{other / own:8.1f}  {name}", flush=True)


def built(name):
    """The program of this name in Benchmarks."""
    folder = os.path.join(ROOT, "Benchmarks")
    build = ["swift", "build", "-c", "release", "--package-path", folder, "--product", name]
    if subprocess.run(build, stdout=subprocess.DEVNULL).returncode != 0:
        sys.exit("the benchmark does not build: " + " ".join(build))
    return os.path.join(folder, ".build", "release", name)


def fleet(options):
    """Samples a second of one core: our streams, a robust z in numpy over all series at once, and River's half-space trees."""
    missing = [name for name in ("numpy", "river") if importlib.util.find_spec(name) is None]
    if missing:
        sys.exit("what Auspex is compared with is missing: pip install " + " ".join(missing))
    program = built("Fleet")
    print(f"{options.series} series, a sample of each in turn; samples a second of one thread's processor time")
    arguments = [program, "--series", str(options.series), "--rounds", str(options.rounds)]
    ours = subprocess.run(arguments, capture_output=True, text=True, check=True, env={**os.environ, **ONE_THREAD})
    for line in ours.stdout.splitlines():
        one = json.loads(line)
        print(f"Auspex {one['detector']:24}{one['samplesPerSecond']:>12,}  {one['bytesPerSeries']:,} bytes a series; snapshot "
              f"of all {one['snapshotSeconds']:.2f} s, restored in {one['restoreSeconds']:.2f} s, "
              f"{'equal' if one['isRestoredEqual'] else 'NOT EQUAL'}", flush=True)
    print(f"{'numpy, median and MAD of 64':31}{numpy_rate(options):>12,}")
    print(f"{'River HalfSpaceTrees':31}{river_rate():>12,}")


def numpy_rate(options):
    """Each value against median and MAD of the last 64 of its series, all series in one operation."""
    import numpy

    window, rounds = 64, max(1, options.rounds // 4)
    random = numpy.random.default_rng(1)
    ring = random.random((window, options.series), dtype=numpy.float32)
    start = time.process_time()
    for turn in range(rounds):
        values = random.random(options.series, dtype=numpy.float32)
        middle = numpy.median(ring, axis=0)
        spread = numpy.median(numpy.abs(ring - middle), axis=0)
        abs(values - middle) / (spread + 1e-9)
        ring[turn % window] = values
    return int(options.series * rounds / (time.process_time() - start))


def river_rate():
    """One model with River's defaults; a fleet has one for each series and is no faster."""
    from river import anomaly

    model = anomaly.HalfSpaceTrees(seed=1)
    values = [{"value": value / 12} for value in series(20_000)]
    for value in values[:1_000]:
        model.learn_one(value)
    start = time.process_time()
    for value in values[1_000:]:
        model.score_one(value)
        model.learn_one(value)
    return int((len(values) - 1_000) / (time.process_time() - start))


SYSTEMS = ["Apache", "BGL", "HDFS", "HPC", "Hadoop", "HealthApp", "Linux", "OpenSSH", "OpenStack", "Spark"]
# One configuration for all systems: the general masks of examples/drain3.ini in Drain3, and the defaults for the rest.
MASKS = [r"(([0-9a-f]{2,}:){3,}([0-9a-f]{2,}))", r"(\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})", r"([0-9a-f]{6,} ?){3,}",
         r"([0-9A-F]{4} ?){4,}", r"(0x[a-f0-9A-F]+)", r"([\-\+]?\d+)"]


def logs(options):
    """Lines a second of one core: our miner and Drain3 on the same lines. What is read is said in Sources/LogMining."""
    ours = subprocess.run([built("LogMining"), "--repeats", str(options.repeats)], capture_output=True, text=True, check=True,
                          env={**os.environ, **ONE_THREAD})
    results = [json.loads(line) for line in ours.stdout.splitlines()]
    print(f"lines a second of one thread's processor time, median of {options.repeats} fresh miners; warm: a second pass")
    speeds = [one for one in results if one["stream"] != "nonsense"]
    if not speeds:
        print(ours.stderr.strip())
    has_peer = importlib.util.find_spec("drain3") is not None
    if speeds:
        print(f"{'':20}{'Auspex':>11}{'warm':>11}" + (f"{'Drain3':>11}{'warm':>11}{'ratio':>8}{'warm':>8}" if has_peer else ""))
    for one in speeds:
        name = one["stream"] + (", parameters" if one["parameters"] else "")
        cold, warm = one["linesPerSecond"], one["warmLinesPerSecond"]
        row = f"{name:20}{cold:>11,}{warm:>11,}"
        if has_peer:
            lines = messages(one["stream"])
            if (len(lines), sum(len(line.encode()) for line in lines)) != (one["lines"], one["bytes"]):
                sys.exit(f"{one['stream']}: not the same lines were read here and there")
            peer_cold, peer_warm = drain3_rates(lines, one["parameters"], options.repeats)
            row += f"{peer_cold:>11,}{peer_warm:>11,}{cold / peer_cold:>8.0f}{warm / peer_warm:>8.0f}"
        print(row, flush=True)
    if not has_peer:
        print("what Auspex is compared with is missing: pip install drain3")
    for one in results:
        if one["stream"] == "nonsense":
            print(f"{one['lines']:>9,} lines of nonsense: {one['residentBytes'] / 1e6:5.1f} MB, {one['templates']:,} templates, "
                  f"{one['freeTextLines']:,} lines of free text, {one['linesPerSecond']:,} lines a second")


def messages(stream):
    """The lines that LogMining reads."""
    data = os.path.join(ROOT, os.environ.get("AUSPEX_TEST_DATA", "../shared/data"), "logs")
    if stream == "hdfs":
        with gzip.open(os.path.join(data, "raw_labelled", "HDFS_20000.log.gz"), "rt", encoding="utf-8") as file:
            return [line.rstrip("\n").split(" ", 5)[5] for line in file]
    columns = []
    for system in SYSTEMS:
        path = os.path.join(data, "loghub_2k", system, f"{system}_2k.log_structured.csv.gz")
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            columns.append([row["Content"] for row in csv.DictReader(file)])
    return [line for row in zip(*columns) for line in row]


def drain3_rates(lines, reads_parameters, repeats):
    """Lines a second in a first and a second pass."""
    import drain3
    from drain3.masking import MaskingInstruction
    from drain3.template_miner_config import TemplateMinerConfig

    config = TemplateMinerConfig()
    config.masking_instructions = [
        MaskingInstruction(r"((?<=[^A-Za-z0-9])|^)" + mask + r"((?=[^A-Za-z0-9])|$)", "*") for mask in MASKS]
    passes = [], []
    for turn in range(repeats + 1):
        miner = drain3.TemplateMiner(None, config)
        for seconds in passes:
            start = time.process_time()
            if reads_parameters:
                for line in lines:
                    miner.extract_parameters(miner.add_log_message(line)["template_mined"], line)
            else:
                for line in lines:
                    miner.add_log_message(line)
            if turn > 0:
                seconds.append(time.process_time() - start)
    return [int(len(lines) / statistics.median(seconds)) for seconds in passes]


def costs():
    """What each detector states as its cost, by name: of its batch form, which is what scores files, if it has one."""
    listed = subprocess.run([BINARY, "detectors", "list", "--format", "json"], capture_output=True, text=True, check=True)
    forms = sorted(json.loads(listed.stdout), key=lambda one: one["kind"] == "batch")
    return {one["name"]: one["cost"] for one in forms if one["name"] != "exec"}


def stated(cost, n, m):
    """The exponent that a stated cost has between n and m rows: that of its fastest term, a logarithm included. Behind a
    semicolon stand limits, and min(n, 20000) is a constant once n is beyond."""
    formula = re.sub(r"min\(n, \d+\)", "", cost.split(";")[0])
    power = 2 if re.search(r"n²|\(n/\w+\)²", formula) else 1
    has_logarithm = re.search(r"log₂ n\b", formula)
    return power + (math.log(math.log(m) / math.log(n)) / math.log(m / n) if has_logarithm else 0)


# Above what is stated by more than this, a detector grows faster than it says; below, the caches and a shared machine do.
TOLERANCE = 0.15


def verdict(points, cost):
    """What is stated and what was measured over the last tenfold more rows, and whether it is too much."""
    measured = exponent(points)
    if measured is None:
        return "", False
    wanted = stated(cost, points[-2][0], points[-1][0])
    return f"stated n^{wanted:.2f}, measured n^{measured:.2f}", measured > wanted + TOLERANCE


def growth(options):
    sizes = [10**e for e in range(3, 7)]
    rows = []
    told = costs()
    names = options.only or list(told)
    for name in names:
        if name.split(":")[0] not in told:
            sys.exit(f"--only {name}: there is no such detector; auspex detectors list has the names")
    with tempfile.TemporaryDirectory() as folder:
        paths = {}
        for size in sizes:
            paths[size] = os.path.join(folder, f"{size}.csv")
            write_series(paths[size], size, CLEAN)
        for detector in names:
            points, end = [], ""
            for size in sizes:
                result = measure(score(paths[size], detector), options.seconds)
                if result is None or isinstance(result, str):
                    end = f"over {options.seconds} s" if result is None else "refused"
                    break
                points.append((size, result[0]))
            said, is_worse = verdict(points, told[detector.split(":")[0]])
            rows.append((detector, points, end, said, is_worse))
            times = "  ".join(f"{seconds:8.2f}" for _, seconds in points)
            print(f"{detector:16}{times}  {end}  {said}{'  WORSE THAN STATED' if is_worse else ''}", flush=True)
    if options.report:
        with open(options.report, "w") as file:
            file.write(page(rows, sizes))


def exponent(points):
    """The slope between the two largest sizes, once reading and starting no longer rule."""
    if len(points) < 2 or points[-1][1] < 0.2:
        return None
    (n, a), (m, b) = points[-2:]
    return math.log(b / a) / math.log(m / n)


def page(rows, sizes):
    colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#666666"]
    width, height, left, top = 900, 560, 60, 20
    low, high = 0.01, 100.0

    def place(n, seconds):
        across = (math.log10(n) - 3) / (math.log10(sizes[-1]) - 3)
        up = (math.log10(min(max(seconds, low), high)) - math.log10(low)) / (math.log10(high) - math.log10(low))
        return left + across * (width - left - 160), top + (1 - up) * (height - top - 40)

    lines = []
    for e in range(-2, 3):
        x, y = place(1000, 10.0**e)
        lines.append(f'<text x="8" y="{y + 4:.0f}">{10.0**e:g} s</text>'
                     f'<line x1="{x:.0f}" y1="{y:.0f}" x2="{width - 160}" y2="{y:.0f}" class="grid"/>')
    for n in sizes:
        x, _ = place(n, low)
        lines.append(f'<text x="{x - 16:.0f}" y="{height - 16}">{n:,}</text>')
    for number, (name, points, *_) in enumerate(rows):
        if not points:
            continue
        colour = colours[number % len(colours)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (place(n, s) for n, s in points))
        x, y = place(*points[-1])
        lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
                     f'<text x="{x + 4:.0f}" y="{y + 4:.0f}" fill="{colour}">{name}</text>')
    head = "".join(f"<th>{n:,}</th>" for n in sizes)
    body = "".join(
        f"<tr{' class=worse' if is_worse else ''}><td>{name}</td>" + "".join(f"<td>{s:.2f}</td>" for _, s in points)
        + "".join(f"<td>{end if i == 0 else ''}</td>" for i in range(len(sizes) - len(points)))
        + f"<td>{said}</td><td>{'worse than stated' if is_worse else ''}</td></tr>"
        for name, points, end, said, is_worse in rows)
    return ("<!doctype html><meta charset=utf-8><title>Time against rows</title><style>body{font:14px sans-serif;margin:2em}"
            "table{border-collapse:collapse}td,th{padding:.2em .8em;text-align:right}td:first-child{text-align:left}"
            ".grid{stroke:#ddd}.worse{color:#d55e00}svg{font-size:11px}</style><h1>Processor seconds against rows</h1>"
            f'<svg width="{width}" height="{height}">{"".join(lines)}</svg>'
            f"<table><tr><th>detector</th>{head}<th>the last tenfold</th><th></th></tr>{body}</table>")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("speed")
    one.add_argument("--rows", type=int, default=20_000)
    one.add_argument("--window", type=int, default=100)
    one.add_argument("--repeats", type=int, default=3)
    other = commands.add_parser("growth")
    other.add_argument("--report")
    other.add_argument("--seconds", type=float, default=30, help="most processor seconds of a run; default 30")
    other.add_argument("--only", action="append", help="one detector, as NAME or NAME:key=value; may be repeated")
    many = commands.add_parser("fleet")
    many.add_argument("--series", type=int, default=100_000)
    many.add_argument("--rounds", type=int, default=20)
    mining = commands.add_parser("logs")
    mining.add_argument("--repeats", type=int, default=5)
    for command in (one, other):
        command.add_argument("--binary", help="another program than the release build of this folder")
    options = parser.parse_args()
    if options.command in ("fleet", "logs"):
        fleet(options) if options.command == "fleet" else logs(options)
        sys.exit()
    BINARY = options.binary or BINARY
    if not os.path.exists(BINARY):
        sys.exit(f"{BINARY} is not there; run make build")
    speed(options) if options.command == "speed" else growth(options)
