"""Writes metrics.json beside this file: scores, labels and the metrics that a reference implementation gives.

Usage: python3 make_metrics.py REFERENCE.py, with numpy and scikit-learn. REFERENCE.py defines `vus(labels, score,
window) -> (roc, pr)`, `point_metrics(labels, score) -> dict` and `period(values)`, computed as TSB-AD computes them
("opt", 250 thresholds). The data are random, from SEED.
"""
import importlib.util
import json
import sys
from pathlib import Path

import numpy as np

SEED = 20240607


def load(path):
    spec = importlib.util.spec_from_file_location("reference", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def runs(n, ranges):
    labels = np.zeros(n, int)
    for start, end in ranges:
        labels[start:end] = 1
    return labels


def cases(random):
    """(name, labels, scores, window)"""
    def noise(n):
        return np.round(random.normal(size=n), 3)

    yield "both ends", runs(120, [(0, 7), (113, 120)]), noise(120), 30
    yield "both ends, window wider than the series", runs(40, [(0, 2), (39, 40)]), noise(40), 90
    yield "touching windows", runs(100, [(20, 25), (35, 40), (41, 43)]), noise(100), 24
    yield "windows that reach beyond the next run", runs(90, [(30, 31), (34, 35), (40, 52)]), noise(90), 40
    yield "adjacent windows, not overlapping", runs(60, [(20, 22), (27, 29)]), noise(60), 6
    yield "single point", runs(80, [(41, 42)]), noise(80), 20
    yield "two rows", np.array([1, 0]), np.array([0.5, 0.25]), 3
    yield "two rows, tied", np.array([0, 1]), np.array([1.0, 1.0]), 2
    yield "constant scores", runs(100, [(10, 20), (60, 61)]), np.full(100, 2.5), 16
    yield "all but one row anomalous", runs(50, [(0, 30), (31, 50)]), noise(50), 12
    yield "every second row", np.arange(60) % 2, noise(60), 10
    yield "perfect", runs(90, [(30, 40)]), runs(90, [(30, 40)]).astype(float), 14
    yield "inverted", runs(90, [(30, 40)]), 1.0 - runs(90, [(30, 40)]), 14
    yield "window 0", runs(70, [(30, 40)]), noise(70), 0
    yield "window 1", runs(70, [(30, 40)]), noise(70), 1
    yield "window 125", runs(300, [(100, 130), (290, 295)]), noise(300), 125
    yield "window 300", runs(260, [(100, 103)]), noise(260), 300
    for k in range(60):
        n = int(random.integers(3, 260))
        labels = np.zeros(n, int)
        for _ in range(int(random.integers(1, 7))):
            start = int(random.integers(0, n))
            labels[start : start + int(random.integers(1, max(2, n // 6)))] = 1
        if labels.all():
            labels[int(random.integers(0, n))] = 0
        score = noise(n) + labels * float(random.integers(0, 3))
        if k % 3 == 0:
            score = np.floor(score * 2)  # ties
        if k % 5 == 0:
            score = np.maximum(score, 0)  # many rows at the lowest score
        yield f"random {k}", labels, np.round(score, 3), int(random.integers(0, 61))


def series(random):
    t = np.arange(400)
    yield "season 24", np.round(10 * np.sin(2 * np.pi * t / 24) + random.normal(size=400), 2)
    yield "season 7", np.round(5 * (t % 7 == 0) + random.normal(scale=0.3, size=400), 2)
    yield "season 150", np.round(10 * np.sin(2 * np.pi * np.arange(900) / 150) + random.normal(size=900), 1)
    yield "two seasons", np.round(np.sin(2 * np.pi * t / 12) + 3 * np.sin(2 * np.pi * t / 60)
                                  + 0.1 * random.normal(size=400), 3)
    yield "noise", np.round(random.normal(size=200), 3)
    yield "random walk", np.round(np.cumsum(random.normal(size=400)), 2)
    yield "trend", t.astype(float)
    yield "constant", np.full(50, 4.0)
    yield "five rows", np.array([1.0, 2.0, 0.0, 3.0, 1.0])
    yield "eight rows", np.array([1.0, 5.0, 2.0, 7.0, 1.0, 4.0, 3.0, 8.0])
    yield "peak too near", np.round((t % 4).astype(float) + 0.01 * random.normal(size=400), 4)


def main():
    reference = load(sys.argv[1])
    random = np.random.default_rng(SEED)
    metrics = []
    for name, labels, score, window in cases(random):
        roc, pr = reference.vus(labels, score, window)
        point = {key: float(value) for key, value in reference.point_metrics(labels, score).items()}
        metrics.append(dict(name=name, window=window, labels="".join(map(str, labels)), scores=score.tolist(),
                            vus_roc=roc, vus_pr=pr, **point))
    periods = [dict(name=name, values=values.tolist(), period=int(reference.period(values)))
               for name, values in series(random)]
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in metrics)
    more = ",\n".join(json.dumps(case, separators=(",", ":")) for case in periods)
    text = f'{{"seed":{SEED},\n"metrics":[\n{lines}\n],\n"periods":[\n{more}\n]}}\n'
    Path(__file__).with_name("metrics.json").write_text(text)


main()
