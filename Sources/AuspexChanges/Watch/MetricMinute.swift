import AuspexSignals

/// A metric in one minute, over all series that belong to it.
struct MetricMinute: Hashable, Sendable, Codable {
    /// Its value; NaN when there is none.
    var value = Double.nan
    /// What the value is a part of; NaN when it is no part of anything.
    var whole = Double.nan
    /// What the detectors expected of the value; NaN when they did not.
    var expected = Double.nan
    /// How many series it is made of.
    var series = 0
}

/// Puts the series of a minute together into metrics.
struct MetricSums {
    private struct Sum {
        let use: SeriesUse
        var parts = 0.0
        var partCount = 0
        var wholes = 0.0
        var wholeCount = 0
        var expected = 0.0
        var expectedCount = 0
    }

    private var sums: [String: Sum] = [:]

    /// Puts together what series show.
    init(_ series: some Sequence<WatchMinute.Series>) {
        for part in series {
            let isCounter = !part.minute.rise.isNaN
            for use in SeriesUse.uses(of: part.labels, isCounter: isCounter) where use.isTelling {
                add(use, part.minute)
            }
        }
    }

    /// The names of the metrics, with what they are made of.
    var uses: [SeriesUse] { sums.values.map(\.use) }

    /// Whether there is nothing.
    var isEmpty: Bool { sums.isEmpty }

    /// The metric of this name; without value when nothing belongs to it.
    subscript(title: String) -> MetricMinute {
        guard let sum = sums[title] else { return MetricMinute() }
        var minute = MetricMinute()
        minute.series = max(sum.partCount, sum.wholeCount)
        switch sum.use.form {
        case .level:
            minute.value = sum.parts / Double(sum.partCount)
            minute.expected = sum.expected / Double(sum.expectedCount)
        case .rate: minute.value = sum.parts
        case .failing:
            // A counter of failures comes with the first of them.
            (minute.value, minute.whole) = (sum.parts, sum.wholes)
        case .mean:
            minute.value = sum.partCount > 0 && sum.wholes > 0 ? sum.parts / sum.wholes : .nan
        }
        return minute
    }

    private mutating func add(_ use: SeriesUse, _ minute: SeriesMinute) {
        var sum = sums[use.title] ?? Sum(use: use)
        let value = use.form == .level ? minute.mean : minute.rise
        if use.isPart {
            sum.parts += value
            sum.partCount += 1
            if minute.expected.isFinite {
                sum.expected += minute.expected
                sum.expectedCount += 1
            }
        }
        if use.isWhole {
            sum.wholes += value
            sum.wholeCount += 1
        }
        sums[use.title] = sum
    }
}

extension SeriesUse {
    /// Which difference of the metric speaks against a change.
    var direction: MetricDirection { form == .failing ? .increase : MetricRecognition.direction(name) }

    /// Whether it is known which way is worse, or it is the traffic that failures are a part of.
    var isTelling: Bool { direction != .either || form == .rate && MetricRecognition.isTraffic(name) }

    /// Smaller is looked at first: shares of failures, failures, successes, then slowness.
    var rank: Int {
        switch (form, direction) {
        case (.failing, _): 0
        case (.rate, .increase): 1
        case (_, .decrease): 2
        default: 3
        }
    }
}
