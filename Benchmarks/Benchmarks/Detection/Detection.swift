import Auspex
import Benchmark

/// Each detector on the same generated series: ten thousand samples of a daily cycle with noise (seed 1).
let benchmarks: @Sendable () -> Void = {
    let series = generatedSeries(count: 10_000, seed: 1)
    for name in ["mad", "seasonal", "knn:window=100", "pca:window=100", "ewma"] {
        Benchmark("score 10,000 samples, \(name)") { benchmark in
            let detector = try DetectorRegistry.standard.makeBatch(name)
            let table = try Table(columns: [series])
            benchmark.startMeasurement()
            let model = try detector.fit(table, training: nil)
            blackHole(try model.scores(table))
        }
    }
    Benchmark("calibrated stream, 10,000 samples, ewma") { benchmark in
        var stream = try CalibratedStream("ewma")
        benchmark.startMeasurement()
        for (index, value) in series.enumerated() {
            blackHole(stream.update(time: Timestamp(milliseconds: Int64(index) * 1_000), value: value))
        }
    }
}

/// A cycle of 288 samples with uniform noise, from a linear congruential generator (Knuth's MMIX constants).
private func generatedSeries(count: Int, seed: UInt64) -> [Double] {
    var state = seed
    return (0..<count).map { index in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let noise = Double(state >> 11) / Double(1 << 53) - 0.5
        let phase = Double(index % 288) / 288
        return 10 + 4 * (phase < 0.5 ? phase : 1 - phase) + noise
    }
}
