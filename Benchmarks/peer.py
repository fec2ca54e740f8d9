#!/usr/bin/env python3
"""A detector of scikit-learn, PyOD or stumpy behind `exec:`, so that it is measured as ours are.

    auspex evaluate DATA --detector auto --detector 'exec:python3 Benchmarks/peer.py knn'

NAME is knn, lof, kmeans, iforest, hbos, copod, ecod or matrixprofile; each with its library's defaults but for what TSB-AD
tunes (k = 50 of knn, 30 of lof, 10 clusters, 200 trees). Windows have one period, found as TSB-AD finds it; a window speaks
for its middle, in kmeans for all its rows. copod, ecod and hbos look at rows. Seed 0.
"""
import json
import sys

import numpy as np


def period(x):
    x = x[:20000] - x[:20000].mean()
    spectrum = np.fft.rfft(x, 2 ** int(np.ceil(np.log2(2 * len(x)))))
    covariance = np.fft.irfft(spectrum * np.conj(spectrum))[: min(401, len(x))]
    if covariance[0] <= 0:
        return 125
    a = (covariance / covariance[0])[3:]
    peaks = [i for i in range(1, len(a) - 1) if a[i] > a[i - 1] and a[i] > a[i + 1]]
    best = max(peaks, key=lambda i: a[i]) if peaks else 0
    return best + 3 if 3 <= best <= 300 else 125


def padded(scores, width, rows):
    left = (width - 1) // 2 + (width - 1) % 2
    return np.r_[np.full(left, scores[0]), scores, np.full(rows - left - len(scores), scores[-1])]


def covering(scores, width, rows):
    total, count = np.zeros(rows), np.zeros(rows)
    for place in range(width):
        total[place : place + len(scores)] += scores
        count[place : place + len(scores)] += 1
    return total / count


def scores(name, x):
    width = max(3, min(period(x), len(x) // 4))
    if name in ("copod", "ecod", "hbos"):
        from pyod.models.copod import COPOD
        from pyod.models.ecod import ECOD
        from pyod.models.hbos import HBOS

        return {"copod": COPOD, "ecod": ECOD, "hbos": HBOS}[name]().fit(x[:, None]).decision_scores_
    if name == "matrixprofile":
        import stumpy

        return padded(stumpy.stump(x, m=width)[:, 0].astype(float), width, len(x))
    windows = np.lib.stride_tricks.sliding_window_view(x, width).copy()
    if name == "knn":
        from sklearn.neighbors import NearestNeighbors

        k = min(50, len(windows) - 1)
        return padded(NearestNeighbors(n_neighbors=k).fit(windows).kneighbors(windows)[0][:, -1], width, len(x))
    if name == "lof":
        from sklearn.neighbors import LocalOutlierFactor

        model = LocalOutlierFactor(n_neighbors=min(30, len(windows) - 1)).fit(windows)
        return padded(-model.negative_outlier_factor_, width, len(x))
    if name == "kmeans":
        from sklearn.cluster import KMeans

        model = KMeans(n_clusters=min(10, len(windows)), n_init=1, random_state=0).fit(windows)
        return covering(np.linalg.norm(windows - model.cluster_centers_[model.labels_], axis=1), width, len(x))
    if name == "iforest":
        from sklearn.ensemble import IsolationForest

        return padded(-IsolationForest(n_estimators=200, random_state=0).fit(windows).score_samples(windows), width, len(x))
    sys.exit(f"{name}: no such peer; see the head of this file")


if __name__ == "__main__":
    header = json.loads(sys.stdin.readline())
    if len(header["columns"]) != 1:
        sys.exit("one column, please")
    x = np.array([json.loads(line)["values"][0] for line in sys.stdin], float)
    x = np.interp(np.arange(len(x)), np.flatnonzero(np.isfinite(x)), x[np.isfinite(x)])
    found = np.nan_to_num(scores(sys.argv[1], x), posinf=0)
    for score in found - min(found.min(), 0):
        print(json.dumps({"score": float(score)}))
