"""Writes events.json beside this file: scores, labels and the metrics of events that TSB-AD gives.

Usage: python3 make_events.py TSB_AD_FOLDER, with numpy and scikit-learn. TSB_AD_FOLDER is the unpacked source of the package
TSB-AD 1.5 from PyPI; only its `evaluation` is loaded. The data are random, from SEED. Precision and recall are those at the
first threshold of the best F1.
"""
import json
import sys
import types
import warnings
from pathlib import Path

import numpy as np

SEED = 20240911
THRESHOLDS = 100

warnings.filterwarnings("ignore")


def load(folder):
    # The package's own __init__ would load detectors and torch.
    for name in ("TSB_AD", "TSB_AD.evaluation"):
        module = types.ModuleType(name)
        module.__path__ = [str(Path(folder, *name.split(".")))]
        sys.modules[name] = module
    from TSB_AD.evaluation.affiliation.generics import convert_vector_to_events
    from TSB_AD.evaluation.affiliation.metrics import pr_from_events
    from TSB_AD.evaluation.basic_metrics import basic_metricor

    return basic_metricor(), convert_vector_to_events, pr_from_events


def first_best(f1s):
    f1s = [0 if np.isnan(f1) else f1 for f1 in f1s]
    return int(np.argmax(f1s))


def measure(labels, score, reference):
    grader, events, pr_from_events = reference
    thresholds = np.linspace(score.min(), score.max(), THRESHOLDS)
    ranges, affiliations = [], []
    for threshold in thresholds:
        predicted = (score > threshold).astype(int)
        recall = grader.range_recall_new(labels, predicted, alpha=0.2)[0]
        precision = grader.range_recall_new(predicted, labels, 0)[0]
        ranges.append((precision, recall, 0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)))
        found = pr_from_events(events(predicted), events(labels), (0, len(labels)))
        precision, recall = found["Affiliation_Precision"], found["Affiliation_Recall"]
        affiliations.append((precision, recall, 2 * precision * recall / (precision + recall + grader.eps)))
    best_range = ranges[first_best([r[2] for r in ranges])]
    best_affiliation = affiliations[first_best([a[2] for a in affiliations])]
    result = dict(
        pa_f1=grader.metric_PointF1PA(labels, score), event_f1=grader.metric_EventF1PA(labels, score),
        range_precision=best_range[0], range_recall=best_range[1], range_f1=grader.metric_RF1(labels, score),
        affiliation_precision=best_affiliation[0], affiliation_recall=best_affiliation[1],
        affiliation_f1=grader.metric_Affiliation(labels, score))
    # A constant score predicts nothing, of which TSB-AD makes NaN.
    return {key: 0.0 if np.isnan(value) else float(value) for key, value in result.items()}


def runs(n, ranges):
    labels = np.zeros(n, int)
    for start, end in ranges:
        labels[start:end] = 1
    return labels


def cases(random):
    """(name, labels, scores)"""
    def noise(n):
        return np.round(random.normal(size=n), 3)

    yield "both ends", runs(120, [(0, 7), (113, 120)]), noise(120)
    yield "first row alone", runs(30, [(0, 1)]), noise(30)
    yield "last row alone", runs(30, [(29, 30)]), noise(30)
    yield "first run found from its second row on", runs(12, [(0, 4)]), np.array([0, 5, 1, 1, 0, 0, 1, 0, 2, 0, 0, 0.0])
    yield "odd gaps", runs(40, [(3, 6), (9, 10), (11, 12), (17, 20)]), noise(40)
    yield "even gaps", runs(40, [(3, 6), (8, 10), (14, 15), (35, 40)]), noise(40)
    yield "two rows", np.array([1, 0]), np.array([0.5, 0.25])
    yield "two rows, the other way", np.array([0, 1]), np.array([0.5, 0.25])
    yield "constant scores", runs(50, [(10, 20)]), np.full(50, 2.5)
    yield "all but one row anomalous", runs(50, [(0, 30), (31, 50)]), noise(50)
    yield "every second row", np.arange(60) % 2, noise(60)
    yield "perfect", runs(90, [(30, 40), (60, 61)]), runs(90, [(30, 40), (60, 61)]).astype(float)
    yield "inverted", runs(90, [(30, 40)]), 1.0 - runs(90, [(30, 40)])
    yield "one detection far away", runs(90, [(70, 80)]), runs(90, [(5, 6)]).astype(float)
    yield "one long detection over two runs", runs(90, [(30, 40), (44, 50)]), runs(90, [(25, 60)]).astype(float)
    yield "many short detections in one run", runs(90, [(20, 60)]), (np.arange(90) % 3 == 0).astype(float)
    yield "negative and tiny", runs(60, [(20, 30)]), np.round(noise(60) * 1e-3, 6) * 1e-280
    yield "huge", runs(60, [(20, 30)]), noise(60) * 1e290
    for k in range(60):
        n = int(random.integers(3, 200))
        labels = np.zeros(n, int)
        for _ in range(int(random.integers(1, 8))):
            start = int(random.integers(0, n))
            labels[start : start + int(random.integers(1, max(2, n // 6)))] = 1
        if labels.all():
            labels[int(random.integers(0, n))] = 0
        score = noise(n) + labels * float(random.integers(0, 3))
        if k % 3 == 0:
            score = np.floor(score * 2)  # ties
        if k % 5 == 0:
            score = np.maximum(score, 0)  # many rows at the lowest score
        if k % 4 == 1:
            score = np.convolve(score, np.ones(5) / 5, "same")  # long ranges
        yield f"random {k}", labels, np.round(score, 3)


def main():
    reference = load(sys.argv[1])
    random = np.random.default_rng(SEED)
    lines = [json.dumps(dict(name=name, labels="".join(map(str, labels)), scores=score.tolist(),
                             **measure(labels, score, reference)), separators=(",", ":"))
             for name, labels, score in cases(random)]
    text = f'{{"seed":{SEED},\n"metrics":[\n' + ",\n".join(lines) + "\n]}\n"
    Path(__file__).with_name("events.json").write_text(text)


main()
